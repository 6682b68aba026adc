import {
  amountAt,
  mostAtRiskFirst,
  remainingUsd,
  toBurnDown,
  type BudgetSamples,
  type MoneyPoint,
} from './burn-down.ts';

const NOW = { nowMs: 1_000, stalenessMs: 100 };

function budget(more: Partial<BudgetSamples> = {}): BudgetSamples {
  return {
    name: 'b',
    kind: 'budget',
    limits: [],
    remaining: [],
    exactCost: [],
    thresholds: [],
    periods: [],
    reportedExhaustionMs: undefined,
    endedMs: undefined,
    ...more,
  };
}

const points = (...pairs: Array<[number, number]>): MoneyPoint[] => pairs.map(([atMs, usd]) => ({ atMs, usd }));

describe('toBurnDown', () => {
  test.each<{ name: string; given: BudgetSamples; out: string | undefined }>([
    { name: 'nothing read gives nothing', given: budget(), out: undefined },
    { name: 'a limit alone says nothing of what is left', given: budget({ limits: points([0, 5]) }), out: undefined },
    {
      name: 'sampled amounts, unsorted, repeated and with a NaN',
      given: budget({ limits: points([0, 5]), remaining: points([300, 3], [100, 5], [200, 5], [150, NaN], [950, 3]) }),
      out: '100:5 300:3 until 1000 sampled',
    },
    {
      name: 'exact spend is preferred: remaining = limit - cost at the instant of the spend',
      given: budget({
        limits: points([900, 5]),
        remaining: points([500, 1]),
        exactCost: points([101, 0], [203, 1.5], [950, 1.5]),
      }),
      out: '101:5 203:3.5 until 1000 exact',
    },
    {
      name: 'a top-up raises what is left when the limit rises',
      given: budget({ limits: points([0, 5], [400, 5], [500, 8]), exactCost: points([100, 1], [600, 2]) }),
      out: '100:4 500:7 600:6 until 700 exact',
    },
    {
      name: 'the last amount is believed for the staleness',
      given: budget({ remaining: points([10, 2]) }),
      out: '10:2 until 110 sampled',
    },
    {
      name: 'a thread that has ended keeps its last amount up to its end',
      given: budget({ remaining: points([10, 2]), endedMs: 400 }),
      out: '10:2 until 400 sampled',
    },
    { name: 'points past now are not believed', given: budget({ remaining: points([2_000, 2]) }), out: undefined },
  ])('$name', ({ given, out }) => {
    const read = toBurnDown(given, NOW);
    const text =
      read &&
      `${read.points.map((p) => `${p.atMs}:${p.usd}`).join(' ')} until ${read.knownUntilMs} ${read.exact ? 'exact' : 'sampled'}`;
    expect(text).toBe(out);
  });

  test('thresholds ascend, those that can never be crossed are dropped; empty periods too', () => {
    const read = toBurnDown(
      budget({
        remaining: points([950, 1]),
        thresholds: [{ ratio: 0.95 }, { ratio: 0 }, { ratio: 0.5 }],
        periods: [
          { startMs: 5, endMs: 5 },
          { startMs: 1, endMs: 9 },
        ],
      }),
      NOW
    );
    expect([read?.thresholds, read?.periods]).toEqual([[{ ratio: 0.5 }, { ratio: 0.95 }], [{ startMs: 1, endMs: 9 }]]);
  });
});

test.each([
  { name: 'a limit first seen is no change', limits: points([100, 5], [200, 5]), periods: [], out: [] },
  { name: 'nothing known, nothing marked', limits: [], periods: [{ startMs: 500, endMs: 999 }], out: ['reset 500'] },
  {
    name: 'a raised limit is a top-up by the difference, a lowered one a cut',
    limits: points([0, 5], [300, 8], [600, 7]),
    periods: [],
    out: ['top-up 300 3', 'cut 600 1'],
  },
  {
    name: 'a period that began before the curve does, or after it ends, is not marked',
    limits: [],
    periods: [
      { startMs: 0, endMs: 400 },
      { startMs: 400, endMs: 950 },
      { startMs: 951, endMs: 2_000 },
    ],
    out: ['reset 400'],
  },
  {
    name: 'what changes after the last amount is not marked yet',
    limits: points([0, 5], [951, 9]),
    periods: [],
    out: [],
  },
])('$name', ({ limits, periods, out }) => {
  const read = toBurnDown(budget({ limits, periods, remaining: points([100, 4], [950, 3]) }), NOW);
  expect(read?.marks.map(({ kind, atMs, usd }) => [kind, atMs, usd].filter((v) => v !== undefined).join(' '))).toEqual(
    out
  );
});

test('an amount holds until the next, and is unknown before the first', () => {
  const curve = points([10, 5], [20, 4]);
  expect([9, 10, 19, 20, 99].map((atMs) => amountAt(curve, atMs))).toEqual([undefined, 5, 5, 4, 4]);
});

test('the budget with the smallest part left comes first, ended threads and unlimited ones after it', () => {
  const make = (name: string, limit: number | undefined, left: number, endedMs?: number) => {
    const made = toBurnDown(
      budget({ name, limits: limit === undefined ? [] : points([0, limit]), remaining: points([950, left]), endedMs }),
      NOW
    );
    return made === undefined ? [] : [made];
  };
  const all = [
    ...make('open', undefined, 1),
    ...make('rich', 10, 9),
    ...make('poor', 10, 1),
    ...make('ended', 10, 0, 960),
  ];
  expect(mostAtRiskFirst(all).map((b) => [b.name, remainingUsd(b)])).toEqual([
    ['poor', 1],
    ['rich', 9],
    ['open', 1],
    ['ended', 0],
  ]);
});
