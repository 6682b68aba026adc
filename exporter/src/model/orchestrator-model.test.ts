import type { OrchestratorEvent } from '../contract/event.ts';
import { nano, usdText, type NanoUsd } from '../contract/money.ts';
import type { GraphStatus } from '../contract/states.ts';
import type { Change } from './change.ts';
import { OrchestratorModel, type ModelOptions } from './orchestrator-model.ts';
import { MAX_AGENTS_PER_THREAD } from './agents.ts';
import { MAX_CHECKPOINTS } from './checkpoints.ts';
import { MAX_SPEND_STEPS } from './spend.ts';
import type { ThreadRecord } from './thread-record.ts';

const T = 1_800_000_000_000;
const DAY_MS = 86_400_000;

type Fields = Record<string, unknown>;
/** An event of thread `t` at `T + ms`. */
function at(ms: number, type: OrchestratorEvent['type'], fields: Fields = {}): OrchestratorEvent {
  const lane = fields['node'] === undefined ? {} : { agent: fields['node'] };
  const base = { id: '', threadId: 't', timestampMs: T + ms, dialect: 'metrics-emitter', workflow: 'w', team: 'x' };
  return { ...base, type, ...lane, ...fields } as OrchestratorEvent;
}
const start = (ms: number, node: string, more: Fields = {}) => at(ms, 'node.start', { node, ...more });
const complete = (ms: number, node: string, more: Fields = {}) => at(ms, 'node.complete', { node, ...more });
const fail = (ms: number, node: string, more: Fields = {}) => at(ms, 'node.error', { node, ...more });
const active = (ms: number, agent: string, more: Fields = {}) => at(ms, 'agent.active', { agent, ...more });
const state = (ms: number, agent: string, to: string) => at(ms, 'agent.state', { agent, state: to });
const cost = (ms: number, fields: Fields) => at(ms, 'cost.updated', { tokens: {}, ...fields });
const total = (ms: number, amount: number, more: Fields = {}) => cost(ms, { total: nano(amount), ...more });
const end = (ms: number, status: GraphStatus = 'success', more: Fields = {}) =>
  at(ms, 'graph.complete', { status, ...more });
const GRAPH = { dialect: 'state-graph' };
const route = (ms: number, to: string, more: Fields = {}) =>
  at(ms, 'route.next', { to, carriesRuns: false, ...GRAPH, ...more });
const moved = (ms: number, from: string, to: string, more: Fields = {}) =>
  at(ms, 'route.next', { from, to, carriesRuns: true, dialect: 'gateway', ...more });

function play(events: readonly OrchestratorEvent[], options: Partial<ModelOptions> = {}) {
  const model = new OrchestratorModel({ retentionMs: 60_000, ...options });
  const changes = events.flatMap((event) => model.apply(event));
  return { model, changes, thread: model.threads.get('t')! };
}

function of<K extends Change['kind']>(changes: readonly Change[], kind: K): Extract<Change, { kind: K }>[] {
  return changes.filter((change): change is Extract<Change, { kind: K }> => change.kind === kind);
}

/** `agent from>to @ms (held)` for each state change, and the anomalies. */
function story(events: readonly OrchestratorEvent[]): string[] {
  const { changes } = play(events);
  return changes.flatMap((change) => {
    if (change.kind === 'agent-state') {
      return [`${change.agent} ${change.from ?? ''}>${change.to} @${change.atMs - T} held ${change.heldMs}`];
    }
    return change.kind === 'anomaly' ? [change.anomaly] : [];
  });
}

