import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns, type Run } from './build-states.ts';
import { placeSpend } from './segment-spend.ts';
import { spentByLanes, spentByThreads } from './spent-in-range.ts';
import type { StateColumns } from './state-columns.ts';
import { toTimeline, type ThreadSamples } from './timeline.ts';

type Changes = ReadonlyArray<readonly [startMs: number, state: AgentState]>;

function track(changes: Changes, endMs: number): StateColumns {
  return {
    length: changes.length,
    startMs: Float64Array.from(changes, ([ms]) => ms),
    code: Uint8Array.from(changes, ([, state]) => AGENT_STATE_CODE[state]),
    endMs,
    beganBefore: false,
    ongoing: false,
  };
}

const LANE: Changes = [
  [0, 'queued'],
  [100, 'running'],
  [200, 'failed'],
  [210, 'running'],
  [300, 'idle'],
  [400, 'waiting'],
  [500, 'running'],
];
const RUNS: Run[] = [{ startMs: 0, endMs: undefined }];

describe('steps on the states of a lane', () => {
  test.each<{
    name: string;
    steps: Array<[fromMs: number, toMs: number]>;
    tracks?: Changes[];
    runs?: Run[];
    /** `track:entry usd`, with `-usd` at most where that is not certain. */
    out: string[];
    waste: string[];
  }>([
    { name: 'no steps', steps: [], out: [], waste: [] },
    { name: 'an exact one in a state', steps: [[250, 250]], out: ['0:3 1'], waste: ['none'] },
    {
      name: 'one at the end of a run belongs to what ran: cost is reported when it ends',
      steps: [[300, 300]],
      out: ['0:3 1'],
      waste: ['none'],
    },
    {
      name: 'one at the instant of a failure belongs to what failed',
      steps: [[200, 200]],
      out: ['0:1 1'],
      waste: ['agent'],
    },
    { name: 'one that is reported while it is failed', steps: [[205, 205]], out: ['0:2 1'], waste: ['agent'] },
    { name: 'one of the run before a failure is wasted', steps: [[150, 150]], out: ['0:1 1'], waste: ['agent'] },
    { name: 'while nothing goes on it belongs to no state', steps: [[350, 350]], out: [], waste: ['none'] },
    { name: 'across states, the only one that runs spends', steps: [[290, 450]], out: ['0:3 1'], waste: ['none'] },
    {
      name: 'across two runs either may have',
      steps: [[150, 250]],
      out: ['0:1 0-1', '0:3 0-1'],
      waste: ['none'],
    },
    { name: 'a wait spends where nothing runs', steps: [[420, 440]], out: ['0:5 1'], waste: ['none'] },
    {
      name: 'of two tracks that run at once either may have',
      steps: [[150, 150]],
      tracks: [LANE, [[120, 'running']]],
      out: ['0:1 0-1', '1:0 0-1'],
      waste: ['none'],
    },
    { name: 'no states at all', steps: [[5, 5]], tracks: [], out: [], waste: ['none'] },
    {
      name: 'all of a run of the thread that failed is wasted, also what is seen after its end',
      steps: [
        [50, 50],
        [550, 650],
      ],
      runs: [{ startMs: 0, endMs: 600, outcome: 'failed' }],
      out: ['0:0 1', '0:6 1'],
      waste: ['thread', 'thread'],
    },
    {
      name: 'the run after it is not',
      steps: [[550, 550]],
      runs: [
        { startMs: 0, endMs: 400, outcome: 'failed' },
        { startMs: 450, endMs: undefined },
      ],
      out: ['0:6 1'],
      waste: ['none'],
    },
  ])('$name', ({ steps, tracks = [LANE], runs = RUNS, out, waste }) => {
    const placed = placeSpend(
      steps.map(([fromMs, toMs]) => ({ fromMs, toMs, usd: 1 })),
      tracks.map((changes) => track(changes, 600)),
      runs
    );
    const text = placed.segments.flatMap((entries, i) =>
      [...entries].map(([index, { usd, atMostUsd }]) => `${i}:${index} ${usd}${atMostUsd > usd ? `-${atMostUsd}` : ''}`)
    );
    expect(text).toEqual(out);
    expect(placed.steps.map((step) => step.waste)).toEqual(waste);
  });

  test('a step across more states than are worth asking is none of theirs', () => {
    const many = Array.from({ length: 200 }, (_, i) => [i, i % 2 ? 'waiting' : 'running'] as const);
    const placed = placeSpend([{ fromMs: 0, toMs: 199, usd: 1 }], [track(many, 200)], RUNS);
    expect([...(placed.segments[0] ?? [])].every(([, { usd }]) => usd === 0)).toBe(true);
  });
});

