// The exact-time timeline: every state change, spend step and checkpoint becomes a sample with its own millisecond, kept in
// a bounded ring and handed to each consumer once.
//
//   event -> pending (any order) -> watermark passes -> applied by time -> settled: per series strictly ascending, in the
//                                   (now - lateness)                       ring; consumers read on from their cursor
//
// The live model takes events as they come; the timeline has a model of its own that takes them in the order of their
// time, so that a late event changes history to what it truly was. Samples settle once and for all consumers alike: two
// Prometheus servers store the same.
import type { OrchestratorEvent } from '../contract/event.ts';
import type { TimelineDropReason } from '../contract/metrics.ts';
import { AGENT_STATE_CODE, THREAD_STATE_CODE } from '../contract/states.ts';
import type { Change } from '../model/change.ts';
import { OrchestratorModel } from '../model/orchestrator-model.ts';
import type { ModelDump } from '../model/orchestrator-model.ts';
import type { Admission } from './admission.ts';
import { PendingEvents } from './pending-events.ts';
import { SampleRing } from './sample-ring.ts';
import { TimelineConsumers } from './timeline-consumers.ts';
import type { Consumer } from './timeline-consumers.ts';
import { finiteOrNull, TimelineSeriesSet } from './timeline-series.ts';
import type { TimelineSeries, TimelineSeriesDump } from './timeline-series.ts';
import { timelinePages } from './timeline-text.ts';
import type { Sample } from './timeline-text.ts';

/** Prometheus refuses samples more than about an hour behind its head; such a sample is counted, not sent. */
export const MAX_AGE_MS = 3_600_000;
/** Prometheus refuses samples more than ten minutes ahead of its clock. */
export const MAX_AHEAD_MS = 600_000;
/** A thread that ended this shortly before the last restored event may have ended untold: Prometheus looks back as far. */
const ENDED_LATELY_MS = 300_000;
const RESTORED_PER_SWEEP = 10_000;
const RESTORE_STEP_MS = 1_000;

export interface TimelineOptions {
  readonly environment: string;
  /** How late an event may arrive and still be merged in its exact place. */
  readonly latenessMs: number;
  /** Settled samples held for consumers; as many events may wait for the watermark. */
  readonly capacity: number;
  /** As the live model's: how long a thread is kept after its end. */
  readonly retentionMs: number;
  readonly admission: Admission;
  readonly now: () => number;
  readonly onDrop: (reason: TimelineDropReason) => void;
}

export type TimelineDump =
  | readonly ['restored', upToMs: number | null, newestMs: number | null, events: number]
  | readonly ['model', ModelDump]
  | readonly ['series', TimelineSeriesDump]
  | readonly ['pending', OrchestratorEvent];

