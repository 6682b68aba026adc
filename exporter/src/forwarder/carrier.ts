// The way of an event through the forwarder: memory, where there is one the spool on disk, then the exporter.
import { messageOf } from '../errors.ts';
import { eventLine } from './event-line.ts';
import type { Counter, EventKind } from './event-line.ts';
import type { Settings } from './options.ts';
import { Outlet } from './outlet.ts';
import { Pause } from './pause.ts';
import { Spool } from './spool.ts';
import { bytesOf, WaitingEvents } from './waiting-events.ts';
import type { WaitingEvent } from './waiting-events.ts';

/** Since the start. Without a spool every event offered is in exactly one of the counts once the forwarder is closed. */
export interface ForwarderStats {
  readonly offered: number;
  readonly accepted: number;
  /** Known to the exporter already: sent again because an answer was lost. */
  readonly duplicates: number;
  /** Refused by the exporter for what they say. */
  readonly rejected: number;
  /** No object, or threw when it was read. */
  readonly unserialisable: number;
  /** Given up for want of room, by kind. */
  readonly shed: Readonly<Record<EventKind, number>>;
  /** Offered after, or not taken by the exporter until, the end of `close`; what a spool holds is not among them. */
  readonly undelivered: number;
  /** Waiting in memory. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Of files on disk, those of earlier runs included. */
  readonly spooledBytes: number;
  /** Requests that were not answered for, or not with a 200. */
  readonly failedAttempts: number;
  /** Why the exporter does not take events at present. */
  readonly problem: string | undefined;
  readonly spoolProblem: string | undefined;
}

interface Batch {
  readonly lines: readonly string[];
  readonly done: () => Promise<void>;
  /** The exporter has not answered for so many of them. */
  readonly failed: (left: number) => void;
}

const SPOOL_RETRY_MS = 5_000;
const SHED_SAID_MS = 10_000;
const SHED_TOLD_MS = 1_000;