describe('agent states', () => {
  test.each<[string, OrchestratorEvent[], string[]]>([
    [
      'a node that runs and completes',
      [start(0, 'n'), complete(5, 'n')],
      ['n >running @0 held 0', 'n running>idle @5 held 5'],
    ],
    ['a node that fails', [start(0, 'n'), fail(5, 'n')], ['n >running @0 held 0', 'n running>failed @5 held 5']],
    [
      'a failed node that is tried again',
      [start(0, 'n'), fail(5, 'n'), start(6, 'n'), complete(9, 'n')],
      ['n >running @0 held 0', 'n running>failed @5 held 5', 'n failed>running @6 held 1', 'n running>idle @9 held 3'],
    ],
    [
      'an agent with several open runs runs until its last has ended',
      [start(0, 'n'), start(1, 'n'), complete(5, 'n'), complete(9, 'n')],
      ['n >running @0 held 0', 'n running>idle @9 held 9'],
    ],
    [
      'one of several runs fails: the agent has failed, and the others completing do not hide it',
      [start(0, 'n'), start(1, 'n'), fail(5, 'n'), complete(9, 'n')],
      ['n >running @0 held 0', 'n running>failed @5 held 5'],
    ],
    [
      'an agent that was made active and falls silent stays running',
      [active(0, 'a'), start(5, 'n'), complete(9, 'n')],
      ['a >running @0 held 0', 'n >running @5 held 0', 'n running>idle @9 held 4'],
    ],
    ['made active twice changes nothing', [active(0, 'a'), active(5, 'a')], ['a >running @0 held 0']],
    [
      'an active agent with runs of its own is idle when its last run completes',
      [start(0, 'a'), active(1, 'a'), complete(5, 'a')],
      ['a >running @0 held 0', 'a running>idle @5 held 5'],
    ],
    [
      'states that Helix has no event for',
      [state(0, 'a', 'queued'), state(1, 'a', 'waiting'), state(3, 'a', 'waiting'), state(4, 'a', 'completed')],
      ['a >queued @0 held 0', 'a queued>waiting @1 held 1', 'a waiting>completed @4 held 3'],
    ],
    [
      'the end of the thread completes whoever has not failed',
      [start(0, 'a'), start(0, 'b'), fail(2, 'b'), end(9)],
      ['a >running @0 held 0', 'b >running @0 held 0', 'b running>failed @2 held 2', 'a running>completed @9 held 9'],
    ],
    ['a cost of an agent never heard of', [total(0, 5, { agent: 'a' })], ['a >idle @0 held 0']],
    ['an end without a start', [complete(5, 'n', { durationMs: 3 })], ['n >idle @5 held 0', 'end_without_start']],
    [
      'a StateGraph node that throws emits nothing more: the next start tells',
      [start(0, 'n', GRAPH), start(7, 'm', GRAPH), complete(9, 'm', GRAPH)],
      ['n >running @0 held 0', 'n running>failed @7 held 7', 'm >running @7 held 0', 'm running>idle @9 held 2'],
    ],
    [
      'state.changed ends one node and starts the next',
      [moved(0, 'START', 'a'), moved(5, 'a', 'b'), moved(9, 'b', 'END')],
      [
        'a >running @0 held 0',
        'a running>idle @5 held 5',
        'b >running @5 held 0',
        'b running>idle @9 held 4',
        'a idle>completed @9 held 4',
        'b idle>completed @9 held 0',
      ],
    ],
    [
      'state.changed and node events of the same node tell of one run',
      [moved(0, 'START', 'a'), start(1, 'a'), complete(5, 'a'), moved(5, 'a', 'b')],
      ['a >running @0 held 0', 'a running>idle @5 held 5', 'b >running @5 held 0'],
    ],
    [
      'a start before the state.changed that tells of it too',
      [start(0, 'a'), moved(1, 'START', 'a'), complete(5, 'a')],
      ['a >running @0 held 0', 'a running>idle @5 held 5'],
    ],
  ])('%s', (_name, events, expected) => {
    expect(story(events)).toEqual(expected);
  });
});

describe('events out of order', () => {
  test.each<[string, OrchestratorEvent[], string[]]>([
    [
      'a start after its end opens nothing',
      [complete(5, 'n'), start(3, 'n')],
      ['n >idle @5 held 0', 'end_without_start', 'late'],
    ],
    [
      'a start that was overtaken by another end still runs',
      [start(0, 'n'), complete(9, 'n'), start(8, 'n'), complete(12, 'n')],
      [
        'n >running @0 held 0',
        'n running>idle @9 held 9',
        'late',
        'n idle>running @9 held 0',
        'n running>idle @12 held 3',
      ],
    ],
    [
      'the last end overtaken by a later end: idle from the later one',
      [start(0, 'n'), start(1, 'n'), complete(9, 'n'), complete(7, 'n')],
      ['n >running @0 held 0', 'n running>idle @9 held 9'],
    ],
    [
      'an older end does not stop a newer activity',
      [start(0, 'a'), active(9, 'a'), complete(5, 'a')],
      ['a >running @0 held 0', 'late'],
    ],
    [
      'an older state is not the present one',
      [state(5, 'a', 'waiting'), state(3, 'a', 'paused')],
      ['a >waiting @5 held 0', 'late'],
    ],
    ['a late start does not end a pause', [state(5, 'a', 'paused'), start(3, 'a')], ['a >paused @5 held 0', 'late']],
    [
      'what trails the end of a thread changes no state',
      [start(0, 'a'), end(5), complete(4, 'a'), complete(7, 'a')],
      ['a >running @0 held 0', 'a running>completed @5 held 5', 'late', 'end_without_start'],
    ],
    [
      'an agent first heard of after the end is completed',
      [start(0, 'a'), end(5), start(3, 'b')],
      ['a >running @0 held 0', 'a running>completed @5 held 5', 'b >completed @3 held 0'],
    ],
  ])('%s', (_name, events, expected) => {
    expect(story(events)).toEqual(expected);
  });

  test('runs, durations and spend of late events count', () => {
    const events = [
      start(0, 'a'),
      active(20, 'a'),
      complete(5, 'a', { durationMs: 4.5 }),
      cost(3, { spend: nano(7), agent: 'a' }),
    ];
    const { changes, thread } = play(events);
    expect(of(changes, 'node-run')).toMatchObject([{ outcome: 'completed', durationMs: 4.5, atMs: T + 5 }]);
    expect([thread.timedRuns, thread.timedRunsMs, thread.total, thread.agents.get('a')?.spend]).toEqual([1, 4.5, 7, 7]);
  });
});

