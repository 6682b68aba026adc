// A bounded log of settled samples. Every sample has a sequence number; readers hold the number of the next one they want.

/** Fixed capacity; appending to a full ring overwrites the oldest. */
export class SampleRing<T> {
  readonly #slots: (T | undefined)[];
  #first = 0;
  #next = 0;

  constructor(capacity: number) {
    this.#slots = new Array<T | undefined>(capacity);
  }

  /** Sequence number of the oldest sample held. */
  get first(): number {
    return this.#first;
  }

  /** Sequence number that the next sample will get. */
  get next(): number {
    return this.#next;
  }

  get isFull(): boolean {
    return this.#next - this.#first >= this.#slots.length;
  }

  append(sample: T): void {
    if (this.isFull) this.dropOldest();
    this.#slots[this.#next % this.#slots.length] = sample;
    this.#next += 1;
  }

  dropOldest(): void {
    if (this.#first >= this.#next) return;
    this.#slots[this.#first % this.#slots.length] = undefined;
    this.#first += 1;
  }

  clear(): void {
    while (this.#first < this.#next) this.dropOldest();
  }

  at(sequence: number): T | undefined {
    if (sequence < this.#first || sequence >= this.#next) return undefined;
    return this.#slots[sequence % this.#slots.length];
  }
}
