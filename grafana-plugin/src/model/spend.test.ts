import { riseBetween, spendBetween, type SpenderTotal } from './spend.ts';

const at = (...points: Array<[number, number]>) => points.map(([atMs, usd]) => ({ atMs, usd }));
const agent = (name: string, ...points: Array<[number, number]>): SpenderTotal => ({
  kind: 'agent',
  name,
  points: at(...points),
});

test.each([
  { name: 'no samples: no rise', points: at(), expected: 0 },
  {
    name: 'from the last sample at the start to the last at the end',
    points: at([0, 1], [10, 2], [20, 5]),
    expected: 3,
  },
  { name: 'a sample at the very end counts', points: at([10, 2], [30, 9]), expected: 7 },
  { name: 'what comes after the range does not', points: at([10, 2], [31, 9]), expected: 0 },
  { name: 'a counter that began within the range rose from zero', points: at([20, 4]), expected: 4 },
  { name: 'a fall is a restart from zero', points: at([10, 8], [20, 1], [30, 3]), expected: 3 },
])('$name', ({ points, expected }) => {
  expect(riseBetween(points, { fromMs: 10, toMs: 30, knownFromMs: 0 })).toBe(expected);
});

test('a counter that is there from the first instant on may have risen before it', () => {
  expect(riseBetween(at([5, 4], [20, 6]), { fromMs: 0, toMs: 30, knownFromMs: 5 })).toBe(2);
});

test.each([
  { name: 'nothing read: nothing said', totals: [], expected: [] },
  {
    name: 'nothing spent: no rows and no shares',
    totals: [agent('a', [0, 1], [30, 1])],
    expected: [{ kind: 'agent', totalUsd: 0, rows: [] }],
  },
  {
    name: 'the biggest spender first, equal ones by name, noise of doubles left out',
    totals: [
      agent('b', [0, 0], [20, 1]),
      agent('a', [0, 0], [20, 1]),
      agent('c', [0, 0], [20, 2]),
      agent('noise', [0, 0.1], [20, 0.1 + 1e-17]),
    ],
    expected: [
      {
        kind: 'agent',
        totalUsd: 4,
        rows: [
          { name: 'c', usd: 2, share: 0.5 },
          { name: 'a', usd: 1, share: 0.25 },
          { name: 'b', usd: 1, share: 0.25 },
        ],
      },
    ],
  },
  {
    name: 'series of one name add up, agents and models are told apart, hostile names stay names',
    totals: [
      agent('__proto__', [0, 0], [20, 1]),
      agent('__proto__', [0, 5], [20, 6]),
      { ...agent('m', [0, 0], [20, 2]), kind: 'model' as const },
    ],
    expected: [
      { kind: 'agent', totalUsd: 2, rows: [{ name: '__proto__', usd: 2, share: 1 }] },
      { kind: 'model', totalUsd: 2, rows: [{ name: 'm', usd: 2, share: 1 }] },
    ],
  },
  {
    name: 'one nano-dollar is a spend',
    totals: [agent('a', [0, 0], [20, 1e-9])],
    expected: [{ kind: 'agent', totalUsd: 1e-9, rows: [{ name: 'a', usd: 1e-9, share: 1 }] }],
  },
])('$name', ({ totals, expected }) => {
  expect(spendBetween(totals, { fromMs: 0, toMs: 30 })).toEqual(expected);
});
