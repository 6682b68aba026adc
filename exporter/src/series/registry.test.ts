import type { MetricRow } from '../contract/metrics.ts';
import { nano } from '../contract/money.ts';
import { sortedPage } from '../../test/sorted-page.ts';
import { SeriesRegistry } from './registry.ts';

const row = (labels: readonly string[], fields: Partial<MetricRow> = {}): MetricRow => ({
  name: 'x_total',
  type: 'counter',
  help: 'Help.',
  labels,
  stability: 'experimental',
  source: 'test',
  ...fields,
});

let folds: string[];
function registryOf(
  caps: { readonly maxSeriesPerFamily?: number; readonly maxLabelValues?: number } = {}
): SeriesRegistry {
  folds = [];
  return new SeriesRegistry({
    environment: 'test',
    maxSeriesPerFamily: caps.maxSeriesPerFamily ?? 10,
    maxLabelValues: caps.maxLabelValues ?? 200,
    onFold: (label) => folds.push(label),
  });
}

const HEAD = '# HELP x_total Help.\n# TYPE x_total counter\n';

test('a family without series still names itself; no family is an empty page', () => {
  const registry = registryOf();
  expect(registry.render()).toBe('');
  registry.numbers(row(['a']));
  expect(registry.render()).toBe(HEAD);
});

test('series are rendered in the order of their making: those of threads that run now stand together', () => {
  const registry = registryOf();
  const family = registry.numbers(row(['a', 'b']));
  family.cell(['2', 'x']).add(1);
  family.cell(['1', 'y']).set(2.5);
  family.cell(['1', 'x']);
  family.cell(['2', 'x']).add(1);
  expect(registry.render()).toBe(
    `${HEAD}x_total{environment="test",a="2",b="x"} 2\nx_total{environment="test",a="1",b="y"} 2.5\nx_total{environment="test",a="1",b="x"} 0\n`
  );
});

test.each([
  { name: 'separators', one: ['1,b:2', '3'], two: ['1', '2,b:3'] },
  { name: 'commas', one: ['a,b', 'c'], two: ['a', 'b,c'] },
  { name: 'nothing between', one: ['ab', 'c'], two: ['a', 'bc'] },
  { name: 'bars', one: ['x|y', 'z'], two: ['x', 'y|z'] },
  { name: 'lengths', one: ['1:a', ''], two: ['', '1:a'] },
  { name: 'lengths that look like keys', one: ['a1:b', 'c'], two: ['a', 'b1:c'] },
  { name: 'empty values', one: ['', ''], two: ['', '0:'] },
  { name: 'prototype names', one: ['__proto__', 'x'], two: ['constructor', 'x'] },
])('no two label sets share a series: $name', ({ one, two }) => {
  const family = registryOf().numbers(row(['a', 'b']));
  expect(family.cell(one)).not.toBe(family.cell(two));
  expect(family.cell(one)).toBe(family.cell([...one]));
  expect(family.size).toBe(2);
});

test('quotes, backslashes and line feeds cannot leave a label', () => {
  const registry = registryOf();
  registry.numbers(row(['a'])).cell(['"} 1\nfake{x="\\']);
  expect(registry.render()).toBe(`${HEAD}x_total{environment="test",a="\\"} 1\\nfake{x=\\"\\\\"} 0\n`);
});

test('past the cap of a label its values share `other`, in every family alike, and each fold is counted', () => {
  const registry = registryOf({ maxLabelValues: 2 });
  const family = registry.money(row(['agent', 'state']));
  const second = registry.numbers(row(['agent'], { name: 'y' }));
  for (const agent of ['a', 'b', 'c', 'd', 'c']) family.cell([agent, 'running']).add(nano(1));
  second.cell(['d']).add(1);
  second.cell(['b']).add(1);
  expect(sortedPage(registry.render())).toBe(
    `${HEAD}x_total{environment="test",agent="a",state="running"} 0.000000001\n` +
      'x_total{environment="test",agent="b",state="running"} 0.000000001\n' +
      'x_total{environment="test",agent="other",state="running"} 0.000000003\n' +
      '# HELP y Help.\n# TYPE y counter\ny{environment="test",agent="b"} 1\ny{environment="test",agent="other"} 1\n'
  );
  expect(folds).toEqual(['agent', 'agent', 'agent', 'agent']);
});

