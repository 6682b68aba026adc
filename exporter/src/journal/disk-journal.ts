// The durable journal: append-only segments in one directory. An entry is acknowledged only after its frame was synced.
//
// After any error of the disk the segment in use is left for good and the next append begins a new one, whose header says
// from which record on the old one is void. So the journal mends itself as soon as the disk takes bytes again.
import { messageOf } from '../errors.ts';
import { segmentName } from './format.ts';
import { GroupCommit } from './group-commit.ts';
import { writeHighWater } from './high-water.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { encodeEntries, EventSum } from './record.ts';
import type { Chunk } from './record.ts';
import type { Recovery } from './recovery.ts';
import { indexName } from './segment-index.ts';
import { idsName } from './segment-ids.ts';
import type { Fingerprint, SegmentIndex } from './segment-index.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { JournalStorage } from './storage.ts';

export interface DiskJournalOptions {
  readonly storage: JournalStorage;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic ms; the times of commits come from it. */
  readonly monotonic: () => number;
  /** A segment is sealed when it has grown past this; 16 MiB unless told, so that one is read into little memory. */
  readonly segmentBytes?: number;
  /** A segment is sealed when it is older than this, so that it can be let go of in time; a week at the latest. */
  readonly segmentMs?: number;
  /** Hears of every error of the disk; the senders of the entries hear of it too. */
  readonly onError?: (error: unknown) => void;
  /** Hears how long a commit took, written and synced. */
  readonly onCommit?: (seconds: number) => void;
  /** Hears of a segment that was closed whole, and what is known of it. */
  readonly onSealed?: (name: string, index: SegmentIndex, segment: Fingerprint) => void;
}

const SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENT_MS = 7 * 86_400_000;
const FRAME_BYTES = 4 * 1024 * 1024;
const GROUP_BYTES = 4 * 1024 * 1024;
const WAITING_BYTES = 64 * 1024 * 1024;

/** Thrown to senders whose events were not made durable: they may send them all again. */
export class NotDurableError extends Error {
  override readonly name = 'NotDurableError';
}

/** What is known of a segment without reading it. What cannot be read of its header is undefined. */
export interface SegmentPlace {
  readonly name: string;
  readonly number: number;
  readonly bytes: number;
  /** Number of its first record. */
  readonly first: number | undefined;
  readonly createdMs: number | undefined;
}

export class DiskJournal implements Journal {
  readonly durable = true;
  readonly #options: DiskJournalOptions;
  readonly #group: GroupCommit;
  #writer: SegmentWriter | undefined;
  #number: number;
  #next: number;
  #previous: Buffer;
  #records: number;
  /** Segments that are not written any more, the oldest first. */
  #past: readonly SegmentPlace[];
  /** Of the one that is. */
  #started: Omit<SegmentPlace, 'bytes'> | undefined;
  #problem: string | undefined;
  /** What the high-water mark says. */
  #marked: number | undefined;
  #marking: Promise<void> | undefined;
  #closed = false;