export class Carrier {
  readonly producer: string;
  readonly #settings: Settings;
  readonly #waiting = new WaitingEvents();
  readonly #outlet: Outlet;
  readonly #shed: Record<EventKind, number> = { state: 0, end: 0, money: 0 };
  /** Aborts when nothing may be waited for any more. */
  readonly #deadline = new AbortController();
  /** For more events, before a request and before a write to the disk. */
  readonly #gathering: Pause;
  readonly #spoolGathering: Pause;
  #offered = 0;
  #unserialisable = 0;
  #undelivered = 0;
  readonly #counters = new Map<number, Counter>();
  /** Memory of events that were taken from those that wait and are not settled. */
  #underWayBytes = 0;
  #isClosing = false;
  #isMoreWanted = false;
  #sending: Promise<void> | undefined;
  #spooling: Promise<void> | undefined;
  #spool: Spool | undefined;
  #opening: Promise<void> | undefined;
  #spoolProblem: string | undefined;
  /** Until the exporter has taken something of it. */
  #isSpoolFull = false;
  #spoolRetryMs = 0;
  #shedSaidMs = Number.NEGATIVE_INFINITY;
  #shedToldMs = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.producer = settings.producer;
    this.#outlet = new Outlet(settings, this.#deadline.signal);
    this.#gathering = new Pause(settings.clock);
    this.#spoolGathering = new Pause(settings.clock);
    if (settings.spool === undefined) return;
    // What an earlier run left there goes first, whether there are new events or not.
    this.#opening = this.#openSpool();
    void this.#opening.then(() => {
      this.#send();
    });
  }

  /** Takes one event of any dialect; returns at once and never throws. */
  offer(event: unknown): void {
    this.#offered += 1;
    if (this.#isClosing) {
      this.#undelivered += 1;
      return;
    }
    const line = eventLine(event, this.#counterOf);
    if (line === undefined) {
      this.#unreadable();
      return;
    }
    // The number is used up whatever becomes of the event: by the gap the exporter sees that one is missing.
    if (line.counter !== undefined) line.counter.next += 1;
    this.#waiting.add({ text: line.text, kind: line.kind, order: this.#offered });
    this.#trim();
    if (this.#waiting.size >= this.#settings.maxBatchEvents) {
      this.#spoolGathering.end();
      this.#gathering.end();
    }
    if (this.#usesSpool()) this.#fill();
    else this.#send();
  }

  stats(): ForwarderStats {
    return {
      ...this.#outlet.counts,
      offered: this.#offered,
      unserialisable: this.#unserialisable,
      shed: { ...this.#shed },
      undelivered: this.#undelivered,
      queued: this.#waiting.size,
      queuedBytes: this.#waiting.bytes + this.#underWayBytes,
      spooledBytes: this.#spool?.bytes ?? 0,
      problem: this.#outlet.problem,
      spoolProblem: this.#spoolProblem,
    };
  }

  /** Takes nothing more and sends what waits, for so long at most. To be called once. */
  async close(withinMs: number): Promise<ForwarderStats> {
    const { clock, delivery, onWarning } = this.#settings;
    this.#isClosing = true;
    const hurry = (): void => {
      this.#outlet.hurry();
      this.#gathering.end();
      this.#spoolGathering.end();
    };
    const stopDeadline = clock.every(withinMs, () => {
      this.#deadline.abort();
      hurry();
    });
    // Timers here do not keep a process alive; one that waits for its last events must not end before.
    const alive = setInterval(() => undefined, 1_000);
    hurry();
    await this.#opening;
    this.#send();
    // Each may give the other something to do.
    while (this.#spooling !== undefined || this.#sending !== undefined) {
      await this.#spooling;
      await this.#sending;
    }
    stopDeadline();
    clearInterval(alive);
    this.#deadline.abort();
    this.#undelivered += this.#waiting.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).length;
    await this.#spool?.close().catch((error: unknown) => {
      onWarning(`the spool could not be closed: ${messageOf(error)}`);
    });
    await delivery.close();
    if (this.#undelivered > 0) onWarning(`closed with ${this.#undelivered} events that were not delivered`);
    return this.stats();
  }

  /** One for each partition: who counts by these numbers sees all of them, or none. */
  readonly #counterOf = (thread: unknown): Counter => {
    const { partitionOf } = this.#settings.delivery;
    const partition = partitionOf === undefined ? 0 : partitionOf(thread);
    let counter = this.#counters.get(partition);
    if (counter === undefined) {
      counter = { producer: partitionOf === undefined ? this.producer : `${this.producer}/${partition}`, next: 1 };
      this.#counters.set(partition, counter);
    }
    return counter;
  };

  #unreadable(): void {
    this.#unserialisable += 1;
    if (this.#unserialisable > 1) return;
    this.#settings.onWarning(
      'an event is left out: it is no object, or one of its properties threw an error when it was read'
    );
  }

  #trim(): void {
    const { maxQueueBytes, clock, onShed, onWarning } = this.#settings;
    const room = maxQueueBytes - this.#underWayBytes;
    if (this.#waiting.bytes <= room) return;
    this.#waiting.trim(room, (kind) => {
      this.#shed[kind] += 1;
    });
    const nowMs = clock.monotonic();
    if (nowMs - this.#shedToldMs >= SHED_TOLD_MS) {
      this.#shedToldMs = nowMs;
      onShed({ ...this.#shed });
    }
    if (nowMs - this.#shedSaidMs < SHED_SAID_MS) return;
    this.#shedSaidMs = nowMs;
    const { state, end, money } = this.#shed;
    onWarning(
      `the queue is full (${maxQueueBytes} bytes): given up since the start ${state} states, ${end} ends of threads, ${money} costs`
    );
  }

  #usesSpool(): boolean {
    if (this.#settings.spool === undefined || this.#isSpoolFull) return false;
    return this.#spoolProblem === undefined || this.#settings.clock.monotonic() >= this.#spoolRetryMs;
  }

  async #openSpool(): Promise<void> {
    const { spool, clock, onWarning } = this.#settings;
    if (spool === undefined) return;
    try {
      const { directory, maxBytes } = spool;
      const onLost = (events: number): void => {
        onWarning(`the spool is damaged: ${events} events of it are lost`);
      };
      this.#spool = await Spool.open({ directory, maxBytes, now: () => clock.now(), onLost });
    } catch (error) {
      this.#spoolFailed(error);
    }
  }

  #spoolFailed(error: unknown): void {
    const problem = messageOf(error);
    if (this.#spoolProblem === undefined)
      this.#settings.onWarning(`the spool cannot be used, events wait in memory only: ${problem}`);
    this.#spoolProblem = problem;
    this.#spoolRetryMs = this.#settings.clock.monotonic() + SPOOL_RETRY_MS;
  }

  #fill(): void {
    this.#spooling ??= this.#fillSpool();
  }

  /** Moves what waits in memory to the disk until nothing waits, or the disk takes no more. Never rejects. */
  async #fillSpool(): Promise<void> {
    const { maxBatchEvents, spool, onWarning } = this.#settings;
    await this.#opening;
    if (this.#spool === undefined) await (this.#opening = this.#openSpool());
    while (this.#spool !== undefined && this.#waiting.size > 0) {
      if (!this.#isClosing && this.#waiting.size < maxBatchEvents)
        await this.#spoolGathering.wait(spool?.maxWaitMs ?? 0);
      const events = this.#take();
      this.#isSpoolFull = !this.#spool.hasRoom(sum(events));
      if (this.#isSpoolFull) {
        this.#release(events);
        this.#waiting.putBack(events);
        break;
      }
      try {
        await this.#spool.append(events.map(({ text }) => text));
        this.#release(events);
        if (this.#spoolProblem !== undefined) onWarning('the spool works again');
        this.#spoolProblem = undefined;
      } catch (error) {
        this.#release(events);
        this.#waiting.putBack(events);
        this.#spoolFailed(error);
        break;
      }
      this.#send();
    }
    this.#spooling = undefined;
    this.#send();
  }

  #send(): void {
    this.#isMoreWanted = true;
    this.#sending ??= this.#sendAll();
  }

  /** Until nothing is left, or the deadline is over. Never rejects. */
  async #sendAll(): Promise<void> {
    while (this.#isMoreWanted) {
      this.#isMoreWanted = false;
      for (let batch = await this.#nextBatch(); batch !== undefined; batch = await this.#nextBatch()) {
        const left = await this.#outlet.deliver(batch.lines);
        if (left > 0) batch.failed(left);
        else await batch.done();
      }
    }
    this.#sending = undefined;
  }

  async #nextBatch(): Promise<Batch | undefined> {
    if (this.#deadline.signal.aborted) return undefined;
    const spooled = await this.#nextSpooled();
    // What is on its way to the disk comes from there.
    if (spooled !== undefined || this.#waiting.size === 0 || this.#spooling !== undefined) return spooled;
    if (!this.#isClosing && this.#waiting.size < this.#settings.maxBatchEvents)
      await this.#gathering.wait(this.#settings.maxWaitMs);
    const events = this.#take();
    if (events.length === 0) return undefined;
    return {
      lines: events.map(({ text }) => text),
      done: () => {
        this.#release(events);
        return Promise.resolve();
      },
      failed: (left) => {
        this.#release(events);
        this.#undelivered += left;
      },
    };
  }

  async #nextSpooled(): Promise<Batch | undefined> {
    const { maxBatchEvents, maxBatchBytes } = this.#settings;
    try {
      const batch = await this.#spool?.next(maxBatchEvents, maxBatchBytes);
      if (batch === undefined) return undefined;
      return {
        lines: batch.lines,
        done: async () => {
          // A file that stays is sent again at the next start, and its events are known there.
          await batch.done().catch((error: unknown) => {
            this.#spoolFailed(error);
          });
          // There may be room again for what waits in memory.
          this.#isSpoolFull = false;
          if (this.#waiting.size > 0 && this.#usesSpool()) this.#fill();
        },
        // They stay on disk.
        failed: () => undefined,
      };
    } catch (error) {
      this.#spoolFailed(error);
      return undefined;
    }
  }

  #take(): readonly WaitingEvent[] {
    const events = this.#waiting.take(this.#settings.maxBatchEvents, this.#settings.maxBatchBytes);
    this.#underWayBytes += sum(events);
    return events;
  }

  #release(events: readonly WaitingEvent[]): void {
    this.#underWayBytes -= sum(events);
  }
}

function sum(events: readonly WaitingEvent[]): number {
  return events.reduce((bytes, event) => bytes + bytesOf(event), 0);
}
