import type { OrchestratorEvent } from '../contract/event.ts';
import type { TimelineDropReason } from '../contract/metrics.ts';
import { centsToNano } from '../contract/money.ts';
import type { AgentState, GraphStatus } from '../contract/states.ts';
import { Admission } from './admission.ts';
import { MAX_AGE_MS, MAX_AHEAD_MS, Timeline } from './timeline.ts';
import type { TimelineDump } from './timeline.ts';

const START = 1_800_000_000_000;
const LATENESS = 2_000;

let now: number;
let drops: TimelineDropReason[];
let ids = 0;

function timelineOf(capacity = 1_000): Timeline {
  now = START;
  drops = [];
  const ignore = (): void => undefined;
  const admission = new Admission({ maxThreads: 10, maxLanes: 10, onThreadRefused: ignore, onLaneFolded: ignore });
  admission.start('t');
  // As the families of /metrics do, before the timeline looks.
  for (const name of ['a', 'old', 'new']) admission.lane('t', name);
  return new Timeline({
    environment: 'test',
    latenessMs: LATENESS,
    capacity,
    retentionMs: 900_000,
    admission,
    now: () => now,
    onDrop: (reason) => drops.push(reason),
  });
}

const base = (atMs: number, threadId = 't') =>
  ({ id: `${(ids += 1)}`, threadId, timestampMs: START + atMs, dialect: 'metrics-emitter' }) as const;
const agent = (atMs: number, state: AgentState, name = 'a', threadId = 't'): OrchestratorEvent => ({
  ...base(atMs, threadId),
  type: 'agent.state',
  agent: name,
  state,
});
const cost = (atMs: number, cents: number): OrchestratorEvent => {
  const total = centsToNano(cents);
  return { ...base(atMs), type: 'cost.updated', ...(total === undefined ? {} : { total }), tokens: {} };
};
const checkpoint = (atMs: number, index: number): OrchestratorEvent => ({
  ...base(atMs),
  type: 'checkpoint.saved',
  checkpointId: `cp-${index}`,
  checkpointIndex: index,
});
const end = (atMs: number, status: GraphStatus): OrchestratorEvent => ({
  ...base(atMs),
  type: 'graph.complete',
  status,
});

/** `family agent value ms` of one whole scrape; ms counted from the start. */
function scrape(timeline: Timeline, consumer = 'c', sentWhole = true): string[] {
  const answer = timeline.read(consumer);
  if (answer.kind !== 'delivery') return [answer.kind];
  answer.done(sentWhole);
  return samplesOf([...answer.pages].join(''));
}

function samplesOf(body: string): string[] {
  expect(body.endsWith('# EOF\n')).toBe(true);
  return body
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, family, labels, value, seconds] =
        /^orchestrator_timeline_(\w+)\{(.*)\} (\S+) (\d+\.\d{3})$/.exec(line) ?? [];
      const lane = /agent="([^"]*)"/.exec(labels ?? '')?.[1];
      return [family, lane, value, Math.round(Number(seconds) * 1000) - START]
        .filter((part) => part !== undefined)
        .join(' ');
    });
}

function feed(timeline: Timeline, events: readonly OrchestratorEvent[]): void {
  for (const event of events) timeline.apply(event);
}

const at = (ms: number): void => {
  now = START + ms;
};

test('without events the families are named and nothing else', () => {
  const answer = timelineOf().read('c');
  expect(answer.kind === 'delivery' && [...answer.pages].join('')).toBe(
    `# HELP orchestrator_timeline_agent_state State code of the agent from this instant on: idle 0, queued 1, running 2, waiting 3, paused 4, completed 5, failed 6.
# TYPE orchestrator_timeline_agent_state gauge
# HELP orchestrator_timeline_thread_state State code of the thread from this instant on: running 2, paused 4, completed 5, failed 6, timeout 7.
# TYPE orchestrator_timeline_thread_state gauge
# HELP orchestrator_timeline_thread_cost_usd Spend of the thread in US dollars from this instant on.
# TYPE orchestrator_timeline_thread_cost_usd gauge
# HELP orchestrator_timeline_checkpoint Index of the checkpoint saved at this instant.
# TYPE orchestrator_timeline_checkpoint gauge
# EOF
`
  );
});

