import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns } from './build-states.ts';
import { totalsPerState } from './totals.ts';
import {
  agentsPerState,
  orderLanes,
  toRuns,
  toTimeline,
  type AgentSamples,
  type Lane,
  type ThreadSamples,
  type TimelineExtent,
} from './timeline.ts';

const EXTENT: TimelineExtent = {
  fromMs: 0,
  toMs: 1_000,
  nowMs: 1_000,
  stalenessMs: 1_000,
  holeMs: 5_000,
  sampled: false,
};

function agent(name: string, ...points: Array<[number, AgentState]>): AgentSamples {
  return { agent: name, points: [pointColumns(points.map(([atMs, state]) => ({ atMs, state })))], costUsd: undefined };
}

function thread(agents: AgentSamples[], more: Partial<ThreadSamples> = {}): ThreadSamples {
  return { thread: 't', states: [], agents, checkpoints: [], costUsd: undefined, spendMs: undefined, ...more };
}

describe('toRuns', () => {
  test.each<{
    name: string;
    states: Array<[number, 'running' | 'paused' | 'completed' | 'timeout' | undefined]>;
    out: string;
  }>([
    { name: 'no states, no runs', states: [], out: '' },
    {
      name: 'a running thread has no end',
      states: [
        [5, 'running'],
        [9, 'running'],
      ],
      out: '5-',
    },
    {
      name: 'paused is still running',
      states: [
        [5, 'running'],
        [7, 'paused'],
        [9, 'completed'],
      ],
      out: '5-9',
    },
    {
      name: 'an end repeated ends once',
      states: [
        [5, 'running'],
        [9, 'completed'],
        [20, 'completed'],
      ],
      out: '5-9',
    },
    { name: 'only the end in the range: it began before', states: [[9, 'timeout']], out: '-Infinity-9' },
    {
      name: 'a thread that starts anew, out of order and with an unknown',
      states: [
        [20, 'running'],
        [5, 'running'],
        [9, 'completed'],
        [12, undefined],
      ],
      out: '5-9 20-',
    },
  ])('$name', ({ states, out }) => {
    const runs = toRuns(states.map(([atMs, state]) => ({ atMs, state })));
    expect(runs.map((run) => `${run.startMs}-${run.endMs ?? ''}`).join(' ')).toBe(out);
  });
});

