// Checkpoints of a thread: the latest are kept, all are counted.
import type { CheckpointFailed, CheckpointSaved } from '../contract/event.ts';
import { at, type Step } from './thread-record.ts';

/** Checkpoints that a thread keeps, the latest. */
export const MAX_CHECKPOINTS = 1_000;

/** The index is the orchestrator's own where it sends one, else the count. */
export function saveCheckpoint(step: Step<CheckpointSaved>): void {
  const { event, thread, changes } = step;
  thread.checkpointCount += 1;
  const index = event.checkpointIndex ?? thread.checkpointCount;
  thread.checkpoints.push({
    id: event.checkpointId,
    index,
    atMs: event.timestampMs,
    node: thread.currentNode,
    stepCount: thread.stepCount,
    total: thread.total,
    inputTokens: thread.tokens.input,
    outputTokens: thread.tokens.output,
  });
  if (thread.checkpoints.length > MAX_CHECKPOINTS) thread.checkpoints.shift();
  const { checkpointId, timestampMs: atMs } = event;
  const { threadId, workflow, checkpointCount: count } = thread;
  changes.push({ kind: 'checkpoint', threadId, workflow, atMs, outcome: 'saved', checkpointId, index, count });
}

export function failCheckpoint(step: Step<CheckpointFailed>): void {
  const { event, thread, changes } = step;
  const count = thread.checkpointCount;
  const checkpointId = event.checkpointId ?? '';
  changes.push({ kind: 'checkpoint', ...at(step), outcome: 'failed', checkpointId, index: count, count });
}
