import { spendSteps, threadSteps, type AgentTotal } from './lane-spend.ts';

type Points = ReadonlyArray<readonly [atMs: number, usd: number]>;
const money = (points: Points) => points.map(([atMs, usd]) => ({ atMs, usd }));

interface Case {
  readonly name: string;
  readonly exact?: Points;
  readonly agents: Readonly<Record<string, Points>>;
  /** Of each agent when it runs; always where it is left out. */
  readonly active?: Readonly<Record<string, readonly [fromMs: number, toMs: number]>>;
  readonly baselineMs?: number;
  readonly out: Readonly<Record<string, readonly string[]>>;
}

/** `120 0.2` for what is exact, `100-200 0.2` for what lies between. */
function textOf(totals: Case): Record<string, string[]> {
  const agents = Object.entries(totals.agents).map(([agent, points]): AgentTotal => ({ agent, points: money(points) }));
  const steps = spendSteps(
    { exact: money(totals.exact ?? []), agents, intervalMs: 100 },
    {
      baselineMs: totals.baselineMs ?? 0,
      isActive: (agent, ms) => {
        const [fromMs, toMs] = totals.active?.[agent] ?? [-Infinity, Infinity];
        return ms >= fromMs && ms <= toMs;
      },
    }
  );
  return Object.fromEntries(
    [...steps].map(([agent, own]) => [
      agent,
      own.map(({ fromMs, toMs, usd }) => `${fromMs === toMs ? toMs : `${fromMs}-${toMs}`} ${usd}`),
    ])
  );
}

describe('steps of agents out of samples and the exact total of their thread', () => {
  test.each<Case>([
    { name: 'nothing read', agents: {}, out: {} },
    { name: 'an agent without samples', agents: { a: [] }, out: {} },
    {
      name: 'one agent alone: every exact change is its own',
      exact: [
        [0, 0],
        [120, 0.1],
        [180, 0.3],
      ],
      agents: {
        a: [
          [0, 0],
          [100, 0],
          [200, 0.3],
        ],
      },
      out: { a: ['120 0.1', '180 0.2'] },
    },
    {
      name: 'without an exact series a step lies between two samples',
      agents: {
        a: [
          [0, 0.5],
          [100, 0.5],
          [200, 0.8],
        ],
      },
      out: { a: ['100-200 0.3'] },
    },
    {
      name: 'two agents between two samples: amounts tell them apart',
      exact: [
        [0, 0],
        [110, 0.1],
        [150, 0.35],
      ],
      agents: {
        a: [
          [0, 0],
          [200, 0.1],
        ],
        b: [
          [0, 0],
          [200, 0.25],
        ],
      },
      out: { a: ['110 0.1'], b: ['150 0.25'] },
    },
    {
      name: 'equal amounts: who ran then tells them apart',
      exact: [
        [0, 0],
        [110, 0.1],
        [150, 0.2],
      ],
      agents: {
        a: [
          [0, 0],
          [200, 0.1],
        ],
        b: [
          [0, 0],
          [200, 0.1],
        ],
      },
      active: { a: [140, 150], b: [100, 110] },
      out: { a: ['150 0.1'], b: ['110 0.1'] },
    },
    {
      name: 'equal amounts of agents that ran together lie between the exact changes',
      exact: [
        [0, 0],
        [110, 0.1],
        [150, 0.2],
      ],
      agents: {
        a: [
          [0, 0],
          [200, 0.1],
        ],
        b: [
          [0, 0],
          [200, 0.1],
        ],
      },
      out: { a: ['110-150 0.1'], b: ['110-150 0.1'] },
    },
    {
      name: 'samples that lag behind do no harm: sums are compared, no clocks',
      exact: [
        [0, 0],
        [90, 0.1],
        [130, 0.4],
      ],
      agents: {
        a: [
          [0, 0],
          [100, 0],
          [400, 0.4],
        ],
      },
      out: { a: ['90 0.1', '130 0.3'] },
    },
    {
      name: 'a total that comes after the start of what was read rose from zero',
      exact: [[150, 0.2]],
      agents: { a: [[200, 0.2]] },
      baselineMs: 50,
      out: { a: ['150 0.2'] },
    },
    {
      name: 'a total that is there from the start holds what was spent before',
      exact: [
        [-20, 7],
        [150, 7.2],
      ],
      agents: {
        a: [
          [0, 7],
          [200, 7.2],
        ],
      },
      out: { a: ['150 0.2'] },
    },
    {
      name: 'sums that the thread never had: between samples, and exact again once they agree',
      exact: [
        [0, 0],
        [110, 0.1],
        [210, 0.3],
        [310, 0.6],
      ],
      agents: {
        a: [
          [0, 0],
          [100, 0.09],
          [200, 0.1],
          [300, 0.3],
        ],
      },
      out: { a: ['0-100 0.09', '100-200 0.01', '210 0.2'] },
    },
    {
      name: 'a counter that fell began anew; what follows is told between samples',
      exact: [
        [0, 0],
        [110, 0.1],
        [210, 0.15],
      ],
      agents: {
        a: [
          [0, 0],
          [100, 0],
          [200, 0.1],
          [300, 0.05],
        ],
      },
      out: { a: ['110 0.1', '200-300 0.05'] },
    },
    {
      name: 'the dust of adding doubles is no spend',
      exact: [
        [0, 0.1 + 0.2],
        [110, 0.4],
      ],
      agents: {
        a: [
          [0, 0.3],
          [100, 0.1 + 0.2],
          [200, 0.4],
        ],
      },
      out: { a: ['110 0.1'] },
    },
    {
      name: 'too many changes to try: they lie between the first and the last',
      exact: [[0, 0], ...Array.from({ length: 13 }, (_, i) => [101 + i, 0.1 * (i + 1)] as const)],
      agents: {
        a: [
          [0, 0],
          [200, 0.6],
        ],
        b: [
          [0, 0],
          [200, 0.7],
        ],
      },
      out: { a: ['101-113 0.6'], b: ['101-113 0.7'] },
    },
  ])('$name', (one) => {
    expect(textOf(one)).toEqual(one.out);
  });
});

test.each<{ name: string; exact: Points; baselineMs: number; out: string[] }>([
  { name: 'no total, no steps', exact: [], baselineMs: 0, out: [] },
  {
    name: 'the first total is held from before',
    exact: [
      [-5, 3],
      [10, 3],
      [20, 3.5],
    ],
    baselineMs: 0,
    out: ['20 0.5'],
  },
  {
    name: 'of a thread that began in the range it is a step',
    exact: [
      [10, 0.1],
      [20, 0.3],
    ],
    baselineMs: -Infinity,
    out: ['10 0.1', '20 0.2'],
  },
])('steps of a thread: $name', ({ exact, baselineMs, out }) => {
  expect(threadSteps(money(exact), baselineMs).map(({ toMs, usd }) => `${toMs} ${usd}`)).toEqual(out);
});
