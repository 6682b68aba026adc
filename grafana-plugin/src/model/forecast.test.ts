import { toBurnDown, type BurnDown, type MoneyPoint } from './burn-down.ts';
import { burnRate, forecast, spentBetween, trend, lookbackFor } from './forecast.ts';

const MINUTE = 60_000;
const NOW = 60 * MINUTE;

function curve(points: MoneyPoint[], more: Partial<BurnDown> = {}): BurnDown {
  const read = toBurnDown(
    {
      name: 'b',
      kind: 'budget',
      limits: [{ atMs: 0, usd: 10 }],
      remaining: points,
      exactCost: [],
      thresholds: [],
      periods: [],
      reportedExhaustionMs: undefined,
      endedMs: undefined,
    },
    { nowMs: NOW, stalenessMs: 5 * MINUTE }
  );
  if (read === undefined) {
    throw new Error('the test curve has no points');
  }
  return { ...read, ...more };
}

/** 0.1 USD a minute from 10 USD on, one spend a minute. */
const even = curve(Array.from({ length: 61 }, (_, i) => ({ atMs: i * MINUTE, usd: 10 - 0.1 * i })));

describe('spentBetween', () => {
  const points = [
    { atMs: 0, usd: 10 },
    { atMs: 10, usd: 8 },
    { atMs: 20, usd: 12 },
    { atMs: 30, usd: 11 },
  ];
  test.each([
    { name: 'all falls count, the top-up does not', from: 0, to: 30, out: 3 },
    { name: 'the spend at the start belongs to what was before', from: 10, to: 30, out: 1 },
    { name: 'an empty stretch', from: 11, to: 19, out: 0 },
    { name: 'before anything is known', from: -20, to: -10, out: 0 },
  ])('$name', ({ from, to, out }) => {
    expect(spentBetween(points, from, to)).toBeCloseTo(out, 12);
  });
});

describe('burnRate', () => {
  test('is spend over the lookback, per hour and per minute', () => {
    const rate = burnRate(even, 30 * MINUTE);
    expect(rate?.usdPerHour).toBeCloseTo(6, 9);
    expect(rate?.usdPerMinute).toBeCloseTo(0.1, 9);
    expect(rate?.windowMs).toBe(30 * MINUTE);
  });

  test('looks back no further than the start of the period', () => {
    const young = { ...even, periods: [{ startMs: 50 * MINUTE, endMs: 99 * MINUTE }] };
    expect(burnRate(young, 30 * MINUTE)?.windowMs).toBe(10 * MINUTE);
  });

  test('is unknown before any time has passed', () => {
    expect(burnRate(curve([{ atMs: NOW, usd: 5 }]), MINUTE)).toBeUndefined();
  });
});

describe('trend', () => {
  test('compares with the window before', () => {
    const faster = curve(
      Array.from({ length: 61 }, (_, i) => ({ atMs: i * MINUTE, usd: 10 - 0.1 * i - (i > 30 ? 0.05 * (i - 30) : 0) }))
    );
    const found = trend(faster, 30 * MINUTE);
    expect(found?.ratio).toBeCloseTo(0.5, 6);
    expect(found?.windowMs).toBe(30 * MINUTE);
  });

  test('takes halves of what is known where that is less than two lookbacks', () => {
    expect(trend(even, 6 * 60 * MINUTE)?.windowMs).toBe(30 * MINUTE);
  });

  test('says nothing where nothing was spent before', () => {
    expect(
      trend(
        curve([
          { atMs: 0, usd: 10 },
          { atMs: 59 * MINUTE, usd: 9 },
        ]),
        30 * MINUTE
      )
    ).toBeUndefined();
  });
});

