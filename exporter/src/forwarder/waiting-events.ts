// The events that wait in memory: taken in the order in which they came, given up by what they are worth.
import { EVENT_KINDS } from './event-line.ts';
import type { EventKind } from './event-line.ts';

export interface WaitingEvent {
  readonly text: string;
  readonly kind: EventKind;
  /** Rises with each event offered. */
  readonly order: number;
}

/** What a waiting event takes besides its text, about. */
const EVENT_BYTES = 96;

export function bytesOf(event: WaitingEvent): number {
  return event.text.length + EVENT_BYTES;
}

export class WaitingEvents {
  readonly #lanes: Readonly<Record<EventKind, Fifo>> = { state: new Fifo(), end: new Fifo(), money: new Fifo() };
  #bytes = 0;

  get size(): number {
    return this.#lanes.state.size + this.#lanes.end.size + this.#lanes.money.size;
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  add(event: WaitingEvent): void {
    this.#lanes[event.kind].push(event);
    this.#bytes += bytesOf(event);
  }

  /** The oldest ones; at least one where there is any. */
  take(maxEvents: number, maxBytes: number): WaitingEvent[] {
    const taken: WaitingEvent[] = [];
    let bytes = 0;
    while (taken.length < maxEvents) {
      const lane = this.#oldestLane();
      const event = lane?.first;
      if (lane === undefined || event === undefined) break;
      bytes += event.text.length + 1;
      if (taken.length > 0 && bytes > maxBytes) break;
      lane.shift();
      this.#bytes -= bytesOf(event);
      taken.push(event);
    }
    return taken;
  }

  /** Undoes a {@link take}. */
  putBack(events: readonly WaitingEvent[]): void {
    for (const kind of EVENT_KINDS) this.#lanes[kind].unshift(events.filter((event) => event.kind === kind));
    this.#bytes += events.reduce((sum, event) => sum + bytesOf(event), 0);
  }

  /** Gives events up until no more than `maxBytes` are held: the oldest states, then ends, then money. */
  trim(maxBytes: number, onShed: (kind: EventKind) => void): void {
    while (this.#bytes > maxBytes) {
      const kind = EVENT_KINDS.find((each) => this.#lanes[each].size > 0);
      if (kind === undefined) return;
      const event = this.#lanes[kind].shift();
      if (event !== undefined) this.#bytes -= bytesOf(event);
      onShed(kind);
    }
  }

  #oldestLane(): Fifo | undefined {
    let oldest: Fifo | undefined;
    for (const kind of EVENT_KINDS) {
      const lane = this.#lanes[kind];
      if (lane.first !== undefined && lane.first.order < (oldest?.first?.order ?? Number.POSITIVE_INFINITY)) {
        oldest = lane;
      }
    }
    return oldest;
  }
}

/** A queue whose beginning is cut off now and then, not with every event that leaves. */
class Fifo {
  #events: (WaitingEvent | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#events.length - this.#head;
  }

  get first(): WaitingEvent | undefined {
    return this.#events[this.#head];
  }

  push(event: WaitingEvent): void {
    this.#events.push(event);
  }

  unshift(events: readonly WaitingEvent[]): void {
    if (events.length === 0) return;
    this.#events = [...events, ...this.#events.slice(this.#head)];
    this.#head = 0;
  }

  shift(): WaitingEvent | undefined {
    const event = this.#events[this.#head];
    this.#events[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }
}