/** Two agents of one thread, each spending a dollar every 100 ms; `a` fails at 250 and goes on. */
const THREAD: ThreadSamples = {
  thread: 't',
  states: [{ atMs: 1, state: 'running' }],
  agents: (['a', 'b'] as const).map((agent) => ({
    agent,
    points: [
      pointColumns([
        { atMs: 1, state: 'running' },
        ...(agent === 'a'
          ? ([
              { atMs: 250, state: 'failed' },
              { atMs: 260, state: 'running' },
            ] as const)
          : []),
      ]),
    ],
    costUsd: undefined,
  })),
  checkpoints: [],
  costUsd: undefined,
  spendMs: undefined,
  totals: {
    exact: [0, 1, 2, 3, 4, 5].map((n) => ({ atMs: 100 * n + 1, usd: 3 * n })),
    agents: ['a', 'b'].map((agent) => ({
      agent,
      points: [0, 1, 2, 3, 4, 5].map((n) => ({ atMs: 100 * n + 50, usd: n })),
    })),
    intervalMs: 100,
  },
};
const EXTENT = { fromMs: 0, toMs: 600, nowMs: 600, stalenessMs: 1_000, holeMs: 5_000, sampled: false };

describe('spend within a range', () => {
  test.each<{ name: string; samples: ThreadSamples; range: [number, number]; lanes: unknown; thread: unknown }>([
    {
      name: 'without totals nothing is known',
      samples: { ...THREAD, totals: undefined },
      range: [0, 600],
      lanes: undefined,
      thread: undefined,
    },
    {
      name: "all of it: lanes add up, and the thread knows what no agent accounts for; the failed run of 'a' is wasted",
      samples: THREAD,
      range: [0, 600],
      lanes: { usd: 10, wastedUsd: 2, resolutionMs: 100 },
      thread: { usd: 15, wastedUsd: 2, resolutionMs: 0 },
    },
    {
      name: 'a part of it, its end included',
      samples: THREAD,
      range: [301, 401],
      lanes: { usd: 2, wastedUsd: 0, resolutionMs: 100 },
      thread: { usd: 3, wastedUsd: 0, resolutionMs: 0 },
    },
    {
      name: 'a thread that timed out wasted everything, once',
      samples: { ...THREAD, states: [...THREAD.states, { atMs: 580, state: 'timeout' }] },
      range: [0, 600],
      lanes: { usd: 10, wastedUsd: 10, resolutionMs: 100 },
      thread: { usd: 15, wastedUsd: 15, resolutionMs: 0 },
    },
    {
      name: 'an empty range',
      samples: THREAD,
      range: [0, 0],
      lanes: { usd: 0, wastedUsd: 0, resolutionMs: 0 },
      thread: { usd: 0, wastedUsd: 0, resolutionMs: 0 },
    },
  ])('$name', ({ samples, range: [fromMs, toMs], lanes, thread }) => {
    const timeline = toTimeline([samples], EXTENT);
    expect(spentByLanes(timeline.lanes, { fromMs, toMs })).toEqual(lanes);
    expect(spentByThreads(timeline.groups, { fromMs, toMs })).toEqual(thread);
  });
});
