// The indexes of a journal's segments: in memory the ones used last, on disk beside their segments, and made from the segment
// when there is none. Nothing depends on them but speed.
import { HEADER_BYTES, decodeHeader, segmentNumber } from './format.ts';
import { FrameReader } from './frame-reader.ts';
import type { Pace } from './pace.ts';
import { decodeEntry, EventSum } from './record.ts';
import {
  decodeIndex,
  encodeIndex,
  fingerprintOf,
  indexName,
  SegmentIndexBuilder,
  segmentOfIndex,
  TAIL_BYTES,
} from './segment-index.ts';
import type { Fingerprint, SegmentIndex } from './segment-index.ts';
import type { JournalStorage, ReadableFile } from './storage.ts';

/** About 20 KiB each; more are read again from their files when they are needed. */
const MAX_HELD = 1_024;

/** A segment of the directory. */
export interface ListedSegment {
  readonly name: string;
  /** Number of its first record; undefined when its header cannot be read. */
  readonly first: number | undefined;
}

export interface FoundIndex {
  readonly index: SegmentIndex;
  /** Read of the segment to make it; 0 when it was there. */
  readonly scannedBytes: number;
}

export class SegmentIndexes {
  readonly #storage: JournalStorage;
  /** Least recently used first. */
  readonly #held = new Map<string, SegmentIndex>();
  readonly #firsts = new Map<string, number>();
  readonly #saving = new Set<Promise<void>>();

  constructor(storage: JournalStorage) {
    this.#storage = storage;
  }

  /** In order. Drops what is held of segments that are gone, and their files. */
  async list(): Promise<readonly ListedSegment[]> {
    const names = await this.#storage.list();
    const segments = names.filter((name) => segmentNumber(name) !== undefined);
    const there = new Set(segments);
    for (const name of [...this.#firsts.keys()]) if (!there.has(name)) this.#forget(name);
    for (const name of names) {
      const segment = segmentOfIndex(name);
      if (segment !== undefined && !there.has(segment)) await this.#storage.remove(name).catch(() => undefined);
    }
    const listed: ListedSegment[] = [];
    for (const name of segments) {
      const first = this.#firsts.get(name) ?? (await this.#readFirst(name));
      // Without a header it may be one that is just being made: it is looked at again.
      if (first !== undefined) this.#firsts.set(name, first);
      listed.push({ name, first });
    }
    return listed;
  }

  /** Of a segment that is not written any more. Rejects when its file is gone or cannot be read. */
  async of(name: string, pace: Pace): Promise<FoundIndex> {
    const held = this.#held.get(name);
    if (held !== undefined) {
      this.#hold(name, held);
      return { index: held, scannedBytes: 0 };
    }
    const file = await this.#storage.open(name);
    try {
      const segment = await fingerprint(file);
      const stored = await this.#load(name, segment);
      if (stored !== undefined) {
        this.#hold(name, stored);
        return { index: stored, scannedBytes: 0 };
      }
      const made = await makeIndex(file, pace);
      this.put(name, made.index, segment);
      return made;
    } finally {
      await file.close();
    }
  }

  /** Keeps the index of a segment that was closed; its file is written in the background. */
  put(name: string, index: SegmentIndex, segment: Fingerprint): void {
    this.#hold(name, index);
    const saving = this.#storage
      .cache(indexName(name), encodeIndex(index, segment))
      // A cache that cannot be written costs a scan after the next start.
      .catch(() => undefined)
      .finally(() => this.#saving.delete(saving));
    this.#saving.add(saving);
  }

  /** Resolves when no file is being written. */
  async idle(): Promise<void> {
    await Promise.all(this.#saving);
  }

  #hold(name: string, index: SegmentIndex): void {
    this.#held.delete(name);
    this.#held.set(name, index);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
  }

  #forget(name: string): void {
    this.#firsts.delete(name);
    this.#held.delete(name);
  }

  async #readFirst(name: string): Promise<number | undefined> {
    try {
      const file = await this.#storage.open(name);
      try {
        return decodeHeader(await file.read(0, HEADER_BYTES))?.first;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #load(name: string, segment: Fingerprint): Promise<SegmentIndex | undefined> {
    try {
      return decodeIndex(await this.#storage.read(indexName(name)), segment);
    } catch {
      return undefined;
    }
  }
}

async function fingerprint(file: ReadableFile): Promise<Fingerprint> {
  return fingerprintOf(file.bytes, await file.read(Math.max(0, file.bytes - TAIL_BYTES), TAIL_BYTES));
}

async function makeIndex(file: ReadableFile, pace: Pace): Promise<FoundIndex> {
  const header = decodeHeader(await file.read(0, HEADER_BYTES));
  const reader = new FrameReader(file);
  let builder = header === undefined ? undefined : new SegmentIndexBuilder(header);
  for (let frame = await reader.next(); frame !== undefined; frame = await reader.next()) {
    builder ??= new SegmentIndexBuilder({ createdMs: 0, first: frame.seq });
    // Whole, but not in its place: a copy of what was there already.
    if (frame.seq <= builder.last) continue;
    const events = new EventSum();
    for (let from = 0; from < frame.body.length;) {
      const end = lineEnd(frame.body, from);
      const entry = decodeEntry(frame.body.toString('utf8', from, end));
      if (entry !== undefined) events.add(entry);
      from = end + 1;
      if (pace.isOver()) await pace.rest();
    }
    const { seq, count, offset } = frame;
    builder.add({ seq, count, offset, threads: events.threads, minMs: events.minMs, maxMs: events.maxMs });
  }
  // Of a segment without a header and a whole frame nothing is known, not even a number.
  return { index: builder ?? new SegmentIndexBuilder({ createdMs: 0, first: 0 }), scannedBytes: reader.bytesRead };
}

/** Where the line feed stands that ends the line at `from`; the end of the body when there is none. */
export function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf(0x0a, from);
  return end === -1 ? body.length : end;
}

/** The file was deleted between being listed and being read. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