/** One scrape's body. `done(true)` when it was sent whole, `done(false)` when not; until then nobody else reads for this consumer. */
export interface Delivery {
  readonly kind: 'delivery';
  /** The body in pieces, each made when it is asked for; what is in them is fixed. */
  readonly pages: Iterable<string>;
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
  readonly #model: OrchestratorModel;
  readonly #pending = new PendingEvents();
  #watermarkMs = Number.NEGATIVE_INFINITY;
  /** Of what is restored: up to when it counts as told, the newest event of that, and how many there were. */
  readonly #restored = { upToMs: Number.NEGATIVE_INFINITY, newestMs: Number.NEGATIVE_INFINITY, events: 0 };

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#series = new TimelineSeriesSet(options.environment);
    this.#ring = new SampleRing(options.capacity);
    this.#model = new OrchestratorModel({ retentionMs: options.retentionMs, keepsHistory: false });
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  apply(event: OrchestratorEvent): void {
    if (!this.#options.admission.has(event.threadId)) return;
    const nowMs = this.#options.now();
    const isFarAhead = event.timestampMs > nowMs + MAX_AHEAD_MS;
    this.#pending.add({ event, dueMs: isFarAhead ? nowMs : event.timestampMs });
    // A flood within one lateness bound: settle the older half early rather than lose any of it.
    if (this.#pending.size > this.#options.capacity) this.#settleUpTo(this.#pending.medianMs(), nowMs);
  }

  /**
   * As `apply`, for an event from before this start. What consumers may have been given then is not given again: as time goes
   * by in the events, they only move what is true. So where this stands depends on the events alone, not on today's clock.
   */
  restore(event: OrchestratorEvent): void {
    if (!this.#options.admission.has(event.threadId)) return;
    this.#pending.add({ event, dueMs: event.timestampMs });
    const { latenessMs, capacity } = this.#options;
    const watermarkMs = (event.receivedMs ?? event.timestampMs) - latenessMs;
    // Seldom, so that each event is looked at a few times only, however many wait.
    if (watermarkMs >= this.#restored.upToMs + Math.max(RESTORE_STEP_MS, latenessMs)) this.#restoreUpTo(watermarkMs);
    if (this.#pending.size > capacity) this.#restoreUpTo(this.#pending.medianMs());
  }

  /**
   * To be called after the last `restore`: what goes on from before this start, or had just ended, is told once more. What
   * could not be settled by then stands at its exact place as ever.
   */
  restored(): void {
    const cutMs = this.#options.now() - this.#options.latenessMs;
    this.#restoreUpTo(cutMs);
    if (this.#restored.events === 0) return;
    this.#watermarkMs = Math.max(this.#watermarkMs, cutMs);
    for (const series of this.#series.heartbeats(this.#restored.newestMs - ENDED_LATELY_MS)) {
      if (series.settledValue === undefined) continue;
      const atMs = Math.max(cutMs, series.settledMs + 1);
      this.#append({ series, atMs, value: series.settledValue }, atMs);
    }
  }

  /** What the series are after the events that were restored so far, before {@link restored}. */
  *dump(): Generator<TimelineDump> {
    const { upToMs, newestMs, events } = this.#restored;
    yield ['restored', finiteOrNull(upToMs), finiteOrNull(newestMs), events];
    for (const item of this.#model.dump()) yield ['model', item];
    for (const item of this.#series.dump()) yield ['series', item];
    for (const { event } of this.#pending) yield ['pending', event];
  }

  /** Takes one item of {@link dump}, in its order, before the first `restore`. */
  load(item: TimelineDump): void {
    switch (item[0]) {
      case 'restored': {
        const [, upToMs, newestMs, events] = item;
        this.#restored.upToMs = upToMs ?? Number.NEGATIVE_INFINITY;
        this.#restored.newestMs = newestMs ?? Number.NEGATIVE_INFINITY;
        this.#restored.events = events;
        return;
      }
      case 'model':
        this.#model.load(item[1]);
        return;
      case 'series':
        this.#series.load(item[1]);
        return;
      case 'pending':
        this.#pending.add({ event: item[1], dueMs: item[1].timestampMs });
        return;
    }
  }

  #restoreUpTo(upToMs: number): void {
    this.#restored.upToMs = Math.max(this.#restored.upToMs, upToMs);
    for (const { event } of this.#pending.takeDue(upToMs)) {
      for (const change of this.#model.apply(event)) {
        const sample = this.#sampleOf(change);
        if (sample !== undefined) this.#settleSilently(sample);
      }
      this.#restored.newestMs = Math.max(this.#restored.newestMs, event.timestampMs);
      this.#restored.events += 1;
      if (this.#restored.events % RESTORED_PER_SWEEP === 0) this.#letGo(this.#restored.newestMs);
    }
  }

  /** Settles what is due by now; called often, each time is short and a scrape finds little to do. */
  settle(): void {
    this.#settle(this.#options.now());
  }

  /** Settles what is due and lets go of what is too old for every consumer. To be called now and then without scrapes. */
  sweep(): void {
    const nowMs = this.#options.now();
    this.#settle(nowMs);
    this.#evict(nowMs);
    this.#consumers.forgetIdle(nowMs);
    this.#letGo(this.#watermarkMs);
  }

  #letGo(atMs: number): void {
    for (const change of this.#model.sweep(atMs)) this.#series.forget(change.threadId);
    this.#series.purge(atMs - MAX_AGE_MS);
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
    return { kind: 'delivery', pages: timelinePages(samples), done };
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

  #settle(nowMs: number): void {
    this.#watermarkMs = Math.max(this.#watermarkMs, nowMs - this.#options.latenessMs);
    this.#settleUpTo(this.#watermarkMs, nowMs);
  }

  /** Applies pending events in the order of their time, then of their arrival, and puts what they changed into the ring. */
  #settleUpTo(upToMs: number, nowMs: number): void {
    const due = this.#pending.takeDue(upToMs);
    if (due.length === 0) return;
    const untold = new Map<TimelineSeries, number>();
    for (const { event } of due) {
      for (const change of this.#model.apply(event)) {
        const sample = this.#sampleOf(change);
        if (sample !== undefined) this.#settleSample(sample, { upToMs, nowMs, untold });
      }
    }
    for (const [series, value] of untold) this.#tellOutcome(series, value);
  }

  #sampleOf(change: Change): Sample | undefined {
    const { threadId, atMs } = change;
    switch (change.kind) {
      case 'thread-started':
        this.#series.revive(threadId);
        return undefined;
      case 'thread-state': {
        const series = this.#series.of({ family: 'threadState', threadId });
        return { series, atMs, value: THREAD_STATE_CODE[change.to] };
      }
      case 'agent-state': {
        const lane = this.#options.admission.laneShown(threadId, change.agent);
        const series = this.#series.of({ family: 'agentState', threadId, lane });
        return { series, atMs, value: AGENT_STATE_CODE[change.to] };
      }
      case 'spend':
        return { series: this.#series.of({ family: 'threadCost', threadId }), atMs, value: change.threadTotal };
      case 'checkpoint': {
        if (change.outcome !== 'saved') return undefined;
        return { series: this.#series.of({ family: 'checkpoint', threadId }), atMs, value: change.index };
      }
      case 'thread-forgotten':
        this.#series.forget(threadId);
        return undefined;
      case 'thread-finished':
      case 'agent-seen':
      case 'node-run':
      case 'tokens':
      case 'unpriced':
      case 'usage-settled':
      case 'thread-budget':
      case 'anomaly':
        return undefined;
    }
  }

  /**
   * An instant that cannot be told any more is not told at another time: it is counted. What it led to, though, is true
   * from now on and goes to `untold`.
   */
  #settleSample(
    sample: Sample,
    { upToMs, nowMs, untold }: { upToMs: number; nowMs: number; untold: Map<TimelineSeries, number> }
  ): void {
    const { series, value } = sample;
    // Two changes in one millisecond: the second goes 1 ms later, else Prometheus would lose it without a word.
    const atMs = Math.max(sample.atMs, series.settledMs + 1);
    const isTold = sample.atMs < series.settledTrueMs || atMs <= series.heartbeatMs;
    const reason: TimelineDropReason | undefined =
      sample.atMs > upToMs ? 'too_far_ahead' : isTold || sample.atMs < nowMs - MAX_AGE_MS ? 'too_old' : undefined;
    if (reason === undefined) {
      untold.delete(series);
      this.#append({ series, atMs, value }, sample.atMs);
    } else {
      this.#options.onDrop(reason);
      untold.set(series, value);
    }
  }

  /**
   * Shows at the watermark what is true by then, as a heartbeat would, also of a thread that has ended. A checkpoint is
   * nothing but its instant.
   */
  #tellOutcome(series: TimelineSeries, value: number): void {
    if (series.family === 'checkpoint' || series.settledValue === value) return;
    const atMs = Math.max(this.#watermarkMs, series.settledMs + 1, series.heartbeatMs + 1);
    this.#append({ series, atMs, value }, atMs);
  }

  #settleSilently({ series, atMs, value }: Sample): void {
    series.settledMs = Math.max(atMs, series.settledMs);
    series.settledTrueMs = series.settledMs;
    series.settledValue = value;
  }

  #append(sample: Sample, trueMs: number): void {
    const { series } = sample;
    series.settledMs = sample.atMs;
    series.settledTrueMs = trueMs;
    series.settledValue = sample.value;
    if (this.#ring.isFull) this.#dropOldest('ring_full');
    this.#ring.append(sample);
  }

  /** Counted unless every consumer there is has read it. */
  #dropOldest(reason: TimelineDropReason | undefined): void {
    if (reason !== undefined && !this.#consumers.allPast(this.#ring.first)) this.#options.onDrop(reason);
    this.#ring.dropOldest();
  }
}
