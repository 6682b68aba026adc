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
  'orchestrator.checkpoint.replay',
] as const;
export type GatewayMethod = (typeof GATEWAY_METHODS)[number];

/** Thread id that subscribes to every thread; `currentMetrics` is then null. */
export const ALL_THREADS = '*';

export const GATEWAY_ERRORS = [
  'bad_request',
  'unknown_method',
  'invalid_params',
  'unknown_thread',
  'unknown_checkpoint',
  'too_many_subscriptions',
  'already_subscribed',
  'too_many_events',
  'not_stored',
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

/** Codes that the exporter closes a WebSocket with, beside those of the protocol itself (1002, 1007, 1009). */
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_UNSUPPORTED_DATA = 1003;
export const CLOSE_NOT_ALLOWED = 1008;
export const CLOSE_INTERNAL_ERROR = 1011;
export const CLOSE_TRY_LATER = 1013;

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
  /** Rises from broadcast to broadcast, with holes; the number to resume from. */
  readonly seq: number;
  /** Always with `threadId` and `timestamp` (ms); the rest as DESIGN's gateway dialect has it. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How far the broadcasts of one exporter have come. Numbers of another epoch say nothing. */
export interface StreamPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** The last message before a client that reads too slowly is closed with {@link CLOSE_TRY_LATER}. */
export interface LaggedNotice {
  readonly type: 'event';
  readonly event: 'orchestrator.lagged';
  /** `missed` counts the messages that were waiting for the client and are not sent. */
  readonly payload: { readonly epoch: string; readonly missed: number };
}

/** Answer to `orchestrator.metrics.subscribe` and `.unsubscribe`. */
export interface SubscribeAnswer {
  readonly subscribed: boolean;
  /** Null for all threads, for one that is not known (yet), and on `.unsubscribe`. */
  readonly currentMetrics: CurrentMetrics | null;
  /** Where the broadcasts were when `currentMetrics` was true. */
  readonly stream?: StreamPosition;
  /** Only to `resumeFrom`: whether everything that was missed follows this answer. */
  readonly resume?: 'complete' | 'gap';
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

export interface ReplayedAgent {
  readonly agent: string;
  readonly state: AgentState;
  /** When the state was entered, ms since the epoch. */
  readonly sinceMs: number;
  readonly costCents: number;
}

/** Answer to `orchestrator.checkpoint.replay`: the thread as it was, and what was broadcast of it from there on. */
export interface ReplayAnswer {
  readonly threadId: string;
  readonly epoch: string;
  /** The checkpoint that was asked for. */
  readonly checkpoint: CheckpointEntry | null;
  /** At that checkpoint, or at `afterSeq`; null before the thread's first event. */
  readonly metrics: CurrentMetrics | null;
  readonly agents: readonly ReplayedAgent[];
  /** In their order, without tasks, which are not stored. */
  readonly events: readonly GatewayBroadcast[];
  /** To be given back as `afterSeq`. */
  readonly nextSeq: number;
  /** Whether more follow. */
  readonly more: boolean;
  /** False when the journal has holes where events of the thread may have been. */
  readonly complete: boolean;
}