test('what happened is told at its millisecond once the watermark has passed it, then kept alive by heartbeats', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running'), cost(3, 0.00317), checkpoint(5, 1), agent(5_000, 'waiting')]);
  at(1_999);
  expect(scrape(timeline)).toEqual([]);
  at(4_000);
  expect(scrape(timeline)).toEqual([
    'agent_state a 2 0',
    'agent_state a 2 2000',
    'thread_state 2 0',
    'thread_state 2 2000',
    'thread_cost_usd 0.0000317 3',
    'thread_cost_usd 0.0000317 2000',
    'checkpoint 1 5',
  ]);
  expect(scrape(timeline)).toEqual([]);
  at(7_000);
  expect(scrape(timeline)).toEqual(['agent_state a 3 5000', 'thread_state 2 5000', 'thread_cost_usd 0.0000317 5000']);
});

test('a thread that ended is told once and gets no heartbeat', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running'), cost(1, 1), end(10, 'failure')]);
  at(3_000);
  expect(scrape(timeline)).toEqual([
    'agent_state a 2 0',
    'agent_state a 6 10',
    'thread_state 2 0',
    'thread_state 6 10',
    'thread_cost_usd 0.01 1',
  ]);
  at(60_000);
  expect(scrape(timeline)).toEqual([]);
});

test.each([
  {
    name: 'in order',
    events: [agent(0, 'running'), agent(10, 'waiting'), agent(20, 'running')],
  },
  {
    name: 'backwards',
    events: [agent(20, 'running'), agent(10, 'waiting'), agent(0, 'running')],
  },
])('events within the lateness are told as they truly were: $name', ({ events }) => {
  const timeline = timelineOf();
  feed(timeline, events);
  at(2_020);
  expect(scrape(timeline).filter((line) => line.startsWith('agent'))).toEqual([
    'agent_state a 2 0',
    'agent_state a 3 10',
    'agent_state a 2 20',
  ]);
  expect(drops).toEqual([]);
});

test('changes in one millisecond keep their order, each 1 ms after the other, and push no true time away for long', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running'), agent(0, 'waiting'), agent(0, 'paused'), agent(1, 'running'), agent(9, 'idle')]);
  at(2_009);
  expect(scrape(timeline).filter((line) => line.startsWith('agent'))).toEqual([
    'agent_state a 2 0',
    'agent_state a 3 1',
    'agent_state a 4 2',
    'agent_state a 2 3',
    'agent_state a 0 9',
  ]);
});

test('an event behind what was told already is counted; its outcome is shown at the watermark, also after the end', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running')]);
  at(10_000);
  expect(scrape(timeline)).toContain('agent_state a 2 8000');
  feed(timeline, [checkpoint(6_900, 1), agent(7_000, 'waiting'), end(7_001, 'success')]);
  at(11_000);
  expect(scrape(timeline)).toEqual(['agent_state a 5 9000', 'thread_state 5 9000', 'checkpoint 1 6900']);
  expect(drops).toEqual(['too_old', 'too_old', 'too_old']);
});

test('times that Prometheus would refuse are counted and not sent; the outcome is', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(-MAX_AGE_MS - 1, 'running', 'old'), agent(MAX_AHEAD_MS + 1, 'waiting', 'new')]);
  at(0);
  expect(scrape(timeline)).toEqual(['agent_state old 2 -2000', 'thread_state 2 -2000']);
  expect(drops).toEqual(['too_old', 'too_old']);
  at(2_000);
  expect(scrape(timeline)).toEqual(['agent_state new 3 0', 'agent_state old 2 0', 'thread_state 2 0']);
  expect(drops).toEqual(['too_old', 'too_old', 'too_far_ahead']);
});

test('consumers have a cursor each, and one moves only when its response was sent whole', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running'), end(5, 'success')]);
  at(3_000);
  const whole = ['agent_state a 2 0', 'agent_state a 5 5', 'thread_state 2 0', 'thread_state 5 5'];
  expect(scrape(timeline, 'one', false)).toEqual(whole);
  expect(scrape(timeline, 'one')).toEqual(whole);
  expect(scrape(timeline, 'one')).toEqual([]);
  expect(scrape(timeline, 'two')).toEqual(whole);
  expect(timeline.consumers).toBe(2);
});

test('while a response is under way the same consumer waits; another does not', async () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running')]);
  at(3_000);
  const first = timeline.read('c');
  const second = timeline.read('c');
  expect([first.kind, second.kind, timeline.read('d').kind]).toEqual(['delivery', 'busy', 'delivery']);
  if (first.kind === 'delivery') first.done(true);
  if (second.kind === 'busy') await second.released;
  expect(scrape(timeline)).toEqual([]);
});

