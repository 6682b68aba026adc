// Gathers what waits while a commit is under way into the next one, so that many callers share one sync.
import { setImmediate } from 'node:timers/promises';
import type { Chunk } from './record.ts';

interface Waiting {
  readonly chunks: readonly Chunk[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommitOptions {
  /** Makes chunks durable, all or none; called one at a time, in the order of the calls of `add`. */
  readonly commit: (chunks: readonly Chunk[]) => Promise<void>;
  /** A group takes no further call when it holds this much. */
  readonly groupBytes: number;
  /** More than this may not wait: senders that outrun the disk are refused, not held in memory. */
  readonly waitingBytes: number;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Settles as its commit does. @throws (rejects with) what `refused` makes when too much waits already. */
  add(chunks: readonly Chunk[], refused: () => Error): Promise<void> {
    const bytes = chunks.reduce((sum, { lines }) => sum + lines.length, 0);
    if (this.#waiting.length > 0 && this.#waitingBytes + bytes > this.#options.waitingBytes) {
      return Promise.reject(refused());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ chunks, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whoever else is heard in this turn of the event loop shares the first commit, which could not be answered before its end.
    await setImmediate();
    while (this.#waiting.length > 0) {
      const group = this.#take();
      try {
        await this.#options.commit(group.flatMap(({ chunks }) => chunks));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let bytes = 0;
    let length = 0;
    for (const waiting of this.#waiting) {
      if (length > 0 && bytes + waiting.bytes > this.#options.groupBytes) break;
      bytes += waiting.bytes;
      length += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, length);
  }
}