describe('node runs', () => {
  test.each<[string, OrchestratorEvent[], unknown[]]>([
    [
      'the duration is the orchestrator’s own',
      [start(0, 'n'), complete(3, 'n', { durationMs: 2.52 })],
      [['n', 'completed', 2.52]],
    ],
    ['else the time between the events', [start(0, 'n'), fail(3, 'n')], [['n', 'failed', 3]]],
    [
      'the oldest open run ends first',
      [start(0, 'n'), start(2, 'n'), complete(3, 'n'), complete(4, 'n')],
      [
        ['n', 'completed', 3],
        ['n', 'completed', 2],
      ],
    ],
    ['an end without a start has no duration', [complete(3, 'n')], [['n', 'completed', undefined]]],
    [
      'a run thrown in a StateGraph counts as failed',
      [start(0, 'n', GRAPH), start(3, 'm', GRAPH)],
      [['n', 'failed', undefined]],
    ],
    [
      'a route of state.changed gives its time',
      [moved(0, 'START', 'a'), moved(5, 'a', 'END', { durationMs: 4.9 })],
      [['a', 'completed', 4.9]],
    ],
    [
      'the node of a lane keeps its name',
      [start(0, 'n', { agent: 'a' }), complete(3, 'n', { agent: 'a' })],
      [['n', 'completed', 3]],
    ],
  ])('%s', (_name, events, expected) => {
    expect(
      of(play(events).changes, 'node-run').map(({ node, outcome, durationMs }) => [node, outcome, durationMs])
    ).toEqual(expected);
  });

  test('an end before its start by the clocks has no duration, and it is noted', () => {
    const { changes } = play([start(5, 'n'), complete(3, 'n')]);
    expect(of(changes, 'node-run')).toMatchObject([{ durationMs: undefined }]);
    expect(of(changes, 'anomaly').map(({ anomaly }) => anomaly)).toEqual(['duration_negative', 'late']);
  });

  test('steps are counted where the orchestrator does not', () => {
    expect(play([start(0, 'n'), complete(1, 'n'), start(2, 'n'), fail(3, 'n')]).thread.stepCount).toBe(2);
    expect(play([start(0, 'n', { stepCount: 7 }), complete(1, 'n', { stepCount: 7 })]).thread.stepCount).toBe(7);
  });

  test('the current node is the one started or routed to last, by event time', () => {
    const node = (events: OrchestratorEvent[]) => play(events).thread.currentNode;
    expect(node([total(0, 1)])).toBeUndefined();
    expect(node([start(1, 'a'), start(0, 'b')])).toBe('a');
    expect(node([start(0, 'a'), route(1, 'b')])).toBe('b');
    expect(node([start(0, 'a'), route(1, 'END')])).toBe('a');
  });
});