test('a full ring drops the oldest and counts what somebody has not read', () => {
  const timeline = timelineOf(4);
  feed(timeline, [checkpoint(0, 1), checkpoint(1, 2)]);
  at(3_000);
  scrape(timeline);
  feed(timeline, [checkpoint(2_001, 3), checkpoint(2_002, 4), checkpoint(2_003, 5), checkpoint(2_004, 6)]);
  at(6_000);
  expect(scrape(timeline).filter((line) => line.startsWith('checkpoint'))).toEqual([
    'checkpoint 3 2001',
    'checkpoint 4 2002',
    'checkpoint 5 2003',
    'checkpoint 6 2004',
  ]);
  expect(drops).toEqual([]);
  feed(
    timeline,
    [7, 8, 9, 10, 11].map((index) => checkpoint(5_000 + index, index))
  );
  at(9_000);
  expect(scrape(timeline).filter((line) => line.startsWith('checkpoint'))).toHaveLength(4);
  expect(drops).toEqual(['ring_full']);
});

test('what is older than an hour is let go: a loss for a consumer that had been there, none for a new one', () => {
  const timeline = timelineOf();
  at(0);
  scrape(timeline, 'gone');
  feed(timeline, [checkpoint(0, 1)]);
  at(LATENESS);
  timeline.sweep();
  at(MAX_AGE_MS + 1);
  timeline.sweep();
  expect(drops).toEqual(['too_old', 'too_old']);
  expect(scrape(timeline, 'new').filter((line) => line.startsWith('checkpoint'))).toEqual([]);
});

test('33 names are one too many, until one has been silent for an hour', () => {
  const timeline = timelineOf();
  for (let i = 0; i < 32; i += 1) expect(scrape(timeline, `c${i}`)).toEqual([]);
  expect(scrape(timeline, 'c32')).toEqual(['too-many-consumers']);
  expect(scrape(timeline, 'c31')).toEqual([]);
  at(MAX_AGE_MS + 1);
  expect(scrape(timeline, 'c32')).toEqual([]);
});

test('threads without series of their own are not in the timeline', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running', 'a', 'elsewhere')]);
  at(3_000);
  expect(scrape(timeline)).toEqual([]);
});

describe('after a restart', () => {
  /** Restores the events as if the exporter came back at `atMs`. */
  function restoredAt(atMs: number, events: readonly OrchestratorEvent[]): Timeline {
    const timeline = timelineOf();
    now = START + atMs;
    for (const event of events) timeline.restore(event);
    timeline.restored();
    return timeline;
  }

  test('nothing restored, nothing told', () => {
    expect(scrape(restoredAt(10_000, []))).toEqual([]);
  });

  test('no old sample is served; what goes on is told at the watermark and then by heartbeats', () => {
    const timeline = restoredAt(60_000, [agent(0, 'running'), cost(10, 5), checkpoint(20, 1), agent(30, 'waiting')]);
    expect(scrape(timeline)).toEqual(['agent_state a 3 58000', 'thread_state 2 58000', 'thread_cost_usd 0.05 58000']);
    now += 15_000;
    expect(scrape(timeline)).toEqual(['agent_state a 3 73000', 'thread_state 2 73000', 'thread_cost_usd 0.05 73000']);
    expect(drops).toEqual([]);
  });

  test('an event that could not be settled yet before the restart stands at its exact place', () => {
    const timeline = restoredAt(1_000, [agent(-5_000, 'running'), agent(500, 'waiting')]);
    expect(scrape(timeline)).toEqual(['agent_state a 2 -1000', 'thread_state 2 -1000']);
    now += 2_000;
    expect(scrape(timeline)).toEqual(['agent_state a 3 500', 'agent_state a 3 1000', 'thread_state 2 1000']);
  });

  test.each([
    { ago: 299_000, told: ['agent_state a 5 3598000', 'thread_state 5 3598000'] },
    { ago: 301_000, told: [] },
  ])('a thread that ended $ago ms before the last event is told of when its end may not have been', ({ ago, told }) => {
    const ended = [agent(0, 'running'), end(100, 'success')];
    const timeline = restoredAt(3_600_000, [...ended, { ...checkpoint(100 + ago, 1) }]);
    expect(scrape(timeline)).toEqual(told);
  });

  test('a late event does not go before what was told; what it led to is shown', () => {
    const timeline = restoredAt(60_000, [agent(0, 'running')]);
    scrape(timeline);
    timeline.apply(agent(20_000, 'waiting'));
    now += 15_000;
    expect(scrape(timeline)).toEqual(['agent_state a 3 73000', 'thread_state 2 73000']);
    expect(drops).toEqual(['too_old']);
  });
});