  /** @param recovery what {@link recover} found in the same directory */
  constructor(options: DiskJournalOptions, recovery: Recovery) {
    this.#options = options;
    this.#group = new GroupCommit({
      commit: (chunks) => this.#commit(chunks),
      groupBytes: GROUP_BYTES,
      waitingBytes: WAITING_BYTES,
    });
    this.#number = recovery.last;
    this.#next = recovery.next;
    this.#previous = recovery.previous;
    this.#records = recovery.records;
    this.#past = recovery.heads.map(({ name, number, bytes, header }) => {
      return { name, number, bytes, first: header?.first, createdMs: header?.createdMs };
    });
  }

  get records(): number {
    return this.#records;
  }

  /** On the disk, synced. */
  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Number that the next record will get. */
  get next(): number {
    return this.#next;
  }

  /** The oldest first; the last one may still be written. */
  get segments(): readonly SegmentPlace[] {
    if (this.#started === undefined || this.#writer === undefined) return this.#past;
    return [...this.#past, { ...this.#started, bytes: this.#writer.bytes }];
  }

  /** Deletes the oldest segment, for good. @throws what the storage throws; whether it is gone is then not known. */
  async removeOldest(): Promise<void> {
    const [oldest] = this.#past;
    if (oldest === undefined) return;
    await this.#options.storage.remove(oldest.name);
    // One at a time: after a power cut too, those that are left follow one another.
    await this.#options.storage.syncDirectory();
    this.#past = this.#past.slice(1);
    // Nothing depends on it; what stays is removed when the journal is read next.
    for (const name of [indexName(oldest.name), idsName(oldest.name)]) {
      await this.#options.storage.remove(name).catch(() => undefined);
    }
  }

  /** Number of the last entry that was acknowledged. */
  get acknowledged(): number {
    return this.#next - 1;
  }

  /** What is known of the segment that is being written, up to its last acknowledged entry. */
  live(name: string): SegmentIndex | undefined {
    return this.#writer?.name === name ? this.#writer.index : undefined;
  }

  /** Why nothing can be appended at present; undefined when the last attempt succeeded. */
  get problem(): string | undefined {
    return this.#problem;
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#closed) return Promise.reject(new NotDurableError('the journal is closed'));
    if (entries.length === 0) return Promise.resolve();
    return this.#group.add(encodeEntries(entries, FRAME_BYTES), overrun);
  }

  /** Tries the disk again while there is a problem, so that it is noticed to be over without an event. Never rejects. */
  async probe(): Promise<void> {
    if (this.#problem === undefined || this.#closed) return;
    await this.#group.add([], overrun).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#group.idle();
    await this.#marking;
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer === undefined) return;
    try {
      await this.#seal(writer);
      await writeHighWater(this.#options.storage, this.#next - 1, { sync: true });
    } catch (error) {
      // Every entry is durable; only the marks that it ended well are missing.
      this.#options.onError?.(error);
      await writer.abandon();
    }
  }

  async #commit(chunks: readonly Chunk[]): Promise<void> {
    const { monotonic, onCommit, onError } = this.#options;
    const startedMs = monotonic();
    try {
      const writer = await this.#segment();
      if (chunks.length > 0) {
        await writer.append(merged(chunks));
        this.#records += writer.next - this.#next;
        this.#next = writer.next;
        onCommit?.((monotonic() - startedMs) / 1_000);
      }
      this.#problem = undefined;
    } catch (cause) {
      this.#problem = messageOf(cause);
      await this.#leaveSegment();
      onError?.(cause);
      throw new NotDurableError('the journal could not be written; send the events again', { cause });
    }
  }

  /**
   * Writes down up to where the journal goes, where that is not written yet; to be called now and then. Never rejects: an error
   * here costs the guard against a cut end, no entry.
   */
  mark(): Promise<void> {
    this.#marking ??= this.#mark().finally(() => {
      this.#marking = undefined;
    });
    return this.#marking;
  }

  async #mark(): Promise<void> {
    const seq = this.#next - 1;
    // Before the first segment nothing is: then it is written with it, synced.
    if (this.#closed || this.#marked === undefined || this.#marked === seq) return;
    try {
      await writeHighWater(this.#options.storage, seq);
      this.#marked = seq;
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  async #segment(): Promise<SegmentWriter> {
    const { storage, now, segmentBytes = SEGMENT_BYTES } = this.#options;
    const segmentMs = Math.min(this.#options.segmentMs ?? SEGMENT_MS, SEGMENT_MS);
    const isOld = now() - (this.#started?.createdMs ?? now()) >= segmentMs;
    if (this.#writer !== undefined && (this.#writer.bytes >= segmentBytes || isOld)) {
      await this.#seal(this.#writer);
      this.#leave(this.#writer);
    }
    if (this.#writer === undefined) {
      if (this.#marked === undefined) {
        await writeHighWater(storage, this.#next - 1, { sync: true });
        this.#marked = this.#next - 1;
      }
      this.#number += 1;
      const start = { number: this.#number, createdMs: now(), first: this.#next, previous: this.#previous };
      this.#writer = await SegmentWriter.create(storage, start);
      this.#started = { name: segmentName(start.number), ...start };
    }
    return this.#writer;
  }

  async #seal(writer: SegmentWriter): Promise<void> {
    const segment = await writer.seal();
    this.#options.onSealed?.(writer.name, writer.index, segment);
  }

  async #leaveSegment(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) return;
    this.#leave(writer);
    await writer.abandon();
  }

  #leave(writer: SegmentWriter): void {
    this.#past = this.segments;
    this.#writer = undefined;
    this.#previous = writer.digest();
  }
}

const overrun = (): Error => new NotDurableError('more events wait for the disk than it can take; send them later');

/** Fewer, larger frames: consecutive chunks together up to the size of a frame. */
function merged(chunks: readonly Chunk[]): readonly Chunk[] {
  const frames: { parts: Buffer[]; bytes: number; count: number; events: EventSum }[] = [];
  for (const { lines, count, events } of chunks) {
    let frame = frames.at(-1);
    if (frame === undefined || frame.bytes + lines.length > FRAME_BYTES) {
      frame = { parts: [], bytes: 0, count: 0, events: new EventSum() };
      frames.push(frame);
    }
    frame.parts.push(lines);
    frame.bytes += lines.length;
    frame.count += count;
    frame.events.merge(events);
  }
  return frames.map(({ parts, count, events }) => ({ lines: Buffer.concat(parts), count, events }));
}