describe('threads', () => {
  test('the first event starts one, with the event’s labels', () => {
    const { changes, thread } = play([at(0, 'progress')]);
    const common = { threadId: 't', workflow: 'w', atMs: T };
    expect(changes).toEqual([
      { kind: 'thread-started', ...common, team: 'x', again: false },
      { kind: 'thread-state', ...common, from: undefined, to: 'running' },
    ]);
    expect(thread).toMatchObject({ threadId: 't', workflow: 'w', team: 'x', startedMs: T, lastEventMs: T });
  });

  test.each([
    ['success', 'completed'],
    ['failure', 'failed'],
    ['timeout', 'timeout'],
  ] as const)('%s ends it as %s, and tells what the run spent', (status, to) => {
    const { changes, thread } = play([total(0, 500), end(90, status)]);
    expect([thread.state, thread.endedMs]).toEqual([to, T + 90]);
    const common = { threadId: 't', workflow: 'w', atMs: T + 90 };
    expect(changes.slice(-2)).toEqual([
      { kind: 'thread-state', ...common, from: 'running', to },
      { kind: 'thread-finished', ...common, status, durationMs: 90, spend: 500 },
    ]);
  });

  test.each([
    ['success', { running: 'completed', waiting: 'completed', idle: 'completed', failed: 'failed' }],
    ['failure', { running: 'failed', waiting: 'failed', idle: 'idle', failed: 'failed' }],
    ['timeout', { running: 'failed', waiting: 'failed', idle: 'idle', failed: 'failed' }],
  ] as const)('after %s its agents are told by what they were doing', (status, expected) => {
    const states = ['running', 'waiting', 'idle', 'failed'] as const;
    const { thread } = play([...states.map((each) => state(0, each, each)), end(90, status)]);
    expect(Object.fromEntries([...thread.agents].map(([name, { state: now }]) => [name, now]))).toEqual(expected);
  });

  test('the duration is the orchestrator’s own where it gives one; a second end changes nothing', () => {
    const { changes } = play([start(0, 'a'), end(90, 'success', { durationMs: 88 }), end(95, 'failure')]);
    expect(of(changes, 'thread-finished')).toMatchObject([{ status: 'success', durationMs: 88 }]);
  });

  test('a route to END ends it with success', () => {
    expect(of(play([start(0, 'a', GRAPH), route(4, 'END')]).changes, 'thread-finished')).toMatchObject([
      { status: 'success', durationMs: 4 },
    ]);
  });

  test('it is paused while an agent is, and none runs, waits or is queued', () => {
    const { changes } = play([
      state(0, 'a', 'paused'),
      start(1, 'b'),
      complete(2, 'b'),
      state(3, 'a', 'waiting'),
      state(4, 'a', 'paused'),
      end(5),
    ]);
    expect(of(changes, 'thread-state').map(({ to, atMs }) => `${to} @${atMs - T}`)).toEqual([
      'running @0',
      'paused @0',
      'running @1',
      'paused @2',
      'running @3',
      'paused @4',
      'completed @5',
    ]);
  });

  test.each<[string, OrchestratorEvent, boolean]>([
    ['a node that starts later', start(6, 'a'), true],
    ['a node that starts in the millisecond of the end', start(5, 'a'), true],
    ['a node that had started before', start(4, 'a'), false],
    ['an activity later', active(6, 'a'), true],
    ['an activity in the millisecond of the end', active(5, 'a'), false],
    ['a state that is no end', state(6, 'a', 'waiting'), true],
    ['a state that is an end', state(6, 'a', 'completed'), false],
    ['a route', route(6, 'b'), true],
    ['a route to END', route(6, 'END'), false],
    ['the last cost', total(6, 900), false],
    ['a total that begins anew', total(6, 1), true],
    ['a spend of its own', cost(6, { spend: nano(1) }), false],
    ['a checkpoint', at(6, 'checkpoint.saved', { checkpointId: 'c' }), false],
    ['a failed checkpoint', at(6, 'checkpoint.failed'), false],
    ['an end of a node', complete(6, 'a'), false],
    ['progress', at(6, 'progress'), false],
  ])('after its end: %s begins the next run (%#)', (_name, event, again) => {
    const { changes, thread } = play([start(0, 'a'), total(1, 500), end(5), event]);
    expect(of(changes, 'thread-started').map((change) => change.again)).toEqual(again ? [false, true] : [false]);
    expect([thread.state, thread.endedMs]).toEqual(again ? ['running', undefined] : ['completed', T + 5]);
    expect(thread.startedMs).toBe(again ? event.timestampMs : T);
  });

  test('a run that was left open does not stay open in the next run', () => {
    const { changes, thread } = play([start(0, 'a'), end(5), start(6, 'b'), complete(7, 'b'), complete(8, 'a')]);
    expect(of(changes, 'anomaly').map(({ anomaly }) => anomaly)).toEqual(['end_without_start']);
    expect(thread.agents.get('a')?.state).toBe('completed');
  });
});

