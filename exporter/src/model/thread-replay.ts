// The events of a thread applied once more, from its first, as whoever reads the journal does it.
import type { OrchestratorEvent } from '../contract/event.ts';
import type { Change } from './change.ts';
import type { ThreadView } from './views.ts';

export interface ReplayedEvent {
  /** Number of its record in the journal. */
  readonly record: number;
  readonly event: OrchestratorEvent;
  readonly changes: readonly Change[];
  /** As it is after the event; read at once, the next event changes it. */
  readonly thread: ThreadView | undefined;
}

/**
 * - `whole`: every event was shown, or as many as were wanted; `holes` counts the stretches of the journal that are not there.
 * - `none`: the journal holds no event of the thread.
 * - `busy`: try again in a moment.
 * - `too_many`: the thread has more events than may be replayed for an answer.
 */
export type ReplayOutcome =
  { readonly kind: 'whole'; readonly holes: number } | { readonly kind: 'none' | 'busy' | 'too_many' };

/**
 * Shows the events in the order of the journal until `visit` answers false. Rejects when the signal is aborted, or the journal
 * cannot be read.
 */
export type ReplayThread = (
  threadId: string,
  visit: (replayed: ReplayedEvent) => boolean,
  signal: AbortSignal
) => Promise<ReplayOutcome>;
