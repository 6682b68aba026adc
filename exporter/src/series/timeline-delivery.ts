// What one consumer is given at one time, and how its cursor moves: only when all of it has arrived.
import type { SampleRing } from './sample-ring.ts';
import { includes } from './timeline-consumers.ts';
import type { Consumer, Told } from './timeline-consumers.ts';
import type { Sample, SettledSample, TimelineSeries, TimelineSeriesSet } from './timeline-series.ts';
import { timelinePages } from './timeline-text.ts';

/** From which instant on a series is no more: its thread has ended. */
export interface SeriesEnd {
  readonly series: TimelineSeries;
  readonly atMs: number;
}

/** What a consumer wants of a delivery. */
export interface Wishes {
  /** About so many samples at most, the next ones another time: those of one instant stay together. All unless told. */
  readonly limit?: number;
  /** A heartbeat for what is still true; true unless told. */
  readonly heartbeats?: boolean;
  /** The ends of series; false unless told. */
  readonly ends?: boolean;
}

/** `done(true)` when it was sent whole, `done(false)` when not; until then nobody else reads for this consumer. */
export interface Delivery {
  readonly kind: 'delivery';
  /** Ascending within each series. */
  readonly samples: readonly Sample[];
  /** Behind the samples. */
  readonly ends: readonly SeriesEnd[];
  /** Whether more waits than was wished for. */
  readonly isPartial: boolean;
  /** What the consumer will never get of what came before these, by why. */
  readonly lost: { readonly overflow: number; readonly tooOld: number };
  /** The samples as text, in pieces, each made when it is asked for. */
  readonly pages: Iterable<string>;
  readonly done: (sentWhole: boolean) => void;
  /** After `done(true)`: it did not arrive after all. Does nothing when the consumer has read since. */
  readonly takeBack: () => void;
}

export interface DeliveryParts {
  readonly ring: SampleRing<SettledSample>;
  readonly series: TimelineSeriesSet;
  /** Everything up to here is settled, for a heartbeat. */
  readonly watermarkMs: number;
  /** How far one is told who has read the whole ring. */
  readonly told: Told;
  /** Samples before this would be refused. */
  readonly oldestMs: number;
  /** Hears how many samples the consumer has lost, once it was given the ones behind them. */
  readonly onTooOld: (count: number) => void;
  readonly onTold: () => void;
}

/** Opens a delivery to the consumer, which must have none open. */
export function deliver(consumer: Consumer, wishes: Wishes, parts: DeliveryParts): Delivery {
  const { limit = Number.POSITIVE_INFINITY, heartbeats = true, ends: wantsEnds = false } = wishes;
  const unread = unreadOf(consumer, limit, parts);
  const samples: Sample[] = unread.samples;
  const heartbeatMs = parts.watermarkMs;
  const beats = heartbeats && !unread.isPartial && heartbeatMs > consumer.heartbeatMs;
  if (beats) samples.push(...heartbeatsOf(parts.series, heartbeatMs));
  const open = new Set(consumer.open);
  if (wantsEnds) for (const { series } of samples) open.add(series.ref.threadId);
  const ends = wantsEnds && !unread.isPartial ? endsOf(open, parts) : [];
  const before = { cursor: consumer.cursor, told: consumer.told, heartbeatMs: consumer.heartbeatMs };
  const openBefore = [...consumer.open];
  let release = (): void => undefined;
  const reading = new Promise<void>((resolve) => {
    release = resolve;
  });
  consumer.reading = reading;
  let state: 'open' | 'sent' | 'over' = 'open';
  const setOpen = (threads: Iterable<string>): void => {
    consumer.open.clear();
    for (const thread of threads) consumer.open.add(thread);
  };
  return {
    kind: 'delivery',
    samples,
    ends,
    isPartial: unread.isPartial,
    lost: { overflow: unread.overflow, tooOld: unread.tooOld },
    pages: timelinePages(samples),
    done: (sentWhole) => {
      if (state !== 'open') return;
      state = sentWhole ? 'sent' : 'over';
      if (sentWhole) {
        if (unread.tooOld > 0) parts.onTooOld(unread.tooOld);
        consumer.cursor = unread.upTo;
        consumer.told = unread.told;
        if (beats) consumer.heartbeatMs = heartbeatMs;
        consumer.isNew = false;
        setOpen(open);
      }
      consumer.reading = undefined;
      release();
      if (sentWhole) parts.onTold();
    },
    takeBack: () => {
      if (state !== 'sent' || consumer.reading !== undefined || consumer.told !== unread.told) return;
      state = 'over';
      Object.assign(consumer, before);
      setOpen(openBefore);
      parts.onTold();
    },
  };
}

