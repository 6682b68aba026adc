import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns, statesOfPoints } from './build-states.ts';
import { listStates } from './listed-states.ts';
import { ALL_STATES, clickState } from './state-filter.ts';
import type { Lane } from './timeline.ts';

const RANGE = { fromMs: 0, toMs: 100 };
const EXTENT = { ...RANGE, nowMs: 100, stalenessMs: 100, startUnknown: false, holeMs: 1_000 };

type Track = ReadonlyArray<readonly [atMs: number, state: AgentState | undefined]>;

function lane(agent: string, ...tracks: Track[]): Lane {
  return {
    key: agent,
    workflow: '',
    thread: 't',
    agent,
    tracks: tracks.map(
      (points) => statesOfPoints(pointColumns(points.map(([atMs, state]) => ({ atMs, state }))), EXTENT).columns
    ),
    costUsd: undefined,
    isTool: false,
    callerKey: undefined,
    firstActiveMs: 0,
  };
}

const holed = lane('a', [
  [10, 'running'],
  [20, undefined],
  [30, 'failed'],
  [40, 'idle'],
]);
const twofold = lane('b', [[0, 'waiting']], [[50, 'running']]);
const all = [holed, lane('none'), lane('empty', []), twofold];
const LISTED = ['a running 10-20', 'a failed 30-40', 'a idle 40-100', 'b waiting 0-100', 'b running 50-100'];

describe('the list of states', () => {
  test.each<{
    name: string;
    lanes?: Lane[];
    range?: { fromMs: number; toMs: number };
    shown?: number;
    page?: [first: number, size: number];
    out: string[];
    count?: number;
  }>([
    { name: 'no lanes', lanes: [], out: [] },
    { name: 'lane by lane, sub-lane by sub-lane, without holes', out: LISTED },
    { name: 'a range', range: { fromMs: 25, toMs: 35 }, out: ['a failed 30-40', 'b waiting 0-100'] },
    { name: 'a range before everything', range: { fromMs: -20, toMs: -10 }, out: [] },
    {
      name: 'one state alone',
      shown: clickState(ALL_STATES, 'running', { additive: false }),
      out: [LISTED[0]!, LISTED[4]!],
    },
    { name: 'a page across lanes', page: [2, 2], out: LISTED.slice(2, 4), count: 5 },
    { name: 'the last page', page: [4, 100], out: LISTED.slice(4), count: 5 },
    { name: 'a page behind the end', page: [5, 10], out: [], count: 5 },
    { name: 'a page of nothing', page: [0, 0], out: [], count: 5 },
  ])('$name', ({ lanes = all, range = RANGE, shown = ALL_STATES, page = [0, 1_000], out, count = out.length }) => {
    const list = listStates(lanes, range, shown);
    const told = list
      .page(...page)
      .map(({ lane: { agent }, segment }) => `${agent} ${segment.state} ${segment.startMs}-${segment.endMs}`);
    expect([told, list.count]).toEqual([out, count]);
  });

  test('pages put together are the list, and no key comes twice', () => {
    const list = listStates(all, RANGE, ALL_STATES);
    const pages = [0, 2, 4].flatMap((first) => list.page(first, 2));
    expect(pages).toEqual(list.page(0, 10));
    expect(new Set(pages.map(({ key }) => key)).size).toBe(5);
  });

  test('what a state spent stands beside it', () => {
    const spend = { steps: [], segments: [new Map([[2, { usd: 1, atMostUsd: 2 }]])] };
    expect(
      listStates([{ ...holed, spend }], RANGE, ALL_STATES)
        .page(0, 9)
        .map((one) => one.spend)
    ).toEqual([undefined, { usd: 1, atMostUsd: 2 }, undefined]);
  });
});
