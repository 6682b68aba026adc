// What HTTP and WebSocket clients see: shapes and names only. Helix's own clients know the gateway's messages.
import type { AgentState, ThreadState } from './states.ts';
import type { RejectReason } from './event.ts';

/** Answer to `POST /v1/events`. `index` counts the events of the body from 0. */
export interface IngestAnswer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly reason: RejectReason; readonly message: string }[];
}

export interface AgentSnapshot {
  readonly agent: string;
  readonly state: AgentState;
  /** When the state was entered, ms since the epoch. */
  readonly sinceMs: number;
  readonly lastEventMs: number;
  readonly costUsd: number;
  readonly task?: string;
}

/** `GET /v1/threads` answers `{threads: ThreadSnapshot[]}`, newest activity first. */
export interface ThreadSnapshot {
  readonly threadId: string;
  readonly workflow: string;
  readonly team: string;
  readonly state: ThreadState;
  readonly startedMs: number;
  readonly lastEventMs: number;
  readonly endedMs?: number;
  readonly currentNode?: string;
  readonly stepCount: number;
  readonly checkpoints: number;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly budgetLimitUsd?: number;
  readonly budgetRemainingUsd?: number;
  readonly agents: readonly AgentSnapshot[];
}

/** `GET /v1/budgets` answers `{budgets: BudgetSnapshot[]}`. */
export interface BudgetSnapshot {
  readonly name: string;
  readonly owner: string;
  readonly window: string;
  readonly timezone: string;
  readonly limitUsd: number;
  readonly spentUsd: number;
  readonly remainingUsd: number;
  readonly usedRatio: number;
  readonly thresholds: readonly number[];
  readonly periodStartMs?: number;
  readonly periodEndMs?: number;
  readonly exhaustionMs?: number;
  readonly valid: boolean;
  /** Why it is not valid, as sentences; empty when it is. */
  readonly untrusted: readonly string[];
}

export const GATEWAY_METHODS = [
  'orchestrator.metrics.subscribe',
  'orchestrator.metrics.unsubscribe',
  'orchestrator.metrics.history',
  'orchestrator.cost.burn_rate',
  'orchestrator.checkpoint.list',
] as const;
export type GatewayMethod = (typeof GATEWAY_METHODS)[number];

/** Thread id that subscribes to every thread; `currentMetrics` is then null. */
export const ALL_THREADS = '*';

export const GATEWAY_ERRORS = [
  'bad_request',
  'unknown_method',
  'invalid_params',
  'unknown_thread',
  'too_many_subscriptions',
  'busy',
  'internal',
] as const;
export type GatewayErrorCode = (typeof GATEWAY_ERRORS)[number];

export interface GatewayRequest {
  readonly type: 'req';
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

export type GatewayResponse =
  | { readonly type: 'res'; readonly id: string; readonly ok: true; readonly payload: unknown }
  | {
      readonly type: 'res';
      readonly id: string;
      readonly ok: false;
      readonly error: { readonly code: GatewayErrorCode; readonly message: string };
    };

/** Broadcasts: Helix's event names behind `orchestrator.`. */
export const BROADCASTS = [
  'orchestrator.node.start',
  'orchestrator.node.complete',
  'orchestrator.node.error',
  'orchestrator.agent.active',
  'orchestrator.agent.state',
  'orchestrator.checkpoint.saved',
  'orchestrator.cost.updated',
  'orchestrator.state.changed',
  'orchestrator.graph.complete',
] as const;
export type BroadcastName = (typeof BROADCASTS)[number];

export interface GatewayBroadcast {
  readonly type: 'event';
  readonly event: BroadcastName;
  /** Always with `threadId` and `timestamp` (ms); the rest as DESIGN's gateway dialect has it. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface CurrentMetrics {
  readonly threadId: string;
  readonly status: ThreadState;
  readonly currentNode: string | null;
  readonly stepCount: number;
  readonly totalCheckpoints: number;
  readonly totalCostCents: number;
  readonly totalInputTokens: number;
  readonly totalOutputTokens: number;
  readonly budgetRemainingCents: number | null;
  readonly avgStepDurationMs: number | null;
  readonly executionStartedAt: number;
}

export interface BurnRateAnswer {
  readonly threadId: string;
  /** USD. */
  readonly burnRatePerHour: number;
  readonly burnRatePerMinute: number;
  readonly burnRatePerSecond: number;
  readonly recentCostCents: number;
  readonly recentDurationMs: number;
  readonly samplesUsed: number;
  readonly estimatedMinutesRemaining: number | null;
  readonly costTrendPercentage: number | null;
  /** ms since the epoch, event time. */
  readonly lastUpdated: number | null;
}

export interface HistoryEntry {
  readonly checkpointId: string;
  readonly threadId: string;
  readonly stepCount: number;
  readonly currentNode: string | null;
  readonly timestamp: number;
  readonly costCents: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface CheckpointEntry {
  readonly id: string;
  readonly timestamp: number;
  readonly nodeId: string | null;
  readonly checkpointIndex: number;
  readonly costCents: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}