describe('spend', () => {
  const spends = (events: readonly OrchestratorEvent[]) => {
    const { changes, thread } = play(events);
    const anomalies = of(changes, 'anomaly').map(({ anomaly }) => anomaly as string);
    return [...of(changes, 'spend').map(({ spend }): number => spend), ...anomalies, `total ${thread.total}`];
  };

  test.each<[string, OrchestratorEvent[], (number | string)[]]>([
    ['is the rise of the running total', [total(0, 100), total(1, 250), total(2, 251)], [100, 150, 1, 'total 251']],
    ['a repeat adds nothing', [total(0, 100), total(1, 100)], [100, 'total 100']],
    [
      'a fall adds nothing, and then only what exceeds the mark',
      [total(0, 100), total(1, 40), total(2, 90), total(3, 120)],
      [100, 20, 'total_fell', 'total_fell', 'total 120'],
    ],
    ['an older total is late and no fall', [total(5, 100), total(3, 40)], [100, 'late', 'total 100']],
    ['a total of nothing', [total(0, 0)], ['total 0']],
    [
      'own spend counts where there is no total',
      [cost(0, { spend: nano(5) }), cost(1, { spend: nano(5) })],
      [5, 5, 'total 10'],
    ],
    ['own spend does not count beside a total', [total(0, 5, { spend: nano(3) })], [5, 'total 5']],
    ['a total that comes after own spend includes it', [cost(0, { spend: nano(5) }), total(1, 8)], [5, 3, 'total 8']],
    [
      'the next run goes on with the total',
      [total(0, 100), end(1), start(2, 'a'), total(3, 130)],
      [100, 30, 'total 130'],
    ],
    [
      'the next run begins at zero',
      [total(0, 100), end(1), start(2, 'a'), total(3, 30), total(4, 50)],
      [100, 30, 20, 'total 150'],
    ],
    [
      'the next run begins at zero, above the old total',
      [total(0, 100), end(1), start(2, 'a'), total(3, 130, { spend: nano(130) })],
      [100, 130, 'total 230'],
    ],
    [
      'only the first total of a run may begin at zero',
      [total(0, 100), end(1), start(2, 'a'), total(3, 130), total(4, 30)],
      [100, 30, 'total_fell', 'total 130'],
    ],
    [
      'a total of the run before that comes late counts against that run',
      [total(0, 100), end(5), start(6, 'a'), total(7, 30), total(4, 110)],
      [100, 30, 10, 'total 140'],
    ],
  ])('%s', (_name, events, expected) => {
    expect(spends(events)).toEqual(expected);
  });

  test('sums never leave the exact range: the event is noted instead', () => {
    const most = nano(Number.MAX_SAFE_INTEGER - 1);
    expect(spends([cost(0, { spend: most }), cost(1, { spend: nano(2) })])).toEqual([
      most,
      'sum_overflow',
      `total ${most}`,
    ]);
  });

  test.each<[string, OrchestratorEvent[], string]>([
    ['the agent that the event names', [active(0, 'a'), total(1, 5, { agent: 'b' })], 'b'],
    ['the one agent that runs', [start(0, 'a'), complete(1, 'a'), start(2, 'b'), total(3, 5)], 'b'],
    [
      'the agent made active, not the nodes that run inside it',
      [active(0, 'a'), start(1, 'call_llm'), start(1, 'tool:x'), total(2, 5)],
      'a',
    ],
    ['nobody while none runs', [start(0, 'a'), complete(1, 'a'), total(2, 5)], 'unattributed'],
    ['nobody while several nodes run', [start(0, 'a'), start(0, 'b'), total(1, 5)], 'unattributed'],
    ['nobody while several agents are active', [active(0, 'a'), active(0, 'b'), total(1, 5)], 'unattributed'],
    ['nobody in a thread of costs only', [total(1, 5)], 'unattributed'],
  ])('goes to %s', (_name, events, agent) => {
    expect(of(play(events).changes, 'spend').map((change) => change.agent)).toEqual([agent]);
  });

  test('carries all its labels, and is booked at receipt when it is older than 7 days', () => {
    const labels = { agent: 'a', team: 'ads', model: 'm', provider: 'p' };
    const { changes } = play([
      total(0, 5, { ...labels, receivedMs: T + 7 * DAY_MS + 1 }),
      total(1, 6, { receivedMs: T + 7 * DAY_MS + 1 }),
    ]);
    expect(of(changes, 'spend')).toEqual([
      {
        kind: 'spend',
        threadId: 't',
        workflow: 'w',
        atMs: T,
        bookedMs: T + 7 * DAY_MS + 1,
        ...labels,
        spend: 5,
        pricedBy: 'reported',
        late: false,
        threadTotal: 5,
      },
      {
        kind: 'spend',
        threadId: 't',
        workflow: 'w',
        atMs: T + 1,
        team: 'x',
        agent: 'unattributed',
        model: 'unknown',
        provider: 'unknown',
        spend: 1,
        pricedBy: 'reported',
        late: false,
        threadTotal: 6,
      },
    ]);
  });

  test('tokens are told by direction; without any cost they are unpriced', () => {
    const { changes, thread } = play([
      cost(0, { tokens: { input: 5, output: 0, reasoning: 2 }, model: 'm' }),
      total(1, 5, { tokens: { input: 1 } }),
    ]);
    expect(of(changes, 'tokens').map(({ direction, tokens, model }) => [direction, tokens, model])).toEqual([
      ['input', 5, 'm'],
      ['reasoning', 2, 'm'],
      ['input', 1, 'unknown'],
    ]);
    expect(of(changes, 'unpriced')).toEqual([
      {
        kind: 'unpriced',
        threadId: 't',
        workflow: 'w',
        atMs: T,
        id: '',
        team: 'x',
        agent: 'unattributed',
        provider: 'unknown',
        model: 'm',
        tokens: { input: 5, output: 0, reasoning: 2 },
        reason: 'no_table',
      },
    ]);
    expect(thread.tokens).toEqual({ input: 6, output: 0, cache_read: 0, cache_write: 0, reasoning: 2 });
  });

  test('steps ascend in time; a late one raises those after it; the latest are kept', () => {
    const spend = (ms: number, amount: number) => cost(ms, { spend: nano(amount) });
    const steps = play([spend(0, 1), spend(10, 2), spend(5, 4), spend(-1, 8)]).thread.spendSteps;
    expect(steps.map(({ atMs, total: sum }) => [atMs - T, sum])).toEqual([
      [-1, 8],
      [0, 9],
      [5, 13],
      [10, 15],
    ]);
    const many = play(Array.from({ length: MAX_SPEND_STEPS + 3 }, (_, ms) => spend(ms, 1))).thread;
    expect([many.spendSteps.length, many.spendSteps[0], many.spendBase]).toEqual([
      MAX_SPEND_STEPS,
      { atMs: T + 3, total: 4 },
      3,
    ]);
  });
});

