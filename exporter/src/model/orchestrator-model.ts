// The model: what threads, agents and spend are after each event. Deterministic: no clock, no I/O.
import type { OrchestratorEvent } from '../contract/event.ts';
import type { NanoUsd } from '../contract/money.ts';
import type { Change } from './change.ts';
import type { ModelView, ThreadView } from './views.ts';

export interface ModelOptions {
  /** How long a thread is kept after its end. */
  readonly retentionMs: number;
  /** Limit of a thread for which the orchestrator reports no budget: `BudgetLedger.threadLimit`. */
  readonly threadLimit?: (thread: { readonly team: string; readonly workflow: string }) => NanoUsd | undefined;
  /** Threads held at most, the oldest are forgotten first; 100,000 by default. */
  readonly maxThreads?: number;
}

export class OrchestratorModel implements ModelView {
  readonly threads: ReadonlyMap<string, ThreadView> = new Map();

  constructor(options: ModelOptions) {
    void options;
  }

  apply(event: OrchestratorEvent): readonly Change[] {
    void event;
    return [];
  }

  sweep(nowMs: number): readonly Change[] {
    void nowMs;
    return [];
  }
}
