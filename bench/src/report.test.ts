import { differences } from './durable.ts';
import type { LoadResult } from './load.ts';
import { withSection } from './report.ts';
import { table, threeDigits } from './table.ts';

const result: LoadResult = {
  sent: 10,
  accepted: 10,
  duplicates: 0,
  rejected: 0,
  spendNano: 300_000_003,
  threads: 1,
  elapsedMs: 1,
  measured: 1,
  cpuSeconds: 1,
  latenciesMs: [],
  delaysMs: [],
  retries: 0,
};
const shown = (events: string, ...usd: string[]): string =>
  [
    `orchestrator_exporter_events_total{type="a",environment="x"} ${events}`,
    'orchestrator_exporter_events_total{type="b",environment="x"} 0',
    ...usd.map((value, at) => `orchestrator_cost_usd_total{environment="x",agent="${at}"} ${value}`),
  ].join('\n');

test.each<[string, LoadResult, string, string[]]>([
  ['all agrees', result, shown('10', '0.1', '0.200000003'), []],
  ['a nano-dollar is missing', result, shown('10', '0.300000002'), ['nano-dollars: 300000002, expected 300000003']],
  ['nothing is shown', result, '', ['counted events: 0, expected 10', 'nano-dollars: 0, expected 300000003']],
  [
    'events were refused',
    { ...result, accepted: 9, rejected: 1 },
    shown('9', '0.300000003'),
    ['accepted events: 9, expected 10', 'rejected events: 1, expected 0'],
  ],
])('what the exporter shows against what was sent: %s', (_name, told, exposition, expected) => {
  expect(differences(told, exposition)).toEqual(expected);
});

test('a table is padded as prettier pads it', () => {
  const lines = ['| what | a number |', '| ---- | -------: |', '| long |        7 |'];
  expect(
    table([
      ['what', 'a number'],
      ['long', '7'],
    ])
  ).toBe(lines.join('\n'));
});

test.each([
  [0, '0.00'],
  [0.4321, '0.43'],
  [12.34, '12.3'],
  [1234.5, '1235'],
])('%p is told as %p', (value, expected) => {
  expect(threeDigits(value)).toBe(expected);
});

test('a section of the page is replaced, the rest stays', () => {
  const page = 'a\n<!-- x -->\n\nold\n\n<!-- /x -->\nb';
  expect(withSection(page, 'x', 'new')).toBe('a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb');
  expect(() => withSection(page, 'y', 'new')).toThrow('the page has no place for y');
});
