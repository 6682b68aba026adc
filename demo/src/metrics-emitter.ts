// Helix's metrics emitter: typed emit methods in, one `metrics` event out. It knows nothing of exporters.
import { EventEmitter } from 'node:events';
import type { AgentState, GraphStatus } from 'orchestrator-exporter/contract/states';

/** What any payload may carry beside its own fields. Token counts are rises, not totals. */
export interface PayloadExtras {
  readonly id?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly workflow?: string;
  readonly team?: string;
  readonly inputTokensDelta?: number;
  readonly outputTokensDelta?: number;
  readonly cacheReadTokensDelta?: number;
}

/** Payload by event type; durations in ms, money in cents, fractions of a cent included. */
export interface Payloads {
  'node.start': { readonly nodeId: string; readonly input?: unknown };
  'node.complete': { readonly nodeId: string; readonly output?: unknown; readonly duration?: number };
  'node.error': {
    readonly nodeId: string;
    readonly error: { readonly message: string; readonly stack?: string };
    readonly duration?: number;
  };
  'checkpoint.saved': { readonly checkpointIndex: number; readonly checkpointId: string };
  /** `costCents` is the thread's running total. */
  'cost.updated': { readonly costCents: number; readonly budgetRemainingCents: number };
  'agent.active': { readonly agent: string; readonly task: string };
  'agent.state': { readonly agent: string; readonly state: AgentState; readonly task?: string };
  'graph.complete': { readonly status: GraphStatus; readonly duration: number };
}

export type MetricsEventType = keyof Payloads;

export type MetricsEvent = {
  readonly [T in MetricsEventType]: {
    readonly type: T;
    readonly threadId: string;
    /** ms since the epoch. */
    readonly timestamp: number;
    readonly payload: Payloads[T] & PayloadExtras;
  };
}[MetricsEventType];

/** What is left to say of an event once its named arguments are out. */
type Rest<T extends MetricsEventType, Named extends string> = Omit<Payloads[T], Named> & PayloadExtras;

export class MetricsEmitter extends EventEmitter {
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    super();
    this.#now = now;
  }

  /** Calls back on every event, synchronously and in order. The answer ends the subscription. */
  subscribe(callback: (event: MetricsEvent) => void): () => void {
    this.on('metrics', callback);
    return () => {
      this.off('metrics', callback);
    };
  }

  emitNodeStart(threadId: string, nodeId: string, rest: Rest<'node.start', 'nodeId'> = {}): void {
    this.#send({ type: 'node.start', threadId, timestamp: this.#now(), payload: { nodeId, ...rest } });
  }

  emitNodeComplete(threadId: string, nodeId: string, rest: Rest<'node.complete', 'nodeId'> = {}): void {
    this.#send({ type: 'node.complete', threadId, timestamp: this.#now(), payload: { nodeId, ...rest } });
  }

  emitNodeError(threadId: string, nodeId: string, rest: Rest<'node.error', 'nodeId'>): void {
    this.#send({ type: 'node.error', threadId, timestamp: this.#now(), payload: { nodeId, ...rest } });
  }

  emitCheckpointSaved(threadId: string, payload: Rest<'checkpoint.saved', never>): void {
    this.#send({ type: 'checkpoint.saved', threadId, timestamp: this.#now(), payload });
  }

  emitCostUpdated(threadId: string, payload: Rest<'cost.updated', never>): void {
    this.#send({ type: 'cost.updated', threadId, timestamp: this.#now(), payload });
  }

  emitAgentActive(threadId: string, agent: string, rest: Omit<Rest<'agent.active', never>, 'agent'>): void {
    this.#send({ type: 'agent.active', threadId, timestamp: this.#now(), payload: { ...rest, agent } });
  }

  emitAgentState(threadId: string, agent: string, rest: Omit<Rest<'agent.state', never>, 'agent'>): void {
    this.#send({ type: 'agent.state', threadId, timestamp: this.#now(), payload: { ...rest, agent } });
  }

  emitGraphComplete(threadId: string, payload: Rest<'graph.complete', never>): void {
    this.#send({ type: 'graph.complete', threadId, timestamp: this.#now(), payload });
  }

  #send(event: MetricsEvent): void {
    this.emit('metrics', event);
  }
}
