// Senders that behave as good senders do: they send every batch until it is acknowledged, and now and then once more. What
// they have sent in all is the truth that the totals must come to.
import { setTimeout as delay } from 'node:timers/promises';

export interface Truth {
  /** Nano-USD by agent. */
  readonly spent: Map<string, number>;
  nodeRuns: number;
  events: number;
  /** Batches sent more than once, by need or on purpose. */
  repeats: number;
}

export interface Target {
  /** Where the exporter is now; undefined while it is down. */
  url: string | undefined;
}

export interface ProducerOptions {
  readonly target: Target;
  readonly truth: Truth;
  readonly random: () => number;
  /** Told apart from every other sender's. */
  readonly name: string;
  /** How many batches of about 20 events to send. */
  readonly batches: number;
}

/** Resolves when every batch was acknowledged. */
export async function produce({ target, truth, random, name, batches }: ProducerOptions): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    const events = eventsOf(`${name}-${batch}`, truth, random);
    const body = events.map((event) => JSON.stringify(event)).join('\n');
    for (let attempt = 1; !(await isAcknowledged(target, body)); attempt += 1) {
      truth.repeats += 1;
      if (attempt > 2_000) throw new Error(`${name}: batch ${batch} is not taken`);
      await delay(10);
    }
    if (random() < 0.15) {
      truth.repeats += 1;
      await isAcknowledged(target, body);
    }
  }
}

/** One thread's run: costs with ids, node runs without, an end. Threads come back, so that they are also swept and revived. */
function eventsOf(name: string, truth: Truth, random: () => number): readonly object[] {
  const threadId = `thread-${Math.floor(random() * 12)}`;
  const timestamp = Date.now();
  const events: object[] = [];
  for (let n = 0; n < 10; n += 1) {
    const agent = `agent-${n % 3}`;
    const nano = 1 + Math.floor(random() * 999_999);
    const id = `${name}-${n}`;
    truth.spent.set(agent, (truth.spent.get(agent) ?? 0) + nano);
    const cost = { agent, id, costUsd: nano / 1e9, inputTokensDelta: 10, model: 'm', provider: 'p' };
    events.push({ type: 'cost.updated', threadId, timestamp: timestamp + n, payload: cost });
    const run = { nodeId: `node-${n % 4}`, step: id };
    if (n % 2 === 0) events.push({ type: 'node.start', threadId, timestamp: timestamp + n, payload: run });
    else events.push({ type: 'node.complete', threadId, timestamp: timestamp + n, payload: { ...run, duration: n } });
    truth.nodeRuns += n % 2;
  }
  const end = { type: 'graph.complete', threadId, timestamp: timestamp + 10, payload: { status: 'success', name } };
  truth.events += events.length + 1;
  return [...events, end];
}

async function isAcknowledged(target: Target, body: string): Promise<boolean> {
  if (target.url === undefined) return false;
  try {
    const response = await fetch(`${target.url}/v1/events`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const answer = (await response.json()) as { accepted?: number; duplicates?: number; rejected?: readonly unknown[] };
    if (answer.rejected !== undefined && answer.rejected.length > 0) {
      throw new TypeError(`refused: ${JSON.stringify(answer.rejected)}`);
    }
    return response.status === 200;
  } catch (error) {
    // A refused event is a wrong test; a connection that broke is what is tested.
    if (error instanceof TypeError && error.message.startsWith('refused')) throw error;
    return false;
  }
}
