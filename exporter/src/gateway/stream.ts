// The broadcasts as one numbered stream: who listens to what of it, what is kept of it for those who were cut off, and where
// it is. Everything here is synchronous, so that nothing can be broadcast between a snapshot, what was missed, and what follows.
import type { OrchestratorEvent } from '../contract/event.ts';
import { ALL_THREADS } from '../contract/wire.ts';
import type { StreamPosition } from '../contract/wire.ts';
import type { Change } from '../model/change.ts';
import type { ThreadView } from '../model/views.ts';
import { broadcastsOf } from './broadcast.ts';
import { FanOut } from './fan-out.ts';
import type { Listener } from './fan-out.ts';
import { textFrame } from './frame.ts';
import { chunkOf } from './outbox.ts';
import type { Chunk } from './outbox.ts';
import { RecentBroadcasts } from './recent-broadcasts.ts';
import { lastSeqOf } from './sequence.ts';
import { Topics } from './topics.ts';

/** Threads without listeners whose broadcasts are kept; the one left first goes first. */
const MAX_IDLE_THREADS = 1_000;
/** Of one thread's broadcasts, handed over at once. */
const CHUNK_BYTES = 65_536;

export interface StreamOptions {
  /** Tells this stream from any other; asked for when it is told. */
  readonly epoch: () => string;
  readonly monotonic: () => number;
  readonly later: (run: () => void, delayMs: number) => void;
  readonly maxSubscriptions: number;
  /** Broadcasts kept for clients that come back, all threads together. */
  readonly maxResumeBytes: number;
  /** How long broadcasts of a thread are kept after its last listener went. */
  readonly resumeMs: number;
  /** The most that a client may be given at once of what it missed. */
  readonly maxReplayBytes: number;
  readonly onSlice: (seconds: number) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * - `gap`: what was missed cannot be told here: another stream, too long ago, or too much of it.
 * - `overlaps`: what was missed cannot be told apart from what the client hears already.
 */
export type Subscription =
  | {
      readonly kind: 'subscribed';
      readonly stream: StreamPosition;
      readonly resume?: 'complete' | 'gap';
      /** To be sent behind the answer, before anything else. */
      readonly missed?: Chunk;
    }
  | { readonly kind: 'too_many' | 'overlaps' };

export class BroadcastStream {
  readonly #options: StreamOptions;
  readonly #topics: Topics<Listener>;
  readonly #recent: RecentBroadcasts;
  readonly #fanOut: FanOut;
  /** Of the last broadcast there was, or could have been. */
  #seq = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#topics = new Topics({ maxIdle: MAX_IDLE_THREADS, idleMs: options.resumeMs });
    this.#recent = new RecentBroadcasts(options.maxResumeBytes);
    this.#fanOut = new FanOut({ ...options, chunkBytes: Math.min(CHUNK_BYTES, options.maxReplayBytes) });
  }

  get subscriptions(): number {
    return this.#topics.count;
  }

  get position(): StreamPosition {
    return { epoch: this.#options.epoch(), seq: this.#seq };
  }

  /** What is published next has a record behind this one. */
  startBehind(record: number): void {
    this.#seq = lastSeqOf(record);
  }

  /** @param record number of the event's record in the journal, rising from call to call */
  publish(
    { event, record }: { readonly event: OrchestratorEvent; readonly record: number },
    changes: readonly Change[],
    thread: ThreadView | undefined
  ): void {
    const { own, all } = this.#topics.of(event.threadId);
    if (own !== undefined || all !== undefined) {
      for (const broadcast of broadcastsOf({ event, record }, changes, thread)) {
        const frame = textFrame(JSON.stringify(broadcast));
        this.#recent.add(broadcast.seq, event.threadId, frame);
        if (own !== undefined) this.#fanOut.broadcast(own, frame);
        if (all !== undefined) this.#fanOut.broadcast(all, frame);
      }
    }
    this.#seq = lastSeqOf(record);
  }

  /** @param from what the client heard last of this thread, when it wants what it missed */
  subscribe(listener: Listener, threadId: string, from?: StreamPosition): Subscription {
    const held = this.#topics.countOf(listener);
    const isHeld = this.#topics.has(listener, threadId);
    const hears = isHeld || this.#topics.has(listener, ALL_THREADS) || (threadId === ALL_THREADS && held > 0);
    if (from !== undefined && hears) return { kind: 'overlaps' };
    if (!isHeld && held >= this.#options.maxSubscriptions) return { kind: 'too_many' };
    const missed = from === undefined ? undefined : this.#missed(threadId, from);
    if (!isHeld) {
      if (threadId === ALL_THREADS) this.#handOverOwn(listener);
      this.#topics.add(listener, threadId, this.#now());
    }
    const stream = this.position;
    if (from === undefined) return { kind: 'subscribed', stream };
    if (missed === undefined) return { kind: 'subscribed', stream, resume: 'gap' };
    return {
      kind: 'subscribed',
      stream,
      resume: 'complete',
      ...(missed.length === 0 ? {} : { missed: chunkOf(missed) }),
    };
  }

  unsubscribe(listener: Listener, threadId: string): void {
    this.#topics.remove(listener, threadId, this.#now());
  }

  leave(listener: Listener): void {
    this.#topics.removeListener(listener, this.#options.monotonic());
  }

  /** The listener has something to write, and may. */
  ready(listener: Listener): void {
    this.#fanOut.ready(listener);
  }

  /** The same at once, ahead of whoever else may: one write, as each message that it sends allows. */
  writeNow(listener: Listener): void {
    this.#fanOut.writeNow(listener);
  }

  /** To be called now and then: lets go of what nobody came back for. */
  sweep(): void {
    this.#topics.sweep(this.#options.monotonic());
    if (this.#topics.isEmpty) this.#recent.clear();
  }

  #now(): { readonly ms: number; readonly seq: number } {
    return { ms: this.#options.monotonic(), seq: this.#seq };
  }

  /** Undefined when it is not all there. */
  #missed(threadId: string, { epoch, seq }: StreamPosition): readonly Buffer[] | undefined {
    if (epoch !== this.#options.epoch() || seq > this.#seq) return undefined;
    if (seq === this.#seq) return [];
    const { own, all } = this.#topics.of(threadId);
    const since = Math.min(own?.since ?? Number.POSITIVE_INFINITY, all?.since ?? Number.POSITIVE_INFINITY);
    if (seq < Math.max(since, this.#recent.floor)) return undefined;
    const frames = this.#recent.after(seq, threadId === ALL_THREADS ? undefined : threadId);
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    return bytes > this.#options.maxReplayBytes ? undefined : frames;
  }

  /** Before it hears of all threads instead of some: what of these is pending it gets now. */
  #handOverOwn(listener: Listener): void {
    for (const threadId of this.#topics.threadsOf(listener)) {
      const pending = this.#topics.topic(threadId)?.pendingFor(listener) ?? [];
      if (pending.length > 0) listener.deliver(chunkOf(pending));
    }
    this.#fanOut.ready(listener);
  }
}