interface Unread {
  readonly samples: Sample[];
  readonly overflow: number;
  readonly tooOld: number;
  readonly upTo: number;
  readonly told: Told;
  readonly isPartial: boolean;
}

function unreadOf(consumer: Consumer, limit: number, { ring, told: all, oldestMs }: DeliveryParts): Unread {
  const samples: Sample[] = [];
  let tooOld = 0;
  let newestMs = consumer.told.upToMs;
  const last = { trueMs: Number.NaN };
  let i = Math.max(consumer.cursor, ring.first);
  const isComparable = !consumer.isNew && (consumer.resumed === undefined || consumer.cursor >= consumer.resumed.until);
  const overflow = isComparable ? i - consumer.cursor : 0;
  for (; i < ring.next; i += 1) {
    const sample = ring.at(i);
    if (sample === undefined) continue;
    const standing = standingOf(sample, i, consumer);
    if (standing === 'told') continue;
    // What is of one instant goes together, so that an instant can be a cursor; a flood within one does not.
    if (samples.length >= limit && (sample.trueMs !== last.trueMs || samples.length >= 4 * limit)) break;
    last.trueMs = sample.trueMs;
    newestMs = Math.max(newestMs, sample.trueMs);
    if (standing === 'new' && sample.atMs >= oldestMs) samples.push(sample);
    else if (!consumer.isNew) tooOld += 1;
  }
  const isPartial = i < ring.next;
  // Always a new object: it also tells one delivery from the next.
  const told = isPartial ? { events: all.events, upToMs: newestMs } : { ...all };
  return { samples, overflow, tooOld, upTo: i, told, isPartial };
}

/** Of a sample that was made anew by a restart; `behind` one that would go before what the consumer has. */
function standingOf(sample: SettledSample, at: number, { resumed }: Consumer): 'new' | 'told' | 'behind' {
  if (resumed === undefined || at >= resumed.until) return 'new';
  const { told } = resumed;
  if (includes(told, sample)) return 'told';
  return sample.atMs <= told.upToMs && sample.series.firstEvent <= told.events ? 'behind' : 'new';
}

function heartbeatsOf(set: TimelineSeriesSet, atMs: number): Sample[] {
  const samples: Sample[] = [];
  for (const series of set.heartbeats()) {
    if (series.settledValue === undefined || series.settledMs >= atMs) continue;
    samples.push({ series, atMs, value: series.settledValue });
    series.heartbeatMs = Math.max(series.heartbeatMs, atMs);
  }
  return samples;
}

/** Of those threads that had ended by the watermark, which are taken out of `open`. */
function endsOf(open: Set<string>, { series: set, watermarkMs }: DeliveryParts): SeriesEnd[] {
  const ends: SeriesEnd[] = [];
  for (const threadId of [...open]) {
    const ended = set.ended(threadId);
    if (ended === undefined) {
      if (!set.has(threadId)) open.delete(threadId);
      continue;
    }
    const marks = ended.series.map((series) => ({ series, atMs: endOf(series, ended.atMs) }));
    // Before the watermark has passed them, an event in time may still want their place.
    if (marks.some(({ atMs }) => atMs > watermarkMs)) continue;
    for (const { series, atMs } of marks) series.endMs = atMs;
    ends.push(...marks);
    open.delete(threadId);
  }
  return ends;
}

/** Behind everything that anybody was given of the series; the same for all until more comes. */
function endOf({ endMs, settledMs, heartbeatMs }: TimelineSeries, threadEndMs: number): number {
  const newestMs = Math.max(settledMs, heartbeatMs);
  return endMs > newestMs ? endMs : Math.max(threadEndMs, newestMs) + 1;
}
