import { formatUrlState, parseUrlState, type UrlState } from './url-state.ts';

const empty: UrlState = {
  dashboard: undefined,
  from: undefined,
  to: undefined,
  refresh: undefined,
  theme: 'dark',
  viewPanel: undefined,
  variables: new Map(),
};

test.each<[string, UrlState, string]>([
  ['', empty, '?'],
  [
    '?dashboard=orchestrator&from=now-5m&to=now&refresh=5s&theme=light&viewPanel=7&var-thread=a&var-thread=b%22&var-env=',
    {
      dashboard: 'orchestrator',
      from: 'now-5m',
      to: 'now',
      refresh: '5s',
      theme: 'light',
      viewPanel: 7,
      variables: new Map([
        ['thread', ['a', 'b"']],
        ['env', ['']],
      ]),
    },
    '?dashboard=orchestrator&from=now-5m&to=now&refresh=5s&theme=light&viewPanel=7&var-thread=a&var-thread=b%22&var-env=',
  ],
  ['?viewPanel=panel-3&refresh=', { ...empty, viewPanel: 3, refresh: '' }, '?refresh=&viewPanel=3'],
  ['?viewPanel=<script>&theme=pink&nosuch=1', empty, '?'],
  ['?dashboard=&from=now-xyz&to=Tuesday&refresh=0s', empty, '?'],
  ['?from=99999999999999999999&to=now%2B&refresh=javascript:alert(1)', empty, '?'],
  [
    '?from=now-1d%2Fd&to=2025-11-24T12%3A00%3A00Z',
    { ...empty, from: 'now-1d/d', to: '2025-11-24T12:00:00Z' },
    '?from=now-1d%2Fd&to=2025-11-24T12%3A00%3A00Z',
  ],
])('reads %s and writes it back', (search, state, written) => {
  expect(parseUrlState(search)).toEqual(state);
  expect(formatUrlState(state)).toBe(written);
});
