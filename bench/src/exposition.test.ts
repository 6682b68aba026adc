import { bucketOf } from './exposition.ts';

const page = (...counts: readonly number[]): string =>
  counts.map((count, at) => `lag_bucket{environment="a",le="${['0.1', '0.5', '+Inf'][at] ?? ''}"} ${count}`).join('\n');

test.each([
  { name: 'a page without the histogram has none', text: '', quantile: 0.5, bound: NaN },
  { name: 'of no observations there is none', text: page(0, 0, 0), quantile: 0.5, bound: NaN },
  { name: 'the least bucket holds it', text: page(99, 100, 100), quantile: 0.99, bound: 0.1 },
  { name: 'one observation more and it does not', text: page(98, 100, 100), quantile: 0.99, bound: 0.5 },
  { name: 'beyond the greatest bound it is infinite', text: page(0, 0, 1), quantile: 0.99, bound: Infinity },
  {
    name: 'another histogram whose name goes on is not it',
    text: page(1, 1, 1).replaceAll('lag_', 'other_lag_'),
    quantile: 0.5,
    bound: NaN,
  },
])('$name', ({ text, quantile, bound }) => {
  expect(bucketOf(text, 'lag', quantile)).toBe(bound);
});
