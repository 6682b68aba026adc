import { exactDuration, roughDuration, shortDuration } from './duration-text.ts';
import { fitShortened, fitWhole } from './label-fit.ts';
import { moneyInColumn, moneyText, moneyTick } from './money-text.ts';

const HOUR = 3_600_000;

test.each([
  [0, '0 ms', '0 ms', '0 s'],
  [2.52, '2.52 ms', '2.52 ms', '0 s'],
  [0.0004, '0 ms', '0.0004 ms', '0 s'],
  [-5, '0 ms', '0 ms', '0 s'],
  [212, '212 ms', '212 ms', '0 s'],
  [1_000, '1 s', '1 s', '1 s'],
  [56_418, '56.418 s', '56.4 s', '56 s'],
  [59_990, '59.99 s', '1 min', '60 s'],
  [60_000, '1 min', '1 min', '1 min'],
  [1_274_000, '21 min 14 s', '21 min 14 s', '21 min'],
  [HOUR + 55 * 60_000 + 12_300, '1 h 55 min 12.3 s', '1 h 55 min', '115 min'],
  [76 * HOUR, '3 d 4 h', '3 d 4 h', '3 d'],
])('%d ms is %s exactly, %s in short and %s roughly', (ms, exact, short, rough) => {
  expect([exactDuration(ms), shortDuration(ms), roughDuration(ms)]).toEqual([exact, short, rough]);
});

test.each([
  [0, '$0.00'],
  [1.58, '$1.58'],
  [0.2437, '$0.244'],
  [0.41, '$0.41'],
  [0.000544, '$0.000544'],
  [0.0012, '$0.0012'],
  [0.000000001, '$0.000000001'],
  [12_345.6, '$12,345.60'],
  [1_234_567, '$1,234,567.00'],
  [-0.2, '\u2212$0.20'],
  [-0.0000000000001, '$0.00'],
  [NaN, '\u2013'],
  [Infinity, '\u2013'],
])('%d USD is %s', (usd, text) => {
  expect(moneyText(usd)).toBe(text);
});

test.each([
  [3.4231, 12, '$3.42'],
  [0.0141, 12, '$0.01'],
  [0.0041, 12, '< $0.01'],
  [0, 12, '$0.00'],
  [0.0141, 0.952, '$0.014'],
  [0.000000001, 0.0012, '< $0.00001'],
  [0, 0, '$0.00'],
  [-0.2, 3, '\u2212$0.20'],
  [12_345.678, 12_345.678, '$12,345.68'],
  [NaN, 12, '\u2013'],
])('%d USD in a column of at most %d USD reads %s', (usd, largest, text) => {
  expect(moneyInColumn(usd, largest)).toBe(text);
});

test.each([
  [0, 0.001, '$0'],
  [5, 1, '$5'],
  [2.5, 0.5, '$2.50'],
  [-1, 1, '\u2212$1'],
  [0.0009, 0.0001, '$0.0009'],
  [2_000, 500, '$2,000'],
])('a tick at %d USD, %d USD apart, reads %s', (usd, step, text) => {
  expect(moneyTick(usd, step)).toBe(text);
});

const measure = (text: string, fontPx: number) => text.length * fontPx;

describe('labels', () => {
  test.each([
    { text: 'abc', width: 34, out: 'abc' },
    { text: 'abc', width: 33, out: undefined },
    { text: '', width: 99, out: undefined },
  ])('a bar of $width px carries all of "$text" or nothing', ({ text, width, out }) => {
    expect(fitWhole(text, { width, padding: 2, fontPx: 10 }, measure)).toBe(out);
  });

  test.each([
    { text: 'session-42', width: 100, out: 'session-42' },
    { text: 'session-42', width: 60, out: 'ses\u202642' },
    { text: 'session-42', width: 20, out: 's\u2026' },
    { text: 'session-42', width: 5, out: '' },
    { text: '', width: 0, out: '' },
    { text: '\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}', width: 60, out: '\u{1F600}\u2026\u{1F600}' },
  ])('a name is shortened in its middle to $width px: $out', ({ text, width, out }) => {
    expect(fitShortened(text, { width, fontPx: 10 }, measure)).toBe(out);
  });
});
