// Sums of money over a window that ends now, in bounded memory.
import { nano, ZERO_USD, type NanoUsd } from '../contract/money.ts';

export type SlotSum = readonly [slot: number, sum: NanoUsd];

/**
 * Spend of the last `windowMs`, kept in slots of a fixed part of the window. Time is exact to one slot: what lies in a
 * slot that the window has begun to leave still counts whole, so a limit is never reported freer than it is.
 */
export class SlidingSum {
  readonly #slotMs: number;
  readonly #slots: number;
  /** Spend by slot number (time divided by the length of a slot). */
  readonly #sums = new Map<number, NanoUsd>();

  constructor(windowMs: number, slots: number) {
    this.#slotMs = Math.max(1, Math.ceil(windowMs / slots));
    this.#slots = Math.ceil(windowMs / this.#slotMs);
  }

  /** @throws RangeError when the slot's sum leaves the exact range. */
  add(atMs: number, spend: NanoUsd): void {
    const slot = Math.floor(atMs / this.#slotMs);
    this.#sums.set(slot, nano((this.#sums.get(slot) ?? 0) + spend));
    if (this.#sums.size > 4 * this.#slots) this.#prune();
  }

  /** @throws RangeError when the sum leaves the exact range. */
  sum(nowMs: number): NanoUsd {
    const last = Math.floor(nowMs / this.#slotMs);
    const first = last - this.#slots;
    let sum = ZERO_USD;
    for (const [slot, spend] of this.#sums) if (slot >= first && slot <= last) sum = nano(sum + spend);
    return sum;
  }

  /** Slot numbers with their sums. */
  dump(): readonly SlotSum[] {
    return [...this.#sums];
  }

  /** Takes what a sum over the same window with the same number of slots held. */
  load(sums: readonly SlotSum[]): void {
    for (const [slot, sum] of sums) this.#sums.set(slot, sum);
  }

  #prune(): void {
    const newest = Math.max(...this.#sums.keys());
    for (const slot of this.#sums.keys()) if (slot < newest - 2 * this.#slots) this.#sums.delete(slot);
  }
}
