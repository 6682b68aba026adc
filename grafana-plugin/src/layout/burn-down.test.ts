import { toBurnDown, type BurnDown } from '../model/burn-down.ts';
import type { Forecast } from '../model/forecast.ts';
import { layoutBurnDown, type BurnDownInput } from './burn-down.ts';
import { WORDS } from '../testing/words.ts';

function burnDown(name: string, limitUsd: number | undefined, leftUsd: readonly number[]): BurnDown {
  const made = toBurnDown(
    {
      name,
      kind: 'budget',
      limits: limitUsd === undefined ? [] : [{ atMs: 0, usd: limitUsd }],
      remaining: leftUsd.map((usd, i) => ({ atMs: (i * 800) / leftUsd.length, usd })),
      exactCost: [],
      thresholds: [],
      periods: [],
      reportedExhaustionMs: undefined,
      endedMs: undefined,
    },
    { nowMs: 800, stalenessMs: 1_000 }
  );
  if (made === undefined) {
    throw new Error('the test budget has no points');
  }
  return made;
}

function layout(burnDowns: BurnDown[], more: Partial<BurnDownInput> = {}) {
  return layoutBurnDown({
    words: WORDS,
    axis: { fromMs: 0, toMs: 1_000, left: 0, right: 1_000 },
    top: 0,
    bottom: 100,
    burnDowns,
    forecast: undefined,
    showIdealLine: true,
    scale: 'auto',
    measure: (text, fontPx) => text.length * fontPx * 0.5,
    ...more,
  });
}

test('no budget, no band', () => {
  expect(layout([])).toBeUndefined();
});

test.each([
  {
    name: 'one budget is drawn in dollars',
    budgets: [burnDown('a', 10, [10, 5])],
    ticks: ['$0', '$5', '$10'],
    drawn: ['a'],
  },
  {
    name: 'budgets of like size share dollars',
    budgets: [burnDown('a', 5, [5, 1]), burnDown('b', 10, [10, 9])],
    ticks: ['$0', '$5', '$10'],
    drawn: ['a', 'b'],
  },
  {
    name: 'budgets of very different size are drawn as shares of their limits, and one without a limit is left out',
    budgets: [burnDown('small', 5, [5, 4]), burnDown('large', 3_000, [3_000, 2_900]), burnDown('open', undefined, [9])],
    ticks: ['0 %', '50 %', '100 %'],
    drawn: ['small', 'large'],
  },
])('$name', ({ budgets, ticks, drawn }) => {
  const made = layout(budgets);
  expect([made?.yTicks.map((tick) => tick.text), made?.budgets.map((line) => line.name)]).toEqual([ticks, drawn]);
});

test.each([
  { name: 'in dollars when asked, whatever the sizes', scale: 'usd', limits: [5, 3_000], first: '$0' },
  { name: 'in percent when asked, also alone', scale: 'percent', limits: [5], first: '0 %' },
  { name: 'in dollars where there is no limit to take a part of', scale: 'percent', limits: [undefined], first: '$0' },
] as const)('$name', ({ scale, limits, first }) => {
  const made = layout(
    limits.map((limit, i) => burnDown(`b${i}`, limit, [4, 3])),
    { scale }
  );
  expect(made?.yTicks[0]?.text).toBe(first);
});

test('resets and changes of the limit stand at their time on the curve; a name without room is left out', () => {
  const made = layout([
    {
      ...burnDown('a', 10, [10, 5]),
      marks: [
        { kind: 'reset', atMs: 100, usd: undefined },
        { kind: 'top-up', atMs: 110, usd: 2.5 },
        { kind: 'cut', atMs: 600, usd: 1 },
        { kind: 'reset', atMs: 1_001, usd: undefined },
      ],
    },
  ]);
  const atTop = layout([burnDown('a', 10, [10, 5])])?.budgets[0]?.line[0]?.y;
  expect(made?.marks.map(({ kind, x, text }) => [kind, x, text])).toEqual([
    ['reset', 100, 'reset'],
    ['top-up', 110, ''],
    ['cut', 600, '\u2212$1.00'],
  ]);
  expect(made?.marks[0]?.y).toBe(atTop);
});

test('as shares, line, limit and forecast stand where they would alone', () => {
  const given: Forecast = {
    kind: 'forecast',
    fromMs: 800,
    fromUsd: 4,
    rate: 0.01,
    slowestRate: 0.005,
    fastestRate: 0.02,
    exhaustedMs: 1_200,
    exhaustedEarliestMs: 1_000,
    exhaustedLatestMs: 1_600,
  };
  const small = burnDown('small', 5, [5, 4]);
  const alone = layout([small], { forecast: given });
  const together = layout([small, burnDown('large', 3_000, [3_000, 2_900])], { forecast: given });
  const rounded = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' ? Math.round(v * 1e6) / 1e6 : v)));
  expect(rounded([together?.budgets[0], together?.limitY, together?.forecast])).toEqual(
    rounded([alone?.budgets[0], alone?.limitY, alone?.forecast])
  );
});

test('names of lines that end side by side do not lie over each other', () => {
  const made = layout(['a', 'b', 'c', 'd'].map((name, i) => burnDown(name, 10, [10, i === 3 ? 1 : 8])));
  expect(made?.budgets.map((line) => line.label?.text)).toEqual([undefined, 'b', undefined, 'd']);
});

test('of thousands of points on one pixel the extremes stay', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => (i === 7_777 ? 0 : 5 + (i % 2)));
  const line = layout([burnDown('a', 10, many)])?.budgets[0]?.line ?? [];
  expect(line.length).toBeLessThan(8_000);
  expect(Math.max(...line.map((point) => point.y))).toBeCloseTo(layout([burnDown('a', 10, many)])?.zeroY ?? NaN, 6);
});
