import { durationText } from './duration-text.ts';

test.each([
  [0, '0s'],
  [1, '1s'],
  [90, '1m30s'],
  [3_600, '1h'],
  [14_400, '4h'],
  [90_061, '1d1h1m1s'],
  [2_592_000, '30d'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
