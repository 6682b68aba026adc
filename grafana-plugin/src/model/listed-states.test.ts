import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns, statesOfPoints, type Run } from './build-states.ts';
import { listStates, type Listed, type ListOrder, type ListRequest } from './listed-states.ts';
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
const BY_START = ['b waiting 0-100', 'a running 10-20', 'a failed 30-40', 'a idle 40-100', 'b running 50-100'];
const ENDED: readonly Run[] = [
  { startMs: 0, endMs: 40, outcome: 'timeout' },
  { startMs: 45, endMs: 90, outcome: 'completed' },
  { startMs: 95, endMs: undefined },
];
const runningOnly = clickState(ALL_STATES, 'running', { additive: false });

function told(entry: Listed): string {
  return entry.kind === 'state'
    ? `${entry.lane.agent} ${entry.segment.state} ${entry.segment.startMs}-${entry.segment.endMs}`
    : `${entry.thread} ${entry.outcome} ${entry.atMs}`;
}

const list = (given: Partial<ListRequest>) =>
  listStates({ lanes: all, threads: [], range: RANGE, shown: ALL_STATES, ...given });

describe('the list of states', () => {
  test.each<{
    name: string;
    given?: Partial<ListRequest>;
    order?: ListOrder;
    page?: [first: number, size: number];
    out: string[];
    count?: number;
  }>([
    { name: 'no lanes', given: { lanes: [] }, out: [] },
    { name: 'no lanes by start', given: { lanes: [] }, order: 'start', out: [] },
    { name: 'lane by lane, sub-lane by sub-lane, without holes', out: LISTED },
    { name: 'by start over all lanes', order: 'start', out: BY_START },
    { name: 'a range', given: { range: { fromMs: 25, toMs: 35 } }, out: ['a failed 30-40', 'b waiting 0-100'] },
    {
      name: 'a range by start, where what began before it stands first',
      given: { range: { fromMs: 25, toMs: 35 } },
      order: 'start',
      out: ['b waiting 0-100', 'a failed 30-40'],
    },
    { name: 'a range before everything', given: { range: { fromMs: -20, toMs: -10 } }, out: [] },
    { name: 'one state alone', given: { shown: runningOnly }, out: [LISTED[0]!, LISTED[4]!] },
    { name: 'one state alone by start', given: { shown: runningOnly }, order: 'start', out: [LISTED[0]!, LISTED[4]!] },
    { name: 'a page across lanes', page: [2, 2], out: LISTED.slice(2, 4), count: 5 },
    { name: 'the last page', page: [4, 100], out: LISTED.slice(4), count: 5 },
    { name: 'a page behind the end', page: [5, 10], out: [], count: 5 },
    { name: 'a page behind the end by start', order: 'start', page: [5, 10], out: [], count: 5 },
    { name: 'a page of nothing', page: [0, 0], out: [], count: 5 },
    {
      name: 'ends of runs behind the last lane of their thread',
      given: { threads: [{ thread: 't', runs: ENDED }] },
      out: [...LISTED, 't timeout 40', 't completed 90'],
    },
    {
      name: 'ends of runs at their time, behind what starts then',
      given: { threads: [{ thread: 't', runs: ENDED }] },
      order: 'start',
      out: [...BY_START.slice(0, 4), 't timeout 40', BY_START[4]!, 't completed 90'],
    },
    {
      name: 'ends of runs in the range alone, and those of shown outcomes',
      given: {
        threads: [{ thread: 't', runs: ENDED }],
        range: { fromMs: 35, toMs: 95 },
        shown: clickState(ALL_STATES, 'failed', { additive: false }),
      },
      out: ['a failed 30-40', 't timeout 40'],
    },
    { name: 'no ends of threads without a lane', given: { threads: [{ thread: 'u', runs: ENDED }] }, out: LISTED },
  ])('$name', ({ given = {}, order = 'lane', page = [0, 1_000], out, count = out.length }) => {
    const listed = list(given);
    expect([listed.page(...page, order).map(told), listed.count]).toEqual([out, count]);
  });

  test.each<ListOrder>(['lane', 'start'])('pages put together are the list by %s, and no key comes twice', (order) => {
    // Four lanes that start at once: pages end in the middle of an instant.
    const many = ['c', 'd', 'e', 'f'].map((agent) =>
      lane(
        agent,
        Array.from(
          { length: 25 },
          (_, i) => [Math.floor(i / 2) * 2 + (i % 2) * 0.002, i % 2 ? 'idle' : 'running'] as const
        )
      )
    );
    const listed = list({ lanes: [...all, ...many], threads: [{ thread: 't', runs: ENDED }] });
    const whole = listed.page(0, 1_000, order);
    const starts = whole.map((one) => (one.kind === 'state' ? one.segment.startMs : one.atMs));
    const firsts = Array.from({ length: Math.ceil(listed.count / 7) }, (_, i) => 7 * i);
    expect(firsts.flatMap((first) => listed.page(first, 7, order))).toEqual(whole);
    expect(new Set(whole.map(({ key }) => key)).size).toBe(listed.count);
    expect(order === 'lane' || starts.every((ms, i) => i === 0 || ms >= (starts[i - 1] ?? NaN))).toBe(true);
  });

  test('what a state spent stands beside it', () => {
    const spend = { steps: [], segments: [new Map([[2, { usd: 1, atMostUsd: 2 }]])] };
    expect(
      list({ lanes: [{ ...holed, spend }] })
        .page(0, 9)
        .map((one) => (one.kind === 'state' ? one.spend : one))
    ).toEqual([undefined, { usd: 1, atMostUsd: 2 }, undefined]);
  });
});
