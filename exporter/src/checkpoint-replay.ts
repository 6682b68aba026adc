// All checkpoints of a thread, also of one that was forgotten: its events are read from the journal and applied to a model of
// their own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HistoryBusyError } from './journal/history.ts';
import type { HistoryPage, HistoryQuery } from './journal/history.ts';
import { OrchestratorModel } from './model/orchestrator-model.ts';
import type { PastCheckpoints, ReadPastCheckpoints } from './model/past-checkpoints.ts';
import type { CheckpointView } from './model/views.ts';

/** Events of one thread that are replayed for an answer. */
export const MAX_REPLAYED_EVENTS = 200_000;
/** Applied at once, some milliseconds' work. */
const PAGE_EVENTS = 500;

export interface CheckpointReplayParts {
  readonly read: (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryPage>;
  /** How long a thread is held after its end: one that comes back later begins anew. */
  readonly retentionMs: number;
  readonly maxEvents?: number;
}

export function checkpointReplay(parts: CheckpointReplayParts): ReadPastCheckpoints {
  return async (threadId, signal) => {
    try {
      return await replay(parts, threadId, signal);
    } catch (error) {
      if (error instanceof HistoryBusyError) return { kind: 'busy' };
      throw error;
    }
  };
}

async function replay(
  { read, retentionMs, maxEvents = MAX_REPLAYED_EVENTS }: CheckpointReplayParts,
  threadId: string,
  signal: AbortSignal
): Promise<PastCheckpoints> {
  const model = new OrchestratorModel({ retentionMs });
  const checkpoints: CheckpointView[] = [];
  const query = { threadId, fromMs: 0, toMs: Number.POSITIVE_INFINITY, limit: PAGE_EVENTS };
  let events = 0;
  for (let cursor = 1, more = true; more;) {
    const page = await read({ ...query, cursor }, signal);
    ({ cursor, more } = page);
    events += page.events.length;
    if (events > maxEvents) return { kind: 'too_many' };
    for (const { event } of page.events) {
      // As the exporter did by its clock, within a second.
      model.sweep(event.receivedMs ?? event.timestampMs);
      model.apply(event);
      const last = event.type === 'checkpoint.saved' ? model.threads.get(threadId)?.checkpoints.at(-1) : undefined;
      if (last !== undefined) checkpoints.push(last);
    }
    await nextTurn();
  }
  return events === 0 ? { kind: 'none' } : { kind: 'found', checkpoints };
}
