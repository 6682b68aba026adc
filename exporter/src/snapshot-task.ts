// Makes a snapshot of the journal in a directory with the very state that a restart builds.
import type { BudgetDefinition } from './contract/budgets.ts';
import { compact } from './journal/compaction.ts';
import type { Compactable, Compaction, CompactionOptions } from './journal/compaction.ts';
import { MAX_IDS } from './pipeline.ts';
import { Projection } from './projection.ts';
import { ExporterState, STATE_VERSION } from './state.ts';
import type { StateConfig, StateLine } from './state.ts';

/** Plain data: it is handed to a worker. */
export interface SnapshotTask {
  readonly directory: string;
  readonly config: StateConfig;
  /** Those in force. */
  readonly budgets: readonly BudgetDefinition[];
  readonly madeBy: string;
}

/** @throws what the storage throws, and what the model throws on an entry. */
export function makeSnapshot(
  task: Omit<SnapshotTask, 'directory'>,
  options: Pick<CompactionOptions, 'storage' | 'now' | 'monotonic'>
): Promise<Compaction> {
  const { config, budgets, madeBy } = task;
  const create = (): Compactable => {
    const state = new ExporterState({ config, budgets, now: options.now });
    const { model, ledger, producers, series } = state;
    const projection = new Projection({ model, budgets: ledger, producers, outputs: [series] });
    return {
      load: (lines) => {
        state.load(lines() as Iterable<StateLine>);
      },
      entry: (entry, seq) => {
        state.loss.note(entry, seq);
        projection.restore(entry);
      },
      dump: () => state.dump(),
    };
  };
  return compact({ ...options, create, stateVersion: STATE_VERSION, madeBy, maxIds: MAX_IDS });
}
