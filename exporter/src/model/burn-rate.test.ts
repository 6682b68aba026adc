import { nano } from '../contract/money.ts';
import { burnRateOf } from './burn-rate.ts';
import type { ThreadView } from './views.ts';

const T = 1_800_000_000_000;
const MINUTE_MS = 60_000;

function thread(steps: readonly (readonly [atMs: number, usd: number])[], more: Partial<ThreadView> = {}): ThreadView {
  return {
    threadId: 't',
    workflow: 'w',
    team: 'x',
    state: 'running',
    startedMs: T,
    lastEventMs: T,
    endedMs: undefined,
    currentNode: undefined,
    stepCount: 0,
    timedRuns: 0,
    timedRunsMs: 0,
    total: nano(0),
    tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 },
    budgetLimit: undefined,
    budgetRemaining: undefined,
    agents: new Map(),
    checkpoints: [],
    checkpointCount: 0,
    spendBase: nano(0),
    spendSteps: steps.map(([atMs, usd]) => ({ atMs: T + atMs, total: nano(usd * 1e9) })),
    ...more,
  };
}

const zero = {
  threadId: 't',
  burnRatePerHour: 0,
  burnRatePerMinute: 0,
  burnRatePerSecond: 0,
  recentCostCents: 0,
  recentDurationMs: 0,
  samplesUsed: 0,
  estimatedMinutesRemaining: null,
  costTrendPercentage: null,
  lastUpdated: null,
};

test('a thread that spent nothing burns nothing', () => {
  expect(burnRateOf(thread([]))).toEqual(zero);
});

test('spend in the first millisecond has no rate yet', () => {
  expect(burnRateOf(thread([[0, 1]]))).toEqual({ ...zero, recentCostCents: 100, samplesUsed: 1, lastUpdated: T });
});

test('the rate is the spend since the start divided by the time to the newest event', () => {
  const steps = [
    [10_000, 0.1],
    [40_000, 0.3],
  ] as const;
  expect(burnRateOf(thread(steps, { lastEventMs: T + MINUTE_MS, budgetRemaining: nano(600_000_000) }))).toEqual({
    threadId: 't',
    burnRatePerHour: 18,
    burnRatePerMinute: 0.3,
    burnRatePerSecond: 0.005,
    recentCostCents: 30,
    recentDurationMs: MINUTE_MS,
    samplesUsed: 2,
    estimatedMinutesRemaining: 2,
    costTrendPercentage: expect.closeTo(100, 9) as number,
    lastUpdated: T + 40_000,
  });
});

test('only the last 5 minutes count, and what was there before them does not', () => {
  const steps = [
    [0, 5],
    [5 * MINUTE_MS - 1, 6],
    [5 * MINUTE_MS, 7],
    [9 * MINUTE_MS, 8],
  ] as const;
  expect(burnRateOf(thread(steps, { lastEventMs: T + 10 * MINUTE_MS }))).toMatchObject({
    recentCostCents: 200,
    recentDurationMs: 5 * MINUTE_MS,
    samplesUsed: 2,
    burnRatePerMinute: expect.closeTo(0.4, 12) as number,
    costTrendPercentage: 0,
  });
});

test('steps no longer kept are in the base, and a run before this one does not count', () => {
  const kept = thread([[1_000, 6]], { spendBase: nano(5e9), lastEventMs: T + 2_000 });
  expect(burnRateOf(kept)).toMatchObject({ recentCostCents: 100, samplesUsed: 1 });
  const again = thread(
    [
      [0, 5],
      [10_000, 6],
    ],
    { startedMs: T + 5_000, lastEventMs: T + 10_000 }
  );
  expect(burnRateOf(again)).toMatchObject({ recentCostCents: 100, recentDurationMs: 5_000, samplesUsed: 1 });
});

test.each([
  ['unknown without a budget', undefined, null],
  ['nothing when it is overspent', nano(-5), 0],
  ['nothing when it is used up', nano(0), 0],
  ['at the rate else', nano(1e9), 1],
])('minutes remaining are %s', (_name, budgetRemaining, minutes) => {
  const view = thread([[1_000, 1]], { lastEventMs: T + MINUTE_MS, budgetRemaining });
  expect(burnRateOf(view).estimatedMinutesRemaining).toBe(minutes);
});

test('minutes remaining are unknown while nothing is spent', () => {
  expect(burnRateOf(thread([], { lastEventMs: T + 5, budgetRemaining: nano(1) })).estimatedMinutesRemaining).toBeNull();
});

test('a thread that spends too often for all of its steps to be held: the rate is that of the steps that are', () => {
  // 4,096 steps, one each 40 ms, are 163.8 s of the 5 minutes.
  const held = Array.from({ length: 4_096 }, (_, at): [number, number] => [1_000_000 + at * 40, 100 + at * 0.001]);
  const answer = burnRateOf(thread(held, { lastEventMs: T + 1_000_000 + 4_095 * 40, spendBase: nano(99_999_000_000) }));
  expect(answer.burnRatePerSecond).toBeCloseTo(0.025, 9);
  expect([answer.recentDurationMs, answer.recentCostCents]).toEqual([4_095 * 40, 409.5]);
});
