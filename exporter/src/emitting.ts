// Events of emitters in the same process: which are listened to, and how long an event waits for others to be stored with.
import { EmitQueue } from './source/emit-queue.ts';
import type { EmitQueueParts } from './source/emit-queue.ts';
import { attachEmitter } from './source/emitter.ts';

/** How long emitted events wait for others, and how much a killed process loses. At 1,000 events/s 20 commits a second instead of 1,000. */
const EMIT_WAIT_MS = 50;
const EMIT_WAIT_LIVE_MS = 10;

export interface EmittingOptions extends Pick<EmitQueueParts, 'ingest' | 'onRefused'> {
  /** Whether somebody sees events live; where nobody does, the next scrape is the first to see one, seconds later. */
  readonly isWatched: () => boolean;
  /** How late events may be for each timeline; none may become so by its wait. */
  readonly latenessMs: readonly number[];
}

export class Emitting {
  readonly #queue: EmitQueue;
  readonly #detachments = new Set<() => void>();

  constructor({ ingest, onRefused, isWatched, latenessMs }: EmittingOptions) {
    const waitMs = Math.max(EMIT_WAIT_LIVE_MS, Math.min(EMIT_WAIT_MS, ...latenessMs.map((lateMs) => lateMs / 2)));
    this.#queue = new EmitQueue({
      ingest,
      onRefused,
      waitMs: () => (isWatched() ? EMIT_WAIT_LIVE_MS : waitMs),
      later: (delayMs, action) => {
        if (delayMs === 0) setImmediate(action);
        else setTimeout(action, delayMs);
      },
    });
  }

  /** Listens to a live MetricsEmitter or StateGraph; returns what detaches. @throws TypeError when it is neither. */
  attach(emitter: unknown): () => void {
    const detachEmitter = attachEmitter(emitter, (raw) => {
      this.#queue.push(raw);
    });
    const detach = (): void => {
      this.#detachments.delete(detach);
      detachEmitter();
    };
    this.#detachments.add(detach);
    return detach;
  }

  detachAll(): void {
    for (const detach of [...this.#detachments]) detach();
  }

  /** What waits is ingested now, ahead of what comes from elsewhere. */
  flush(): void {
    this.#queue.flush();
  }

  /** Resolves when nothing waits any more. */
  drain(): Promise<void> {
    return this.#queue.drain();
  }
}
