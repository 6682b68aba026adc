// Which threads a segment may hold, in a fixed 16 KiB: a Bloom filter of their ids. It never misses a thread; of 10,000
// threads in one segment about one in 200 others is taken to be there too, and costs a scan.
export const FILTER_BYTES = 16 * 1024;
const BITS = FILTER_BYTES * 8;
const PROBES = 4;

export class ThreadFilter {
  /** As it is stored. */
  readonly bytes: Uint8Array;

  /** @param bytes of a stored filter, {@link FILTER_BYTES} of them; an empty one without. */
  constructor(bytes: Uint8Array = new Uint8Array(FILTER_BYTES)) {
    this.bytes = bytes;
  }

  add(threadId: string): void {
    const { start, step } = probesOf(threadId);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = bitOf(start, step, probe);
      this.bytes[bit >>> 3] = (this.bytes[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  mayHold(threadId: string): boolean {
    const { start, step } = probesOf(threadId);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = bitOf(start, step, probe);
      if (((this.bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** Two FNV-1a hashes make all probes (Kirsch and Mitzenmacher, "Less hashing, same performance", 2006). Part of the format. */
function probesOf(text: string): { readonly start: number; readonly step: number } {
  let one = 0x811c9dc5;
  let two = 0x9e3779b1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x01000193) ^ (two >>> 15);
  }
  // An odd step visits different bits: the number of bits is a power of two.
  return { start: mixed(one), step: mixed(two) | 1 };
}

function bitOf(start: number, step: number, probe: number): number {
  return ((start + Math.imul(probe, step)) >>> 0) % BITS;
}

/** Spreads each bit of the hash over all of them (the finaliser of MurmurHash3). */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
