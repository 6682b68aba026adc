// The exact-time timeline: every state change, spend step and checkpoint becomes a sample with its own millisecond, kept in
// a bounded ring and handed to each consumer once.
//
//   event -> pending (any order) -> watermark passes -> settled: merged, per series strictly ascending, in the ring
//                                   (now - lateness)              consumers read on from their cursor
//
// Samples settle once and for all consumers alike, so two Prometheus servers store the same history.
import type { TimelineDropReason } from '../contract/metrics.ts';
import { AGENT_STATE_CODE, THREAD_STATE_CODE } from '../contract/states.ts';
import type { Change } from '../model/change.ts';
import type { Admission } from './admission.ts';
import { SampleRing } from './sample-ring.ts';
import { TimelineConsumers } from './timeline-consumers.ts';
import type { Consumer } from './timeline-consumers.ts';
import { renderTimeline } from './timeline-text.ts';
import type { Sample } from './timeline-text.ts';
import { TimelineSeriesSet } from './timeline-series.ts';
import type { SeriesRef } from './timeline-series.ts';

/** Prometheus refuses samples more than about an hour behind its head; such a sample is counted, not sent. */
export const MAX_AGE_MS = 3_600_000;
/** Prometheus refuses samples more than ten minutes ahead of its clock. */
export const MAX_AHEAD_MS = 600_000;

export interface TimelineOptions {
  readonly environment: string;
  /** How late an event may arrive and still be merged in its exact place. */
  readonly latenessMs: number;
  /** Settled samples held for consumers; as many more may wait for the watermark. */
  readonly capacity: number;
  readonly admission: Admission;
  readonly now: () => number;
  readonly onDrop: (reason: TimelineDropReason) => void;
}

interface PendingSample extends Sample {
  /** Counts samples in the order in which they came in. */
  readonly arrival: number;
}

/** One scrape's body. `done(true)` when it was sent whole, `done(false)` when not; until then nobody else reads for this consumer. */
export interface Delivery {
  readonly kind: 'delivery';
  readonly body: string;
  readonly done: (sentWhole: boolean) => void;
}

export type TimelineAnswer =
  | Delivery
  /** Another scrape of the same consumer is under way; `released` resolves when it has ended. */
  | { readonly kind: 'busy'; readonly released: Promise<void> }
  | { readonly kind: 'too-many-consumers'; readonly max: number };

export class Timeline {
  readonly #options: TimelineOptions;
  readonly #series: TimelineSeriesSet;
  readonly #ring: SampleRing<Sample>;
  readonly #consumers = new TimelineConsumers(MAX_AGE_MS);
  #pending: PendingSample[] = [];
  #corrections: PendingSample[] = [];
  #arrivals = 0;
  #watermarkMs = Number.NEGATIVE_INFINITY;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#series = new TimelineSeriesSet(options.environment);
    this.#ring = new SampleRing(options.capacity);
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  apply(change: Change): void {
    const { threadId, atMs } = change;
    if (!this.#options.admission.has(threadId)) return;
    switch (change.kind) {
      case 'thread-started':
        this.#series.revive(threadId);
        return;
      case 'thread-state':
        this.#add({ family: 'threadState', threadId }, atMs, THREAD_STATE_CODE[change.to]);
        return;
      case 'agent-state': {
        const lane = this.#options.admission.lane(threadId, change.agent);
        this.#add({ family: 'agentState', threadId, lane }, atMs, AGENT_STATE_CODE[change.to]);
        return;
      }
      case 'spend':
        this.#add({ family: 'threadCost', threadId }, atMs, change.threadTotal);
        return;
      case 'checkpoint':
        if (change.outcome === 'saved') this.#add({ family: 'checkpoint', threadId }, atMs, change.index);
        return;
      case 'thread-forgotten':
        this.#series.forget(threadId);
        return;
      case 'thread-finished':
      case 'agent-seen':
      case 'node-run':
      case 'tokens':
      case 'unpriced':
      case 'thread-budget':
      case 'anomaly':
        return;
    }
  }

  /** Settles what is due and lets go of what is too old for every consumer. To be called now and then without scrapes. */
  sweep(): void {
    const nowMs = this.#options.now();
    this.#settle(nowMs);
    this.#evict(nowMs);
    this.#consumers.forgetIdle(nowMs);
    this.#series.purge(nowMs - MAX_AGE_MS);
  }

  #evict(nowMs: number): void {
    for (let oldest = this.#ring.at(this.#ring.first); oldest; oldest = this.#ring.at(this.#ring.first)) {
      if (oldest.atMs >= nowMs - MAX_AGE_MS) break;
      // Nobody there to read it: no loss.
      this.#dropOldest(this.#consumers.size > 0 ? 'too_old' : undefined);
    }
  }

