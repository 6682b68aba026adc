// Events that wait for the timeline's watermark, in slots of their due time: taking what is due looks at what is due, however
// much waits behind it.
import type { OrchestratorEvent } from '../contract/event.ts';

export interface PendingEvent {
  readonly event: OrchestratorEvent;
  /** How many events the timeline had heard of with it. */
  readonly number: number;
  /** When it is due by the watermark: its time; now, when it claims to come from a far future. */
  readonly dueMs: number;
}

const SLOT_MS = 100;

export class PendingEvents {
  /** Each in the order of arrival. */
  readonly #slots = new Map<number, PendingEvent[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(pending: PendingEvent): void {
    const number = Math.floor(pending.dueMs / SLOT_MS);
    const slot = this.#slots.get(number);
    if (slot === undefined) this.#slots.set(number, [pending]);
    else slot.push(pending);
    this.#size += 1;
  }

  /** What is due up to this instant, in the order of time, then of arrival. */
  takeDue(upToMs: number): PendingEvent[] {
    const last = Math.floor(upToMs / SLOT_MS);
    const due: PendingEvent[] = [];
    for (const number of [...this.#slots.keys()].filter((each) => each <= last).sort((a, b) => a - b)) {
      const slot = this.#slots.get(number) ?? [];
      // Sorting is stable, and what is of one time is in one slot.
      const taken = (number < last ? slot : slot.filter(({ dueMs }) => dueMs <= upToMs)).sort(byTime);
      for (const pending of taken) due.push(pending);
      const left = number < last ? [] : slot.filter(({ dueMs }) => dueMs > upToMs);
      if (left.length > 0) this.#slots.set(number, left);
      else this.#slots.delete(number);
    }
    this.#size -= due.length;
    return due;
  }

  /** 0 when nothing waits. */
  medianMs(): number {
    const times = [...this].map(({ dueMs }) => dueMs).sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] ?? 0;
  }

  /** Those of one time in the order of arrival. */
  *[Symbol.iterator](): Generator<PendingEvent> {
    for (const slot of this.#slots.values()) yield* slot;
  }
}

function byTime(a: PendingEvent, b: PendingEvent): number {
  return a.dueMs - b.dueMs;
}
