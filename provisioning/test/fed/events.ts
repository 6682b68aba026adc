// What the fed exporter is told: an hour of the demo, and one of everything that goes wrong, which panels are about.
import { MetricsEmitter, type MetricsEvent } from '../../../demo/src/metrics-emitter.ts';
import { orchestrate } from '../../../demo/src/orchestrator.ts';
import { Random } from '../../../demo/src/random.ts';
import { VirtualTime } from '../../../demo/test/virtual-time.ts';

export type Event = Readonly<Record<string, unknown>> | MetricsEvent;

/** The demo's events from `ms` ago until now; its threads are left in the middle of their work. */
export async function demoRun(nowMs: number, ms: number): Promise<readonly MetricsEvent[]> {
  const time = new VirtualTime(nowMs - ms);
  const emitter = new MetricsEmitter(time.now);
  const events: MetricsEvent[] = [];
  emitter.subscribe((event) => events.push(event));
  const never = new AbortController();
  // Ends with the test: nothing waits for virtual time that does not go on.
  void orchestrate({ emitter, clock: time, random: new Random(7), threads: 4, signal: never.signal });
  await time.advance(ms);
  return events;
}

/** The price table gets it while the test runs. */
export const LATE_MODEL = 'm-late';

interface Story {
  readonly threadId: string;
  readonly agoMs: number;
}

const story =
  (nowMs: number, { threadId, agoMs }: Story) =>
  (type: string, payload: object): Event => ({
    type,
    threadId,
    workflow: 'triage',
    team: 'support',
    timestamp: nowMs - agoMs,
    payload,
  });

/** Old enough that an agent counts as stuck or waiting for too long. The first thread by name is one that there is an alert on. */
export function troubleOfLongAgo(nowMs: number): readonly Event[] {
  const hung = story(nowMs, { threadId: 'a-hung', agoMs: 1_200_000 });
  const waits = story(nowMs, { threadId: 'z-waits', agoMs: 1_200_000 });
  return [
    hung('agent.active', { agent: 'caller', task: 'waits for an answer that does not come' }),
    hung('cost.updated', { costUsd: 0.5, budgetRemainingCents: 450, agent: 'caller', model: 'm-small', provider: 'p' }),
    hung('checkpoint.saved', { checkpointIndex: 1, checkpointId: 'c-1' }),
    waits('agent.state', { agent: 'approver', state: 'waiting' }),
    // Its price comes late.
    waits('cost.updated', { agent: 'approver', model: LATE_MODEL, provider: 'p', inputTokensDelta: 1_000 }),
  ];
}

/** Told again and again with another `round`, so that counters that panels take the increase of go on counting. */
export function troubleOfNow(nowMs: number, round: number): readonly Event[] {
  const failed = story(nowMs, { threadId: `z-failed-${round}`, agoMs: 0 });
  const odd = story(nowMs, { threadId: 'z-odd', agoMs: 0 });
  const hung = story(nowMs, { threadId: 'a-hung', agoMs: 0 });
  return [
    failed('agent.active', { agent: 'reader', task: 'read' }),
    failed('node.start', { nodeId: 'call' }),
    failed('cost.updated', { costUsd: 0.05, agent: 'reader', model: 'm-small', provider: 'p', inputTokensDelta: 9 }),
    failed('node.error', { nodeId: 'call', error: { message: 'no' }, duration: 310 }),
    failed('agent.state', { agent: 'reader', state: 'completed' }),
    failed('graph.complete', { status: 'failure', duration: 3_000 }),
    odd('cost.updated', { agent: 'reader', model: 'm-new', provider: 'p', inputTokensDelta: 10 }),
    // No word of the agent.
    hung('checkpoint.saved', { checkpointIndex: round + 2, checkpointId: `c-${round + 2}` }),
    // A node that ends without having begun is an anomaly.
    odd('node.complete', { nodeId: `never-begun-${round}`, duration: 5 }),
  ];
}

/** Refused. */
export const REFUSED: readonly Event[] = [{ type: 'no.such.type', threadId: 'z', timestamp: 1, payload: {} }];
