// The model's threads as the gateway's clients know them. Amounts in cents, times in ms.
import { nanoToCents } from '../contract/money.ts';
import type { CheckpointEntry, CurrentMetrics, HistoryEntry } from '../contract/wire.ts';
import type { CheckpointView, ThreadView } from '../model/views.ts';

export function currentMetrics(thread: ThreadView): CurrentMetrics {
  return {
    threadId: thread.threadId,
    status: thread.state,
    currentNode: thread.currentNode ?? null,
    stepCount: thread.stepCount,
    totalCheckpoints: thread.checkpointCount,
    totalCostCents: nanoToCents(thread.total),
    totalInputTokens: thread.tokens.input,
    totalOutputTokens: thread.tokens.output,
    budgetRemainingCents: thread.budgetRemaining === undefined ? null : nanoToCents(thread.budgetRemaining),
    avgStepDurationMs: thread.timedRuns === 0 ? null : thread.timedRunsMs / thread.timedRuns,
    executionStartedAt: thread.startedMs,
  };
}

export function historyEntry(threadId: string, checkpoint: CheckpointView): HistoryEntry {
  return {
    checkpointId: checkpoint.id,
    threadId,
    stepCount: checkpoint.stepCount,
    currentNode: checkpoint.node ?? null,
    timestamp: checkpoint.atMs,
    costCents: nanoToCents(checkpoint.total),
    inputTokens: checkpoint.inputTokens,
    outputTokens: checkpoint.outputTokens,
  };
}

/** Newest first, at most `limit`. */
export function checkpointEntries(checkpoints: readonly CheckpointView[], limit: number): readonly CheckpointEntry[] {
  return checkpoints
    .slice(-limit)
    .reverse()
    .map((checkpoint) => ({
      id: checkpoint.id,
      timestamp: checkpoint.atMs,
      nodeId: checkpoint.node ?? null,
      checkpointIndex: checkpoint.index,
      costCents: nanoToCents(checkpoint.total),
      inputTokens: checkpoint.inputTokens,
      outputTokens: checkpoint.outputTokens,
    }));
}
