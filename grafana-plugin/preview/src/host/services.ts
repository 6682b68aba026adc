// The run-time services of Grafana that a panel may ask for: variables and locations work, a backend says it is not there.
import { EventBusSrv, locationUtil, setTimeZoneResolver, type RawTimeRange, type ScopedVars } from '@grafana/data';
import { setAppEvents, setBackendSrv, setTemplateSrv, type BackendSrv } from '@grafana/runtime';
import type { Bindings } from './interpolate.ts';
import { replaceText } from './replace-text.ts';

interface PageContext {
  readonly timeZone: string;
  readonly range: RawTimeRange;
  readonly bindings: Bindings;
}

let context: PageContext = { timeZone: 'browser', range: { from: 'now-6h', to: 'now' }, bindings: new Map() };

/** The page calls this whenever range or variables change, before it draws panels. */
export function updateServices(next: PageContext): void {
  context = next;
}

export function registerServices(): void {
  setTimeZoneResolver(() => context.timeZone);
  setAppEvents(new EventBusSrv());
  setTemplateSrv({
    getVariables: () => [],
    replace: (target, scopedVars?: ScopedVars, format?: unknown) =>
      replaceText(target ?? '', { bindings: context.bindings, scopedVars, format }),
    containsTemplate: (target) => /\$|\[\[/.test(target ?? ''),
    updateTimeRange: () => undefined,
  });
  locationUtil.initialize({
    config: { appSubUrl: '' } as Parameters<typeof locationUtil.initialize>[0]['config'],
    getTimeRangeForUrl: () => context.range,
    getVariablesUrlParams: () =>
      Object.fromEntries([...context.bindings].map(([name, { value }]) => [`var-${name}`, [value].flat()])),
  });
  const absent = (): never => {
    throw new Error('the preview host has no Grafana backend');
  };
  setBackendSrv(new Proxy({}, { get: () => absent }) as BackendSrv);
}
