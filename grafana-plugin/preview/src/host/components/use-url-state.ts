// The address as React state: what the page changes goes into it, Back and Forward come out of it.
import { useCallback, useEffect, useState } from 'react';
import { formatUrlState, parseUrlState, type UrlState } from '../url-state.ts';

export type UpdateUrl = (patch: Partial<UrlState>) => void;

export function useUrlState(): readonly [UrlState, UpdateUrl] {
  const [state, setState] = useState(() => parseUrlState(window.location.search));
  useEffect(() => {
    const onPopState = (): void => {
      setState(parseUrlState(window.location.search));
    };
    window.addEventListener('popstate', onPopState);
    return () => {
      window.removeEventListener('popstate', onPopState);
    };
  }, []);
  const update = useCallback<UpdateUrl>((patch) => {
    const next = { ...parseUrlState(window.location.search), ...patch };
    window.history.pushState(null, '', formatUrlState(next));
    setState(next);
  }, []);
  return [state, update];
}
