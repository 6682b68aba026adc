// The events of one thread as the journal holds them, a page at a time: bounded in events, bytes and time of the loop.
import type { OrchestratorEvent, Source } from '../contract/event.ts';
import { FrameReader } from './frame-reader.ts';
import { Pace } from './pace.ts';
import { decodeEntry, threadMark } from './record.ts';
import type { PlacedFrame } from './scan.ts';
import type { SegmentIndex } from './segment-index.ts';
import { isGone, lineEnd } from './segment-indexes.ts';
import type { ListedSegment, SegmentIndexes } from './segment-indexes.ts';
import type { JournalStorage } from './storage.ts';

/** Scans at once; more are refused. */
export const MAX_SCANS = 2;
/** A page ends after the frame with which this much was read of the journal. */
export const MAX_PAGE_SCAN_BYTES = 64 * 1024 * 1024;
/** A page ends when its events take this much in the journal. */
export const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** A page ends when it has named this many holes. */
export const MAX_PAGE_HOLES = 100;

export interface HistoryQuery {
  readonly threadId: string;
  /** Event time, inclusive. */
  readonly fromMs: number;
  /** Event time, exclusive. */
  readonly toMs: number;
  /** Number of the first record to look at; 1 is the first of all. */
  readonly cursor: number;
  readonly limit: number;
}

export interface StoredEvent {
  /** Number of the record in the journal: rises by one with every record of any thread, and never changes. */
  readonly seq: number;
  readonly source: Source;
  readonly event: OrchestratorEvent;
}

/** Records that are not in the journal any more, both ends included. */
export interface Hole {
  readonly fromSeq: number;
  readonly toSeq: number;
}

export interface HistoryPage {
  /** In the order of the journal. */
  readonly events: readonly StoredEvent[];
  /** Where to go on from. */
  readonly cursor: number;
  /** Whether the journal goes on behind the page; an empty page may have more behind it. */
  readonly more: boolean;
  /** What the page passed that is not there. Whether it held events of the thread cannot be told. */
  readonly missing: readonly Hole[];
}

/** As many scans as may run are running: try again in a moment. */
export class HistoryBusyError extends Error {
  override readonly name = 'HistoryBusyError';
  constructor() {
    super(`${MAX_SCANS} histories are being read already; try again in a moment`);
  }
}

/** A cursor that this journal cannot have given. */
export class UnknownCursorError extends Error {
  override readonly name = 'UnknownCursorError';
  constructor(cursor: number, acknowledged: number) {
    super(`cursor ${cursor} is refused: the journal ends at ${acknowledged}; expected a nextCursor of this journal`);
  }
}

/** The journal closes, and nothing is read of it any more. */
export class HistoryClosedError extends Error {
  override readonly name = 'HistoryClosedError';
  constructor() {
    super('the journal is closing');
  }
}

/** What the history asks of the journal that is being written. */
export interface HistoryTail {
  /** Number of the last acknowledged record. */
  readonly acknowledged: number;
  /** What is known of the segment that is being written; undefined for any other. */
  live(name: string): SegmentIndex | undefined;
}

export interface HistoryParts {
  readonly storage: JournalStorage;
  readonly indexes: SegmentIndexes;
  readonly tail: HistoryTail;
  /** Monotonic ms. */
  readonly monotonic: () => number;
}

