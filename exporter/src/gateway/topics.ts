// Who listens to which thread, and what was broadcast of it but not yet handed to them.
import { ALL_THREADS } from '../contract/wire.ts';
import { chunkOf } from './outbox.ts';
import type { Chunk } from './outbox.ts';

/** Stands in line with what is broadcast: who subscribes meanwhile gets what comes behind it. */
class Joining<Listener> {
  readonly listener: Listener;
  constructor(listener: Listener) {
    this.listener = listener;
  }
}

/** What the listeners of one thread, or of all threads, get. */
export class Topic<Listener> {
  /** Everything broadcast of it behind this number was kept, as long as the recent broadcasts hold it. */
  readonly since: number;
  /** When the last listener left; undefined while there is one. Monotonic ms. */
  idleSinceMs: number | undefined;
  readonly #listeners = new Set<Listener>();
  /** Never begins with a listener that joins. */
  #line: (Buffer | Joining<Listener>)[] = [];
  #joining = 0;
  #pendingBytes = 0;

  constructor(since: number) {
    this.since = since;
  }

  get hasListeners(): boolean {
    return this.#listeners.size + this.#joining > 0;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  join(listener: Listener): void {
    if (this.#line.length === 0) {
      this.#listeners.add(listener);
      return;
    }
    this.#line.push(new Joining(listener));
    this.#joining += 1;
  }

  /** It gets nothing of what is pending. False when it was not there. */
  leave(listener: Listener): boolean {
    if (this.#listeners.delete(listener)) return true;
    const at = this.#placeOf(listener);
    if (at === -1) return false;
    this.#line.splice(at, 1);
    this.#joining -= 1;
    return true;
  }

  add(frame: Buffer): void {
    this.#line.push(frame);
    this.#pendingBytes += frame.length;
  }

  /** Hands over the first of what is pending, `maxBytes` of it or a single frame. */
  handOver(maxBytes: number, deliver: (listener: Listener, chunk: Chunk) => void): void {
    const frames: Buffer[] = [];
    let bytes = 0;
    for (const one of this.#line) {
      if (one instanceof Joining || (bytes > 0 && bytes + one.length > maxBytes)) break;
      frames.push(one);
      bytes += one.length;
    }
    this.#pendingBytes -= bytes;
    this.#line.splice(0, frames.length);
    if (frames.length > 0) {
      const chunk = chunkOf(frames);
      for (const listener of this.#listeners) deliver(listener, chunk);
    }
    for (let next = this.#line[0]; next instanceof Joining; next = this.#line[0]) {
      this.#line.shift();
      this.#joining -= 1;
      this.#listeners.add(next.listener);
    }
  }

  /** What of it the listener has not been given. */
  pendingFor(listener: Listener): readonly Buffer[] {
    const from = this.#listeners.has(listener) ? 0 : this.#placeOf(listener);
    return from === -1 ? [] : this.#line.slice(from).flatMap((one) => (one instanceof Joining ? [] : [one]));
  }

  clear(): void {
    this.#line = [];
    this.#joining = 0;
    this.#pendingBytes = 0;
  }

  #placeOf(listener: Listener): number {
    return this.#line.findIndex((one) => one instanceof Joining && one.listener === listener);
  }
}

export interface TopicsOptions {
  /** Threads that nobody listens to any more whose broadcasts are still kept. */
  readonly maxIdle: number;
  /** How long they are. */
  readonly idleMs: number;
}

export interface Now {
  /** Monotonic. */
  readonly ms: number;
  /** Number of the last broadcast so far. */
  readonly seq: number;
}

export class Topics<Listener> {
  readonly #options: TopicsOptions;
  /** The idle ones in the order in which they fell idle. */
  readonly #byThread = new Map<string, Topic<Listener>>();
  readonly #byListener = new Map<Listener, Set<string>>();
  #idle = 0;
  #count = 0;

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  /** Subscriptions, all listeners together. */
  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#byThread.size === 0;
  }

  countOf(listener: Listener): number {
    return this.#byListener.get(listener)?.size ?? 0;
  }

  has(listener: Listener, threadId: string): boolean {
    return this.#byListener.get(listener)?.has(threadId) ?? false;
  }

  topic(threadId: string): Topic<Listener> | undefined {
    return this.#byThread.get(threadId);
  }

  add(listener: Listener, threadId: string, { ms: nowMs, seq: since }: Now): void {
    let own = this.#byListener.get(listener);
    if (own?.has(threadId) === true) return;
    if (own === undefined) this.#byListener.set(listener, (own = new Set()));
    // Who hears of all threads hears of each once.
    if (threadId === ALL_THREADS) for (const one of own) this.#leave(listener, one, nowMs);
    if (!own.has(ALL_THREADS)) this.#join(listener, threadId, since);
    own.add(threadId);
    this.#count += 1;
  }

  remove(listener: Listener, threadId: string, now: Now): void {
    const own = this.#byListener.get(listener);
    if (own?.delete(threadId) !== true) return;
    if (own.size === 0) this.#byListener.delete(listener);
    this.#count -= 1;
    this.#leave(listener, threadId, now.ms);
    if (threadId === ALL_THREADS) for (const one of own) this.#join(listener, one, now.seq);
  }

  removeListener(listener: Listener, nowMs: number): void {
    const own = this.#byListener.get(listener) ?? [];
    for (const threadId of own) {
      this.#count -= 1;
      this.#leave(listener, threadId, nowMs);
    }
    this.#byListener.delete(listener);
  }

  threadsOf(listener: Listener): Iterable<string> {
    return this.#byListener.get(listener) ?? [];
  }

  /** Lets go of the threads that nobody came back to. */
  sweep(nowMs: number): void {
    if (this.#idle > 0) this.#forget(nowMs - this.#options.idleMs, this.#idle);
  }

  /** Those that hear of the thread by its own name, and those that hear of all. */
  of(threadId: string): { readonly own: Topic<Listener> | undefined; readonly all: Topic<Listener> | undefined } {
    return { own: this.#byThread.get(threadId), all: this.#byThread.get(ALL_THREADS) };
  }

  #join(listener: Listener, threadId: string, since: number): void {
    let topic = this.#byThread.get(threadId);
    if (topic === undefined) this.#byThread.set(threadId, (topic = new Topic(since)));
    if (topic.idleSinceMs !== undefined) {
      topic.idleSinceMs = undefined;
      this.#idle -= 1;
    }
    topic.join(listener);
  }

  #leave(listener: Listener, threadId: string, nowMs: number): void {
    const topic = this.#byThread.get(threadId);
    if (topic?.leave(listener) !== true || topic.hasListeners) return;
    topic.clear();
    topic.idleSinceMs = nowMs;
    this.#idle += 1;
    this.#byThread.delete(threadId);
    this.#byThread.set(threadId, topic);
    if (this.#idle > this.#options.maxIdle) this.#forget(Number.POSITIVE_INFINITY, 1);
  }

  #forget(idleBeforeMs: number, most: number): void {
    let left = most;
    for (const [threadId, { idleSinceMs }] of this.#byThread) {
      if (left === 0) return;
      if (idleSinceMs === undefined) continue;
      if (idleSinceMs > idleBeforeMs) return;
      this.#byThread.delete(threadId);
      this.#idle -= 1;
      left -= 1;
    }
  }
}
