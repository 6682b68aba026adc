// Sums of money over a window that ends now, in bounded memory.
import { addSaturating, ZERO_USD, type NanoUsd } from '../contract/money.ts';

interface Slot {
  readonly number: number;
  sum: NanoUsd;
}

export type SlotSum = readonly [slot: number, sum: NanoUsd];

/**
 * Spend of the last `windowMs`, kept in slots of a fixed part of the window. Time is exact to one slot: what lies in a
 * slot that the window has begun to leave still counts whole, so a limit is never reported freer than it is.
 */
export class SlidingSum {
  readonly #slotMs: number;
  readonly #slots: number;
  /** Spend by slot number (time divided by the length of a slot). */
  readonly #sums = new Map<number, Slot>();
  /** Spend comes mostly in order: the slot of the last one is mostly that of the next. */
  #latest: Slot | undefined;

  constructor(windowMs: number, slots: number) {
    this.#slotMs = Math.max(1, Math.ceil(windowMs / slots));
    this.#slots = Math.ceil(windowMs / this.#slotMs);
  }

  add(atMs: number, spend: NanoUsd): void {
    const number = Math.floor(atMs / this.#slotMs);
    const slot = this.#latest?.number === number ? this.#latest : this.#slot(number);
    slot.sum = addSaturating(slot.sum, spend);
  }

  /** At most the largest exact amount, which then means that much or more. */
  sum(nowMs: number): NanoUsd {
    const last = Math.floor(nowMs / this.#slotMs);
    const first = last - this.#slots;
    let sum = ZERO_USD;
    for (const slot of this.#sums.values()) {
      if (slot.number >= first && slot.number <= last) sum = addSaturating(sum, slot.sum);
    }
    return sum;
  }

  /** Slot numbers with their sums. */
  dump(): readonly SlotSum[] {
    return Array.from(this.#sums.values(), ({ number, sum }) => [number, sum]);
  }

  /** Takes what a sum over the same window with the same number of slots held. */
  load(sums: readonly SlotSum[]): void {
    for (const [number, sum] of sums) this.#sums.set(number, { number, sum });
    this.#latest = undefined;
  }

  #slot(number: number): Slot {
    let slot = this.#sums.get(number);
    if (slot === undefined) {
      slot = { number, sum: ZERO_USD };
      this.#sums.set(number, slot);
      if (this.#sums.size > 4 * this.#slots) this.#prune();
    }
    // One that is too old to be kept is not held beside the others.
    this.#latest = this.#sums.has(number) ? slot : undefined;
    return slot;
  }

  /**
   * Keeps the latest slots by number of slots, not by their distance from the newest: a clock that was years ahead for a
   * while must not take out what is spent now.
   */
  #prune(): void {
    const latest = [...this.#sums.keys()].sort((a, b) => b - a);
    for (const slot of latest.slice(3 * this.#slots)) this.#sums.delete(slot);
  }
}