describe('toTimeline', () => {
  test('an empty list is an empty timeline', () => {
    expect(toTimeline([], EXTENT)).toEqual({ groups: [], lanes: [] });
  });

  test('agents stand in order of first activity, tools below the agent that was running when they were called', () => {
    const { groups } = toTimeline(
      [
        thread([
          agent('writer', [300, 'running'], [600, 'idle']),
          agent('tool:search', [120, 'running'], [130, 'idle']),
          agent('planner', [0, 'idle'], [100, 'running'], [200, 'idle']),
          agent('tool:orphan', [900, 'running']),
        ]),
      ],
      EXTENT
    );
    expect(groups[0]?.lanes.map((lane) => lane.agent)).toEqual(['planner', 'tool:search', 'writer', 'tool:orphan']);
  });

  test('lanes that begin together are ordered by name', () => {
    const lane = (name: string): Lane => ({
      key: name,
      workflow: '',
      thread: 't',
      agent: name,
      tracks: [],
      costUsd: undefined,
      isTool: false,
      callerKey: undefined,
      firstActiveMs: 0,
    });
    expect(orderLanes([lane('b'), lane('a')]).map((l) => l.agent)).toEqual(['a', 'b']);
  });

  test('checkpoints repeated by heartbeats are one; a lower index later is a new run', () => {
    const checkpoints = [2, 1, 2, 2, 1].map((index, i) => ({ atMs: [20, 10, 30, 40, 50][i] ?? 0, index }));
    const { groups } = toTimeline([thread([agent('a', [0, 'running'])], { checkpoints })], EXTENT);
    expect(groups[0]?.checkpoints.map((mark) => `${mark.index}@${mark.atMs}`)).toEqual(['1@10', '2@20', '1@50']);
  });

  test.each<{ name: string; given: ThreadSamples; extent?: Partial<TimelineExtent>; out: boolean }>([
    {
      name: 'a single agent that starts with its thread has a known start',
      given: thread([agent('a', [40, 'running'])], { states: [{ atMs: 40, state: 'running' }] }),
      out: false,
    },
    {
      name: 'two agents at one instant are a heartbeat: the start is unknown',
      given: thread([agent('a', [40, 'running']), agent('b', [40, 'idle'])]),
      out: true,
    },
    {
      name: 'an agent and a spend at one instant are a heartbeat',
      given: thread([agent('a', [40, 'running'])], { spendMs: 40 }),
      out: true,
    },
    {
      name: 'an agent heard of after its thread began within the range',
      given: thread([agent('a', [40, 'running']), agent('b', [20, 'idle'])]),
      out: false,
    },
    {
      name: 'a sample from before the range leaves no doubt',
      given: thread([agent('a', [-60, 'running'])]),
      out: true,
    },
    {
      name: 'long after the start of the range no heartbeat is the first sample',
      given: thread([agent('a', [800, 'running']), agent('b', [800, 'idle'])]),
      extent: { stalenessMs: 100 },
      out: false,
    },
    {
      name: 'a sampled state at the first step may be older',
      given: thread([agent('a', [10, 'running'])]),
      extent: { sampled: true, holeMs: 22 },
      out: true,
    },
  ])('$name', ({ given, extent, out }) => {
    const { groups } = toTimeline([given], { ...EXTENT, ...extent });
    expect(groups[0]?.lanes.find((lane) => lane.agent === 'a')?.tracks[0]?.beganBefore).toBe(out);
  });

  test('threads that run stand above those that ended', () => {
    const { groups } = toTimeline(
      [
        {
          ...thread([agent('a', [100, 'running'], [200, 'completed'])]),
          thread: 'ended',
          states: [{ atMs: 200, state: 'completed' }],
        },
        { ...thread([agent('a', [500, 'running'])]), thread: 'running' },
      ],
      EXTENT
    );
    expect(groups.map((group) => group.thread)).toEqual(['running', 'ended']);
  });

  test('threads stand in order of first activity, and one without states of its own ran while its lanes did', () => {
    const { groups } = toTimeline(
      [
        { ...thread([agent('a', [500, 'running'])]), thread: 'later' },
        { ...thread([agent('a', [100, 'running'], [200, 'idle'], [210, 'completed'])]), thread: 'earlier' },
        { ...thread([]), thread: 'silent' },
      ],
      { ...EXTENT, stalenessMs: 100 }
    );
    expect(groups.map((group) => [group.thread, group.runs])).toEqual([
      ['earlier', [{ startMs: 100, endMs: 310 }]],
      ['later', [{ startMs: 500, endMs: 600 }]],
      ['silent', []],
    ]);
  });
});

describe('totalsPerState', () => {
  test('counts time inside the visible range only, with shares of what is known', () => {
    const timeline = toTimeline([thread([agent('a', [0, 'running'], [600, 'failed'], [700, 'idle'])])], EXTENT);
    expect(totalsPerState(timeline.lanes, { fromMs: 500, toMs: 1_000 })).toEqual([
      { state: 'idle', totalMs: 300, count: 1, share: 0.6 },
      { state: 'running', totalMs: 100, count: 1, share: 0.2 },
      { state: 'failed', totalMs: 100, count: 1, share: 0.2 },
    ]);
  });

  test('an empty timeline has no totals', () => {
    expect(totalsPerState([], { fromMs: 0, toMs: 1 })).toEqual([]);
  });
});

test('agents are counted by their present state, tools and ended ones are not', () => {
  const { groups } = toTimeline(
    [thread([agent('a', [900, 'waiting']), agent('b', [10, 'running']), agent('tool:x', [950, 'running'])])],
    { ...EXTENT, stalenessMs: 200 }
  );
  expect(groups.map((group) => [...agentsPerState(group, 1_000)])).toEqual([[['waiting', 1]]]);
});
