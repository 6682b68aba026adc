// Hands what was broadcast to everybody who listens, in slices that leave the loop to others in between.
//
// The listeners are gone round, one write each, and the write is what costs. What is broadcast meanwhile goes along from where
// the round is: who was not come to yet gets it with the same write, who was is come to again in the next round. So nothing
// waits longer than one time round, and a client gets several messages with one write. After a round a rest follows of a third
// of the time it took, so that fan-out has three quarters of the process at most, and gathers more the more there is to do.
import type { Chunk } from './outbox.ts';
import type { Topic } from './topics.ts';

/** A slice ends after the write with which it has taken this long. */
export const SLICE_MS = 0.5;
/**
 * The rest behind a round, against what the round took. A broadcast waits for a round and a rest at the most, so this trades
 * processor time for time to the client.
 */
const REST_SHARE = 1 / 3;
/** Rests are not longer, whatever a round took. */
const MAX_REST_MS = 10;
/** Of one thread's broadcasts that wait to be handed over, in bytes. */
const MAX_PENDING_BYTES = 4 * 1_048_576;

export interface Listener {
  /** Takes it, or closes the client that lags too far behind. */
  deliver(chunk: Chunk): void;
  /** Writes what waits. */
  flush(): void;
  readonly isReady: boolean;
  /** Its turn is to come: set by the fan-out, and by nobody else. */
  isInLine: boolean;
}

export interface FanOutOptions {
  /** Monotonic ms. */
  readonly monotonic: () => number;
  /** Calls once, at least so much later and never at once; 0 is after what is due already. */
  readonly later: (run: () => void, delayMs: number) => void;
  /** Of one thread's broadcasts, handed over at once. */
  readonly chunkBytes: number;
  readonly onSlice: (seconds: number) => void;
  readonly onError: (error: unknown) => void;
}

export class FanOut {
  readonly #options: FanOutOptions;
  readonly #dirty = new Set<Topic<Listener>>();
  /**
   * Who has a turn in the round, and who in the one behind it. Lists: a set that fills and empties a hundred times a second
   * leaves tables behind that hold one another until a major collection, and so brings one on every two seconds.
   */
  #round: Listener[] = [];
  #next: Listener[] = [];
  /** Whose turn it is. */
  #at = 0;
  #isScheduled = false;
  /** Time taken by the slices of the round so far. */
  #tookMs = 0;
  /** Bytes that were handed over since the round began. */
  #joined = 0;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  broadcast(topic: Topic<Listener>, frame: Buffer): void {
    if (!topic.hasListeners) return;
    topic.add(frame);
    this.#dirty.add(topic);
    this.#schedule(0);
    // Faster than it can be handed over: whoever cannot take it all lags.
    while (topic.pendingBytes > MAX_PENDING_BYTES) this.#handOver(topic);
  }

  /** The listener has something to write, and may. */
  ready(listener: Listener): void {
    if (!listener.isReady) return;
    this.#lineUp(listener);
    this.#schedule(0);
  }

  /** Writes what waits for one listener without a turn in the round: the answer to what it asked. */
  writeNow(listener: Listener): void {
    if (listener.isReady) this.#flush(listener);
  }

  #schedule(delayMs: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.later(() => {
      this.#isScheduled = false;
      this.#slice();
    }, delayMs);
  }

  #slice(): void {
    const startedMs = this.#options.monotonic();
    const isOver = (): boolean => this.#options.monotonic() - startedMs >= SLICE_MS;
    if (this.#isUnderWay) this.#joinRound();
    else this.#beginRound(isOver);
    for (let listener; (listener = this.#round[this.#at]) !== undefined;) {
      this.#at += 1;
      listener.isInLine = false;
      this.#flush(listener);
      if (isOver()) break;
    }
    const tookMs = this.#options.monotonic() - startedMs;
    this.#options.onSlice(tookMs / 1_000);
    this.#tookMs += tookMs;
    if (this.#isUnderWay) this.#schedule(0);
    else {
      const restMs = Math.min(REST_SHARE * this.#tookMs, MAX_REST_MS);
      this.#tookMs = 0;
      this.#round = [];
      this.#at = 0;
      if (this.#dirty.size + this.#next.length > 0 || restMs >= 1) this.#schedule(restMs);
    }
  }

  get #isUnderWay(): boolean {
    return this.#at < this.#round.length;
  }

  #beginRound(isOver: () => boolean): void {
    this.#joined = 0;
    for (const topic of this.#dirty) {
      this.#handOver(topic);
      if (isOver()) break;
    }
    this.#round = this.#next;
    this.#next = [];
    this.#at = 0;
  }

  /** Little enough that nobody lags by it who was not come to yet. */
  #joinRound(): void {
    for (const topic of this.#dirty) {
      if (this.#joined + topic.pendingBytes > this.#options.chunkBytes) continue;
      this.#joined += topic.pendingBytes;
      this.#handOver(topic);
    }
  }

  #handOver(topic: Topic<Listener>): void {
    topic.handOver(this.#options.chunkBytes, (listener, chunk) => {
      listener.deliver(chunk);
      if (listener.isReady) this.#lineUp(listener);
    });
    if (topic.pendingBytes === 0) this.#dirty.delete(topic);
  }

  #lineUp(listener: Listener): void {
    if (listener.isInLine) return;
    listener.isInLine = true;
    this.#next.push(listener);
  }

  #flush(listener: Listener): void {
    try {
      listener.flush();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
