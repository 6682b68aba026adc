// The bytes of a journal segment. What is written here is read for ever: a change is a new version, and every version has a
// golden file under fixtures/journal/.
//
//   segment  = header frame* footer?
//   header   = "HXJRNL" version:u16 created:f64(ms) first:u64 previous:32 crc:u32      64 bytes
//   frame    = "HXFR" length:u32 seq:u64 count:u32 bodyCrc:u32 headCrc:u32 body        28 bytes + body
//   footer   = "HXFT" frames:u32 first:u64 last:u64 digest:32 crc:u32                  60 bytes
//
// Integers are little-endian. `seq` is the number of the frame's first record, counted from 1 over the whole journal; a
// record is one line of JSON. `digest` is the SHA-256 of the header and of the head of every frame, which holds the checksum
// of its body; the next segment's header repeats it as `previous`, so that a segment that was exchanged is noticed.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const FORMAT_VERSION = 1;
export const HEADER_BYTES = 64;
export const FRAME_HEAD_BYTES = 28;
export const FOOTER_BYTES = 60;
export const DIGEST_BYTES = 32;
/** A frame longer than this is damage, not data: no writer makes one (it cuts at a quarter of it). */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

export const SEGMENT_MAGIC = Buffer.from('HXJRNL', 'latin1');
export const FRAME_MAGIC = Buffer.from('HXFR', 'latin1');
export const FOOTER_MAGIC = Buffer.from('HXFT', 'latin1');

export interface SegmentHeader {
  readonly version: number;
  readonly createdMs: number;
  /** Number of the first record of the segment. */
  readonly first: number;
  /** Digest of the segment before, zeros for the first one. */
  readonly previous: Buffer;
}

/** What stands between header and footer. */
export interface Frame {
  /** Number of the first record. */
  readonly seq: number;
  /** How many records, one line each. */
  readonly count: number;
  readonly body: Buffer;
}

export interface SegmentFooter {
  readonly frames: number;
  readonly first: number;
  /** Number of the last record; `first - 1` when the segment holds none. */
  readonly last: number;
  readonly digest: Buffer;
}

export function encodeHeader(header: Omit<SegmentHeader, 'version'>): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  SEGMENT_MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(FORMAT_VERSION, 6);
  bytes.writeDoubleLE(header.createdMs, 8);
  bytes.writeBigUInt64LE(BigInt(header.first), 16);
  header.previous.copy(bytes, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  return bytes;
}

/** Undefined when the bytes are no header of any version; the checksum covers the version too. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 6).equals(SEGMENT_MAGIC)) return undefined;
  if (bytes.readUInt32LE(60) !== crc32(bytes.subarray(0, 60))) return undefined;
  return {
    version: bytes.readUInt16LE(6),
    createdMs: bytes.readDoubleLE(8),
    first: Number(bytes.readBigUInt64LE(16)),
    previous: Buffer.from(bytes.subarray(24, 56)),
  };
}

/** @throws RangeError when the body is longer than a reader would take. */
export function encodeFrame(frame: Frame): Buffer {
  if (frame.body.length > MAX_BODY_BYTES) {
    throw new RangeError(`a frame of ${frame.body.length} bytes is larger than ${MAX_BODY_BYTES}`);
  }
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + frame.body.length);
  FRAME_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(frame.body.length, 4);
  bytes.writeBigUInt64LE(BigInt(frame.seq), 8);
  bytes.writeUInt32LE(frame.count, 16);
  bytes.writeUInt32LE(crc32(frame.body), 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 24)), 24);
  frame.body.copy(bytes, FRAME_HEAD_BYTES);
  return bytes;
}

/** The frame that stands at `offset`, whole and with both checksums right; its body shares memory with `bytes`. */
export function frameAt(bytes: Buffer, offset: number): Frame | undefined {
  const head = bytes.subarray(offset, offset + FRAME_HEAD_BYTES);
  if (head.length < FRAME_HEAD_BYTES || !head.subarray(0, 4).equals(FRAME_MAGIC)) return undefined;
  if (head.readUInt32LE(24) !== crc32(head.subarray(0, 24))) return undefined;
  const length = head.readUInt32LE(4);
  if (length > MAX_BODY_BYTES) return undefined;
  const body = bytes.subarray(offset + FRAME_HEAD_BYTES, offset + FRAME_HEAD_BYTES + length);
  if (body.length < length || head.readUInt32LE(20) !== crc32(body)) return undefined;
  return { seq: Number(head.readBigUInt64LE(8)), count: head.readUInt32LE(16), body };
}

export function encodeFooter(footer: SegmentFooter): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  FOOTER_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(footer.frames, 4);
  bytes.writeBigUInt64LE(BigInt(footer.first), 8);
  bytes.writeBigUInt64LE(BigInt(footer.last), 16);
  footer.digest.copy(bytes, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 56)), 56);
  return bytes;
}

/** The footer that stands at `offset`, with its checksum right. */
export function footerAt(bytes: Buffer, offset: number): SegmentFooter | undefined {
  const at = bytes.subarray(offset, offset + FOOTER_BYTES);
  if (at.length < FOOTER_BYTES || !at.subarray(0, 4).equals(FOOTER_MAGIC)) return undefined;
  if (at.readUInt32LE(56) !== crc32(at.subarray(0, 56))) return undefined;
  return {
    frames: at.readUInt32LE(4),
    first: Number(at.readBigUInt64LE(8)),
    last: Number(at.readBigUInt64LE(16)),
    digest: Buffer.from(at.subarray(24, 56)),
  };
}

/** Digest of a segment that grows: header first, then the heads of its frames. */
export class SegmentDigest {
  readonly #hash = createHash('sha256');

  /** @param bytes a header, or a frame of which the head counts. */
  add(bytes: Buffer): void {
    this.#hash.update(bytes.subarray(0, bytes.subarray(0, 4).equals(FRAME_MAGIC) ? FRAME_HEAD_BYTES : HEADER_BYTES));
  }

  /** Of what was added so far. */
  value(): Buffer {
    return this.#hash.copy().digest();
  }
}

const NAME = /^(\d{8})\.seg$/;

/** `00000007.seg`: segments sort by name in the order in which they were written. */
export function segmentName(number: number): string {
  return `${number.toString().padStart(8, '0')}.seg`;
}

export function segmentNumber(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}
