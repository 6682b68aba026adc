// A thread whose agents change state on a beat, told late and out of order but within a bound, some in pairs of one
// millisecond; and what a store must hold of it afterwards.
import { setTimeout as delay } from 'node:timers/promises';
import { AGENT_STATE_CODE } from '../src/contract/states.ts';
import type { Samples } from './prometheus-process.ts';

const STATES = ['running', 'waiting', 'paused', 'queued'] as const;

/** Twice of what is so where all goes well: a machine that cannot follow is not sent ever more at once. */
const MOST_UNDER_WAY = 150;

export interface TransitionOptions {
  readonly thread: string;
  readonly agents: readonly string[];
  readonly everyMs: number;
  /** Every so many beats an agent changes twice in one millisecond. */
  readonly pairEvery: number;
  readonly forMs: number;
  /** How much later than it happened an event is sent at most. */
  readonly lateMs: number;
  readonly random: () => number;
  /** Where to; undefined while nobody is there. An event is sent until it is accepted. */
  readonly url: () => string | undefined;
  /** Of the exporter, where it is not the machine's. */
  readonly now?: () => number;
}

/** What must be stored of each agent, by `thread/agent`: its transitions, and when the thread ended. */
export interface TransitionTruth {
  readonly transitions: ReadonlyMap<string, Samples>;
  readonly endMs: number;
}

/** Resolves when everything was accepted. */
export async function sendTransitions(options: TransitionOptions): Promise<TransitionTruth> {
  const { thread, agents, everyMs, pairEvery, forMs, lateMs, random, url, now = Date.now } = options;
  const transitions = new Map<string, [number, string][]>();
  const sending: Promise<void>[] = [];
  let atMs = now() - everyMs;
  let underWay = 0;
  const send = async (event: Readonly<Record<string, unknown>>, afterMs: number): Promise<void> => {
    underWay += 1;
    await delay(afterMs);
    const body = JSON.stringify(event);
    for (;;) {
      const to = url();
      const accepted = to === undefined ? false : await accepts(to, body);
      if (accepted) break;
      await delay(20);
    }
    underWay -= 1;
  };
  for (let beat = 0; beat * everyMs < forMs; beat += 1) {
    // No two beats in one millisecond, however busy the machine is; and after a standstill none is told as late as that took.
    const dueMs = atMs + everyMs;
    while (now() < dueMs || underWay >= MOST_UNDER_WAY) await delay(Math.max(1, dueMs - now()));
    atMs = now();
    for (const agent of agents) {
      const own = transitions.get(`${thread}/${agent}`) ?? [];
      transitions.set(`${thread}/${agent}`, own);
      const count = (beat + 1) % pairEvery === 0 ? 2 : 1;
      // A pair keeps its order, so it goes in one body.
      const pair = Array.from({ length: count }, (_, n) => {
        const state = STATES[own.length % STATES.length] ?? 'running';
        own.push([atMs + n, String(AGENT_STATE_CODE[state])]);
        return {
          id: `${thread}-${agent}-${own.length}`,
          type: 'agent.state',
          threadId: thread,
          timestamp: atMs,
          payload: { agent, state },
        };
      });
      const late = random() * lateMs;
      sending.push(count === 1 ? send(pair[0] ?? {}, late) : send(pair as never, late));
    }
  }
  await Promise.all(sending);
  const endMs = now();
  await send(
    { id: `${thread}-end`, type: 'graph.complete', threadId: thread, timestamp: endMs, payload: { status: 'success' } },
    0
  );
  return { transitions, endMs };
}

async function accepts(url: string, body: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  }).catch(() => undefined);
  return response?.ok === true;
}

/** How what is stored differs from what is true: empty when every transition stands at its millisecond and nothing else does. */
export function wrongTransitions(truth: TransitionTruth, stored: ReadonlyMap<string, Samples>): readonly string[] {
  return [...truth.transitions].flatMap(([agent, transitions]) => {
    const own = stored.get(agent) ?? [];
    const byTime = new Map(own);
    const trueTimes = new Set([...transitions.map(([ms]) => ms), truth.endMs]);
    const missing = transitions.filter(([ms, value]) => byTime.get(ms) !== value);
    // What else is stored are heartbeats: they repeat the sample before them.
    const extra = own.filter(([ms, value], i) => !trueTimes.has(ms) && own[i - 1]?.[1] !== value);
    return [
      ...missing.map(([ms, value]) => `${agent}: ${value} at ${ms} is missing, there is ${byTime.get(ms)}`),
      ...extra.map(([ms, value]) => `${agent}: ${value} at ${ms} never was`),
    ];
  });
}
