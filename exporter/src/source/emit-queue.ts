// Events of emitters in this process, from the call that emitted them to the pipeline. In the call itself an event is copied
// and put behind the others; everything else is done later, for many events together and in short stretches.
import type { RejectReason } from '../contract/event.ts';
import type { RawItem } from '../pipeline.ts';

/** Events taken at a stretch: one or two milliseconds of work. */
const SLICE = 200;
/** About 100 MB. A caller that never lets go of the loop could else fill the memory. */
const MAX_WAITING = 200_000;

export interface EmitQueueParts {
  /** The pipeline. Rejects when the events are not durable: then none of them counts. */
  readonly ingest: (items: readonly RawItem[]) => Promise<unknown>;
  /** Hears of events that do not count, how many, and why. */
  readonly onRefused: (refusal: EmitRefusal) => void;
  /** Calls `action` once, after `delayMs`; with 0 in the next turn of the loop. */
  readonly later: (delayMs: number, action: () => void) => void;
  /** How long an event waits for others to be taken with it, ms: every batch costs a commit. */
  readonly waitMs: () => number;
  readonly maxWaiting?: number;
}

/** Nobody sends these events again: they are lost. */
export interface EmitRefusal {
  readonly reason: Extract<RejectReason, 'queue_full' | 'not_durable'>;
  readonly events: number;
  readonly error: unknown;
}

export class EmitQueue {
  readonly #parts: EmitQueueParts;
  readonly #underWay = new Set<Promise<void>>();
  #waiting: RawItem[] = [];
  #isDue = false;
  #overrun = 0;

  readonly #maxWaiting: number;

  constructor(parts: EmitQueueParts) {
    this.#parts = parts;
    this.#maxWaiting = parts.maxWaiting ?? MAX_WAITING;
  }

  /** To be called in the emitting call: afterwards the event is the orchestrator's to change. Never throws. */
  push(raw: unknown): void {
    if (this.#waiting.length >= this.#maxWaiting) {
      this.#overrun += 1;
      return;
    }
    this.#waiting.push(itemOf(raw));
    if (!this.#isDue) this.#wake(this.#parts.waitMs());
  }

  /** Hands over what waits at once: whoever takes in events of another way after these must come behind them. */
  flush(): void {
    while (this.#waiting.length > 0) this.#takeSlice();
  }

  /** Resolves when everything pushed before is durable, or refused. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#takeSlice();
      await new Promise<void>((resolve) => {
        this.#parts.later(0, resolve);
      });
    }
    await Promise.all(this.#underWay);
  }

  #wake(delayMs: number): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#parts.later(delayMs, this.#flush);
  }

  readonly #flush = (): void => {
    this.#isDue = false;
    this.#takeSlice();
    if (this.#waiting.length > 0) this.#wake(0);
  };

  #takeSlice(): void {
    const items = this.#waiting;
    this.#waiting = items.length > SLICE ? items.slice(SLICE) : [];
    if (items.length > SLICE) items.length = SLICE;
    if (this.#overrun > 0) {
      const events = this.#overrun;
      const error = new Error(`${events} emitted events came while ${this.#maxWaiting} others waited`);
      this.#overrun = 0;
      this.#parts.onRefused({ reason: 'queue_full', events, error });
    }
    if (items.length === 0) return;
    const settled = this.#parts.ingest(items).then(
      () => undefined,
      (error: unknown) => {
        this.#parts.onRefused({ reason: 'not_durable', events: items.length, error });
      }
    );
    this.#underWay.add(settled);
    void settled.then(() => this.#underWay.delete(settled));
  }
}

/** Levels and values that are copied: more than the digest of an event looks at. What is beyond stays the orchestrator's. */
const MAX_DEPTH = 9;
const MAX_VALUES = 10_000;

function itemOf(raw: unknown): RawItem {
  try {
    return { raw: copyOf(raw) };
  } catch {
    const message = 'the event could not be read: one of its properties threw an error';
    return { rejection: { reason: 'invalid_field', message } };
  }
}

/**
 * The event as it is now: its own fields with what they hold, getters as what they give. What is no object, functions among
 * them, is shared. @throws what a getter of it throws.
 */
export function copyOf(raw: unknown): unknown {
  return copied(raw, MAX_DEPTH, { values: MAX_VALUES });
}

function copied(value: unknown, levels: number, left: { values: number }): unknown {
  if (typeof value !== 'object' || value === null || levels === 0 || left.values-- <= 0) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => copied(each, levels - 1, left));
  const copy = shallow(value);
  for (const key in copy) {
    const inner = copy[key];
    if (typeof inner === 'object' && inner !== null && Object.hasOwn(copy, key)) {
      copy[key] = copied(inner, levels - 1, left);
    }
  }
  return copy;
}

function shallow(value: object): Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  // By far the cheapest copy there is.
  if (prototype === Object.prototype || prototype === null) return { ...value };
  // An event's class may hold its type.
  const copy = Object.create(prototype as object) as Record<string, unknown>;
  for (const key of Object.keys(value)) {
    const own: unknown = Reflect.get(value, key);
    Object.defineProperty(copy, key, { value: own, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}