describe('after a restart where it is known how far the consumers were told', () => {
  /** An event that was received `lateMs` after it happened. */
  const received = (event: OrchestratorEvent, lateMs = 0): OrchestratorEvent => ({
    ...event,
    receivedMs: event.timestampMs + lateMs,
  });

  /**
   * Two lives of a timeline: what `name` is given in both, when the first ends after it has read at `readsMs` and the second
   * begins at `startMs`. Through a snapshot of the first `inSnapshot` events, and the rest of them from the journal.
   */
  function lives({
    events,
    readsMs,
    startMs,
    inSnapshot = 0,
  }: {
    readonly events: readonly OrchestratorEvent[];
    readonly readsMs: readonly number[];
    readonly startMs: number;
    readonly inSnapshot?: number;
  }): { readonly before: string[]; readonly after: Timeline; readonly first: Timeline } {
    const first = timelineOf();
    const before: string[] = [];
    let applied = 0;
    for (const readMs of readsMs) {
      for (; applied < events.length; applied += 1) {
        const event = events[applied];
        if (event?.receivedMs === undefined || event.receivedMs > START + readMs) break;
        now = event.receivedMs;
        first.settle();
        first.apply(event);
      }
      at(readMs);
      before.push(...scrape(first));
    }
    const snapshot = timelineOf();
    for (const event of events.slice(0, inSnapshot)) snapshot.restore(event);
    const after = timelineOf();
    at(startMs);
    after.resume(JSON.parse(JSON.stringify(first.cursors())) as ReturnType<Timeline['cursors']>);
    for (const item of JSON.parse(JSON.stringify([...snapshot.dump()])) as TimelineDump[]) after.load(item);
    for (const event of events.slice(inSnapshot)) after.restore(event);
    after.restored();
    return { before, after, first };
  }

  const EVENTS = [
    received(agent(0, 'running')),
    received(agent(0, 'waiting')),
    received(agent(500, 'running')),
    received(cost(900, 5)),
    received(agent(1_000, 'waiting')),
    // Late within the bound, and journalled after the read at 3,100.
    received(agent(1_800, 'running'), 1_900),
    received(agent(2_500, 'waiting'), 1_400),
    received(end(3_000, 'success'), 1_000),
  ];
  const TOLD = [
    'agent_state a 2 0',
    'agent_state a 3 1',
    'agent_state a 2 500',
    'agent_state a 3 1000',
    'agent_state a 3 1100',
    'thread_state 2 0',
    'thread_state 2 1100',
    'thread_cost_usd 0.05 900',
    'thread_cost_usd 0.05 1100',
  ];

  test.each([0, 1, 4, 5, 6, 8])('it goes on where it was, with %i of the events in a snapshot', (inSnapshot) => {
    const { before, after } = lives({ events: EVENTS, readsMs: [3_100], startMs: 20_000, inSnapshot });
    expect(before).toEqual(TOLD);
    expect(scrape(after)).toEqual([
      'agent_state a 2 1800',
      'agent_state a 3 2500',
      'agent_state a 5 3000',
      'thread_state 5 3000',
    ]);
    expect(scrape(after)).toEqual([]);
    expect(drops).toEqual([]);
  });

  test('a consumer that is new since the restart is given everything of the last hour', () => {
    const { after } = lives({ events: EVENTS, readsMs: [3_100], startMs: 20_000 });
    expect(scrape(after, 'new').filter((line) => line.startsWith('agent'))).toEqual([
      'agent_state a 2 0',
      'agent_state a 3 1',
      'agent_state a 2 500',
      'agent_state a 3 1000',
      'agent_state a 2 1800',
      'agent_state a 3 2500',
      'agent_state a 5 3000',
    ]);
  });

  test('one that was away for an hour has no cursor any more', () => {
    const { after } = lives({ events: EVENTS, readsMs: [3_100], startMs: MAX_AGE_MS + 3_101 });
    expect([after.consumers, scrape(after)]).toEqual([0, []]);
  });

  test('nothing is given twice when nothing happened, but what goes on is told', () => {
    const { after } = lives({ events: EVENTS.slice(0, 5), readsMs: [3_100, 9_000], startMs: 10_000 });
    expect(scrape(after)).toEqual(['agent_state a 3 8000', 'thread_state 2 8000', 'thread_cost_usd 0.05 8000']);
  });

  test('an event later than the bound does not go before what the consumer has, and is counted', () => {
    const events = [...EVENTS.slice(0, 5), received(agent(1_050, 'paused'), 3_000)];
    const { after } = lives({ events, readsMs: [3_100], startMs: 20_000 });
    expect(scrape(after)).toEqual(['agent_state a 4 18000', 'thread_state 4 18000', 'thread_cost_usd 0.05 18000']);
    expect(drops).toEqual(['too_old', 'too_old']);
  });

  test('what was dropped before it was told is counted', () => {
    const events = Array.from({ length: 6 }, (_, n) => received(checkpoint(n, n)));
    const timeline = timelineOf(4);
    at(60_000);
    timeline.resume([{ name: 'c', events: 1, upToMs: START, heartbeatMs: undefined, lastSeenMs: START }]);
    for (const event of events) timeline.restore(event);
    timeline.restored();
    expect(scrape(timeline).filter((line) => line.startsWith('checkpoint'))).toHaveLength(4);
    // The thread's state at 0 is told already; the checkpoint at 0 is not among the first event's samples.
    expect(drops).toEqual(['ring_full']);
  });

  test('no events, no cursors: an empty timeline', () => {
    const timeline = timelineOf();
    timeline.resume([]);
    timeline.restored();
    expect([timeline.cursors(), scrape(timeline)]).toEqual([[], []]);
  });
});