describe('the budget of a thread', () => {
  const budgets = (events: readonly OrchestratorEvent[], options: Partial<ModelOptions> = {}) =>
    of(play(events, options).changes, 'thread-budget').map(({ limit, remaining }) => [limit, remaining]);
  const limited = { threadLimit: () => nano(1_000) };

  test.each<[string, OrchestratorEvent[], Partial<ModelOptions>, number[][]]>([
    ['unknown while nobody names one', [total(0, 5)], {}, []],
    [
      'limit = total + remaining',
      [total(0, 5, { remaining: nano(95) }), total(1, 8, { remaining: nano(-3) })],
      {},
      [
        [100, 95],
        [5, -3],
      ],
    ],
    [
      'spend without a report leaves less',
      [total(0, 5, { remaining: nano(95) }), total(1, 8)],
      {},
      [
        [100, 95],
        [100, 92],
      ],
    ],
    [
      'an older report is not the present one',
      [total(5, 5, { remaining: nano(95) }), total(3, 3, { remaining: nano(97) })],
      {},
      [[100, 95]],
    ],
    [
      'of budgets.yml from the first event on',
      [start(0, 'a'), total(1, 400)],
      limited,
      [
        [1000, 1000],
        [1000, 600],
      ],
    ],
    [
      'the orchestrator’s own goes before it',
      [total(0, 5, { remaining: nano(95) })],
      limited,
      [
        [1000, 1000],
        [100, 95],
      ],
    ],
  ])('%s', (_name, events, options, expected) => {
    expect(budgets(events, options)).toEqual(expected);
  });
});

describe('checkpoints', () => {
  const saved = (ms: number, fields: Fields) => at(ms, 'checkpoint.saved', fields);

  test('are kept with the totals of their moment', () => {
    const { changes, thread } = play([
      start(0, 'a', { stepCount: 2 }),
      total(1, 500, { tokens: { input: 3, output: 4 } }),
      saved(2, { checkpointId: 'c-1', checkpointIndex: 7 }),
      saved(3, { checkpointId: 'c-2' }),
      at(4, 'checkpoint.failed', { checkpointId: 'c-3' }),
      at(5, 'checkpoint.failed'),
    ]);
    const moment = { node: 'a', stepCount: 2, total: 500, inputTokens: 3, outputTokens: 4 };
    expect(thread.checkpoints).toEqual([
      { id: 'c-1', index: 7, atMs: T + 2, ...moment },
      { id: 'c-2', index: 2, atMs: T + 3, ...moment },
    ]);
    expect(
      of(changes, 'checkpoint').map(({ outcome, checkpointId, index, count }) => [outcome, checkpointId, index, count])
    ).toEqual([
      ['saved', 'c-1', 7, 1],
      ['saved', 'c-2', 2, 2],
      ['failed', 'c-3', 2, 2],
      ['failed', '', 2, 2],
    ]);
  });

  test('are all counted, the latest kept', () => {
    const { thread } = play(
      Array.from({ length: MAX_CHECKPOINTS + 2 }, (_, ms) => saved(ms, { checkpointId: `c-${ms}` }))
    );
    expect([thread.checkpointCount, thread.checkpoints.length, thread.checkpoints[0]?.id]).toEqual([
      MAX_CHECKPOINTS + 2,
      MAX_CHECKPOINTS,
      'c-2',
    ]);
  });
});

