// The contract's event: what every dialect is turned into, and all that the pipeline, the model and the outputs know.
import type { NanoUsd } from './money.ts';
import type { AgentState, GraphStatus } from './states.ts';
import type { TokenDirection, UnpricedReason } from './labels.ts';

/** How an event was spelled when it arrived. */
export const DIALECTS = ['metrics-emitter', 'gateway', 'state-graph'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** By which way an event arrived (`exporter`: late prices that it puts in itself): label `source` of `orchestrator_exporter_events_total`. */
export const SOURCES = ['http', 'websocket', 'emitter', 'exporter', 'nats'] as const;
export type Source = (typeof SOURCES)[number];

/** Why an event was refused: label `reason` of `orchestrator_exporter_events_rejected_total`. Closed; never reused. */
export const REJECT_REASONS = [
  'not_json',
  'not_an_object',
  'unknown_type',
  'missing_field',
  'invalid_field',
  'invalid_timestamp',
  'invalid_amount',
  'too_large',
  'too_many_events',
  'id_conflict',
  'too_complex',
  'forbidden',
  'quota_exceeded',
  'seq_unknown',
  'queue_full',
  'not_durable',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** What was wrong with an accepted event: a field that was not used as given, or what it does not follow from; counted in `orchestrator_exporter_event_anomalies_total`. */
export const ANOMALIES = [
  'total_fell',
  'tokens_negative',
  'duration_negative',
  'end_without_start',
  'late',
  'clock_skew',
  'sum_overflow',
  'unpriced_forgotten',
  'seq_gap',
] as const;
export type Anomaly = (typeof ANOMALIES)[number];

/** An event may be this far ahead of its receipt; further ahead it is taken to have happened at its receipt. */
export const MAX_AHEAD_MS = 5 * 60_000;
/** An event older than this at its receipt comes from a wrong clock: noted, and budgets book its spend at its receipt. */
export const MAX_BEHIND_MS = 7 * 86_400_000;

/** Facts that any event may carry. Strings are already label-safe (see labels.ts), the thread id too. */
export interface EventBase {
  /** Idempotency key: the sender's, else derived from producer and number, else from the content. */
  readonly id: string;
  readonly threadId: string;
  /** When it happened at the orchestrator, ms since the epoch, integer; never more than 5 min after `receivedMs`. */
  readonly timestampMs: number;
  /** When the exporter received it; absent means at `timestampMs`. */
  readonly receivedMs?: number;
  readonly dialect: Dialect;
  /** Who counts by `seq`; of a bound sender with what it is bound to, so that no other sender can use up its numbers. */
  readonly producer?: string;
  /** The producer's own counter, where it sends one: rises by one with each event. */
  readonly seq?: number;
  readonly workflow?: string;
  readonly team?: string;
  readonly stepCount?: number;
}

export interface NodeStarted extends EventBase {
  readonly type: 'node.start';
  readonly node: string;
  /** The lane: `payload.agent`, else the node. */
  readonly agent: string;
}

export interface NodeCompleted extends EventBase {
  readonly type: 'node.complete';
  readonly node: string;
  readonly agent: string;
  /** As the orchestrator measured it, ms, fractional; else the time between the two events is used. */
  readonly durationMs?: number;
}

export interface NodeFailed extends EventBase {
  readonly type: 'node.error';
  readonly node: string;
  readonly agent: string;
  readonly durationMs?: number;
}

export interface AgentActive extends EventBase {
  readonly type: 'agent.active';
  readonly agent: string;
  /** Never a label; reaches the live gateway only. */
  readonly task?: string;
}

export interface AgentStateSet extends EventBase {
  readonly type: 'agent.state';
  readonly agent: string;
  readonly state: AgentState;
  readonly task?: string;
}

/** `orchestrator.state.changed` and StateGraph's `route:next`: the thread's current node moves. `to` END ends the thread. */
export interface RouteTaken extends EventBase {
  readonly type: 'route.next';
  readonly from?: string;
  readonly to?: string;
  /** Whether the nodes themselves start and end by this event (`state.changed`) or have events of their own (StateGraph). */
  readonly carriesRuns: boolean;
  readonly durationMs?: number;
}

export interface CheckpointSaved extends EventBase {
  readonly type: 'checkpoint.saved';
  readonly checkpointId: string;
  /** The orchestrator's own index; else the exporter counts. */
  readonly checkpointIndex?: number;
}

export interface CheckpointFailed extends EventBase {
  readonly type: 'checkpoint.failed';
  readonly checkpointId?: string;
}

export interface CostUpdated extends EventBase {
  readonly type: 'cost.updated';
  /** The thread's running total; the spend is its rise. Goes before `spend`. */
  readonly total?: NanoUsd;
  /** This event's own spend; counts only where `total` is absent. */
  readonly spend?: NanoUsd;
  /** What the orchestrator believes is left; negative when overspent. */
  readonly remaining?: NanoUsd;
  readonly agent?: string;
  readonly model?: string;
  readonly provider?: string;
  /** Rise of each token count; absent directions are zero. */
  readonly tokens: Readonly<Partial<Record<TokenDirection, number>>>;
  /** What the price table said when the event was accepted; only where the event has tokens and tells no cost. */
  readonly pricing?: Pricing;
  /** Made by the exporter itself: `pricing` is the late price of the usage with this id, which had none. */
  readonly corrects?: string;
}

/** Part of the accepted event, so that a replay needs no table: what was applied once is applied again. */
export type Pricing = { readonly amount: NanoUsd } | { readonly unpriced: UnpricedReason };

export interface GraphCompleted extends EventBase {
  readonly type: 'graph.complete';
  readonly status: GraphStatus;
  readonly durationMs?: number;
}

/** Accepted, moves the thread's last-event time only: `checkpoint:saving`, `state:merged`. */
export interface Progress extends EventBase {
  readonly type: 'progress';
}

export type OrchestratorEvent =
  | NodeStarted
  | NodeCompleted
  | NodeFailed
  | AgentActive
  | AgentStateSet
  | RouteTaken
  | CheckpointSaved
  | CheckpointFailed
  | CostUpdated
  | GraphCompleted
  | Progress;

export const EVENT_TYPES = [
  'node.start',
  'node.complete',
  'node.error',
  'agent.active',
  'agent.state',
  'route.next',
  'checkpoint.saved',
  'checkpoint.failed',
  'cost.updated',
  'graph.complete',
  'progress',
] as const satisfies readonly OrchestratorEvent['type'][];
export type EventType = (typeof EVENT_TYPES)[number];

/** A refused event: the reason is counted, the message is for the sender and quotes the offending value, shortened. */
export interface Rejection {
  readonly reason: RejectReason;
  readonly message: string;
}

/** What the exporter knows of an event that the event itself may not say. */
export interface ParseContext {
  readonly receivedMs: number;
  /** Labels of events that carry none. */
  readonly team: string;
  readonly workflow: string;
  /** Of a bound sender: what it is bound to, as part of its producers' names. */
  readonly producerScope?: string;
}

/** Characters of a digest: 128 bits in base64url. */
export const DIGEST_LENGTH = 22;

/** An accepted event, or why it was refused. Never an exception. */
export type ParseResult =
  | {
      readonly ok: true;
      readonly event: OrchestratorEvent;
      /** Fields that could not be used as given. */
      readonly anomalies: readonly Anomaly[];
      /** Hash of what the event says: the same id with another digest is a conflict. Equals the id where that comes from the content. */
      readonly digest: string;
      /** Labels that the event did not carry and that were filled in from the configuration. */
      readonly defaulted: readonly ('team' | 'workflow')[];
    }
  | { readonly ok: false; readonly rejection: Rejection };
