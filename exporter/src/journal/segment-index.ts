// What is known of a segment without reading it: which records, times and threads it holds, and where to begin reading. Kept
// in memory, and beside a closed segment as NNNNNNNN.idx: a cache, never synced, rebuilt from the segment when it is missing
// or does not fit.
//
//   index = "HXINDX" version:u16 segment:u64 tail:u32 created:f64 first:u64 last:u64 records:u64 min:f64 max:f64 marks:u32
//           filter:16384 (seq:u64 offset:u64)* crc:u32        little-endian; `tail` is the CRC of the segment's last 60 bytes
import { crc32 } from 'node:zlib';
import { FOOTER_BYTES } from './format.ts';
import { FILTER_BYTES, ThreadFilter } from './thread-filter.ts';

const VERSION = 1;
const MAGIC = Buffer.from('HXINDX', 'latin1');
const HEAD_BYTES = 72;
const MARK_BYTES = 16;
/** Marks stand about this far apart. */
const MARK_STEP_BYTES = 256 * 1024;
/** Bytes at a segment's end that tell it from another of the same length; a footer holds the digest of everything. */
export const TAIL_BYTES = FOOTER_BYTES;

/** A frame that begins with this record stands at this offset. */
export interface Mark {
  readonly seq: number;
  readonly offset: number;
}

export interface SegmentIndex {
  readonly createdMs: number;
  /** Number of the first record; of the next one when there is none. */
  readonly first: number;
  /** Number of the last record; `first - 1` when there is none. */
  readonly last: number;
  /** How many can be read; fewer than from `first` to `last` when it is damaged. */
  readonly records: number;
  /** Event time; the least is greater than the greatest where there is no event. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Ascending. */
  readonly marks: readonly Mark[];
  readonly filter: ThreadFilter;
}

/** Tells a segment of a directory from what its index was made of. */
export interface Fingerprint {
  readonly bytes: number;
  /** CRC-32 of the last {@link TAIL_BYTES}. */
  readonly tail: number;
}

/** Of the events of a frame, or of some lines of it. */
export interface EventSummary {
  readonly threads: ReadonlySet<string>;
  /** Event time; `Infinity` and `-Infinity` where there is no event. */
  readonly minMs: number;
  readonly maxMs: number;
}

export interface FrameSummary extends EventSummary {
  readonly seq: number;
  readonly count: number;
  readonly offset: number;
}

/** The index of a segment that grows. */
export class SegmentIndexBuilder implements SegmentIndex {
  readonly createdMs: number;
  readonly filter = new ThreadFilter();
  readonly marks: Mark[] = [];
  first: number;
  last: number;
  records = 0;
  minMs = Number.POSITIVE_INFINITY;
  maxMs = Number.NEGATIVE_INFINITY;

  /** @param start what the segment's header says. */
  constructor(start: { readonly createdMs: number; readonly first: number }) {
    this.createdMs = start.createdMs;
    this.first = start.first;
    this.last = start.first - 1;
  }

  /** Frames in their order. */
  add({ seq, count, offset, threads, minMs, maxMs }: FrameSummary): void {
    const mark = this.marks.at(-1);
    if (mark === undefined || offset - mark.offset >= MARK_STEP_BYTES) this.marks.push({ seq, offset });
    for (const threadId of threads) this.filter.add(threadId);
    this.minMs = Math.min(this.minMs, minMs);
    this.maxMs = Math.max(this.maxMs, maxMs);
    this.records += count;
    this.last = seq + count - 1;
  }
}

export function fingerprintOf(bytes: number, tail: Buffer): Fingerprint {
  return { bytes, tail: crc32(tail) };
}

export function encodeIndex(index: SegmentIndex, segment: Fingerprint): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + FILTER_BYTES + index.marks.length * MARK_BYTES + 4);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(VERSION, 6);
  bytes.writeBigUInt64LE(BigInt(segment.bytes), 8);
  bytes.writeUInt32LE(segment.tail, 16);
  bytes.writeDoubleLE(index.createdMs, 20);
  bytes.writeBigUInt64LE(BigInt(index.first), 28);
  bytes.writeBigUInt64LE(BigInt(index.last), 36);
  bytes.writeBigUInt64LE(BigInt(index.records), 44);
  bytes.writeDoubleLE(index.minMs, 52);
  bytes.writeDoubleLE(index.maxMs, 60);
  bytes.writeUInt32LE(index.marks.length, 68);
  bytes.set(index.filter.bytes, HEAD_BYTES);
  index.marks.forEach(({ seq, offset }, at) => {
    const place = HEAD_BYTES + FILTER_BYTES + at * MARK_BYTES;
    bytes.writeBigUInt64LE(BigInt(seq), place);
    bytes.writeBigUInt64LE(BigInt(offset), place + 8);
  });
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** Undefined when the bytes are no index of this version, or one of another segment than this. */
export function decodeIndex(bytes: Buffer, segment: Fingerprint): SegmentIndex | undefined {
  if (bytes.length < HEAD_BYTES + FILTER_BYTES + 4 || !bytes.subarray(0, 6).equals(MAGIC)) return undefined;
  if (bytes.readUInt32LE(bytes.length - 4) !== crc32(bytes.subarray(0, -4))) return undefined;
  const count = bytes.readUInt32LE(68);
  if (bytes.readUInt16LE(6) !== VERSION || bytes.length !== HEAD_BYTES + FILTER_BYTES + count * MARK_BYTES + 4) {
    return undefined;
  }
  if (Number(bytes.readBigUInt64LE(8)) !== segment.bytes || bytes.readUInt32LE(16) !== segment.tail) return undefined;
  return {
    createdMs: bytes.readDoubleLE(20),
    first: Number(bytes.readBigUInt64LE(28)),
    last: Number(bytes.readBigUInt64LE(36)),
    records: Number(bytes.readBigUInt64LE(44)),
    minMs: bytes.readDoubleLE(52),
    maxMs: bytes.readDoubleLE(60),
    filter: new ThreadFilter(Uint8Array.from(bytes.subarray(HEAD_BYTES, HEAD_BYTES + FILTER_BYTES))),
    marks: Array.from({ length: count }, (_, at) => {
      const place = HEAD_BYTES + FILTER_BYTES + at * MARK_BYTES;
      return { seq: Number(bytes.readBigUInt64LE(place)), offset: Number(bytes.readBigUInt64LE(place + 8)) };
    }),
  };
}

/** `00000007.idx` of `00000007.seg`. */
export function indexName(segment: string): string {
  return segment.replace(/\.seg$/, '.idx');
}

/** The segment of an index; undefined when the name is none of an index. */
export function segmentOfIndex(name: string): string | undefined {
  return /^\d{8}\.idx$/.test(name) ? name.replace(/\.idx$/, '.seg') : undefined;
}
