// What the outputs may read of the model's state. The model owns and mutates these records; readers never do.
import type { NanoUsd } from '../contract/money.ts';
import type { AgentState, ThreadState } from '../contract/states.ts';
import type { TokenDirection } from '../contract/labels.ts';

export interface AgentView {
  readonly agent: string;
  readonly state: AgentState;
  /** When `state` was entered, ms since the epoch. */
  readonly sinceMs: number;
  readonly lastEventMs: number;
  readonly spend: NanoUsd;
  readonly task: string | undefined;
}

export interface CheckpointView {
  readonly id: string;
  readonly index: number;
  readonly atMs: number;
  readonly node: string | undefined;
  readonly stepCount: number;
  /** The thread's running totals at the checkpoint. */
  readonly total: NanoUsd;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One step of a thread's spend: at `atMs` the running total became `total`. Ascending in time. */
export interface SpendStep {
  readonly atMs: number;
  readonly total: NanoUsd;
}

export interface ThreadView {
  readonly threadId: string;
  readonly workflow: string;
  readonly team: string;
  readonly state: ThreadState;
  readonly startedMs: number;
  readonly lastEventMs: number;
  readonly endedMs: number | undefined;
  readonly currentNode: string | undefined;
  readonly stepCount: number;
  /** Node runs that ended with a known duration, and the sum of those durations in ms. */
  readonly timedRuns: number;
  readonly timedRunsMs: number;
  readonly total: NanoUsd;
  readonly tokens: Readonly<Record<TokenDirection, number>>;
  /** As the orchestrator reports it, else from a thread budget of budgets.yml; undefined when neither is known. */
  readonly budgetLimit: NanoUsd | undefined;
  readonly budgetRemaining: NanoUsd | undefined;
  readonly agents: ReadonlyMap<string, AgentView>;
  /** Oldest first; bounded, `checkpointCount` counts all. */
  readonly checkpoints: readonly CheckpointView[];
  readonly checkpointCount: number;
  /** Running total before the first of `spendSteps`. */
  readonly spendBase: NanoUsd;
  /** Oldest first; bounded. */
  readonly spendSteps: readonly SpendStep[];
}

/** Usage that was reported without a cost and has no price. Provider, model and agent as they are shown in labels. */
export interface UnpricedUsageView {
  /** Of the event that reported it. */
  readonly id: string;
  readonly threadId: string;
  readonly workflow: string;
  readonly team: string;
  readonly agent: string;
  readonly provider: string;
  readonly model: string;
  readonly tokens: Readonly<Partial<Record<TokenDirection, number>>>;
  readonly atMs: number;
  /** As of a spend: when budgets book it, where that is not `atMs`. */
  readonly bookedMs?: number;
}

export interface ModelView {
  readonly threads: ReadonlyMap<string, ThreadView>;
  /** Bounded, oldest first, by the id of the event. */
  readonly unpriced: ReadonlyMap<string, UnpricedUsageView>;
}

/** A budget of budgets.yml with its ledger, at one instant. */
export interface BudgetView {
  readonly name: string;
  readonly owner: string;
  /** As written in budgets.yml: `day`, `month`, `thread`, ... A thread budget shows the live thread that spent most. */
  readonly window: string;
  readonly timezone: string;
  readonly limit: NanoUsd;
  readonly spent: NanoUsd;
  readonly thresholds: readonly number[];
  /** Undefined for thread budgets, which have no period; a rolling window ends now. */
  readonly periodStartMs: number | undefined;
  readonly periodEndMs: number | undefined;
  /** USD per second by lookback. */
  readonly burnRates: ReadonlyMap<string, number>;
  /** Undefined while no exhaustion is projected. */
  readonly exhaustionMs: number | undefined;
  readonly valid: boolean;
  /** Why it is not valid; empty when it is. */
  readonly untrusted: readonly string[];
}
