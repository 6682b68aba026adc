import { parseDuration } from './duration.ts';

test.each([
  ['15m', 900_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1y2w3d4h5m6s7ms', 33_019_506_007],
  ['0', 0],
  ['0s', 0],
  ['90m', 5_400_000],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '15', 'm', '1.5h', '-1m', '1m1h', '1m1m', ' 1m', '1M', '1 m', '9'.repeat(30) + 'd', '1d'.repeat(100)])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  }
);
