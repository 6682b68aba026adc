// Who reads the timeline, and how far each has got.

/** Enough for every Prometheus pair one would run; a bound because each name costs a cursor. */
export const MAX_CONSUMERS = 32;
/** What a consumer may be called. */
export const CONSUMER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export interface Consumer {
  /** Sequence number of the next sample it wants. */
  cursor: number;
  /** The newest heartbeat it was given; the next one must be later. */
  heartbeatMs: number;
  /** Pending while a response to it is under way. */
  reading: Promise<void> | undefined;
  lastSeenMs: number;
  /** Until its first whole response: what was dropped before it came is no loss of its. */
  isNew: boolean;
}

export class TimelineConsumers {
  readonly max = MAX_CONSUMERS;
  readonly #idleMs: number;
  readonly #byName = new Map<string, Consumer>();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** The consumer of that name, made at `first` when it is new; undefined when there are too many already. */
  open(name: string, at: { readonly nowMs: number; readonly first: number }): Consumer | undefined {
    let consumer = this.#byName.get(name);
    if (consumer === undefined) {
      if (this.#byName.size >= this.max) this.forgetIdle(at.nowMs);
      if (this.#byName.size >= this.max) return undefined;
      consumer = {
        cursor: at.first,
        heartbeatMs: Number.NEGATIVE_INFINITY,
        reading: undefined,
        lastSeenMs: at.nowMs,
        isNew: true,
      };
      this.#byName.set(name, consumer);
    }
    consumer.lastSeenMs = at.nowMs;
    return consumer;
  }

  /** A consumer silent for so long has missed what Prometheus would take from it: it starts anew when it returns. */
  forgetIdle(nowMs: number): void {
    for (const [name, consumer] of this.#byName) {
      if (consumer.reading === undefined && nowMs - consumer.lastSeenMs > this.#idleMs) this.#byName.delete(name);
    }
  }

  /** True when there is a consumer and each has read the sample of this number. */
  allPast(sequence: number): boolean {
    if (this.#byName.size === 0) return false;
    for (const consumer of this.#byName.values()) if (consumer.cursor <= sequence) return false;
    return true;
  }
}
