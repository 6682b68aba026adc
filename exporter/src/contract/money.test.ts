import {
  addSaturating,
  addUsd,
  centsToNano,
  nano,
  nanoToCents,
  nanoToUsd,
  subtractUsd,
  usdText,
  usdToNano,
} from './money.ts';

test.each([
  [0, 0],
  [-0, 0],
  [0.1, 100_000_000],
  ['0.1', 100_000_000],
  [1e-9, 1],
  [4.9e-10, 0],
  [5e-10, 1],
  [1.5e-7, 150],
  [-2.5, -2_500_000_000],
  ['1e3', 1_000_000_000_000],
  ['9007199.254740991', 9_007_199_254_740_991],
  ['000.5', 500_000_000],
])('%j USD are %d nano', (usd, amount) => {
  expect(usdToNano(usd)).toBe(amount);
});

test.each([NaN, Infinity, -Infinity, 1e10, '', ' 1', '1,5', '0x1', '1e9999', '.5', '5.', '--1', 'NaN'])(
  '%j USD is no amount',
  (usd) => {
    expect(usdToNano(usd)).toBeUndefined();
  }
);

test.each([
  [0.00317, 31_700],
  [0.1 + 0.2, 3_000_000],
  ['99.995', 999_950_000],
])('%j cents are %d nano', (cents, amount) => {
  expect(centsToNano(cents)).toBe(amount);
});

test.each([
  [0, '0'],
  [1, '0.000000001'],
  [544_000, '0.000544'],
  [-1_500_000_000, '-1.5'],
  [9_007_199_254_740_991, '9007199.254740991'],
])('%d nano are printed as %s', (amount, text) => {
  expect(usdText(nano(amount))).toBe(text);
});

test('sums are exact, and one that would not be is an error', () => {
  const most = nano(Number.MAX_SAFE_INTEGER);
  expect(addUsd(nano(1), nano(2))).toBe(3);
  expect(subtractUsd(nano(1), nano(1))).toBe(0);
  expect(Object.is(nano(-0), 0)).toBe(true);
  expect(() => addUsd(most, nano(1))).toThrow('9007199254740992 is not a whole number of nano-USD');
  expect(() => subtractUsd(nano(-1), most)).toThrow(RangeError);
  expect(() => nano(0.5)).toThrow('0.5 is not a whole number of nano-USD');
});

test.each([
  [1, 2, 3],
  [Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER],
  [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER],
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  [-Number.MAX_SAFE_INTEGER, -1, -Number.MAX_SAFE_INTEGER],
  [Number.MAX_SAFE_INTEGER, -1, Number.MAX_SAFE_INTEGER - 1],
])('%d and %d, held within the exact range, are %d', (a, b, sum) => {
  expect(addSaturating(nano(a), nano(b))).toBe(sum);
});

test('for drawing and for Helix, amounts are numbers', () => {
  expect([nanoToUsd(nano(1_500_000_000)), nanoToCents(nano(31_700))]).toEqual([1.5, 0.00317]);
});
