// What one event changed. The model answers every event with a list of these; series, timeline and gateway are all
// consumers of the same list, so they cannot disagree. Times are milliseconds since the epoch, event time.
import type { Anomaly } from '../contract/event.ts';
import type { NanoUsd } from '../contract/money.ts';
import type { AgentState, GraphStatus, ThreadState } from '../contract/states.ts';
import type { CheckpointOutcome, NodeOutcome, PricedBy, TokenDirection, UnpricedReason } from '../contract/labels.ts';
import type { UnpricedUsageView } from './views.ts';

interface AtThread {
  readonly threadId: string;
  readonly workflow: string;
  readonly atMs: number;
}

/** First event of a thread, or of the next run of one that had ended. */
export interface ThreadStarted extends AtThread {
  readonly kind: 'thread-started';
  readonly team: string;
  /** True when a thread that had ended starts anew. */
  readonly again: boolean;
  /** What it had spent when it was forgotten, where it was and had spent anything. */
  readonly spentBefore?: NanoUsd;
}

export interface ThreadStateChanged extends AtThread {
  readonly kind: 'thread-state';
  /** Undefined at the thread's start. */
  readonly from: ThreadState | undefined;
  readonly to: ThreadState;
}

/** The end of a thread's run. `costUsd` is what this run spent. */
export interface ThreadFinished extends AtThread {
  readonly kind: 'thread-finished';
  readonly status: GraphStatus;
  readonly durationMs: number;
  readonly spend: NanoUsd;
}

export interface AgentStateChanged extends AtThread {
  readonly kind: 'agent-state';
  readonly agent: string;
  /** Undefined at the agent's first appearance in the thread. */
  readonly from: AgentState | undefined;
  readonly to: AgentState;
  /** Time spent in `from`, ms, never negative. */
  readonly heldMs: number;
}

/** An agent was heard of, whether or not its state changed. */
export interface AgentSeen extends AtThread {
  readonly kind: 'agent-seen';
  readonly agent: string;
}

export interface NodeRunEnded extends AtThread {
  readonly kind: 'node-run';
  readonly node: string;
  readonly agent: string;
  readonly outcome: NodeOutcome;
  readonly durationMs: number | undefined;
}

export interface Spent extends AtThread {
  readonly kind: 'spend';
  /**
   * When budgets book it: the time of receipt where the event is older than 7 days at receipt, else (absent) `atMs`.
   * A producer whose clock is years off spends in the present period.
   */
  readonly bookedMs?: number;
  readonly team: string;
  readonly agent: string;
  readonly provider: string;
  readonly model: string;
  readonly spend: NanoUsd;
  readonly pricedBy: PricedBy;
  /** A late price: the usage itself was accepted earlier, without one. */
  readonly late: boolean;
  /** The thread's running total after this spend. */
  readonly threadTotal: NanoUsd;
}

export interface TokensUsed extends AtThread {
  readonly kind: 'tokens';
  readonly team: string;
  readonly agent: string;
  readonly provider: string;
  readonly model: string;
  readonly direction: TokenDirection;
  readonly tokens: number;
}

/** Tokens were reported without any cost, and the price table gave none above zero. */
export interface UsageUnpriced extends AtThread, UnpricedUsageView {
  readonly kind: 'unpriced';
  readonly reason: UnpricedReason;
}

/** Usage that had no price has its money now: by a late price, or in a running total that includes it. */
export interface UsageSettled extends AtThread, UnpricedUsageView {
  readonly kind: 'usage-settled';
  readonly by: 'price' | 'total';
}

/** The thread's budget: as the orchestrator reports it (limit = total + remaining), else by a thread budget of budgets.yml. */
export interface ThreadBudgetReported extends AtThread {
  readonly kind: 'thread-budget';
  /** Both undefined when the thread budget was taken out of budgets.yml. */
  readonly limit: NanoUsd | undefined;
  readonly remaining: NanoUsd | undefined;
}

export interface CheckpointNoted extends AtThread {
  readonly kind: 'checkpoint';
  readonly outcome: CheckpointOutcome;
  readonly checkpointId: string;
  readonly index: number;
  /** Checkpoints saved in this thread so far. */
  readonly count: number;
}

/** A field of the event could not be used as given; counted. */
export interface AnomalyNoted extends AtThread {
  readonly kind: 'anomaly';
  readonly anomaly: Anomaly;
}

/** The thread and everything held for it is gone. */
export interface ThreadForgotten extends AtThread {
  readonly kind: 'thread-forgotten';
}

export type Change =
  | ThreadStarted
  | ThreadStateChanged
  | ThreadFinished
  | AgentStateChanged
  | AgentSeen
  | NodeRunEnded
  | Spent
  | TokensUsed
  | UsageUnpriced
  | UsageSettled
  | ThreadBudgetReported
  | CheckpointNoted
  | AnomalyNoted
  | ThreadForgotten;
