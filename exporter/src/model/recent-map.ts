// A map that keeps the entries set last.

/**
 * Holds the latest `capacity` keys; setting one more drops the one that was set first. A ring of keys names the key to
 * drop, because finding the first key of a JavaScript Map with many deletions behind it is not constant time.
 */
export class RecentMap<V> {
  readonly #values = new Map<string, V>();
  readonly #ring: string[] = [];
  readonly #capacity: number;
  #next = 0;

  /** @throws RangeError when the capacity is not a whole number above 0. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`${capacity} is not a number of entries to keep`);
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** A key that is there already keeps its place. */
  set(key: string, value: V): void {
    const known = this.#values.has(key);
    this.#values.set(key, value);
    if (known) return;
    const dropped = this.#ring[this.#next];
    if (dropped !== undefined && dropped !== key) this.#values.delete(dropped);
    this.#ring[this.#next] = key;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The key's place in the ring stays taken until it comes round. */
  delete(key: string): void {
    this.#values.delete(key);
  }

  /** In the order in which the keys were first set. */
  entries(): IterableIterator<[string, V]> {
    return this.#values.entries();
  }
}
