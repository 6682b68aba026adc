import type { Stretch } from '../model/idle-stretches.ts';
import { foldedAxis } from './folded-axis.ts';
import {
  axisKey,
  bendsBetween,
  foldsOf,
  pannedRange,
  timeOfX,
  timeTicks,
  xOfTime,
  type TimeAxis,
} from './time-axis.ts';

/** 1,000 px for 1,000 s: one pixel a second. */
const AXIS: TimeAxis = { fromMs: 0, toMs: 1_000_000, left: 100, right: 1_100 };
const seconds = (from: number, to: number): Stretch => ({ fromMs: from * 1_000, toMs: to * 1_000 });

describe('what is folded', () => {
  test.each<{ name: string; idle: Stretch[]; axis?: TimeAxis; out: Array<[number, number]> }>([
    { name: 'nothing idle', idle: [], out: [] },
    { name: 'a long stretch', idle: [seconds(200, 700)], out: [[200, 700]] },
    { name: 'what saves no room stays', idle: [seconds(200, 230)], out: [] },
    {
      name: 'what would be wide once others are folded goes too',
      idle: [seconds(0, 900), seconds(950, 960)],
      out: [
        [0, 900],
        [950, 960],
      ],
    },
    { name: 'what lies outside the range is not there', idle: [seconds(-500, -100), seconds(1_100, 1_400)], out: [] },
    {
      name: 'what leaves the range is cut at it',
      idle: [seconds(-500, 300), seconds(800, 5_000)],
      out: [
        [0, 300],
        [800, 1_000],
      ],
    },
    { name: 'all of the range: nothing would be left', idle: [seconds(-1, 2_000)], out: [] },
    { name: 'no width', idle: [seconds(200, 700)], axis: { ...AXIS, right: 100 }, out: [] },
    { name: 'an axis turned inside out', idle: [seconds(200, 700)], axis: { ...AXIS, right: 0 }, out: [] },
    { name: 'no time', idle: [seconds(200, 700)], axis: { ...AXIS, toMs: 0 }, out: [] },
  ])('$name', ({ idle, axis = AXIS, out }) => {
    expect(foldsOf(foldedAxis(axis, idle)).map(({ fromMs, toMs }) => [fromMs / 1_000, toMs / 1_000])).toEqual(out);
  });

  test('of many the longest, so that folds take at most two fifths', () => {
    const idle = Array.from({ length: 99 }, (_, i) => seconds(10 * i, 10 * i + 9 + i / 100));
    const folds = foldsOf(foldedAxis({ ...AXIS, right: 200 }, idle));
    expect(folds.map(({ fromMs }) => fromMs)).toEqual([970_000, 980_000].slice(0, folds.length));
    expect(folds.length * 18).toBeLessThanOrEqual(40);
  });
});

describe('a folded axis', () => {
  const axis = foldedAxis(AXIS, [seconds(200, 700), seconds(900, 1_000)]);

  test('folds are 18 px wide and the rest shares what is left in proportion to time', () => {
    // 400 s in 964 px.
    expect(foldsOf(axis).map(({ left, right }) => [left, right])).toEqual([
      [100 + 200 * 2.41, 118 + 200 * 2.41],
      [1_082, 1_100],
    ]);
    expect([0, 200, 450, 700, 800, 900, 1_000].map((s) => xOfTime(axis, s * 1_000))).toEqual([
      100, 582, 591, 600, 841, 1_082, 1_100,
    ]);
  });

  test('every pixel leads to a time and back, and later is further right', () => {
    let before = -Infinity;
    for (let x = 100; x <= 1_100; x += 0.25) {
      const ms = timeOfX(axis, x);
      expect(ms).toBeGreaterThan(before);
      expect(xOfTime(axis, ms)).toBeCloseTo(x, 6);
      before = ms;
    }
  });

  test('what lies outside is outside, and pixels outside are clamped', () => {
    expect([xOfTime(axis, -1_000) < 100, xOfTime(axis, 1_001_000) > 1_100]).toEqual([true, true]);
    expect([timeOfX(axis, 0), timeOfX(axis, 9_999)]).toEqual([0, 1_000_000]);
  });

  test('lines bend at the edges of folds', () => {
    expect(bendsBetween(axis, 0, 1_000_000)).toEqual([200_000, 700_000, 900_000]);
    expect([bendsBetween(axis, 200_000, 700_000), bendsBetween(AXIS, 0, 1_000_000)]).toEqual([[], []]);
  });

  test('a drag moves by what a pixel is worth beside the folds', () => {
    expect(pannedRange(axis, -241)).toEqual({ fromMs: 100_000, toMs: 1_100_000 });
  });

  test('ticks are at round times of what is open, at one distance in all of it', () => {
    const format = { tickText: (ms: number) => String(ms / 1_000), zoneOffsetMs: () => 0, textWidth: () => 40 };
    const ticks = timeTicks(axis, format);
    expect(ticks.map(({ text }) => text)).toEqual([
      '0',
      '30',
      '60',
      '90',
      '120',
      '150',
      '180',
      '720',
      '750',
      '780',
      '810',
      '840',
      '870',
      '900',
    ]);
    expect(ticks.every(({ x, text }) => x === xOfTime(axis, Number(text) * 1_000))).toBe(true);
  });

  test('labels that would touch across a fold are left out', () => {
    const format = { tickText: (ms: number) => String(ms / 1_000), zoneOffsetMs: () => 0, textWidth: () => 50 };
    const ticks = timeTicks(foldedAxis(AXIS, [seconds(210, 690)]), format);
    expect(ticks.filter((tick, i) => i > 0 && tick.x - (ticks[i - 1]?.x ?? 0) < 62)).toEqual([]);
  });

  test('axes with other folds have other keys', () => {
    expect(new Set([axisKey(AXIS), axisKey(axis), axisKey(foldedAxis(AXIS, [seconds(200, 700)]))]).size).toBe(3);
  });
});
