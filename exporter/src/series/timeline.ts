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
import { OrchestratorModel } from '../model/orchestrator-model.ts';
import type { ModelDump } from '../model/orchestrator-model.ts';
import type { Admission } from './admission.ts';
import { PendingEvents } from './pending-events.ts';
import type { PendingEvent } from './pending-events.ts';
import { SampleRing } from './sample-ring.ts';
import { sampleOf } from './timeline-changes.ts';
import { TimelineConsumers } from './timeline-consumers.ts';
import type { ConsumerCursor } from './timeline-consumers.ts';
import { deliver } from './timeline-delivery.ts';
import type { Delivery, Wishes } from './timeline-delivery.ts';
import { dumpSamples, loadSamples } from './timeline-dump.ts';
import type { SamplesDump } from './timeline-dump.ts';
import { finiteOrNull, TimelineSeriesSet } from './timeline-series.ts';
import type { Sample, SettledSample, TimelineSeries, TimelineSeriesDump } from './timeline-series.ts';

/** Prometheus refuses samples more than about an hour behind its head; such a sample is counted, not sent. */
export const MAX_AGE_MS = 3_600_000;
/** Prometheus refuses samples more than ten minutes ahead of its clock. */
export const MAX_AHEAD_MS = 600_000;
/** A thread that ended this shortly before the last restored event may have ended untold: Prometheus looks back as far. */
const ENDED_LATELY_MS = 300_000;
const RESTORED_PER_SWEEP = 10_000;
/** As often as the exporter settles while it runs; with much lateness less often, so that each event is looked at a few times only. */
const RESTORE_STEP_MS = 100;
const RESTORE_STEPS_OF_LATENESS = 20;

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
  /** A cursor has moved. */
  readonly onTold?: (() => void) | undefined;
}

export type TimelineDump =
  | readonly ['restored', upToMs: number | null, newestMs: number | null, events: number]
  | readonly ['model', ModelDump]
  | readonly ['series', TimelineSeriesDump]
  | readonly ['samples', SamplesDump]
  /** In snapshots of before it was kept, the number is missing. */
  | readonly ['pending', OrchestratorEvent, number?];

export type TimelineAnswer =
  | Delivery
  /** Another scrape of the same consumer is under way; `released` resolves when it has ended. */
  | { readonly kind: 'busy'; readonly released: Promise<void> }
  | { readonly kind: 'too-many-consumers'; readonly max: number };

