// The ids of the records accepted last, with what each said, in little memory: what recognises repeats and conflicts.
//
// Ids are kept as 128 bits of their SHA-256 in a ring, in the order of their coming; an open-addressing table over the ring
// finds them. About 32 bytes an id. Both grow by doubling up to the capacity, so that an exporter that sees little takes little.
import { randomInt } from 'node:crypto';
import { hashId, ID_HASH_WORDS as WORDS } from './id-hash.ts';

/** Ids that there is room for at first. */
const FIRST_ROOM = 1_024;

export type Known = 'new' | 'same' | 'other';

export class KnownIds {
  readonly #capacity: number;
  /** Places that the ring has at present. */
  #room: number;
  #ring: Uint32Array;
  /** Place in the ring plus one, by slot; 0 is empty. */
  #slots: Int32Array;
  #mask: number;
  /** Unknown outside, so that nobody can choose ids that crowd in one place of the table. */
  readonly #multipliers = [randomInt(2 ** 31) * 2 + 1, randomInt(2 ** 31) * 2 + 1] as const;
  /** The hashes asked for last, and of what they are: what is looked up is often noted next. */
  readonly #asked = new Uint32Array(WORDS);
  #askedId: string | undefined;
  #askedDigest = '';
  /** What `#find` said of it, as long as the table has not changed since. */
  #askedSlot: number | undefined;
  /** Place of the next id; what is there is the oldest, once the ring is full. */
  #next = 0;
  #size = 0;

  /** @throws RangeError when the capacity is not a whole number above 0. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`${capacity} is not a number of ids to keep`);
    this.#capacity = capacity;
    this.#room = Math.min(capacity, FIRST_ROOM);
    this.#ring = new Uint32Array(this.#room * WORDS);
    this.#slots = new Int32Array(slotsFor(this.#room));
    this.#mask = this.#slots.length - 1;
  }

  get size(): number {
    return this.#size;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** What {@link note} would say; nothing is remembered. */
  look(id: string, digest: string): Known {
    if (id !== this.#askedId || digest !== this.#askedDigest) this.#ask(id, digest);
    return this.#lookAsked();
  }

  #lookAsked(): Known {
    const found = (this.#askedSlot ??= this.#find());
    if (found < 0) return 'new';
    const at = ((this.#slots[found] ?? 0) - 1) * WORDS;
    return this.#ring[at + 4] === this.#asked[4] && this.#ring[at + 5] === this.#asked[5] ? 'same' : 'other';
  }

  /**
   * Remembers an id that is new, in the place of the oldest once there is no other; says of one that is known whether its
   * digest was the same. Two different ids are taken for one with a chance of 2^-128, two digests with one of 2^-64.
   */
  note(id: string, digest: string): Known {
    if (id !== this.#askedId || digest !== this.#askedDigest) this.#ask(id, digest);
    return this.#noteAsked();
  }

  /** As {@link note}, of the hash that stands at `at` in `words`. */
  noteHashed(words: Uint32Array, at: number): Known {
    this.#askedId = undefined;
    this.#askedSlot = undefined;
    for (let word = 0; word < WORDS; word += 1) this.#asked[word] = words[at + word] ?? 0;
    return this.#noteAsked();
  }

  #noteAsked(): Known {
    const known = this.#lookAsked();
    if (known !== 'new') return known;
    if (this.#next === this.#room) this.#grow();
    this.#evict();
    const free = ~(this.#askedSlot ?? this.#find());
    for (let word = 0; word < WORDS; word += 1) this.#ring[this.#next * WORDS + word] = this.#asked[word] ?? 0;
    this.#slots[free] = this.#next + 1;
    this.#askedSlot = free;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#size += 1;
    return 'new';
  }

  /** Its place in the ring stays taken until it comes round. */
  forget(id: string, digest: string): void {
    this.#ask(id, digest);
    const found = this.#find();
    if (found < 0) return;
    this.#ring.fill(0, ((this.#slots[found] ?? 0) - 1) * WORDS, (this.#slots[found] ?? 0) * WORDS);
    this.#vacate(found);
    this.#size -= 1;
  }

  #ask(id: string, digest: string): void {
    this.#askedId = id;
    this.#askedDigest = digest;
    this.#askedSlot = undefined;
    hashId(this.#asked, id, digest);
  }

  /** The slot of the asked id, or the complement of the empty slot where it would go. */
  #find(): number {
    // By index: taking a typed array apart goes through its iterator.
    const asked = this.#asked;
    const a = asked[0] ?? 0;
    const b = asked[1] ?? 0;
    const c = asked[2];
    const d = asked[3];
    const ring = this.#ring;
    const slots = this.#slots;
    for (let slot = this.#home(a, b); ; slot = (slot + 1) & this.#mask) {
      const place = slots[slot] ?? 0;
      if (place === 0) return ~slot;
      const at = (place - 1) * WORDS;
      if (ring[at] === a && ring[at + 1] === b && ring[at + 2] === c && ring[at + 3] === d) return slot;
    }
  }

  #home(a: number, b: number): number {
    const mixed = (Math.imul(a, this.#multipliers[0]) + Math.imul(b, this.#multipliers[1])) | 0;
    return ((mixed >>> 15) ^ mixed) & this.#mask;
  }

  /** The last doubling of a million ids takes some tens of ms, once in the life of a process. */
  #grow(): void {
    this.#askedSlot = undefined;
    const before = this.#room;
    this.#room = Math.min(this.#capacity, 2 * before);
    const ring = new Uint32Array(this.#room * WORDS);
    ring.set(this.#ring);
    this.#ring = ring;
    this.#slots = new Int32Array(slotsFor(this.#room));
    this.#mask = this.#slots.length - 1;
    for (let place = 0; place < before; place += 1) {
      const [a, b] = [ring[place * WORDS] ?? 0, ring[place * WORDS + 1] ?? 0];
      // A forgotten id left its place empty.
      if (a === 0) continue;
      let slot = this.#home(a, b);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = place + 1;
    }
  }

  /** Frees the place that the next id takes. */
  #evict(): void {
    const at = this.#next * WORDS;
    const [a, b] = [this.#ring[at] ?? 0, this.#ring[at + 1] ?? 0];
    if (a === 0) return;
    let slot = this.#home(a, b);
    while (this.#slots[slot] !== this.#next + 1) slot = (slot + 1) & this.#mask;
    this.#vacate(slot);
    this.#size -= 1;
  }

  /** Empties a slot and moves those behind it up that may not be separated from their home by a hole. */
  #vacate(slot: number): void {
    this.#askedSlot = undefined;
    let hole = slot;
    for (let next = (hole + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const place = this.#slots[next] ?? 0;
      if (place === 0) break;
      const at = (place - 1) * WORDS;
      const home = this.#home(this.#ring[at] ?? 0, this.#ring[at + 1] ?? 0);
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#slots[hole] = place;
        hole = next;
      }
    }
    this.#slots[hole] = 0;
  }
}

/** A power of two, at most half of it taken. */
function slotsFor(room: number): number {
  return 2 ** Math.ceil(Math.log2(room * 2));
}
