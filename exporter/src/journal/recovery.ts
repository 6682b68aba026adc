// Reads a journal from its first segment to its last and says what it found. Every record that can be read is handed over once,
// in order; what cannot be read is named, never invented, and never stops the rest.
import { DIGEST_BYTES, FORMAT_VERSION, HEADER_BYTES, segmentNumber } from './format.ts';
import { HIGH_WATER_FILE, readHighWater } from './high-water.ts';
import type { JournalEntry } from './journal.ts';
import { decodeEntry } from './record.ts';
import { digestOf, scanSegment } from './scan.ts';
import type { Damage, PlacedFrame, SegmentScan } from './scan.ts';
import type { ReadableStorage } from './storage.ts';

export interface JournalDamage extends Damage {
  readonly file: string;
}

export interface SegmentSummary {
  readonly name: string;
  readonly bytes: number;
  readonly frames: number;
  readonly records: number;
  readonly sealed: boolean;
  /** When it was begun; undefined when its header cannot be read. */
  readonly createdMs: number | undefined;
}

export interface Recovery {
  /** Records handed over. */
  readonly records: number;
  readonly bytes: number;
  /** Number that the next record must get; never one that was acknowledged before. */
  readonly next: number;
  readonly damage: readonly JournalDamage[];
  /** In order; the next one to write has a higher number than all of them. */
  readonly segments: readonly SegmentSummary[];
  /** What the next segment's header repeats. */
  readonly previous: Buffer;
}

/** A segment written by a later version: reading on could lose what it means, so the caller must not start. */
export class NewerJournalError extends Error {
  override readonly name = 'NewerJournalError';
  constructor(segment: string, version: number) {
    super(
      `${segment} is of journal format ${version}, and this version reads up to ${FORMAT_VERSION}; start the version that wrote it, or a later one`
    );
  }
}

interface Read {
  readonly name: string;
  readonly bytes: Buffer;
  readonly scan: SegmentScan;
}

type OnEntry = (entry: JournalEntry, seq: number) => void;

/**
 * @param onEntry gets each entry with its number.
 * @throws NewerJournalError, and what the storage throws; nothing for damage.
 */
export async function recover(storage: ReadableStorage, onEntry: OnEntry): Promise<Recovery> {
  const walk = new Walk(onEntry);
  const names = (await storage.list()).filter((name) => segmentNumber(name) !== undefined);
  // A segment is taken when it is known where the next one begins: what stands behind that in it is void.
  let held: Read[] = [];
  for (const name of names) {
    const read = await readSegment(storage, name);
    if (read.scan.first !== undefined) {
      for (const before of held) walk.take(before, read.scan.first);
      held = [];
    }
    held.push(read);
  }
  for (const last of held) walk.take(last, Number.POSITIVE_INFINITY);
  return walk.end(await readHighWater(storage));
}

async function readSegment(storage: ReadableStorage, name: string): Promise<Read> {
  const bytes = await storage.read(name);
  const scan = scanSegment(bytes);
  if (scan.header !== undefined && scan.header.version > FORMAT_VERSION) {
    throw new NewerJournalError(name, scan.header.version);
  }
  return { name, bytes, scan };
}

class Walk {
  readonly #onEntry: OnEntry;
  readonly #damage: JournalDamage[] = [];
  readonly #segments: SegmentSummary[] = [];
  #records = 0;
  #next = 1;
  /** Digests that the next header may repeat: of the last segment with records, and of those without after it. */
  #previous: Buffer[] = [Buffer.alloc(DIGEST_BYTES)];
  /** What stands before the next segment was read whole, so that its digest means something. */
  #isWhole = true;

  constructor(onEntry: OnEntry) {
    this.#onEntry = onEntry;
  }

  /** @param until where the next segment begins: a frame from there on was never acknowledged, its writer had failed. */
  take({ name, bytes, scan }: Read, until: number): void {
    const { first, header, footer } = scan;
    if (first !== undefined) this.#follow(name, first, header?.previous);
    const frames = scan.frames.filter(({ seq, count }) => seq + count <= until);
    const before = this.#records;
    for (const frame of frames) this.#deliver(name, frame);
    const last = frames.at(-1);
    this.#next = Math.max(this.#next, first ?? 0, last === undefined ? 0 : last.seq + last.count);
    const end = last?.end ?? HEADER_BYTES;
    // The next segment vouches that nothing was acknowledged behind the frames it follows: no loss, no damage.
    const isVouchedFor = footer === undefined && this.#next === until;
    const isVoid = ({ kind, offset }: Damage): boolean =>
      isVouchedFor && kind !== 'header' && (offset >= end || bytes.length <= HEADER_BYTES);
    const damage = scan.damage.filter((found) => !isVoid(found));
    this.#damage.push(...damage.map((found) => ({ file: name, ...found })));
    // What the footer says is missing has been named.
    if (footer !== undefined) this.#next = Math.max(this.#next, footer.last + 1);
    const digest = digestOf(bytes, frames);
    this.#previous = frames.length > 0 ? [digest] : [...this.#previous, digest];
    this.#isWhole = damage.length === 0;
    this.#segments.push({
      name,
      bytes: bytes.length,
      frames: frames.length,
      records: this.#records - before,
      sealed: footer !== undefined,
      createdMs: header?.createdMs,
    });
  }

  end(highWater: number | undefined): Recovery {
    if (highWater === undefined) {
      // It was durable before the first record was.
      if (this.#next > 1) this.#note('high_water', undefined);
    } else if (highWater >= this.#next) {
      this.#note('missing_records', highWater + 1 - this.#next);
      this.#next = highWater + 1;
    }
    return {
      records: this.#records,
      bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0),
      next: this.#next,
      damage: this.#damage,
      segments: this.#segments,
      previous: this.#previous.at(-1) ?? Buffer.alloc(DIGEST_BYTES),
    };
  }

  #note(kind: Damage['kind'], records: number | undefined): void {
    this.#damage.push({ file: HIGH_WATER_FILE, kind, offset: 0, bytes: 0, records });
  }

  #follow(file: string, first: number, previous: Buffer | undefined): void {
    if (first > this.#next) {
      this.#damage.push({ file, kind: 'missing_records', offset: 0, bytes: 0, records: first - this.#next });
    } else if (this.#isWhole && previous !== undefined && !this.#previous.some((digest) => digest.equals(previous))) {
      this.#damage.push({ file, kind: 'chain', offset: 24, bytes: DIGEST_BYTES, records: undefined });
    }
  }

  #deliver(file: string, { seq, count, body, offset, end }: PlacedFrame): void {
    const lines = body.toString('utf8').split('\n');
    lines.pop();
    let unreadable = Math.abs(count - lines.length);
    lines.forEach((line, index) => {
      const entry = decodeEntry(line);
      if (entry === undefined) {
        unreadable += 1;
        return;
      }
      this.#records += 1;
      this.#onEntry(entry, seq + index);
    });
    if (unreadable === 0) return;
    this.#damage.push({ file, kind: 'unreadable_record', offset, bytes: end - offset, records: unreadable });
  }
}