describe('what is held is bounded', () => {
  test('a thread is forgotten its retention after its end, a silent one after a week', () => {
    const { model } = play([start(0, 'a'), { ...start(0, 'a'), threadId: 'silent' }, end(10)]);
    expect(model.sweep(T + 60_009)).toEqual([]);
    expect(model.sweep(T + 60_010)).toEqual([
      { kind: 'thread-forgotten', threadId: 't', workflow: 'w', atMs: T + 60_010 },
    ]);
    expect([...model.threads.keys()]).toEqual(['silent']);
    expect(model.sweep(T + 7 * DAY_MS)).toHaveLength(1);
    expect(model.threads.size).toBe(0);
  });

  test('a thread of last year is kept its retention from its receipt on', () => {
    const { model } = play([
      start(0, 'a', { receivedMs: T + 365 * DAY_MS }),
      end(10, 'success', { receivedMs: T + 365 * DAY_MS }),
    ]);
    expect(model.sweep(T + 365 * DAY_MS + 59_999)).toEqual([]);
    expect(model.sweep(T + 365 * DAY_MS + 60_000)).toHaveLength(1);
  });

  const forgetting = (after: OrchestratorEvent) => {
    const { model } = play([start(0, 'a'), total(1, 100), end(2)]);
    model.sweep(T + DAY_MS);
    return { changes: model.apply(after), thread: model.threads.get('t')! };
  };

  test('a forgotten thread that comes back spends nothing twice', () => {
    const { changes, thread } = forgetting(total(2 * DAY_MS, 130));
    expect(of(changes, 'spend')).toMatchObject([{ spend: 30, threadTotal: 130 }]);
    expect(of(changes, 'thread-started')).toMatchObject([{ again: true }]);
    expect(thread.state).toBe('completed');
  });

  test('a forgotten thread that runs again is started once and runs', () => {
    const { changes, thread } = forgetting(start(2 * DAY_MS, 'b'));
    expect(changes.map(({ kind }) => kind)).toEqual(['thread-started', 'thread-state', 'agent-seen', 'agent-state']);
    expect([thread.state, thread.startedMs, thread.total]).toEqual(['running', T + 2 * DAY_MS, 100]);
  });

  test('past the cap of threads the oldest goes, with its total remembered', () => {
    const model = new OrchestratorModel({ retentionMs: 1, maxThreads: 2 });
    const of3 = (threadId: string, ms: number, amount: number) => model.apply({ ...total(ms, amount), threadId });
    of3('a', 0, 100);
    of3('b', 1, 1);
    expect(of3('c', 2, 1)[0]).toMatchObject({ kind: 'thread-forgotten', threadId: 'a', atMs: T + 2 });
    expect([...model.threads.keys()]).toEqual(['b', 'c']);
    expect(of(of3('a', 3, 150), 'spend')).toMatchObject([{ spend: 50 }]);
  });

  test('past the cap of lanes further agents share one, money included', () => {
    const names = Array.from({ length: MAX_AGENTS_PER_THREAD + 5 }, (_, at_) =>
      cost(at_, { agent: `a-${at_}`, spend: nano(1) })
    );
    const { thread, changes } = play(names);
    expect([thread.agents.size, thread.agents.get('other')?.spend]).toEqual([MAX_AGENTS_PER_THREAD + 1, 5]);
    expect(of(changes, 'spend').reduce((sum, { spend }) => sum + spend, 0)).toBe(MAX_AGENTS_PER_THREAD + 5);
  });

  test('so are the lanes of all threads together, until one is forgotten', () => {
    const model = new OrchestratorModel({ retentionMs: 1, maxLanes: 3 });
    const spend = (threadId: string, agent: string, ms = 0) =>
      model.apply({ ...cost(ms, { agent, spend: nano(1) }), threadId });
    for (const agent of ['a', 'b', 'c']) spend('t', agent);
    for (const agent of ['a', 'd', 'e']) spend('u', agent);
    spend('t', 'a');
    const lanes = () => [...model.threads.values()].map(({ agents }) => [...agents.keys()].join());
    expect(lanes()).toEqual(['a,b,c', 'other']);
    model.apply({ ...end(1), threadId: 't' });
    expect(model.sweep(T + 2)).toHaveLength(1);
    spend('u', 'd', 3);
    expect(lanes()).toEqual(['other,d']);
    expect(model.threads.get('u')?.total).toBe(4);
  });

  test('and the lanes that come from a snapshot count among them', () => {
    const options = { retentionMs: 1, maxLanes: 3 };
    const before = new OrchestratorModel(options);
    for (const agent of ['a', 'b', 'c']) before.apply(cost(0, { agent, spend: nano(1) }));
    const after = new OrchestratorModel(options);
    for (const item of before.dump()) after.load(item);
    after.apply(cost(1, { agent: 'd', spend: nano(1) }));
    expect([...after.threads.values()].map(({ agents }) => [...agents.keys()].join())).toEqual(['a,b,c,other']);
  });

  test.each([
    ['starts without ends', 'node.start'],
    ['ends without starts', 'node.complete'],
  ] as const)('%s of all lanes of a thread are bounded: each lane then keeps its newest', (_name, type) => {
    const lanes = Array.from({ length: 30 }, (_, lane) => `lane-${lane}`);
    const events = lanes.flatMap((agent) =>
      Array.from({ length: 1_000 }, (_, ms) => at(ms, type, { node: 'n', agent }))
    );
    const { model } = play(events);
    const [thread] = model.threads.values();
    const record = thread as unknown as ThreadRecord;
    const held = [...record.agents.values()].map(({ openRuns, earlyEnds }) => openRuns.length + earlyEnds.length);
    expect(held).toEqual([...lanes.slice(0, 10).map(() => 1_000), ...lanes.slice(10).map(() => 1)]);
    expect(record.openRunCount).toBe(type === 'node.start' ? 10_020 : 0);
  });

  test('starts without ends are given up, oldest first', () => {
    const starts = Array.from({ length: 1_500 }, (_, ms) => start(ms, 'n'));
    expect(of(play([...starts, complete(2_000, 'n')]).changes, 'node-run')).toMatchObject([{ durationMs: 1_500 }]);
  });
});