describe('forecast', () => {
  test('even spend is exhausted when it adds up, with no doubt', () => {
    const found = forecast(even, 30 * MINUTE);
    expect(found.kind).toBe('forecast');
    if (found.kind === 'forecast') {
      // 4 USD left at 0.1 USD a minute: 40 minutes.
      expect(Math.abs((found.exhaustedMs ?? 0) - (NOW + 40 * MINUTE))).toBeLessThan(2 * MINUTE);
      expect((found.exhaustedLatestMs ?? 0) - (found.exhaustedEarliestMs ?? 0)).toBeLessThan(10 * MINUTE);
    }
  });

  test('uneven spend widens the cone around the same middle', () => {
    const bursts = curve(
      Array.from({ length: 61 }, (_, i) => ({ atMs: i * MINUTE, usd: 10 - 0.6 * Math.floor(i / 6) - 0.0001 * i }))
    );
    const [calm, wild] = [forecast(even, 30 * MINUTE), forecast(bursts, 30 * MINUTE)];
    if (calm.kind !== 'forecast' || wild.kind !== 'forecast') {
      throw new Error('both curves carry a forecast');
    }
    expect(wild.fastestRate - wild.slowestRate).toBeGreaterThan(2 * (calm.fastestRate - calm.slowestRate));
    expect(wild.slowestRate).toBeLessThanOrEqual(wild.rate);
    expect(wild.fastestRate).toBeGreaterThanOrEqual(wild.rate);
  });

  test('one burst in a long pause still counts: the mean is the forecast', () => {
    const burst = curve([
      { atMs: 0, usd: 10 },
      { atMs: 58 * MINUTE, usd: 9 },
      { atMs: 58 * MINUTE + 10, usd: 8 },
      { atMs: 58 * MINUTE + 20, usd: 7 },
    ]);
    const found = forecast(burst, 60 * MINUTE);
    expect(found.kind === 'forecast' && found.rate).toBeCloseTo(3 / (60 * MINUTE), 15);
    expect(found.kind === 'forecast' && found.exhaustedLatestMs).toBeUndefined();
  });

  test.each<{ name: string; given: BurnDown; out: object }>([
    {
      name: 'two spends say nothing of the third',
      given: curve([
        { atMs: 40 * MINUTE, usd: 10 },
        { atMs: 50 * MINUTE, usd: 9 },
        { atMs: 58 * MINUTE, usd: 8 },
      ]),
      out: { kind: 'not-enough-data', knownMs: 20 * MINUTE, spends: 2 },
    },
    {
      name: 'a window of seconds is too short',
      given: curve([
        { atMs: NOW - 2_000, usd: 10 },
        { atMs: NOW - 1_000, usd: 9 },
      ]),
      out: { kind: 'not-enough-data', knownMs: 2_000, spends: 1 },
    },
    {
      name: 'what is spent up is exhausted since the instant it was',
      given: curve([
        { atMs: 0, usd: 1 },
        { atMs: 30 * MINUTE, usd: 0 },
        { atMs: 58 * MINUTE, usd: -1 },
      ]),
      out: { kind: 'exhausted', sinceMs: 30 * MINUTE },
    },
    { name: 'a thread that has ended spends no more', given: { ...even, endedMs: NOW }, out: { kind: 'ended' } },
  ])('$name', ({ given, out }) => {
    expect(forecast(given, 30 * MINUTE)).toEqual(out);
  });
});

describe('the lookback that nobody chose', () => {
  const DAY = 24 * 60 * MINUTE;
  const of = (days: number): BurnDown['periods'] => [{ startMs: NOW - 1_000, endMs: NOW - 1_000 + days * DAY }];
  test.each<{ name: string; kind?: BurnDown['kind']; periods: BurnDown['periods']; out: number }>([
    { name: 'a budget whose period is not known', periods: [], out: 30 * MINUTE },
    { name: 'a thread, however long', kind: 'thread', periods: of(30), out: 30 * MINUTE },
    { name: 'an hour', periods: of(1 / 24), out: 30 * MINUTE },
    { name: 'a day', periods: of(1), out: DAY / 4 },
    { name: 'a week', periods: of(7), out: DAY },
    { name: 'a month', periods: of(30), out: 7 * DAY },
    { name: 'February', periods: of(28), out: 7 * DAY },
    { name: 'a year', periods: of(365), out: 7 * DAY },
    {
      name: 'the present one of several',
      periods: [...of(1), { startMs: NOW + DAY, endMs: NOW + 366 * DAY }],
      out: DAY / 4,
    },
  ])('$name', ({ kind = 'budget', periods, out }) => {
    expect(lookbackFor({ ...curve([{ atMs: NOW, usd: 1 }]), kind, periods })).toBe(out);
  });
});
