// Pushes the timeline to one receiver: a consumer of the timeline like one that scrapes, whose cursor moves when what it was
// given has been taken, or refused for good. The queue is the timeline's ring; nothing else waits here but one batch.
import { setTimeout as delay } from 'node:timers/promises';
import type { PushFailure } from '../contract/metrics.ts';
import type { Delivery } from '../series/timeline-delivery.ts';
import type { Timeline } from '../series/timeline.ts';
import { MAX_AGE_MS } from '../series/timeline.ts';
import { backoffMs } from './backoff.ts';
import type { BackoffOptions } from './backoff.ts';
import type { PostOutcome } from './http-post.ts';
import type { PushedSample } from './write-request.ts';

/** Parts of one batch that are sent again to find out which samples of it are refused. */
const MAX_SPLITS = 64;

export interface PushTally {
  taken(samples: number, nowMs: number): void;
  failed(reason: PushFailure, samples: number): void;
  retried(): void;
}

export interface PushTargetOptions {
  /** As a consumer of the timeline. */
  readonly consumer: string;
  readonly timeline: Pick<Timeline, 'read'>;
  readonly encode: (samples: readonly PushedSample[]) => Uint8Array;
  readonly post: (body: Uint8Array, signal: AbortSignal) => Promise<PostOutcome>;
  readonly batchSize: number;
  /** How long a sample may wait for others. */
  readonly everyMs: number;
  readonly heartbeatMs: number;
  /** Whether series end with a mark. */
  readonly ends: boolean;
  readonly backoff: BackoffOptions;
  readonly now: () => number;
  readonly tally: PushTally;
  /** Something was refused for good, or is tried again. */
  readonly onTrouble: (message: string, fields: { readonly reason: string; readonly samples: number }) => void;
  /** Resolves after the time or when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface PushTrouble {
  readonly sinceMs: number;
  readonly message: string;
}

export class PushTarget {
  readonly #options: PushTargetOptions;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends the waiting, then what is under way. */
  readonly #stopping = new AbortController();
  readonly #cutOff = new AbortController();
  #running: Promise<void> | undefined;
  #lastBeatMs = Number.NEGATIVE_INFINITY;
  #trouble: PushTrouble | undefined;

  constructor(options: PushTargetOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? pause;
  }

  /** Since when the receiver has taken nothing of what it was sent; undefined while it takes what comes. */
  get trouble(): PushTrouble | undefined {
    return this.#trouble;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends what waits, once, within `graceMs`; what is left then the timeline gives again after a restart. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const cutOff = setTimeout(() => {
      this.#cutOff.abort();
    }, graceMs);
    await this.#running;
    clearTimeout(cutOff);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const isMore = await this.#round();
      if (!isMore) await this.#sleep(this.#options.everyMs, signal);
    }
    while (!this.#cutOff.signal.aborted && (await this.#round()));
  }

  /** @returns whether more waits already. */
  async #round(): Promise<boolean> {
    const { timeline, consumer, batchSize, ends, heartbeatMs, now } = this.#options;
    const beats = now() - this.#lastBeatMs >= heartbeatMs;
    const delivery = timeline.read(consumer, { limit: batchSize, heartbeats: beats, ends });
    if (delivery.kind !== 'delivery') return false;
    if (beats && !delivery.isPartial) this.#lastBeatMs = now();
    const { lost } = delivery;
    if (lost.overflow > 0) this.#options.tally.failed('overflow', lost.overflow);
    if (lost.tooOld > 0) this.#options.tally.failed('too_old', lost.tooOld);
    const batch = batchOf(delivery);
    const isDecided = batch.length === 0 || (await this.#push(batch));
    delivery.done(isDecided && (batch.length > 0 || lost.overflow + lost.tooOld > 0));
    return isDecided && delivery.isPartial;
  }

  /** Until every sample of the batch is taken or refused for good; false when it was stopped before. */
  async #push(batch: readonly PushedSample[]): Promise<boolean> {
    const { encode, tally, onTrouble, now } = this.#options;
    const parts: (readonly PushedSample[])[] = [batch];
    let splits = 0;
    let wasLost = false;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const sent = await this.#untilDecided(part, encode(part));
      if (sent === undefined) return false;
      const { outcome } = sent;
      wasLost ||= sent.wasLost;
      if (outcome === 'outdated') {
        tally.failed('too_old', part.length);
        continue;
      }
      if (outcome.kind === 'taken') {
        tally.taken(part.length, now());
        this.#trouble = undefined;
        continue;
      }
      if (outcome.isPerSample && part.length > 1 && splits < MAX_SPLITS) {
        splits += 1;
        // Prometheus takes all of a request or nothing: the samples beside the refused one are sent without it.
        const middle = Math.ceil(part.length / 2);
        parts.unshift(part.slice(0, middle), part.slice(middle));
        continue;
      }
      // What was sent before an answer got lost may be there already: then it is refused as if it were out of order.
      const isRepeat = wasLost && (outcome.reason === 'out_of_order' || outcome.reason === 'duplicate');
      const reason = isRepeat ? 'repeated' : outcome.reason;
      tally.failed(reason, part.length);
      onTrouble(outcome.message, { reason, samples: part.length });
      // The receiver works where it only minds single samples.
      if (outcome.reason === 'rejected') this.#trouble ??= { sinceMs: now(), message: outcome.message };
      else this.#trouble = undefined;
    }
    return true;
  }

  /** Tries until the receiver has decided or the samples are too old to be taken; undefined when it was stopped. */
  async #untilDecided(part: readonly PushedSample[], body: Uint8Array): Promise<Decided | undefined> {
    const { post, backoff, now, tally, onTrouble } = this.#options;
    const newestMs = part.reduce((newest, { atMs }) => Math.max(newest, atMs), Number.NEGATIVE_INFINITY);
    let wasLost = false;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await post(body, this.#cutOff.signal);
      if (outcome.kind !== 'failed') return { outcome, wasLost };
      if (this.#cutOff.signal.aborted) return undefined;
      wasLost ||= outcome.isLost;
      this.#trouble = { sinceMs: this.#trouble?.sinceMs ?? now(), message: outcome.message };
      onTrouble(outcome.message, { reason: 'retried', samples: part.length });
      // On the way out one attempt is enough: the rest comes after the restart.
      if (this.#stopping.signal.aborted) return undefined;
      if (newestMs < now() - MAX_AGE_MS) return { outcome: 'outdated', wasLost };
      tally.retried();
      await this.#sleep(backoffMs(attempt, backoff, outcome.retryAfterMs), this.#stopping.signal);
    }
  }
}

interface Decided {
  readonly outcome: Exclude<PostOutcome, { kind: 'failed' }> | 'outdated';
  /** An attempt before may have been taken without its answer having come. */
  readonly wasLost: boolean;
}

function batchOf({ samples, ends }: Delivery): readonly PushedSample[] {
  return [...samples, ...ends.map((end) => ({ ...end, value: undefined }))];
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
