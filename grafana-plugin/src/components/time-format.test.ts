import { systemDateFormats } from '@grafana/data';
import { timeFormat } from './time-format.ts';

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 10, 22, 14, 9, 26, 418);
const stock = { ...systemDateFormats.interval };

afterEach(() => {
  Object.assign(systemDateFormats.interval, stock);
});

test.each<[string, string, string[]]>([
  ['utc', 'utc', ['14:09', '14:09:26.418', 'Nov 22 14:09:26.418', 'Nov 23, 14:09', '2028-01-01']],
  [
    'a zone of half hours',
    'Asia/Kolkata',
    ['19:39', '19:39:26.418', 'Nov 22 19:39:26.418', 'Nov 23, 19:39', '2028-01-01'],
  ],
  [
    'a zone behind, the day before',
    'Pacific/Honolulu',
    ['04:09', '04:09:26.418', 'Nov 22 04:09:26.418', 'Nov 23, 04:09', '2028-01-01'],
  ],
])('in %s', (_name, zone, texts) => {
  const [short, long] = [timeFormat(zone, HOUR), timeFormat(zone, 48 * HOUR)];
  expect([
    short.tickText(AT, HOUR),
    short.exactTime(AT + 0.9),
    long.exactTime(AT),
    short.clockTime(AT + 24 * HOUR, AT),
    short.clockTime(Date.UTC(2028, 0, 1, 12), AT),
  ]).toEqual(texts);
});

const DAY = 24 * HOUR;
test.each([
  ['a margin below a day keeps the minute', 4 * DAY, DAY - 1, 'Nov 26, 14:09'],
  ['a margin of a day leaves the date', 4 * DAY, DAY, 'Nov 26'],
  ['an unknown margin leaves the date', 4 * DAY, Infinity, 'Nov 26'],
  ['on the same day the minute is told whatever the margin', HOUR, Infinity, '15:09'],
])('%s', (_name, laterMs, marginMs, text) => {
  expect(timeFormat('utc', HOUR).clockTime(AT + laterMs, AT, marginMs)).toBe(text);
});

test("Grafana's configured or local formats are used", () => {
  Object.assign(systemDateFormats.interval, {
    day: 'DD.MM.',
    minute: 'hh:mm A',
    second: 'hh:mm:ss A',
    millisecond: undefined,
  });
  const time = timeFormat('utc', 48 * HOUR);
  expect([
    time.tickText(AT, HOUR),
    time.tickText(AT - 418, 1_000),
    time.tickText(Date.UTC(2026, 10, 22), HOUR),
  ]).toEqual(['02:09 PM', '02:09:26 PM', '22.11.']);
  expect([time.exactTime(AT), time.clockTime(AT, AT)]).toEqual(['22.11. 02:09:26.418 PM', '02:09 PM']);
});

test.each([NaN, Infinity, -1e300, 8.64e15 + 1])('%p is no time and no reason to fail', (ms) => {
  const time = timeFormat('utc', HOUR);
  expect(
    [time.exactTime(ms), time.clockTime(ms, AT), time.tickText(ms, HOUR)].every((text) => typeof text === 'string')
  ).toBe(true);
});
