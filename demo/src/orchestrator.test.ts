import { VirtualTime } from '../test/virtual-time.ts';
import { MetricsEmitter, type MetricsEvent } from './metrics-emitter.ts';
import { orchestrate } from './orchestrator.ts';
import { Random } from './random.ts';

const MINUTE_MS = 60_000;

async function story(options: { seed?: number; threads?: number; minutes: number }): Promise<MetricsEvent[]> {
  const time = new VirtualTime();
  const emitter = new MetricsEmitter(time.now);
  const events: MetricsEvent[] = [];
  emitter.subscribe((event) => events.push(event));
  const end = new AbortController();
  const random = new Random(options.seed ?? 1);
  const done = orchestrate({ emitter, clock: time, random, threads: options.threads ?? 4, signal: end.signal });
  await time.advance(options.minutes * MINUTE_MS);
  end.abort();
  await done;
  return events;
}

function ofType<T extends MetricsEvent['type']>(events: readonly MetricsEvent[], type: T) {
  return events.filter((event): event is Extract<MetricsEvent, { type: T }> => event.type === type);
}

function byThread(events: readonly MetricsEvent[]): Map<string, MetricsEvent[]> {
  const threads = new Map<string, MetricsEvent[]>();
  for (const event of events) {
    const own = threads.get(event.threadId);
    if (own === undefined) threads.set(event.threadId, [event]);
    else own.push(event);
  }
  return threads;
}

/** Five hours of four threads: about a hundred stories. */
let long: MetricsEvent[];
/** The threads that were not cut short by the end of the test. */
let whole: MetricsEvent[][];

beforeAll(async () => {
  long = await story({ minutes: 300 });
  const lastMs = long.at(-1)?.timestamp;
  whole = [...byThread(long).values()].filter((events) => events.at(-1)?.timestamp !== lastMs);
});

