// Events of emitters in this process, from the call that emitted them to the pipeline. In the call itself an event is copied
// and put behind the others; everything else is done later, for many events together and in short stretches.
import type { RejectReason, Rejection } from '../contract/event.ts';
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
  #waiting: Taken[] = [];
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
    this.#waiting.push(takenOf(raw));
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
    const taken = this.#waiting;
    this.#waiting = taken.length > SLICE ? taken.slice(SLICE) : [];
    if (taken.length > SLICE) taken.length = SLICE;
    if (this.#overrun > 0) {
      const events = this.#overrun;
      const error = new Error(`${events} emitted events came while ${this.#maxWaiting} others waited`);
      this.#overrun = 0;
      this.#parts.onRefused({ reason: 'queue_full', events, error });
    }
    if (taken.length === 0) return;
    const items = taken.map(itemOf);
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

/** What was taken of an event in the emitting call. */
type Taken = { readonly taken: unknown } | { readonly rejection: Rejection };

function takenOf(raw: unknown): Taken {
  try {
    return { taken: take(raw, MAX_DEPTH, { values: MAX_VALUES }) };
  } catch {
    const message = 'the event could not be read: one of its properties threw an error';
    return { rejection: { reason: 'invalid_field', message } };
  }
}

function itemOf(taken: Taken): RawItem {
  return 'taken' in taken ? { raw: restored(taken.taken) } : taken;
}

/**
 * The event as it is now: its own fields with what they hold, getters as what they give. What is no object, functions among
 * them, is shared. @throws what a getter of it throws.
 */
export function copyOf(raw: unknown): unknown {
  return restored(take(raw, MAX_DEPTH, { values: MAX_VALUES }));
}

/**
 * An object as the names and values of its fields, a list as its values. These lists are taken in half the time of a copy, which
 * is made of them later, outside the emitting call. What it holds besides other {@link Fields} is the orchestrator's.
 */
class Fields {
  readonly names: readonly string[] | undefined;
  readonly values: unknown[];
  /** Of a class, which may hold the type of an event. */
  readonly prototype: object | undefined;

  constructor(of: object) {
    const prototype = Object.getPrototypeOf(of) as object | null;
    const isList = Array.isArray(of);
    this.names = isList ? undefined : Object.keys(of);
    this.values = Array.isArray(of) ? of.slice() : Object.values(of);
    this.prototype = isList || prototype === Object.prototype || prototype === null ? undefined : prototype;
  }

  restored(): object {
    const { names, prototype } = this;
    const values = this.values.map(restored);
    if (names === undefined) return values;
    const record = (prototype === undefined ? {} : Object.create(prototype)) as Record<string, unknown>;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] ?? '';
      // A setter of the class must not hear of it.
      if (prototype === undefined && name !== '__proto__') record[name] = values[at];
      else
        Object.defineProperty(record, name, {
          value: values[at],
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
    return record;
  }
}

function take(value: unknown, levels: number, left: { values: number }): unknown {
  if (typeof value !== 'object' || value === null || levels === 0 || left.values-- <= 0) return value;
  const fields = new Fields(value);
  const { values } = fields;
  for (let at = 0; at < values.length; at += 1) {
    const inner = values[at];
    if (typeof inner === 'object' && inner !== null) values[at] = take(inner, levels - 1, left);
  }
  return fields;
}

/** What was {@link take}n, as it was. */
function restored(taken: unknown): unknown {
  return taken instanceof Fields ? taken.restored() : taken;
}