test('threads and agents named like members of Object are ordinary', () => {
  const model = new OrchestratorModel({ retentionMs: 1 });
  for (const name of ['__proto__', 'constructor', 'toString']) {
    model.apply({ ...total(0, 5, { agent: name }), threadId: name });
  }
  expect(
    [...model.threads.values()].map(({ threadId, total: sum, agents }) => [threadId, usdText(sum), [...agents.keys()]])
  ).toEqual([
    ['__proto__', '0.000000005', ['__proto__']],
    ['constructor', '0.000000005', ['constructor']],
    ['toString', '0.000000005', ['toString']],
  ]);
});

test('the same events give the same changes, and the spend told adds up to the totals', () => {
  const random = (seed: number) => {
    let stateOf = seed;
    return () => (stateOf = (stateOf * 48_271) % 2_147_483_647) / 2_147_483_647;
  };
  const events = (seed: number): OrchestratorEvent[] => {
    const draw = random(seed);
    return Array.from({ length: 400 }, () => {
      const ms = Math.floor(draw() * 1_000);
      const name = `n-${Math.floor(draw() * 3)}`;
      const made = [
        start(ms, name),
        complete(ms, name),
        fail(ms, name),
        active(ms, name),
        state(ms, name, 'paused'),
        total(ms, Math.floor(draw() * 1_000)),
        cost(ms, { spend: nano(Math.floor(draw() * 10)), tokens: { input: 1 } }),
        end(ms),
        route(ms, 'END'),
        moved(ms, name, 'n-1'),
        start(ms, name, GRAPH),
      ][Math.floor(draw() * 11)] as OrchestratorEvent;
      return { ...made, threadId: `t-${Math.floor(draw() * 2)}` };
    });
  };
  for (let seed = 1; seed <= 50; seed++) {
    const { changes, model } = play(events(seed));
    expect(play(events(seed)).changes).toEqual(changes);
    const told = new Map<string, number>();
    for (const { threadId, spend } of of(changes, 'spend')) told.set(threadId, (told.get(threadId) ?? 0) + spend);
    const totals = [...model.threads.values()].map(({ threadId, total: sum }): [string, NanoUsd] => [threadId, sum]);
    expect([...told].sort()).toEqual(totals.filter(([, sum]) => sum > 0).sort());
    for (const { heldMs } of of(changes, 'agent-state')) expect(heldMs).toBeGreaterThanOrEqual(0);
    expectChained(of(changes, 'agent-state'));
  }
});

/** Each change of an agent begins in the state and not before the time where the last one ended. */
function expectChained(changes: readonly Extract<Change, { kind: 'agent-state' }>[]): void {
  const last = new Map<string, { to: string; atMs: number }>();
  for (const { threadId, agent, from, to, atMs, heldMs } of changes) {
    const before = last.get(`${threadId} ${agent}`);
    expect(from).toBe(before?.to);
    expect(heldMs).toBe(before === undefined ? 0 : atMs - before.atMs);
    last.set(`${threadId} ${agent}`, { to, atMs });
  }
}
