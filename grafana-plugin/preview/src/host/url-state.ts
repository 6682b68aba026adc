// What of the page lives in its address: dashboard, time range, refresh, theme, variables, viewed panel. Pure.

export type ThemeMode = 'dark' | 'light';

export interface UrlState {
  readonly dashboard: string | undefined;
  /** `now-1h` or epoch milliseconds; undefined: the dashboard's own range. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** `5s`, or empty for off; undefined: the dashboard's own. */
  readonly refresh: string | undefined;
  readonly theme: ThemeMode;
  readonly viewPanel: number | undefined;
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

const VARIABLE_PREFIX = 'var-';
const RELATIVE_TIME = /^now(?:[+-]\d+[smhdwMQy])*(?:\/[smhdwMQy])?$/;
const REFRESH = /^[1-9]\d{0,5}[smhd]$/;

const isTime = (text: string): boolean =>
  RELATIVE_TIME.test(text) || /^\d{1,15}$/.test(text) || (/^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)));

/** A refresh interval that a timer can keep: `5s`, `1m`. */
export const isRefreshInterval = (text: string): boolean => REFRESH.test(text);

/** Reads `?dashboard=&from=&to=&refresh=&theme=&viewPanel=&var-NAME=`; a parameter that makes no sense is left out. */
export function parseUrlState(search: string): UrlState {
  const params = new URLSearchParams(search);
  const variables = new Map<string, readonly string[]>();
  for (const name of new Set(params.keys())) {
    if (name.startsWith(VARIABLE_PREFIX)) variables.set(name.slice(VARIABLE_PREFIX.length), params.getAll(name));
  }
  // Grafana writes `panel-3` since its scenes, `3` before.
  const panel = /^(?:panel-)?(\d+)$/.exec(params.get('viewPanel') ?? '')?.[1];
  const valid = (name: string, isValid: (text: string) => boolean): string | undefined => {
    const value = params.get(name);
    return value !== null && isValid(value) ? value : undefined;
  };
  return {
    dashboard: valid('dashboard', (uid) => uid !== ''),
    from: valid('from', isTime),
    to: valid('to', isTime),
    refresh: valid('refresh', (text) => text === '' || isRefreshInterval(text)),
    theme: params.get('theme') === 'light' ? 'light' : 'dark',
    viewPanel: panel === undefined ? undefined : Number(panel),
    variables,
  };
}

/** The query part of the address for a state, with a leading `?`. */
export function formatUrlState(state: UrlState): string {
  const params = new URLSearchParams();
  const plain = { dashboard: state.dashboard, from: state.from, to: state.to, refresh: state.refresh };
  for (const [name, value] of Object.entries(plain)) {
    if (value !== undefined) params.set(name, value);
  }
  if (state.theme === 'light') params.set('theme', 'light');
  if (state.viewPanel !== undefined) params.set('viewPanel', String(state.viewPanel));
  for (const [name, values] of state.variables) {
    for (const value of values) params.append(`${VARIABLE_PREFIX}${name}`, value);
  }
  return `?${params.toString()}`;
}