test('past the cap of a family its open labels become `other`; closed ones stay, and nothing is lost', () => {
  const registry = registryOf({ maxSeriesPerFamily: 2 });
  const family = registry.numbers(row(['team', 'direction']));
  for (const team of ['a', 'b', 'c']) {
    for (const direction of ['input', 'output']) family.cell([team, direction]).add(1);
  }
  expect(registry.render()).toBe(
    `${HEAD}x_total{environment="test",team="a",direction="input"} 1\nx_total{environment="test",team="a",direction="output"} 1\n` +
      'x_total{environment="test",team="other",direction="input"} 2\nx_total{environment="test",team="other",direction="output"} 2\n'
  );
  expect(folds).toEqual(['team', 'team', 'team', 'team']);
});

test('money is exact to the nano-dollar, past nine million dollars too', () => {
  const registry = registryOf();
  const family = registry.money(row(['a']));
  for (let i = 0; i < 10; i += 1) family.cell(['sum']).add(nano(100_000_000));
  family.cell(['debt']).set(nano(-1));
  const big = family.cell(['big']);
  for (let i = 0; i < 20; i += 1) big.add(nano(Number.MAX_SAFE_INTEGER));
  expect(sortedPage(registry.render())).toBe(
    `${HEAD}x_total{environment="test",a="big"} ${(20n * BigInt(Number.MAX_SAFE_INTEGER))
      .toString()
      .replace(/(\d{9})$/, '.$1')
      .replace(/0+$/, '')}\n` +
      'x_total{environment="test",a="debt"} -0.000000001\nx_total{environment="test",a="sum"} 1\n'
  );
});

test('a removed series is gone, and its next cell begins at zero', () => {
  const registry = registryOf();
  const family = registry.numbers(row(['a']));
  const cell = family.cell(['x']);
  cell.add(5);
  family.remove(cell);
  family.remove(cell);
  expect(registry.render()).toBe(HEAD);
  cell.add(1);
  expect(family.cell(['x'])).not.toBe(cell);
  expect(registry.render()).toBe(`${HEAD}x_total{environment="test",a="x"} 0\n`);
});

test('a histogram counts up to and including each bound, and its buckets add up', () => {
  const registry = registryOf();
  const family = registry.histogram(row([], { name: 'h_seconds', type: 'histogram', buckets: [0.5, 1] }));
  for (const seconds of [0.5, 0.75, 1, 2]) family.cell([]).observe(seconds);
  expect(registry.render()).toBe(
    '# HELP h_seconds Help.\n# TYPE h_seconds histogram\n' +
      'h_seconds_bucket{environment="test",le="0.5"} 1\nh_seconds_bucket{environment="test",le="1"} 3\n' +
      'h_seconds_bucket{environment="test",le="+Inf"} 4\nh_seconds_sum{environment="test"} 4.25\nh_seconds_count{environment="test"} 4\n'
  );
});

test('milliseconds are shown as seconds without a rounding', () => {
  const registry = registryOf();
  const family = registry.milliseconds(row(['a']));
  for (let i = 0; i < 10; i += 1) family.cell(['sum']).add(100);
  family.cell(['newest']).raise(1_758_026_593_453);
  family.cell(['newest']).raise(1);
  expect(sortedPage(registry.render())).toBe(
    `${HEAD}x_total{environment="test",a="newest"} 1758026593.453\nx_total{environment="test",a="sum"} 1\n`
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%p is refused before it can spoil a series', (value) => {
  const registry = registryOf();
  const cell = registry.numbers(row([])).cell([]);
  expect(() => {
    cell.add(value);
  }).toThrow(RangeError);
  expect(() => {
    cell.set(value);
  }).toThrow(RangeError);
  expect(registry.render()).toBe(`${HEAD}x_total{environment="test"} 0\n`);
});

test('a label set of the wrong length is a bug, and says so', () => {
  expect(() =>
    registryOf()
      .numbers(row(['a', 'b']))
      .cell(['1'])
  ).toThrow('x_total has the labels a, b; got 1 values');
});
