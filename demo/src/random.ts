// Seeded randomness: the same seed tells the same story.

/** Lower and upper bound, both possible. */
export type Range = readonly [number, number];

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). Mulberry32 (public domain, Tommy Ettinger). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Uniform integer of the range. */
  int([low, high]: Range): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** Integer of the range with small values as likely as large ones by order of magnitude, as latencies are. */
  latency([low, high]: Range): number {
    return Math.round(low * (high / low) ** this.unit());
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** One of the list; throws on an empty one. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.unit() * list.length)];
    if (chosen === undefined) throw new RangeError('pick: the list is empty');
    return chosen;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const rest = [...list];
    const shuffled: T[] = [];
    while (rest.length > 0) shuffled.push(...rest.splice(Math.floor(this.unit() * rest.length), 1));
    return shuffled;
  }

  /** An independent source, so that what one thread draws does not change another's story. */
  fork(): Random {
    return new Random(Math.floor(this.unit() * 2 ** 32));
  }
}