  /** What this consumer has not been given yet, up to the watermark, and a heartbeat for what is still true. */
  read(name: string): TimelineAnswer {
    const nowMs = this.#options.now();
    const consumer = this.#consumers.open(name, { nowMs, first: this.#ring.first });
    if (consumer === undefined) return { kind: 'too-many-consumers', max: this.#consumers.max };
    if (consumer.reading !== undefined) return { kind: 'busy', released: consumer.reading };
    this.#settle(nowMs);
    return this.#deliver(consumer, nowMs);
  }

  #deliver(consumer: Consumer, nowMs: number): Delivery {
    const upTo = this.#ring.next;
    const heartbeatMs = this.#watermarkMs;
    const { samples, tooOld } = this.#unread(consumer, nowMs);
    if (heartbeatMs > consumer.heartbeatMs) samples.push(...this.#heartbeats(heartbeatMs));
    let release = (): void => undefined;
    consumer.reading = new Promise<void>((resolve) => {
      release = resolve;
    });
    let ended = false;
    const done = (sentWhole: boolean): void => {
      if (ended) return;
      ended = true;
      if (sentWhole) {
        for (let i = 0; i < tooOld; i += 1) this.#options.onDrop('too_old');
        consumer.cursor = upTo;
        consumer.heartbeatMs = heartbeatMs;
        consumer.isNew = false;
      }
      consumer.reading = undefined;
      release();
    };
    return { kind: 'delivery', body: renderTimeline(samples), done };
  }

  #unread(consumer: Consumer, nowMs: number): { samples: Sample[]; tooOld: number } {
    const samples: Sample[] = [];
    let tooOld = 0;
    for (let i = Math.max(consumer.cursor, this.#ring.first); i < this.#ring.next; i += 1) {
      const sample = this.#ring.at(i);
      if (sample === undefined) continue;
      if (sample.atMs >= nowMs - MAX_AGE_MS) samples.push(sample);
      else if (!consumer.isNew) tooOld += 1;
    }
    return { samples, tooOld };
  }

  #heartbeats(atMs: number): Sample[] {
    const samples: Sample[] = [];
    for (const series of this.#series.heartbeats()) {
      if (series.settledValue === undefined || series.settledMs >= atMs) continue;
      samples.push({ series, atMs, value: series.settledValue });
      series.heartbeatMs = Math.max(series.heartbeatMs, atMs);
    }
    return samples;
  }

  #add(ref: SeriesRef, atMs: number, value: number): void {
    const series = this.#series.of(ref);
    const nowMs = this.#options.now();
    const sample = { series, atMs, value, arrival: (this.#arrivals += 1) };
    if (atMs > nowMs + MAX_AHEAD_MS) this.#correct('too_far_ahead', sample);
    else if (atMs < nowMs - MAX_AGE_MS) this.#correct('too_old', sample);
    else this.#pending.push(sample);
    // A flood within one lateness bound: settle the older half early rather than lose any of it.
    if (this.#pending.length > this.#options.capacity) this.#settlePending(this.#medianPendingMs());
  }

  /**
   * An instant that cannot be told any more is not told at another time: it is counted. Its outcome, though, is true from
   * now on, and is shown at the watermark as a heartbeat would show it, also when the thread has ended. A checkpoint is
   * nothing but its instant.
   */
  #correct(reason: TimelineDropReason, sample: PendingSample): void {
    this.#options.onDrop(reason);
    if (sample.series.family !== 'checkpoint') this.#corrections.push(sample);
  }

  #settle(nowMs: number): void {
    this.#watermarkMs = Math.max(this.#watermarkMs, nowMs - this.#options.latenessMs);
    this.#settlePending(this.#watermarkMs);
    const corrections = this.#corrections;
    this.#corrections = [];
    for (const correction of corrections) this.#settleCorrection(correction);
  }

  /** Moves pending samples up to `upToMs` into the ring, in the order of their time, then of their arrival. */
  #settlePending(upToMs: number): void {
    const due = this.#pending.filter((sample) => sample.atMs <= upToMs);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter((sample) => sample.atMs > upToMs);
    // Array.sort is stable: ties keep the order of arrival.
    for (const sample of due.sort((a, b) => a.atMs - b.atMs)) this.#settleOne(sample);
  }

  #settleOne(sample: PendingSample): void {
    const { series } = sample;
    // Two changes in one millisecond: the second goes 1 ms later, else Prometheus would lose it without a word.
    const atMs = Math.max(sample.atMs, series.settledMs + 1);
    if (sample.atMs < series.settledTrueMs || atMs <= series.heartbeatMs) this.#correct('too_old', sample);
    else this.#append(sample, atMs);
  }

  #settleCorrection(sample: PendingSample): void {
    const { series } = sample;
    if (sample.arrival < series.settledArrival || sample.value === series.settledValue) return;
    const atMs = Math.max(this.#watermarkMs, series.settledMs + 1, series.heartbeatMs + 1);
    this.#append({ ...sample, atMs }, atMs);
  }

  #append(sample: PendingSample, atMs: number): void {
    const { series, value } = sample;
    series.settledMs = atMs;
    series.settledTrueMs = sample.atMs;
    series.settledValue = value;
    series.settledArrival = Math.max(series.settledArrival, sample.arrival);
    if (this.#ring.isFull) this.#dropOldest('ring_full');
    this.#ring.append({ series, atMs, value });
  }

  #medianPendingMs(): number {
    const times = this.#pending.map((sample) => sample.atMs).sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] ?? 0;
  }

  /** Counted unless every consumer there is has read it. */
  #dropOldest(reason: TimelineDropReason | undefined): void {
    if (reason !== undefined && !this.#consumers.allPast(this.#ring.first)) this.#options.onDrop(reason);
    this.#ring.dropOldest();
  }
}
