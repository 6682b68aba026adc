// The ids of a segment's records as hashes, beside it as NNNNNNNN.ids: a restart recognises repeats of what a snapshot holds
// without reading the segments again. A cache, never synced; where it is missing or does not fit, the segment is read.
//
//   ids = "HXIDS3" 0:u16 bytes:u64 created:f64 first:u64 count:u64 previous:32 (hash:24)* crc:u32          little-endian
//         `bytes` is the segment's length; created, first and previous are its header's; a hash of zeros is a sweep's
import { crc32 } from 'node:zlib';
import type { SegmentHeader } from './format.ts';
import { DIGEST_BYTES } from './format.ts';
import { hashId, ID_HASH_WORDS } from './id-hash.ts';
import type { JournalEntry } from './journal.ts';
import type { SegmentHead } from './recovery.ts';
import type { JournalStorage } from './storage.ts';

/** To be changed with what {@link hashId} makes of an id: hashes of another kind would let repeats count again. */
const MAGIC = Buffer.from('HXIDS3\0\0', 'latin1');
const HEAD_BYTES = 40 + DIGEST_BYTES;
const HASH_BYTES = ID_HASH_WORDS * 4;
const FIRST_ROOM = 4_096;

/** Ids of consecutive records. */
export interface SegmentIds {
  /** Number of the first record. */
  readonly first: number;
  readonly count: number;
  /** {@link ID_HASH_WORDS} for each record, all zeros for a sweep. */
  readonly words: Uint32Array;
}

/** `00000007.ids` of `00000007.seg`. */
export function idsName(segment: string): string {
  return segment.replace(/\.seg$/, '.ids');
}

/** The number of the segment that a file of ids is of; undefined when the name is none of one. */
export function segmentNumberOfIds(name: string): number | undefined {
  return /^\d{8}\.ids$/.test(name) ? Number(name.slice(0, 8)) : undefined;
}

export function encodeIds(
  { first, count, words }: SegmentIds,
  segment: SegmentHead & { header: SegmentHeader }
): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + count * HASH_BYTES + 4);
  putHead(bytes, segment);
  bytes.writeBigUInt64LE(BigInt(first), 24);
  bytes.writeBigUInt64LE(BigInt(count), 32);
  for (let at = 0; at < count * ID_HASH_WORDS; at += 1) bytes.writeUInt32LE(words[at] ?? 0, HEAD_BYTES + at * 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** Undefined when the bytes are none of this version, damaged, or of another segment than this. */
export function decodeIds(bytes: Buffer, segment: SegmentHead): SegmentIds | undefined {
  const { header } = segment;
  if (header === undefined || bytes.length < HEAD_BYTES + 4) return undefined;
  if (bytes.readUInt32LE(bytes.length - 4) !== crc32(bytes.subarray(0, -4))) return undefined;
  const head = Buffer.alloc(HEAD_BYTES);
  putHead(head, { ...segment, header });
  bytes.copy(head, 24, 24, 40);
  if (!head.equals(bytes.subarray(0, HEAD_BYTES))) return undefined;
  const first = Number(bytes.readBigUInt64LE(24));
  const count = Number(bytes.readBigUInt64LE(32));
  if (first !== header.first || bytes.length !== HEAD_BYTES + count * HASH_BYTES + 4) return undefined;
  const words = new Uint32Array(count * ID_HASH_WORDS);
  for (let at = 0; at < words.length; at += 1) words[at] = bytes.readUInt32LE(HEAD_BYTES + at * 4);
  return { first, count, words };
}

function putHead(bytes: Buffer, { bytes: length, header }: SegmentHead & { header: SegmentHeader }): void {
  MAGIC.copy(bytes, 0);
  bytes.writeBigUInt64LE(BigInt(length), 8);
  bytes.writeDoubleLE(header.createdMs, 16);
  header.previous.copy(bytes, 40);
}

/** Hears of every record that a snapshot comes to hold, and keeps the ids of the last ones that a restart will ask for. */
export class IdsOfSegments {
  readonly #maxIds: number;
  readonly #segments: readonly (SegmentHead & { header: SegmentHeader })[];
  readonly #growing: GrowingIds[] = [];
  readonly #scratch = new Uint32Array(ID_HASH_WORDS);
  #at = 0;

  /** @param segments those whose records will be heard of, in their order */
  constructor(segments: readonly SegmentHead[], maxIds: number) {
    this.#maxIds = maxIds;
    this.#segments = segments.filter(hasHeader);
  }

  note(entry: JournalEntry, seq: number): void {
    let following = this.#segments[this.#at + 1];
    while (following !== undefined && seq >= following.header.first) {
      this.#at += 1;
      following = this.#segments[this.#at + 1];
    }
    const segment = this.#segments[this.#at];
    if (segment === undefined || seq < segment.header.first) return;
    let growing = this.#growing.at(-1);
    if (growing?.segment !== segment) {
      growing = new GrowingIds(segment);
      this.#growing.push(growing);
      this.#letGo(seq);
    }
    if ('sweptMs' in entry) this.#scratch.fill(0);
    else hashId(this.#scratch, entry.event.id, entry.digest);
    growing.add(this.#scratch);
  }

  /**
   * Writes the files, except of segments of which a record is missing: there the damage must be met again. Removes those that
   * nobody will ask for. An error costs the time of reading a segment.
   * @param next number of the first record behind those heard of
   */
  async save(storage: JournalStorage, next: number): Promise<void> {
    for (const { segment, ids } of this.#growing) {
      const following = this.#segments[this.#segments.indexOf(segment) + 1]?.header.first ?? next;
      if (ids.first + ids.count !== following) continue;
      await storage.cache(idsName(segment.name), encodeIds(ids, segment)).catch(() => undefined);
    }
    const oldest = this.#segments.findLast(({ header }) => header.first <= next - this.#maxIds)?.number ?? 0;
    const numbers = new Set(this.#segments.map(({ number }) => number));
    for (const name of await storage.list()) {
      const number = segmentNumberOfIds(name);
      if (number === undefined || (number >= oldest && numbers.has(number))) continue;
      await storage.remove(name).catch(() => undefined);
    }
  }

  /** Of segments that lie before the last `maxIds` records nobody will ask. */
  #letGo(seq: number): void {
    while ((this.#growing[1]?.segment.header.first ?? Number.POSITIVE_INFINITY) <= seq - this.#maxIds)
      this.#growing.shift();
  }
}

class GrowingIds {
  readonly segment: SegmentHead & { header: SegmentHeader };
  #words = new Uint32Array(FIRST_ROOM * ID_HASH_WORDS);
  #count = 0;

  constructor(segment: SegmentHead & { header: SegmentHeader }) {
    this.segment = segment;
  }

  /** Fewer than the segment's records when some are missing. */
  get ids(): SegmentIds {
    return { first: this.segment.header.first, count: this.#count, words: this.#words };
  }

  add(words: Uint32Array): void {
    if ((this.#count + 1) * ID_HASH_WORDS > this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words.set(words, this.#count * ID_HASH_WORDS);
    this.#count += 1;
  }
}

function hasHeader(head: SegmentHead): head is SegmentHead & { header: SegmentHeader } {
  return head.header !== undefined;
}
