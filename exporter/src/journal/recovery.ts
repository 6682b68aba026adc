// Reads a journal from its first segment to its last and says what it found. Every record that can be read is handed over once,
// in order; what cannot be read is named, never invented, and never stops the rest.
import { decodeHeader, DIGEST_BYTES, FORMAT_VERSION, HEADER_BYTES, segmentNumber } from './format.ts';
import type { SegmentHeader } from './format.ts';
import { HIGH_WATER_FILE, readHighWater } from './high-water.ts';
import type { JournalEntry } from './journal.ts';
import { decodeEntry } from './record.ts';
import { digestOf, scanSegment } from './scan.ts';
import type { Damage, PlacedFrame, SegmentScan } from './scan.ts';
import type { ReadableStorage } from './storage.ts';

export interface JournalDamage extends Damage {
  readonly file: string;
  /** Of a snapshot that is whole and cannot be taken. */
  readonly problem?: string;
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
  /** Records handed over, those before the place where it went on included. */
  readonly records: number;
  /** Of all segments. */
  readonly bytes: number;
  /** Number that the next record must get; never one that was acknowledged before. */
  readonly next: number;
  readonly damage: readonly JournalDamage[];
  /** Number of the last segment; the next one to write has a higher one. */
  readonly last: number;
  readonly heads: readonly SegmentHead[];
  /** Those that were read, in order. */
  readonly segments: readonly SegmentSummary[];
  /** What the next segment's header repeats. */
  readonly previous: Buffer;
}

/** A segment written by a later version: reading on could lose what it means, so the caller must not start. */
export class NewerJournalError extends Error {
  override readonly name = 'NewerJournalError';
  constructor(file: string, version: string) {
    super(
      `${file} is of ${version}, and this version reads journals up to format ${FORMAT_VERSION}; start the version that wrote it, or a later one`
    );
  }
}

/** Where reading stands between two segments: all before it has been handed over, or never counted. */
export interface Position {
  /** Number of the last segment that was read; 0 for none. */
  readonly segment: number;
  /** Number of the record that must come next. */
  readonly next: number;
  /** Records handed over so far. */
  readonly records: number;
  /** Digests that the header of the next segment may repeat. */
  readonly previous: readonly Buffer[];
  /** What stands before was read whole, so that these digests mean something. */
  readonly isWhole: boolean;
  /** What was found before it. */
  readonly damage: readonly JournalDamage[];
}

export const BEGINNING: Position = {
  segment: 0,
  next: 1,
  records: 0,
  previous: [Buffer.alloc(DIGEST_BYTES)],
  isWhole: true,
  damage: [],
};

/** A segment by what its header says. */
export interface SegmentHead {
  readonly name: string;
  readonly number: number;
  readonly bytes: number;
  /** Undefined when it cannot be read. */
  readonly header: SegmentHeader | undefined;
}

interface Read {
  readonly name: string;
  readonly bytes: Buffer;
  readonly scan: SegmentScan;
}

type OnEntry = (entry: JournalEntry, seq: number) => void;

/** The segments in their order. @throws NewerJournalError when one is of a later version. */
export async function segmentHeads(storage: ReadableStorage): Promise<readonly SegmentHead[]> {
  const heads: SegmentHead[] = [];
  for (const name of await storage.list()) {
    const number = segmentNumber(name);
    if (number === undefined) continue;
    const header = decodeHeader(await storage.readHead(name, HEADER_BYTES));
    if (header !== undefined && header.version > FORMAT_VERSION)
      throw new NewerJournalError(name, `journal format ${header.version}`);
    heads.push({ name, number, bytes: await storage.size(name), header });
  }
  return heads;
}

export interface RecoverOptions {
  /** Where to go on; the beginning unless told. */
  readonly from?: Position | undefined;
  /** When the caller has them already. */
  readonly heads?: readonly SegmentHead[] | undefined;
}

/**
 * @param onEntry gets each entry with its number.
 * @throws NewerJournalError, and what the storage throws; nothing for damage.
 */
