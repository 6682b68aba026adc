// A thread as it went, also one that was forgotten: its events are read from the journal and applied to a model of their own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HistoryBusyError } from './journal/history.ts';
import type { HistoryPage, HistoryQuery } from './journal/history.ts';
import { OrchestratorModel } from './model/orchestrator-model.ts';
import type { ReadPastCheckpoints } from './model/past-checkpoints.ts';
import type { ReplayedEvent, ReplayOutcome, ReplayThread } from './model/thread-replay.ts';
import type { CheckpointView } from './model/views.ts';

/** Events of one thread that are replayed for an answer. */
export const MAX_REPLAYED_EVENTS = 200_000;
/** Applied at once, some milliseconds' work. */
const PAGE_EVENTS = 500;

export interface ThreadReplayParts {
  readonly read: (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryPage>;
  /** How long a thread is held after its end: one that comes back later begins anew. */
  readonly retentionMs: number;
  readonly maxEvents?: number;
}

export function threadReplay(parts: ThreadReplayParts): ReplayThread {
  return async (threadId, visit, signal) => {
    try {
      return await replay(parts, { threadId, visit, signal });
    } catch (error) {
      if (error instanceof HistoryBusyError) return { kind: 'busy' };
      throw error;
    }
  };
}

interface Wanted {
  readonly threadId: string;
  readonly visit: (replayed: ReplayedEvent) => boolean;
  readonly signal: AbortSignal;
}

async function replay(
  { read, retentionMs, maxEvents = MAX_REPLAYED_EVENTS }: ThreadReplayParts,
  { threadId, visit, signal }: Wanted
): Promise<ReplayOutcome> {
  const model = new OrchestratorModel({ retentionMs });
  const query = { threadId, fromMs: 0, toMs: Number.POSITIVE_INFINITY, limit: PAGE_EVENTS };
  let events = 0;
  let holes = 0;
  for (let cursor = 1, more = true; more;) {
    const page = await read({ ...query, cursor }, signal);
    ({ cursor, more } = page);
    events += page.events.length;
    holes += page.missing.length;
    if (events > maxEvents) return { kind: 'too_many' };
    for (const { event, seq } of page.events) {
      // As the exporter did by its clock, within a second.
      model.sweep(event.receivedMs ?? event.timestampMs);
      const changes = model.apply(event);
      if (!visit({ record: seq, event, changes, thread: model.threads.get(threadId) })) return { kind: 'whole', holes };
    }
    await nextTurn();
  }
  return events === 0 ? { kind: 'none' } : { kind: 'whole', holes };
}

/** All checkpoints of a thread. */
export function pastCheckpoints(replayThread: ReplayThread): ReadPastCheckpoints {
  return async (threadId, signal) => {
    const checkpoints: CheckpointView[] = [];
    const note = ({ event, thread }: ReplayedEvent): boolean => {
      const last = event.type === 'checkpoint.saved' ? thread?.checkpoints.at(-1) : undefined;
      if (last !== undefined) checkpoints.push(last);
      return true;
    };
    const outcome = await replayThread(threadId, note, signal);
    return outcome.kind === 'whole' ? { kind: 'found', checkpoints } : outcome;
  };
}
