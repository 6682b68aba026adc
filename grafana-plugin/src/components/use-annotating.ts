// Creating annotations: offered where the dashboard lets this viewer save them.
import { useCallback, useState } from 'react';
import { usePanelContext, type PanelContext } from '@grafana/ui';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Annotating {
  /** Undefined: the host does not offer it, or not to this viewer. */
  readonly begin: ((range: Range) => void) | undefined;
  /** What is being written about; undefined while nothing is. */
  readonly draft:
    { readonly range: Range; readonly onCreate: NonNullable<PanelContext['onAnnotationCreate']> } | undefined;
  readonly close: () => void;
}

export function useAnnotating(): Annotating {
  const { canAddAnnotations, onAnnotationCreate } = usePanelContext();
  const [range, setRange] = useState<Range>();
  const close = useCallback(() => setRange(undefined), []);
  const isOffered = onAnnotationCreate !== undefined && canAddAnnotations?.() === true;
  return {
    begin: isOffered ? setRange : undefined,
    draft:
      range === undefined || onAnnotationCreate === undefined ? undefined : { range, onCreate: onAnnotationCreate },
    close,
  };
}