test('the same seed tells the same story, another seed another', async () => {
  const [one, same, other] = [
    await story({ minutes: 5 }),
    await story({ minutes: 5 }),
    await story({ minutes: 5, seed: 2 }),
  ];
  expect(one.length).toBeGreaterThan(500);
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

test('every thread runs to one graph.complete and emits nothing after it', () => {
  expect(whole.length).toBeGreaterThan(80);
  for (const events of byThread(long).values()) {
    expect(ofType(events, 'graph.complete')).toEqual([events.at(-1)]);
  }
});

test('no more threads are alive at once than asked for, and three of four nearly always', () => {
  let alive = 0;
  const seen = new Set<string>();
  const held = new Map<number, number>();
  let sinceMs = long[0]?.timestamp ?? 0;
  for (const { type, threadId, timestamp } of long) {
    held.set(alive, (held.get(alive) ?? 0) + timestamp - sinceMs);
    sinceMs = timestamp;
    if (!seen.has(threadId)) alive += 1;
    seen.add(threadId);
    if (type === 'graph.complete') alive -= 1;
  }
  expect(Math.max(...held.keys())).toBe(4);
  expect(((held.get(3) ?? 0) + (held.get(4) ?? 0)) / (300 * MINUTE_MS)).toBeGreaterThan(0.98);
});

test("a thread's cost only rises, and cost and remaining add up to its budget of 5 USD", () => {
  for (const events of byThread(long).values()) {
    const costs = ofType(events, 'cost.updated').map(({ payload }) => payload);
    for (const [index, { costCents, budgetRemainingCents }] of costs.entries()) {
      expect(costCents).toBeGreaterThan(costs[index - 1]?.costCents ?? 0);
      expect(costCents + budgetRemainingCents).toBeCloseTo(500, 7);
      expect(costCents * 1e7).toBeCloseTo(Math.round(costCents * 1e7), 5);
    }
  }
});

test('a thread that goes well spends several dollars within a quarter of an hour, visibly within five minutes', () => {
  const well = whole.filter((events) => {
    const remaining = ofType(events, 'cost.updated').at(-1)?.payload.budgetRemainingCents ?? 0;
    return remaining >= 0 && ofType(events, 'graph.complete')[0]?.payload.status === 'success';
  });
  for (const events of well) {
    const startMs = events[0]?.timestamp ?? 0;
    const costs = ofType(events, 'cost.updated');
    const afterFiveMinutes = costs.filter(({ timestamp }) => timestamp <= startMs + 5 * MINUTE_MS).at(-1);
    expect(afterFiveMinutes?.payload.costCents).toBeGreaterThan(80);
    expect(costs.at(-1)?.payload.costCents).toBeGreaterThan(250);
    expect((events.at(-1)?.timestamp ?? 0) - startMs).toBeLessThan(15 * MINUTE_MS);
  }
});

test('one thread in ten overspends, one recovers from a failure, one in twenty fails and one times out', () => {
  const share = (is: (events: MetricsEvent[]) => boolean): number => whole.filter(is).length / whole.length;
  const status = (events: MetricsEvent[]) => ofType(events, 'graph.complete')[0]?.payload.status;
  const remaining = (events: MetricsEvent[]) =>
    ofType(events, 'cost.updated').at(-1)?.payload.budgetRemainingCents ?? 0;
  const failures = (events: MetricsEvent[]) => ofType(events, 'node.error').length;
  expect(share((events) => remaining(events) < 0)).toBeCloseTo(0.1, 1);
  expect(share((events) => failures(events) === 1 && status(events) === 'success')).toBeCloseTo(0.1, 1);
  expect(share((events) => failures(events) === 3 && status(events) === 'failure')).toBeCloseTo(0.05, 1);
  expect(share((events) => failures(events) === 0 && status(events) === 'timeout')).toBeCloseTo(0.05, 1);
  expect(share((events) => remaining(events) < 0)).toBeGreaterThan(0.05);
  expect(share((events) => failures(events) === 3)).toBeGreaterThan(0.02);
  expect(share((events) => status(events) === 'timeout')).toBeGreaterThan(0.02);
});

test('each workflow of each team shows its agents, four to seven lanes beside checkpoints', () => {
  const seen = new Map<string, Set<string>>();
  for (const events of whole.filter((own) => ofType(own, 'graph.complete')[0]?.payload.status === 'success')) {
    const { team, workflow } = events[0]?.payload ?? {};
    const key = `${team ?? '?'}/${workflow ?? '?'}`;
    const lanes = new Set(ofType(events, 'node.start').map(({ payload }) => payload.agent ?? payload.nodeId));
    for (const lane of lanes) seen.set(key, (seen.get(key) ?? new Set()).add(lane));
    expect(ofType(events, 'checkpoint.saved').map(({ payload }) => payload.checkpointIndex)).toEqual(
      Array.from(ofType(events, 'checkpoint.saved'), (_, index) => index + 1)
    );
    expect(ofType(events, 'checkpoint.saved').length).toBeGreaterThan(20);
  }
  expect(Object.fromEntries([...seen].map(([key, lanes]) => [key, [...lanes].sort()]))).toEqual({
    'research/market-report': [
      'publisher',
      'research',
      'reviewer',
      'supervisor',
      'tool:fetch',
      'tool:search',
      'tool:upload',
      'writer',
    ],
    'research/support-case': ['research', 'reviewer', 'supervisor', 'tool:search', 'writer'],
    'platform/code-change': [
      'coder',
      'planner',
      'publisher',
      'reviewer',
      'supervisor',
      'tester',
      'tool:read_file',
      'tool:run_tests',
      'tool:upload',
    ],
  });
});

test('quick tools take 2 to 40 ms, some work lasts half a minute, and queued, waiting and paused occur', () => {
  const ended = ofType(long, 'node.complete').map(({ payload }) => ({
    node: payload.nodeId,
    ms: payload.duration ?? -1,
  }));
  const quick = ended.filter(({ node }) => node === 'tool:search').map(({ ms }) => ms);
  expect([Math.min(...quick), Math.max(...quick)]).toEqual([2, 40]);
  expect(ended.filter(({ node, ms }) => node === 'research' && ms > MINUTE_MS / 2).length).toBeGreaterThan(10);
  const states = new Set(ofType(long, 'agent.state').map(({ payload }) => payload.state));
  expect([...states].sort()).toEqual(['paused', 'queued', 'running', 'waiting']);
});

test('every node that starts ends, in reverse order of nesting within its lane, unless its thread was stopped', () => {
  for (const events of whole) {
    const open = new Map<string, number>();
    for (const event of events) {
      if (event.type === 'node.start') open.set(event.payload.nodeId, (open.get(event.payload.nodeId) ?? 0) + 1);
      if (event.type === 'node.complete' || event.type === 'node.error') {
        open.set(event.payload.nodeId, (open.get(event.payload.nodeId) ?? 0) - 1);
      }
    }
    const left = [...open.values()].filter((count) => count !== 0);
    if (ofType(events, 'graph.complete')[0]?.payload.status === 'success') expect(left).toEqual([]);
    else expect(left.every((count) => count === 1)).toBe(true);
  }
});

test('a shut-down ends all running threads as failures', async () => {
  const events = await story({ minutes: 1, threads: 3 });
  expect(ofType(events, 'graph.complete').map(({ payload }) => payload.status)).toEqual([
    'failure',
    'failure',
    'failure',
  ]);
});