test('a response that did not arrive after all is taken back, unless its consumer has read on since', () => {
  const timeline = timelineOf();
  feed(timeline, [agent(0, 'running'), end(5, 'success')]);
  at(3_000);
  const whole = ['agent_state a 2 0', 'agent_state a 5 5', 'thread_state 2 0', 'thread_state 5 5'];
  const lost = timeline.read('c');
  if (lost.kind !== 'delivery') throw new Error(lost.kind);
  lost.done(true);
  lost.takeBack();
  expect(scrape(timeline)).toEqual(whole);
  lost.takeBack();
  expect(scrape(timeline)).toEqual([]);
});

test('a delivery of some samples at a time leaves the rest, keeps an instant together and beats only behind the last', () => {
  const timeline = timelineOf();
  feed(timeline, [checkpoint(0, 1), checkpoint(1, 2), checkpoint(2, 3), cost(2, 1), checkpoint(3, 4)]);
  at(3_000);
  const parts: string[][] = [];
  for (let more = true; more;) {
    const answer = timeline.read('c', { limit: 2 });
    if (answer.kind !== 'delivery') throw new Error(answer.kind);
    answer.done(true);
    more = answer.isPartial;
    parts.push(samplesOf([...answer.pages].join('')));
  }
  expect(parts).toEqual([
    ['thread_state 2 0', 'checkpoint 1 0'],
    ['thread_cost_usd 0.01 2', 'checkpoint 2 1', 'checkpoint 3 2'],
    ['thread_state 2 1000', 'thread_cost_usd 0.01 1000', 'checkpoint 4 3'],
  ]);
  expect(timeline.cursors()).toEqual([
    { name: 'c', events: 5, upToMs: START + 1_000, heartbeatMs: START + 1_000, lastSeenMs: START + 3_000 },
  ]);
});

test('the ends of series come once the watermark has passed them, and again when more came behind them', () => {
  const timeline = timelineOf();
  const ends = (): string[] => {
    const answer = timeline.read('c', { ends: true });
    if (answer.kind !== 'delivery') throw new Error(answer.kind);
    answer.done(true);
    return answer.ends.map(({ series, atMs }) => `${series.family} ${atMs - START}`);
  };
  feed(timeline, [agent(0, 'running'), cost(3, 1), end(10, 'success')]);
  at(2_010);
  expect(ends()).toEqual([]);
  at(2_011);
  expect(ends()).toEqual(['threadState 11', 'threadCost 11', 'agentState 11']);
  expect(ends()).toEqual([]);
  feed(timeline, [cost(300, 2)]);
  at(2_400);
  expect(ends()).toEqual(['threadState 11', 'threadCost 301', 'agentState 11']);
});

test('a lane that had no place when its event came stays `other`, also when the timeline is asked after there is room', () => {
  const ignore = (): void => undefined;
  const admission = new Admission({ maxThreads: 10, maxLanes: 1, onThreadRefused: ignore, onLaneFolded: ignore });
  for (const threadId of ['over', 't']) {
    admission.start(threadId);
  }
  expect([admission.lane('over', 'a'), admission.lane('t', 'b')]).toEqual(['a', 'other']);
  admission.forget('over');
  expect([admission.laneShown('t', 'b'), admission.laneShown('t', 'b'), admission.lane('t', 'b')]).toEqual([
    'other',
    'other',
    'b',
  ]);
});
