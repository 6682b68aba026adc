// What all panels of the dashboard share at one refresh: the evaluated time range and the resolved variables.
import { dateTime, rangeUtil, type RawTimeRange, type TimeRange } from '@grafana/data';
import { useEffect, useState } from 'react';
import type { DashboardModel } from '../dashboard.ts';
import type { Bindings } from '../interpolate.ts';
import { labelValues } from '../prometheus-api.ts';
import { updateServices } from '../services.ts';
import type { UrlState } from '../url-state.ts';
import { bindingsOf, resolveVariables, type ResolvedVariable } from '../variables.ts';

export interface Session {
  readonly timeRange: TimeRange;
  readonly timeZone: string;
  readonly variables: readonly ResolvedVariable[];
  readonly bindings: Bindings;
}

/** Epoch milliseconds and ISO times become instants; `now-1h` stays text until it is evaluated. */
function rawTime(text: string): RawTimeRange['from'] {
  if (/^\d+$/.test(text)) return dateTime(Number(text));
  return text.includes('now') ? text : dateTime(text);
}

const macro = (name: string, value: string): [string, Bindings extends ReadonlyMap<string, infer B> ? B : never] => [
  name,
  { value, text: value, multi: false, verbatim: true },
];

export interface SessionRequest {
  readonly dashboard: DashboardModel;
  readonly url: UrlState;
  /** Counts refreshes; a new number evaluates `now` anew. */
  readonly tick: number;
}

/** Undefined until the variables are resolved for the first time. */
export function useSession({ dashboard, url, tick }: SessionRequest): Session | undefined {
  const [session, setSession] = useState<Session>();
  const from = url.from ?? dashboard.from;
  const to = url.to ?? dashboard.to;
  const { variables: chosen } = url;

  useEffect(() => {
    const abort = new AbortController();
    const raw = { from: rawTime(from), to: rawTime(to) };
    const timeZone = dashboard.timeZone === '' ? 'browser' : dashboard.timeZone;
    const timeRange = rangeUtil.convertRawToRange(raw, timeZone);
    const fromMs = timeRange.from.valueOf();
    const toMs = timeRange.to.valueOf();
    const resolve = async (): Promise<void> => {
      const variables = await resolveVariables({
        models: dashboard.variables,
        chosen,
        labelValues: (query) => labelValues({ ...query, fromMs, toMs, signal: abort.signal }),
      });
      if (abort.signal.aborted) return;
      const bindings = new Map([
        ...bindingsOf(variables),
        macro('__from', String(fromMs)),
        macro('__to', String(toMs)),
        macro('__dashboard', dashboard.title),
      ]);
      updateServices({ timeZone, range: raw, bindings: bindingsOf(variables) });
      setSession({ timeRange, timeZone, variables, bindings });
    };
    void resolve();
    return () => {
      abort.abort();
    };
  }, [dashboard, from, to, chosen, tick]);
  return session;
}
