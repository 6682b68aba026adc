// Carries events from an emitter to the exporter: in order, in batches, with patience, in bounded memory.
import type { Clock } from './clock.ts';
import { rejectionLines, type PostEvents } from './ingest-client.ts';
import type { MetricsEmitter, MetricsEvent } from './metrics-emitter.ts';

export interface SenderOptions {
  readonly post: PostEvents;
  readonly clock: Clock;
  /** Begins every event's idempotency key; unique to this run of the program. */
  readonly runId: string;
  /** One line for a person. */
  readonly say: (line: string) => void;
  readonly maxQueued?: number;
}

/** Every event offered is in exactly one of these once the sender is closed. */
export interface SenderTotals {
  accepted: number;
  duplicates: number;
  rejected: number;
  /** Gave way to newer events because the queue was full. */
  dropped: number;
  /** Still queued when time ran out at close. */
  undelivered: number;
}

const BATCH_EVENTS = 200;
const BATCH_MS = 100;
const MAX_QUEUED = 20_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;
const REJECTIONS_SAID_PER_BATCH = 3;

export class Sender {
  readonly totals: SenderTotals = { accepted: 0, duplicates: 0, rejected: 0, dropped: 0, undelivered: 0 };
  readonly #options: SenderOptions;
  readonly #maxQueued: number;
  readonly #deadline = new AbortController();
  #queue: object[] = [];
  #offered = 0;
  #pump: Promise<void> | undefined;
  #rest: AbortController | undefined;
  #closing = false;
  #unsubscribe: () => void = () => undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#maxQueued = options.maxQueued ?? MAX_QUEUED;
  }

  attach(emitter: Pick<MetricsEmitter, 'subscribe'>): void {
    this.#unsubscribe = emitter.subscribe((event) => {
      this.offer(event);
    });
  }

  /** Takes an event; returns at once. When the queue is full the oldest event gives way. */
  offer(event: MetricsEvent): void {
    this.#offered += 1;
    // A key of our own: a batch sent twice because its answer was lost counts once.
    const id = event.payload.id ?? `${this.#options.runId}-${this.#offered}`;
    this.#queue.push({ ...event, payload: { ...event.payload, id } });
    if (this.#queue.length > this.#maxQueued) {
      this.#queue.shift();
      if (this.totals.dropped === 0) this.#options.say(`queue full (${this.#maxQueued}): the oldest events give way`);
      this.totals.dropped += 1;
    }
    if (this.#queue.length >= BATCH_EVENTS) this.#rest?.abort();
    this.#pump ??= this.#run().finally(() => {
      this.#pump = undefined;
    });
  }

  /** Ends the subscription and sends what is queued; what is left after `withinMs` is given up and counted. */
  async close(withinMs = 5_000): Promise<SenderTotals> {
    this.#unsubscribe();
    this.#closing = true;
    this.#rest?.abort();
    const drained = new AbortController();
    this.#options.clock.sleep(withinMs, drained.signal).then(
      () => {
        this.#deadline.abort();
      },
      () => undefined // drained in time
    );
    await this.#pump;
    drained.abort();
    this.totals.undelivered += this.#queue.length;
    this.#queue = [];
    return this.totals;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#deadline.signal.aborted) {
      if (this.#queue.length < BATCH_EVENTS && !this.#closing) await this.#pause(BATCH_MS);
      await this.#deliver(this.#queue.splice(0, BATCH_EVENTS));
    }
  }

  async #deliver(batch: readonly object[]): Promise<void> {
    const { post, say, clock } = this.#options;
    const deadline = this.#deadline.signal;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await post(batch, deadline);
      if (outcome.kind === 'answered') {
        if (attempt > 0) say(`the exporter is back after ${attempt} retries, ${this.#queue.length} events queued`);
        this.totals.accepted += outcome.answer.accepted;
        this.totals.duplicates += outcome.answer.duplicates;
        this.totals.rejected += outcome.answer.rejected.length;
        rejectionLines(outcome.answer, batch).slice(0, REJECTIONS_SAID_PER_BATCH).forEach(say);
        return;
      }
      if (outcome.kind === 'refused') {
        this.totals.rejected += batch.length;
        say(`${batch.length} events refused: ${outcome.message}`);
        return;
      }
      if (attempt === 0) say(`the exporter is away, events are kept and sent again: ${outcome.message}`);
      const backOffMs = Math.min(LAST_RETRY_MS, outcome.retryAfterMs ?? FIRST_RETRY_MS * 2 ** attempt);
      await clock.sleep(backOffMs, deadline).catch(() => undefined);
      if (deadline.aborted) {
        this.totals.undelivered += batch.length;
        return;
      }
    }
  }

  /** Waits, unless a full batch or the close comes first. */
  async #pause(ms: number): Promise<void> {
    this.#rest = new AbortController();
    await this.#options.clock.sleep(ms, this.#rest.signal).catch(() => undefined);
    this.#rest = undefined;
  }
}
