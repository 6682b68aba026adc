import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns } from './build-states.ts';
import { toBurnDown } from './burn-down.ts';
import { burnDownAt, nextStop, replayStops } from './replay.ts';
import { toTimeline, type ThreadSamples } from './timeline.ts';

const RANGE = { fromMs: 100, toMs: 900 };

function timeline(agents: Record<string, Array<[number, AgentState]>>, checkpoints: number[]) {
  const thread: ThreadSamples = {
    thread: 't',
    states: [],
    agents: Object.entries(agents).map(([agent, points]) => ({
      agent,
      points: [pointColumns(points.map(([atMs, state]) => ({ atMs, state })))],
      costUsd: undefined,
    })),
    checkpoints: checkpoints.map((atMs, index) => ({ atMs, index })),
    costUsd: undefined,
    spendMs: undefined,
  };
  return toTimeline([thread], { ...RANGE, nowMs: 1_000, stalenessMs: 500, holeMs: 5_000, sampled: false });
}

test.each([
  { name: 'no timeline: nowhere to stop', given: undefined, transition: [], checkpoint: [] },
  { name: 'no agents: checkpoints only', given: timeline({}, [300, 200]), transition: [], checkpoint: [200, 300] },
  {
    name: 'changes of all lanes, each instant once, in order, the ends of the range included',
    given: timeline(
      {
        a: [
          [50, 'running'],
          [400, 'waiting'],
          [900, 'idle'],
        ],
        b: [
          [100, 'running'],
          [400, 'failed'],
          [901, 'idle'],
        ],
      },
      [99, 100, 900, 901]
    ),
    transition: [100, 400, 900],
    checkpoint: [100, 900],
  },
])('stops: $name', ({ given, transition, checkpoint }) => {
  const stops = replayStops(given, RANGE);
  expect([[...stops.transition], [...stops.checkpoint]]).toEqual([transition, checkpoint]);
});

test.each([
  { name: 'nowhere to go', stops: [], atMs: 5, before: undefined, after: undefined },
  { name: 'between two', stops: [1, 9], atMs: 5, before: 1, after: 9 },
  { name: 'on a stop it moves on', stops: [1, 5, 9], atMs: 5, before: 1, after: 9 },
  { name: 'at the first and the last there is no further', stops: [5], atMs: 5, before: undefined, after: undefined },
])('a step from $name', ({ stops, atMs, before, after }) => {
  const times = Float64Array.from(stops);
  expect([nextStop(times, atMs, -1), nextStop(times, atMs, 1)]).toEqual([before, after]);
});

test('the budget of an instant knows nothing of what came later', () => {
  const now = toBurnDown(
    {
      name: 'b',
      kind: 'budget',
      limits: [
        { atMs: 100, usd: 5 },
        { atMs: 600, usd: 9 },
      ],
      remaining: [
        { atMs: 100, usd: 5 },
        { atMs: 300, usd: 4 },
        { atMs: 600, usd: 8 },
      ],
      exactCost: [],
      thresholds: [],
      periods: [],
      reportedExhaustionMs: 5_000,
      endedMs: 800,
    },
    { nowMs: 900, stalenessMs: 1_000 }
  );
  if (now === undefined) {
    throw new Error('the test budget has no points');
  }
  const then = burnDownAt(now, 400);
  expect(then).toEqual({
    ...now,
    points: now.points.slice(0, 2),
    knownUntilMs: 400,
    marks: [],
    reportedExhaustionMs: undefined,
    endedMs: undefined,
  });
  expect([burnDownAt(now, 99), burnDownAt(now, now.knownUntilMs)]).toEqual([undefined, now]);
});
