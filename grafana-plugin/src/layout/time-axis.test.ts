import { scaleUtc } from 'd3-scale';
import { pannedRange, timeOfX, timeTicks, xOfTime, type TimeAxis } from './time-axis.ts';

const HOUR = 3_600_000;
const DAY = Date.UTC(2026, 9, 25);
const axis = (fromMs: number, toMs: number, right = 500): TimeAxis => ({ fromMs, toMs, left: 100, right });
const utc = (ms: number) => new Date(ms).toISOString().slice(11, 16);

describe('time and pixel', () => {
  test.each([
    { name: 'start', ms: 0, x: 100 },
    { name: 'middle', ms: 500, x: 300 },
    { name: 'end', ms: 1_000, x: 500 },
  ])('$name there and back', ({ ms, x }) => {
    expect(xOfTime(axis(0, 1_000), ms)).toBe(x);
    expect(timeOfX(axis(0, 1_000), x)).toBe(ms);
  });

  test('pixels outside are clamped to the range, and an empty range or width is survived', () => {
    expect([timeOfX(axis(0, 1_000), 0), timeOfX(axis(0, 1_000), 9_999)]).toEqual([0, 1_000]);
    expect([xOfTime(axis(5, 5), 7), timeOfX(axis(5, 9, 100), 300)]).toEqual([100, 5]);
  });
});

describe('the range that a drag of the axis brings into view', () => {
  test.each([
    { name: 'no move', at: axis(0, 1_000), pixels: 0, fromMs: 0, toMs: 1_000 },
    { name: 'to the right: what was before', at: axis(0, 1_000), pixels: 200, fromMs: -500, toMs: 500 },
    { name: 'to the left: what comes later', at: axis(0, 1_000), pixels: -40, fromMs: 100, toMs: 1_100 },
    { name: 'a range of less than a pixel each', at: axis(0, 10), pixels: 1, fromMs: 0, toMs: 10 },
    { name: 'without width nothing moves', at: axis(5, 9, 100), pixels: 50, fromMs: 5, toMs: 9 },
    { name: 'an axis turned inside out does not move', at: axis(5, 9, 40), pixels: 50, fromMs: 5, toMs: 9 },
    { name: 'a range of no time', at: axis(5, 5), pixels: 50, fromMs: 5, toMs: 5 },
  ])('$name', ({ at, pixels, fromMs, toMs }) => {
    expect(pannedRange(at, pixels)).toEqual({ fromMs, toMs });
  });
});

describe('timeTicks', () => {
  const format = { tickText: utc, zoneOffsetMs: () => 0, textWidth: (text: string) => text.length * 6 };
  const texts = (a: TimeAxis, more = {}) => timeTicks(a, { ...format, ...more }).map((tick) => tick.text);

  test('ticks stand at round times', () => {
    expect(texts(axis(DAY + 7 * 60_000, DAY + 67 * 60_000))).toEqual(['00:15', '00:30', '00:45', '01:00']);
  });

  test('round times are those of the time zone', () => {
    const offset = 5.5 * HOUR;
    const ticks = timeTicks(axis(DAY, DAY + 24 * HOUR), {
      ...format,
      zoneOffsetMs: () => offset,
      tickText: (ms) => utc(ms + offset),
    });
    expect(ticks.map((tick) => tick.text)).toEqual(['06:00', '12:00', '18:00', '00:00']);
  });

  test('a clock change within the range keeps later ticks round', () => {
    // Berlin leaves summer time on 2026-10-25 at 01:00 UTC.
    const zoneOffsetMs = (ms: number) => (ms < DAY + HOUR ? 2 * HOUR : HOUR);
    const ticks = timeTicks(axis(DAY - 3 * HOUR, DAY + 21 * HOUR, 400), {
      ...format,
      zoneOffsetMs,
      tickText: (ms) => utc(ms + zoneOffsetMs(ms)),
    });
    expect(ticks.map((tick) => tick.text.slice(3))).toEqual(ticks.map(() => '00'));
    expect(ticks.length).toBeGreaterThan(2);
  });

  test.each([
    3,
    40,
    700,
    5_000,
    61_000,
    17 * 60_000,
    5 * HOUR,
    26 * HOUR,
    9 * 24 * HOUR,
    80 * 24 * HOUR,
    9_000 * 24 * HOUR,
  ])('a range of %d ms has the ticks of the scale of d3', (rangeMs) => {
    for (const fromMs of [0, DAY, DAY - 1, DAY + 12_345_678, -DAY]) {
      const count = 7;
      const at = axis(fromMs, fromMs + rangeMs, 100 + 84 * count);
      const own = timeTicks(at, { ...format, tickText: String, textWidth: () => 0 }).map(({ text }) => Number(text));
      expect(own).toEqual(
        scaleUtc()
          .domain([at.fromMs, at.toMs])
          .ticks(count)
          .map((date) => date.getTime())
      );
    }
  });

  test('long labels make fewer ticks', () => {
    expect(texts(axis(DAY, DAY + HOUR), { textWidth: () => 150 })).toEqual(['00:00', '00:30', '01:00']);
  });

  test('no width, no ticks', () => {
    expect([texts(axis(DAY, DAY + HOUR, 100)), texts(axis(DAY, DAY))]).toEqual([[], []]);
  });
});