export class JournalHistory {
  readonly #parts: HistoryParts;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /**
   * @throws HistoryBusyError; UnknownCursorError; the signal's reason when it is aborted; HistoryClosedError; and what the
   * storage throws. Nothing for damage: what cannot be read is named in `missing`.
   */
  async page(query: HistoryQuery, signal: AbortSignal): Promise<HistoryPage> {
    this.#closing.signal.throwIfAborted();
    const { acknowledged } = this.#parts.tail;
    if (query.cursor > acknowledged + 1) throw new UnknownCursorError(query.cursor, acknowledged);
    if (this.#running.size >= MAX_SCANS) throw new HistoryBusyError();
    const either = AbortSignal.any([signal, this.#closing.signal]);
    const pace = new Pace({ monotonic: this.#parts.monotonic, signal: either });
    const page = new PageScan(this.#parts, query, pace).run();
    this.#running.add(page);
    try {
      return await page;
    } finally {
      this.#running.delete(page);
    }
  }

  /** Resolves when no scan runs any more. */
  async close(): Promise<void> {
    this.#closing.abort(new HistoryClosedError());
    await Promise.allSettled(this.#running);
  }
}

/** A segment and where what follows it begins: a frame from there on was never acknowledged, its writer had failed. */
interface Stretch {
  readonly name: string;
  readonly first: number | undefined;
  readonly until: number;
}

class PageScan {
  readonly #parts: HistoryParts;
  readonly #query: HistoryQuery;
  readonly #pace: Pace;
  readonly #mark: Buffer;
  readonly #events: StoredEvent[] = [];
  readonly #missing: Hole[] = [];
  /** Taken before the directory is looked at: every record up to here is then in a segment that is listed. */
  readonly #acknowledged: number;
  /** Number of the next record to look at. */
  #at: number;
  #scannedBytes = 0;
  #pageBytes = 0;

  constructor(parts: HistoryParts, query: HistoryQuery, pace: Pace) {
    this.#parts = parts;
    this.#query = query;
    this.#pace = pace;
    this.#mark = Buffer.from(threadMark(query.threadId), 'utf8');
    this.#acknowledged = parts.tail.acknowledged;
    this.#at = query.cursor;
  }

  async run(): Promise<HistoryPage> {
    for (const stretch of stretchesOf(await this.#parts.indexes.list(), this.#acknowledged)) {
      if (stretch.until <= this.#at) continue;
      if (this.#isFull()) break;
      await this.#read(stretch);
    }
    // What no segment holds, the last one's damaged end for example.
    if (!this.#isFull()) this.#passTo(this.#acknowledged + 1);
    return {
      events: this.#events,
      cursor: this.#at,
      more: this.#at <= this.#acknowledged,
      missing: this.#missing,
    };
  }

  #isFull(): boolean {
    return (
      this.#events.length >= this.#query.limit ||
      this.#pageBytes >= MAX_PAGE_BYTES ||
      this.#scannedBytes >= MAX_PAGE_SCAN_BYTES ||
      this.#missing.length >= MAX_PAGE_HOLES
    );
  }

  async #read(stretch: Stretch): Promise<void> {
    if (this.#pace.isOver()) await this.#pace.rest();
    if (stretch.first !== undefined) this.#passTo(stretch.first);
    try {
      const index = await this.#indexOf(stretch);
      this.#passTo(index.first);
      if (this.#isFull()) return;
      if (this.#maySkip(index)) this.#at = Math.max(this.#at, Math.min(index.last + 1, stretch.until));
      else await this.#scan(stretch, index);
    } catch (error) {
      // Deleted meanwhile: what it held is passed as missing with the next one.
      if (!isGone(error)) throw error;
    }
  }

  async #indexOf({ name }: Stretch): Promise<SegmentIndex> {
    const { tail, indexes } = this.#parts;
    const live = tail.live(name);
    if (live !== undefined) return live;
    const { index, scannedBytes } = await indexes.of(name, this.#pace);
    this.#scannedBytes += scannedBytes;
    return index;
  }

  /** A damaged segment is read all the same, so that its holes are named. */
  #maySkip({ first, last, records, minMs, maxMs, filter }: SegmentIndex): boolean {
    const { threadId, fromMs, toMs } = this.#query;
    const isWhole = records === last - first + 1;
    return isWhole && (minMs >= toMs || maxMs < fromMs || !filter.mayHold(threadId));
  }

  async #scan({ name, until }: Stretch, index: SegmentIndex): Promise<void> {
    const file = await this.#parts.storage.open(name);
    const mark = index.marks.findLast(({ seq }) => seq <= this.#at);
    const reader = new FrameReader(file, mark?.offset);
    const before = this.#scannedBytes;
    try {
      while (!this.#isFull() && this.#at < until) {
        const frame = await reader.next();
        this.#scannedBytes = before + reader.bytesRead;
        if (frame === undefined || frame.seq + frame.count > until) return;
        if (this.#pace.isOver()) await this.#pace.rest();
        // Behind the cursor, or a copy of what was there already.
        if (frame.seq + frame.count <= this.#at) continue;
        this.#passTo(frame.seq);
        await this.#take(frame);
      }
    } finally {
      await file.close();
    }
  }

  async #take({ seq, count, body }: PlacedFrame): Promise<void> {
    let line = seq;
    let found = body.indexOf(this.#mark);
    for (let from = 0; found !== -1 && from < body.length; line += 1) {
      const end = lineEnd(body, from);
      if (found < end) {
        if (line >= this.#at) this.#note(line, body.toString('utf8', from, end));
        if (this.#isFull()) return;
        found = body.indexOf(this.#mark, end);
      }
      from = end + 1;
      if (this.#pace.isOver()) await this.#pace.rest();
    }
    this.#at = seq + count;
  }

  #note(seq: number, line: string): void {
    const { threadId, fromMs, toMs } = this.#query;
    this.#at = seq + 1;
    const entry = decodeEntry(line);
    if (entry === undefined || 'sweptMs' in entry || entry.event.threadId !== threadId) return;
    const { event, source } = entry;
    if (event.timestampMs < fromMs || event.timestampMs >= toMs) return;
    this.#events.push({ seq, source, event });
    this.#pageBytes += line.length;
  }

  #passTo(seq: number): void {
    const end = Math.min(seq, this.#acknowledged + 1);
    if (end <= this.#at) return;
    this.#missing.push({ fromSeq: this.#at, toSeq: end - 1 });
    this.#at = end;
  }
}

function stretchesOf(segments: readonly ListedSegment[], acknowledged: number): readonly Stretch[] {
  const end = acknowledged + 1;
  return segments.map(({ name, first }, at) => {
    const next = segments.slice(at + 1).find((after) => after.first !== undefined);
    return { name, first, until: Math.min(next?.first ?? end, end) };
  });
}