export class Timeline {
  readonly #options: TimelineOptions;
  readonly #series: TimelineSeriesSet;
  readonly #ring: SampleRing<SettledSample>;
  readonly #consumers = new TimelineConsumers(MAX_AGE_MS);
  readonly #model: OrchestratorModel;
  readonly #pending = new PendingEvents();
  #watermarkMs = Number.NEGATIVE_INFINITY;
  /** The watermark, or later where a flood was settled before its time. */
  #settledMs = Number.NEGATIVE_INFINITY;
  /**
   * How many events were heard of. They come in the order of the journal, so a restart gives each the number that it had:
   * with it, how far a consumer was told outlasts the process.
   */
  #heard = 0;
  /** When the last of them came. */
  #heardMs = Number.NEGATIVE_INFINITY;
  /** Time of the newest settled event. */
  #newestMs = Number.NEGATIVE_INFINITY;
  /** What is settled from before this start was counted then. */
  #isRestoring = false;
  /** Whether the cursors of consumers from before this start are known. */
  #isResumed = false;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#series = new TimelineSeriesSet(options.environment);
    this.#ring = new SampleRing(options.capacity);
    this.#model = new OrchestratorModel({ retentionMs: options.retentionMs, keepsHistory: false });
  }

  get latenessMs(): number {
    return this.#options.latenessMs;
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  apply(event: OrchestratorEvent): void {
    const nowMs = this.#options.now();
    if (!this.#hear(event, nowMs)) return;
    // A flood within one lateness bound: settle the older half early rather than lose any of it.
    if (this.#pending.size > this.#options.capacity) this.#settleUpTo(this.#pending.medianMs(), nowMs);
  }

  /**
   * Takes up consumers of before this start, where it is known how far each was told: they go on there. To be called before
   * the first `load` or `restore`. Without it nothing of before this start is given to anybody again.
   */
  resume(cursors: readonly ConsumerCursor[]): void {
    this.#isResumed = true;
    this.#consumers.resume(cursors);
    this.#consumers.forgetIdle(this.#options.now());
  }

  /** Of every consumer that was given anything. */
  cursors(): readonly ConsumerCursor[] {
    return this.#consumers.cursors();
  }

  /**
   * As `apply`, for an event from before this start. Time goes by in the events: where this stands depends on them alone, not
   * on today's clock.
   */
  restore(event: OrchestratorEvent): void {
    this.#isRestoring = true;
    const nowMs = event.receivedMs ?? event.timestampMs;
    if (!this.#hear(event, nowMs)) return;
    const { latenessMs, capacity } = this.#options;
    const watermarkMs = nowMs - latenessMs;
    const stepMs = Math.max(RESTORE_STEP_MS, latenessMs / RESTORE_STEPS_OF_LATENESS);
    if (watermarkMs >= this.#watermarkMs + stepMs) {
      this.#watermarkMs = watermarkMs;
      this.#settleUpTo(watermarkMs, nowMs);
      this.#evict(nowMs);
    }
    if (this.#pending.size > capacity) this.#settleUpTo(this.#pending.medianMs(), nowMs);
    if (this.#heard % RESTORED_PER_SWEEP === 0) this.#letGo(this.#newestMs);
  }

  /**
   * To be called after the last `restore`. Consumers whose cursors are known go on from them. Where none are, what goes on from
   * before this start, or had just ended, is told once more: what could not be settled by then stands at its exact place as ever.
   */
  restored(): void {
    const nowMs = this.#options.now();
    const cutMs = nowMs - this.#options.latenessMs;
    if (this.#heard > 0) {
      this.#watermarkMs = Math.max(this.#watermarkMs, cutMs);
      // What has grown too old since is let go of like everything else that was settled in time.
      this.#settleUpTo(cutMs, Math.min(nowMs, this.#heardMs));
      if (this.#isResumed) this.#resumeSeries(nowMs);
      else this.#tellOnceMore(cutMs);
    }
    this.#isRestoring = false;
    this.#consumers.resumedAll(this.#isResumed ? this.#ring.next : 0);
  }

  #resumeSeries(nowMs: number): void {
    this.#evict(nowMs);
    const { heartbeatMs } = this.#consumers;
    for (const series of this.#series.heartbeats()) series.heartbeatMs = heartbeatMs;
  }

  #tellOnceMore(cutMs: number): void {
    this.#ring.clear();
    for (const series of this.#series.heartbeats(this.#newestMs - ENDED_LATELY_MS)) {
      if (series.settledValue === undefined) continue;
      const atMs = Math.max(cutMs, series.settledMs + 1);
      this.#append({ series, atMs, value: series.settledValue }, { trueMs: atMs, event: this.#heard });
    }
  }

  /** What this is after the events that were restored so far, before {@link restored}. */
  *dump(): Generator<TimelineDump> {
    yield ['restored', finiteOrNull(this.#watermarkMs), finiteOrNull(this.#newestMs), this.#heard];
    for (const item of this.#model.dump()) yield ['model', item];
    for (const item of this.#series.dump()) yield ['series', item];
    for (const item of dumpSamples(this.#ring)) yield ['samples', item];
    for (const { event, number } of this.#pending) yield ['pending', event, number];
  }

  /** Takes one item of {@link dump}, in its order, before the first `restore`. */
  load(item: TimelineDump): void {
    this.#isRestoring = true;
    switch (item[0]) {
      case 'restored': {
        const [, upToMs, newestMs, events] = item;
        this.#watermarkMs = upToMs ?? Number.NEGATIVE_INFINITY;
        this.#settledMs = this.#watermarkMs;
        this.#newestMs = newestMs ?? Number.NEGATIVE_INFINITY;
        this.#heard = events;
        return;
      }
      case 'model':
        this.#model.load(item[1]);
        return;
      case 'series':
        this.#series.load(item[1]);
        return;
      case 'samples':
        for (const sample of loadSamples(item[1], this.#series)) this.#keep(sample);
        return;
      case 'pending': {
        const [, event, number = 0] = item;
        this.#heardMs = event.receivedMs ?? event.timestampMs;
        this.#pending.add({ event, number, dueMs: dueMsOf(event, this.#heardMs) });
        return;
      }
    }
  }

  /** False when the event is of a thread without series. */
  #hear(event: OrchestratorEvent, nowMs: number): boolean {
    this.#heard += 1;
    this.#heardMs = nowMs;
    if (!this.#options.admission.has(event.threadId)) return false;
    this.#pending.add({ event, number: this.#heard, dueMs: dueMsOf(event, nowMs) });
    return true;
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
  read(name: string, wishes: Wishes = {}): TimelineAnswer {
    const nowMs = this.#options.now();
    const consumer = this.#consumers.open(name, { nowMs, first: this.#ring.first });
    if (consumer === undefined) return { kind: 'too-many-consumers', max: this.#consumers.max };
    if (consumer.reading !== undefined) return { kind: 'busy', released: consumer.reading };
    this.#settle(nowMs);
    return deliver(consumer, wishes, {
      ring: this.#ring,
      series: this.#series,
      watermarkMs: this.#watermarkMs,
      told: { events: this.#heard, upToMs: this.#settledMs },
      oldestMs: nowMs - MAX_AGE_MS,
      onTooOld: (count) => {
        for (let i = 0; i < count; i += 1) this.#drop('too_old');
      },
      onTold: () => this.#options.onTold?.(),
    });
  }

  /** What is settled and waits for the consumer: how many samples, and the time of the oldest. */
  backlog(name: string): { readonly samples: number; readonly oldestMs: number | undefined } {
    const from = Math.max(this.#consumers.get(name)?.cursor ?? 0, this.#ring.first);
    return { samples: this.#ring.next - from, oldestMs: this.#ring.at(from)?.trueMs };
  }

  #settle(nowMs: number): void {
    this.#watermarkMs = Math.max(this.#watermarkMs, nowMs - this.#options.latenessMs);
    this.#settleUpTo(this.#watermarkMs, nowMs);
  }

  /** Applies pending events in the order of their time, then of their arrival, and puts what they changed into the ring. */
  #settleUpTo(upToMs: number, nowMs: number): void {
    this.#settledMs = Math.max(this.#settledMs, upToMs);
    const due = this.#pending.takeDue(upToMs);
    if (due.length === 0) return;
    const untold = new Map<TimelineSeries, Untold>();
    const admission = this.#options.admission;
    for (const pending of due) {
      for (const change of this.#model.apply(pending.event)) {
        const sample = sampleOf(change, { series: this.#series, admission });
        if (sample !== undefined) this.#settleSample(sample, { pending, upToMs, nowMs, untold });
      }
      this.#newestMs = Math.max(this.#newestMs, pending.event.timestampMs);
    }
    for (const [series, { value, event }] of untold) this.#tellOutcome(series, value, event);
  }

  /**
   * An instant that cannot be told any more is not told at another time: it is counted. What it led to, though, is true
   * from now on and goes to `untold`.
   */
  #settleSample(
    sample: Sample,
    {
      pending: { number: event },
      upToMs,
      nowMs,
      untold,
    }: { pending: PendingEvent; upToMs: number; nowMs: number; untold: Map<TimelineSeries, Untold> }
  ): void {
    const { series, value, atMs: trueMs } = sample;
    // Two changes in one millisecond: the second goes 1 ms later, else Prometheus would lose it without a word.
    const atMs = Math.max(trueMs, series.settledMs + 1);
    const isTold = trueMs < series.settledTrueMs || atMs <= Math.max(series.heartbeatMs, series.endMs);
    const reason: TimelineDropReason | undefined =
      trueMs > upToMs ? 'too_far_ahead' : isTold || trueMs < nowMs - MAX_AGE_MS ? 'too_old' : undefined;
    if (reason === undefined) {
      untold.delete(series);
      this.#append({ series, atMs, value }, { trueMs, event });
    } else {
      this.#drop(reason);
      untold.set(series, { value, event });
    }
  }

  /**
   * Shows at the watermark what is true by then, as a heartbeat would, also of a thread that has ended. A checkpoint is
   * nothing but its instant.
   */
  #tellOutcome(series: TimelineSeries, value: number, event: number): void {
    if (series.family === 'checkpoint' || series.settledValue === value) return;
    const atMs = Math.max(this.#watermarkMs, series.settledMs + 1, series.heartbeatMs + 1, series.endMs + 1);
    this.#append({ series, atMs, value }, { trueMs: atMs, event });
  }

  #append({ series, atMs, value }: Sample, of: { readonly trueMs: number; readonly event: number }): void {
    series.settledMs = atMs;
    series.settledTrueMs = of.trueMs;
    series.settledValue = value;
    series.firstEvent = Math.min(series.firstEvent, of.event);
    this.#keep({ series, atMs, value, ...of });
  }

  #keep(sample: SettledSample): void {
    if (this.#ring.isFull) this.#dropOldest('ring_full');
    this.#ring.append(sample);
  }

  /** Counted unless every consumer there is has it. */
  #dropOldest(reason: TimelineDropReason | undefined): void {
    const { first } = this.#ring;
    // While restoring only those count who are known to want it.
    const isWanted = !this.#isRestoring || this.#consumers.size > 0;
    if (reason !== undefined && isWanted && !this.#consumers.allHave(first, this.#ring.at(first)))
      this.#options.onDrop(reason);
    this.#ring.dropOldest();
  }

  #drop(reason: TimelineDropReason): void {
    if (!this.#isRestoring) this.#options.onDrop(reason);
  }
}

interface Untold {
  readonly value: number;
  readonly event: number;
}

/** One that claims to come from a far future is due at once: it is refused then. */
function dueMsOf({ timestampMs }: OrchestratorEvent, nowMs: number): number {
  return timestampMs > nowMs + MAX_AHEAD_MS ? nowMs : timestampMs;
}
