// Checkpoints that the model does not hold any more, as whoever reads the journal answers for them.
import type { CheckpointView } from './views.ts';

/**
 * - `found`: all that the journal holds of the thread, oldest first; empty when it never saved one.
 * - `none`: the journal holds no event of the thread.
 * - `busy`: try again in a moment.
 * - `too_many`: the thread has more events than may be replayed for an answer.
 */
export type PastCheckpoints =
  | { readonly kind: 'found'; readonly checkpoints: readonly CheckpointView[] }
  | { readonly kind: 'none' | 'busy' | 'too_many' };

/** Rejects when the signal is aborted, or the journal cannot be read. */
export type ReadPastCheckpoints = (threadId: string, signal: AbortSignal) => Promise<PastCheckpoints>;
