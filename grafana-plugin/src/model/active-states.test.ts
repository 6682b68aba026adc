import type { AgentState } from 'orchestrator-exporter/contract/states';
import { activeStates } from './active-states.ts';

import { pointColumns, statesOfPoints } from './build-states.ts';
import { segmentAt } from './state-columns.ts';
import { ALL_STATES, clickState } from './state-filter.ts';
import type { Lane, ThreadGroup } from './timeline.ts';

const EXTENT = { fromMs: 0, toMs: 100, nowMs: 100, stalenessMs: 100, startUnknown: false, holeMs: 1_000 };

/** A lane whose sub-lanes are in one state each from 0 on; undefined: nothing known. */
function lane(agent: string, ...states: Array<AgentState | undefined>): Lane {
  return {
    key: agent,
    workflow: '',
    thread: 't',
    agent,
    tracks: states.map((state) => statesOfPoints(pointColumns([{ atMs: 0, state }]), EXTENT).columns),
    costUsd: undefined,
    isTool: false,
    callerKey: undefined,
    firstActiveMs: 0,
  };
}

function groupOf(...lanes: Lane[]): ThreadGroup {
  return { thread: 't', workflow: '', state: undefined, runs: [], lanes, checkpoints: [], costUsd: undefined };
}

const many = Array.from({ length: 6 }, (_, i) => lane(`a${i}`, 'running'));
const mixed = [lane('idle', 'idle'), lane('none', undefined), lane('two', 'waiting', 'failed'), lane('one', 'running')];
const without = (state: AgentState) => clickState(ALL_STATES, state, { additive: true });

describe('the states that hold at an instant', () => {
  test.each<{
    name: string;
    lanes: Lane[];
    atMs?: number;
    pointed?: string;
    shown?: number;
    limit?: number;
    listed: string[];
    count: number;
  }>([
    { name: 'no lanes', lanes: [], listed: [], count: 0 },
    { name: 'before and at no instant nothing holds', lanes: many, atMs: -1, listed: [], count: 0 },
    { name: 'not a number', lanes: many, atMs: NaN, listed: [], count: 0 },
    {
      name: 'idle and unknown lanes are left out, sub-lanes are states of their own',
      lanes: mixed,
      listed: ['two 0 waiting', 'two 1 failed', 'one 0 running'],
      count: 3,
    },
    {
      name: 'the pointed lane is listed even when idle, in its place',
      lanes: mixed,
      pointed: 'idle',
      listed: ['idle 0 idle *', 'two 0 waiting', 'two 1 failed', 'one 0 running'],
      count: 4,
    },
    {
      name: 'as many as the limit keep their order',
      lanes: many,
      pointed: 'a3',
      limit: 6,
      listed: ['a0 0 running', 'a1 0 running', 'a2 0 running', 'a3 0 running *', 'a4 0 running', 'a5 0 running'],
      count: 6,
    },
    {
      name: 'one more than the limit: the pointed one first, the last ones counted only',
      lanes: many,
      pointed: 'a5',
      limit: 5,
      listed: ['a5 0 running *', 'a0 0 running', 'a1 0 running', 'a2 0 running', 'a3 0 running'],
      count: 6,
    },
    { name: 'a limit of nothing counts all', lanes: many, limit: 0, listed: [], count: 6 },
    {
      name: 'states that are not shown do not hold',
      lanes: mixed,
      shown: without('failed'),
      listed: ['two 0 waiting', 'one 0 running'],
      count: 2,
    },
  ])('$name', ({ lanes, atMs = 50, pointed, shown = ALL_STATES, limit = 12, listed, count }) => {
    const at = lanes.find((one) => one.key === pointed);
    const segment = at?.tracks[0] === undefined ? undefined : segmentAt(at.tracks[0], atMs);
    const found = activeStates([groupOf(...lanes)], { atMs, lane: at, segment }, { shown, limit });
    expect(
      found.listed.map((one) => `${one.lane.key} ${one.nth} ${one.segment.state}${one.pointed ? ' *' : ''}`)
    ).toEqual(listed);
    expect(found.count).toBe(count);
  });

  test('a pointed sub-lane comes before the others of its lane, once', () => {
    const two = lane('two', 'waiting', 'failed');
    const segment = two.tracks[1] === undefined ? undefined : segmentAt(two.tracks[1], 50);
    const found = activeStates([groupOf(two)], { atMs: 50, lane: two, segment }, { shown: ALL_STATES, limit: 12 });
    expect(found.listed.map((one) => one.segment.state)).toEqual(['failed', 'waiting']);
  });
});
