import { median, quantiles } from './latencies.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => count - at);

test.each<[string, number[], ReturnType<typeof quantiles>]>([
  ['none', [], { p50: 0, p99: 0, p999: 0, max: 0 }],
  ['one', [7], { p50: 7, p99: 7, p999: 7, max: 7 }],
  ['two', [9, 1], { p50: 1, p99: 9, p999: 9, max: 9 }],
  ['a hundred', upTo(100), { p50: 50, p99: 99, p999: 100, max: 100 }],
  ['a thousand, in no order', upTo(1_000), { p50: 500, p99: 990, p999: 999, max: 1_000 }],
  ['numbers sort as numbers', [10, 9, 100], { p50: 10, p99: 100, p999: 100, max: 100 }],
])('quantiles of %s', (_name, values, expected) => {
  expect(quantiles(values)).toEqual(expected);
});

test('the median of an even count is the lower one, which was measured', () => {
  expect(median([4, 1, 3, 2])).toBe(2);
});
