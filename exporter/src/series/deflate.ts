// gzip by the piece: each piece of a body is compressed by itself, once for as long as it does not change, and a whole gzip
// stream is put together from the results without compressing anything again. One member, as every client reads it: browsers
// and curl stop after the first of several.
import { constants, crc32, deflateRawSync } from 'node:zlib';

/** Below this a piece is put in as it is: compressing it costs more than it saves. */
const DEFLATE_FROM_BYTES = 1_024;
/** What a page of 256 lines is compressed to fits into the chunk, which is garbage at once. */
const OPTIONS = { level: 1, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 8_192 } as const;
/** Room for what does not compress as well the next time. */
const SLACK_BYTES = 128;

/** A piece as a part of a deflate stream (RFC 1951): whole blocks that end on a byte and refer to nothing before them. */
export interface Deflated {
  readonly bytes: Uint8Array;
  /** CRC-32 of what was compressed. */
  readonly crc: number;
  /** How many bytes that was. */
  readonly length: number;
  /** x^(8 * length) modulo the polynomial of CRC-32: what the CRC of everything before it is multiplied by. */
  readonly shift: number;
}

/** @param room what an earlier piece stood in and may be written over, if it is large enough */
export function deflated(bytes: Uint8Array, room?: ArrayBufferLike): Deflated {
  const isWorthIt = bytes.length >= DEFLATE_FROM_BYTES;
  return {
    bytes: isWorthIt ? deflatedBlocks(bytes, room) : storedBlock(bytes),
    crc: crc32(bytes),
    length: bytes.length,
    shift: shiftOf(bytes.length),
  };
}

function deflatedBlocks(bytes: Uint8Array, room?: ArrayBufferLike): Uint8Array {
  const blocks = deflateRawSync(bytes, OPTIONS);
  // Copied, because what zlib answers is a view of a whole chunk, which would be kept.
  const fits = room !== undefined && room.byteLength >= blocks.length;
  const kept = new Uint8Array(fits ? room : new ArrayBuffer(blocks.length + SLACK_BYTES), 0, blocks.length);
  kept.set(blocks);
  return kept;
}

/** RFC 1951 3.2.4. */
function storedBlock(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array(0);
  const block = new Uint8Array(5 + bytes.length);
  block.set([0, bytes.length & 255, bytes.length >> 8, ~bytes.length & 255, (~bytes.length >> 8) & 255]);
  block.set(bytes, 5);
  return block;
}

/** RFC 1952 2.3: deflate, no name, no time, fastest, unknown system. */
export const GZIP_HEAD: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255);
/** An empty last block. */
const LAST_BLOCK = [3, 0] as const;

/** Counts the pieces of one stream; what it answers at the end stands behind them. */
export class GzipTail {
  #crc = 0;
  #length = 0;

  add(piece: Deflated): void {
    this.#crc = (multiply(piece.shift, this.#crc) ^ piece.crc) >>> 0;
    this.#length = (this.#length + piece.length) % 2 ** 32;
  }

  get bytes(): Uint8Array {
    const tail = Buffer.alloc(LAST_BLOCK.length + 8);
    tail.set(LAST_BLOCK);
    tail.writeUInt32LE(this.#crc, LAST_BLOCK.length);
    tail.writeUInt32LE(this.#length, LAST_BLOCK.length + 4);
    return tail;
  }
}

const POLYNOMIAL = 0xedb88320;
/** x^0, its bits reversed as in the CRC itself. */
const ONE = 0x80000000;

/** Product of two polynomials over GF(2) modulo that of CRC-32, as zlib's crc32_combine has it (crc32.c, multmodp). */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 0 ? factor >>> 1 : (factor >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}

/** x^(8 * 2^n). */
const POWERS: readonly number[] = powers();

function powers(): number[] {
  const all = [0x00800000];
  for (let n = 1; n < 32; n++) all.push(multiply(all[n - 1] ?? 0, all[n - 1] ?? 0));
  return all;
}

/** x^(8 * bytes). */
function shiftOf(bytes: number): number {
  let shift = ONE;
  for (let n = 0; n < 32; n++) if (((bytes >>> n) & 1) === 1) shift = multiply(POWERS[n] ?? 0, shift);
  return shift;
}
