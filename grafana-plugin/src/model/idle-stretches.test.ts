import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns } from './build-states.ts';
import { idleStretches } from './idle-stretches.ts';
import { toTimeline, type Lane } from './timeline.ts';

const RANGE = { fromMs: 0, toMs: 10_000 };

/** Lanes of one thread; a state lasts until the next one or the end of the range. */
function lanesOf(agents: ReadonlyArray<ReadonlyArray<[atMs: number, state: AgentState]>>): readonly Lane[] {
  return toTimeline(
    [
      {
        thread: 't',
        states: [],
        agents: agents.map((points, i) => ({
          agent: `a${i}`,
          points: [pointColumns(points.map(([atMs, state]) => ({ atMs, state })))],
          costUsd: undefined,
        })),
        checkpoints: [],
        costUsd: undefined,
        spendMs: undefined,
      },
    ],
    { ...RANGE, nowMs: 10_000, stalenessMs: 60_000, holeMs: 60_000, sampled: false }
  ).lanes;
}

type Points = ReadonlyArray<[atMs: number, state: AgentState]>;

test.each<{ name: string; agents: readonly Points[]; leastMs?: number; out: Array<[number, number]> }>([
  { name: 'no lanes, nothing to fold', agents: [], out: [] },
  { name: 'nothing went on at all, nothing to make room for', agents: [[[0, 'idle']]], out: [] },
  { name: 'always busy', agents: [[[0, 'running']]], out: [] },
  {
    name: 'between two runs, less a tenth of the least at both sides',
    agents: [
      [
        [0, 'running'],
        [2_000, 'idle'],
        [8_000, 'running'],
      ],
    ],
    out: [[2_100, 7_900]],
  },
  {
    name: 'from the beginning of the range and to its end, without a margin there',
    agents: [
      [
        [0, 'idle'],
        [4_000, 'running'],
        [5_000, 'completed'],
      ],
    ],
    out: [
      [0, 3_900],
      [5_100, 10_000],
    ],
  },
  {
    name: 'only what all lanes have in common',
    agents: [
      [
        [0, 'running'],
        [2_000, 'idle'],
      ],
      [
        [0, 'idle'],
        [5_000, 'waiting'],
        [6_000, 'idle'],
      ],
    ],
    out: [
      [2_100, 4_900],
      [6_100, 10_000],
    ],
  },
  {
    name: 'queued, waiting and paused are not idle',
    agents: [
      [
        [0, 'queued'],
        [3_000, 'idle'],
      ],
      [
        [0, 'idle'],
        [3_000, 'waiting'],
        [6_000, 'idle'],
      ],
      [
        [0, 'idle'],
        [6_000, 'paused'],
        [9_500, 'idle'],
      ],
    ],
    out: [],
  },
  {
    name: 'having failed is no activity, failing is',
    agents: [
      [
        [0, 'running'],
        [2_000, 'idle'],
        [5_000, 'failed'],
      ],
    ],
    out: [
      [2_100, 4_900],
      [5_100, 10_000],
    ],
  },
  {
    name: 'exactly the least is enough, a millisecond less is not',
    agents: [
      [
        [0, 'running'],
        [1_000, 'idle'],
        [2_000, 'running'],
        [3_000, 'idle'],
        [3_999, 'running'],
      ],
    ],
    out: [[1_100, 1_900]],
  },
  {
    name: 'a state of a millisecond ends it',
    agents: [
      [
        [0, 'running'],
        [1_000, 'idle'],
        [5_000, 'running'],
        [5_001, 'idle'],
        [9_000, 'running'],
      ],
    ],
    out: [
      [1_100, 4_900],
      [5_101, 8_900],
    ],
  },
  {
    name: 'a least of nothing folds nothing',
    agents: [
      [
        [0, 'running'],
        [2_000, 'idle'],
      ],
    ],
    leastMs: 0,
    out: [],
  },
  {
    name: 'a least that is no number folds nothing',
    agents: [
      [
        [0, 'running'],
        [2_000, 'idle'],
      ],
    ],
    leastMs: NaN,
    out: [],
  },
])('$name', ({ agents, leastMs = 1_000, out }) => {
  expect(idleStretches(lanesOf(agents), RANGE, leastMs).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(out);
});