export async function recover(
  storage: ReadableStorage,
  onEntry: OnEntry,
  { from = BEGINNING, heads }: RecoverOptions = {}
): Promise<Recovery> {
  const walk = new Walk(onEntry, from);
  const known = heads ?? (await segmentHeads(storage));
  await walk.through(storage, known, Number.POSITIVE_INFINITY);
  return walk.end(known, await readHighWater(storage));
}

/**
 * As {@link recover}, but only as far as nothing can change any more: up to the last segment of which a later one says where
 * it ends. The journal may be written meanwhile.
 */
export async function advance(
  storage: ReadableStorage,
  onEntry: OnEntry,
  { from = BEGINNING, heads }: RecoverOptions = {}
): Promise<Position> {
  const known = heads ?? (await segmentHeads(storage));
  const last = known.findLast(({ header }) => header !== undefined);
  const walk = new Walk(onEntry, from);
  await walk.through(storage, known, (last?.number ?? 0) - 1);
  return walk.position();
}

async function readSegment(storage: ReadableStorage, name: string): Promise<Read> {
  const bytes = await storage.read(name);
  return { name, bytes, scan: scanSegment(bytes) };
}

class Walk {
  readonly #onEntry: OnEntry;
  readonly #damage: JournalDamage[];
  readonly #segments: SegmentSummary[] = [];
  #segment: number;
  #records: number;
  #next: number;
  /** Digests that the next header may repeat: of the last segment with records, and of those without after it. */
  #previous: readonly Buffer[];
  /** What stands before the next segment was read whole, so that its digest means something. */
  #isWhole: boolean;

  constructor(onEntry: OnEntry, { segment, next, records, previous, isWhole, damage }: Position) {
    this.#onEntry = onEntry;
    this.#segment = segment;
    this.#next = next;
    this.#records = records;
    this.#previous = previous;
    this.#isWhole = isWhole;
    this.#damage = [...damage];
  }

  /** Takes the segments behind the position, up to the one numbered `upTo`; one at a time is in memory. */
  async through(storage: ReadableStorage, heads: readonly SegmentHead[], upTo: number): Promise<void> {
    // Where a segment begins whose header cannot be read, its frames tell.
    const firsts = new Map<number, number | undefined>();
    const firstOf = async ({ name, number, header }: SegmentHead): Promise<number | undefined> => {
      if (header !== undefined) return header.first;
      if (!firsts.has(number)) firsts.set(number, (await readSegment(storage, name)).scan.first);
      return firsts.get(number);
    };
    const todo = heads.filter(({ number }) => number > this.#segment);
    for (const [at, head] of todo.entries()) {
      if (head.number > upTo) return;
      // A segment ends where the next one begins: what stands behind that in it is void.
      let until: number | undefined;
      for (let next = at + 1; until === undefined && next < todo.length; next += 1) {
        const following = todo[next];
        if (following !== undefined) until = await firstOf(following);
      }
      this.#take(await readSegment(storage, head.name), until ?? Number.POSITIVE_INFINITY);
      this.#segment = head.number;
    }
  }

  position(): Position {
    return {
      segment: this.#segment,
      next: this.#next,
      records: this.#records,
      previous: this.#previous,
      isWhole: this.#isWhole,
      damage: this.#damage,
    };
  }

  /** @param until where the next segment begins: a frame from there on was never acknowledged, its writer had failed. */
  #take({ name, bytes, scan }: Read, until: number): void {
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

  end(heads: readonly SegmentHead[], highWater: number | undefined): Recovery {
    if (highWater === undefined) {
      // It was durable before the first record was.
      if (this.#next > 1) this.#note('high_water', undefined);
    } else if (highWater >= this.#next) {
      this.#note('missing_records', highWater + 1 - this.#next);
      this.#next = highWater + 1;
    }
    return {
      records: this.#records,
      bytes: heads.reduce((sum, { bytes }) => sum + bytes, 0),
      next: this.#next,
      damage: this.#damage,
      last: this.#segment,
      heads,
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
