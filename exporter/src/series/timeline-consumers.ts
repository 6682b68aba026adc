// Who reads the timeline, and how far each has got.
import type { SettledSample } from './timeline-series.ts';

/** Enough for every Prometheus pair one would run; a bound because each name costs a cursor. */
export const MAX_CONSUMERS = 32;
/** What a consumer may be called that comes over HTTP. */
export const CONSUMER_NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** In the names of the exporter's own consumers: these are in the configuration, so they need no bound and do not expire. */
const OWN_MARK = '/';

/**
 * How far a consumer has been told, in terms that outlast the process: of the first `events` events that the timeline heard of,
 * everything up to `upToMs`.
 */
export interface Told {
  readonly events: number;
  readonly upToMs: number;
}

/** What is kept of a consumer over a restart. */
export interface ConsumerCursor extends Told {
  readonly name: string;
  readonly heartbeatMs: number | undefined;
  readonly lastSeenMs: number;
}

export interface Consumer {
  /** Sequence number of the next sample it wants. */
  cursor: number;
  told: Told;
  /** The newest heartbeat it was given; the next one must be later. */
  heartbeatMs: number;
  /** Pending while a response to it is under way. */
  reading: Promise<void> | undefined;
  lastSeenMs: number;
  /** Until its first whole response: what was dropped before it came is no loss of its. */
  isNew: boolean;
  /**
   * It comes from before a restart: samples below `until` were made anew, and which of them it has only `told` says.
   */
  resumed: { readonly told: Told; until: number } | undefined;
  /** Threads it was given samples of and not the end: for consumers that want ends. */
  readonly open: Set<string>;
}

/** Whether somebody who was told so far has the sample. */
export function includes({ events, upToMs }: Told, { event, trueMs }: SettledSample): boolean {
  return event <= events && trueMs <= upToMs;
}

const NOTHING: Told = { events: 0, upToMs: Number.NEGATIVE_INFINITY };

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
      if (!isOwn(name)) {
        if (this.#visitors >= this.max) this.forgetIdle(at.nowMs);
        if (this.#visitors >= this.max) return undefined;
      }
      consumer = fresh({ cursor: at.first, lastSeenMs: at.nowMs });
      this.#byName.set(name, consumer);
    }
    consumer.lastSeenMs = at.nowMs;
    return consumer;
  }

  get(name: string): Pick<Consumer, 'cursor'> | undefined {
    return this.#byName.get(name);
  }

  /** A consumer silent for so long has missed what Prometheus would take from it: it starts anew when it returns. */
  forgetIdle(nowMs: number): void {
    for (const [name, consumer] of this.#byName) {
      if (isOwn(name) || consumer.reading !== undefined) continue;
      if (nowMs - consumer.lastSeenMs > this.#idleMs) this.#byName.delete(name);
    }
  }

  /** True when there is a consumer and each has read the sample of this number. */
  allHave(sequence: number, sample: SettledSample | undefined): boolean {
    if (this.#byName.size === 0) return false;
    for (const { cursor, resumed } of this.#byName.values()) {
      const has =
        cursor > sequence || (resumed !== undefined && sample !== undefined && includes(resumed.told, sample));
      if (!has) return false;
    }
    return true;
  }

  /** The newest heartbeat that anybody was given. */
  get heartbeatMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...[...this.#byName.values()].map(({ heartbeatMs }) => heartbeatMs));
  }

  cursors(): readonly ConsumerCursor[] {
    return [...this.#byName]
      .filter(([, { isNew }]) => !isNew)
      .map(([name, { told, heartbeatMs, lastSeenMs }]) => ({
        name,
        ...told,
        heartbeatMs: Number.isFinite(heartbeatMs) ? heartbeatMs : undefined,
        lastSeenMs,
      }));
  }

  /** Takes up consumers from before a restart. Until {@link resumedAll} every sample counts as made anew. */
  resume(cursors: readonly ConsumerCursor[]): void {
    for (const { name, events, upToMs, heartbeatMs, lastSeenMs } of cursors) {
      const told = { events, upToMs };
      this.#byName.set(name, {
        ...fresh({ cursor: 0, lastSeenMs }),
        told,
        heartbeatMs: heartbeatMs ?? Number.NEGATIVE_INFINITY,
        isNew: false,
        resumed: { told, until: Number.POSITIVE_INFINITY },
      });
    }
  }

  /** The samples from `next` on are new to everybody. */
  resumedAll(next: number): void {
    for (const { resumed } of this.#byName.values()) if (resumed !== undefined) resumed.until = next;
  }

  get #visitors(): number {
    return [...this.#byName.keys()].filter((name) => !isOwn(name)).length;
  }
}

function fresh({ cursor, lastSeenMs }: { readonly cursor: number; readonly lastSeenMs: number }): Consumer {
  return {
    cursor,
    told: NOTHING,
    heartbeatMs: Number.NEGATIVE_INFINITY,
    reading: undefined,
    lastSeenMs,
    isNew: true,
    resumed: undefined,
    open: new Set(),
  };
}

function isOwn(name: string): boolean {
  return name.includes(OWN_MARK);
}
