// The MetricsEmitter dialect: {type, threadId, timestamp, payload}.
import type {
  AgentActive,
  AgentStateSet,
  CheckpointSaved,
  CostUpdated,
  EventBase,
  GraphCompleted,
  NodeCompleted,
  NodeFailed,
  NodeStarted,
} from '../../contract/event.ts';
import type { TokenDirection } from '../../contract/labels.ts';
import { AGENT_STATES, GRAPH_STATUSES } from '../../contract/states.ts';
import { EventFields } from '../event-fields.ts';
import { quote } from '../quote.ts';
import {
  begun,
  hasOnly,
  isRecord,
  unknownType,
  without,
  type BuildEvent,
  type DialectReading,
} from './dialect-reading.ts';

/** What of an event is not its payload. */
const ENVELOPE = ['type', 'threadId', 'timestamp', 'payload', 'id'];

const BUILDERS: ReadonlyMap<string, BuildEvent> = new Map<string, BuildEvent>([
  ['node.start', (fields, base) => onLane(fields, begun<NodeStarted>(base, 'node.start'))],
  ['node.complete', (fields, base) => timed(fields, onLane(fields, begun<NodeCompleted>(base, 'node.complete')))],
  ['node.error', (fields, base) => timed(fields, onLane(fields, begun<NodeFailed>(base, 'node.error')))],
  [
    'checkpoint.saved',
    (fields, base) => {
      const event = begun<CheckpointSaved>(base, 'checkpoint.saved');
      event.checkpointId = fields.requiredLabel('checkpointId');
      const index = fields.count('checkpointIndex');
      if (index !== undefined) event.checkpointIndex = index;
      return event;
    },
  ],
  ['cost.updated', cost],
  [
    'agent.active',
    (fields, base) => {
      const event = begun<AgentActive>(base, 'agent.active');
      event.agent = fields.requiredLabel('agent');
      return withTask(fields, event);
    },
  ],
  [
    'agent.state',
    (fields, base) => {
      const event = begun<AgentStateSet>(base, 'agent.state');
      event.agent = fields.requiredLabel('agent');
      event.state = fields.requiredOneOf('state', AGENT_STATES);
      return withTask(fields, event);
    },
  ],
  [
    'graph.complete',
    (fields, base) => {
      const event = begun<GraphCompleted>(base, 'graph.complete');
      event.status = fields.requiredOneOf('status', GRAPH_STATUSES);
      return timed(fields, event);
    },
  ],
]);

export const METRICS_TYPES: readonly string[] = [...BUILDERS.keys()];

/** How an event of this type is built from its payload; undefined for a type that the MetricsEmitter does not have. */
export function metricsBuilder(type: string): BuildEvent | undefined {
  return BUILDERS.get(type);
}

/** The payload's fields may stand on the envelope too: `{type, threadId, timestamp, agent, state}`. */
export function readMetricsEmitter(raw: Readonly<Record<string, unknown>>): DialectReading {
  const type = raw['type'];
  const build = typeof type === 'string' ? metricsBuilder(type) : undefined;
  if (build === undefined || typeof type !== 'string') return unknownType(type, METRICS_TYPES);
  const payload = raw['payload'] ?? {};
  if (!isRecord(payload)) {
    const message = `payload must be an object, not ${quote(payload)}`;
    return { ok: false, rejection: { reason: 'invalid_field', message } };
  }
  // What stands beside the payload is read too, so it is part of what the event says.
  const said = hasOnly(raw, ENVELOPE) ? payload : withBeside(raw, payload);
  return { ok: true, dialect: 'metrics-emitter', fields: new EventFields(raw, payload), type, payload: said, build };
}

function withBeside(raw: Readonly<Record<string, unknown>>, payload: object): unknown {
  const beside = without(raw, ENVELOPE);
  return Object.keys(beside).length === 0 ? payload : [payload, beside];
}

function onLane<E extends { node: string; agent: string }>(fields: EventFields, event: E): E {
  event.node = fields.requiredLabel('nodeId');
  event.agent = fields.label('agent') ?? event.node;
  return event;
}

function timed<E extends { durationMs?: number }>(fields: EventFields, event: E): E {
  const durationMs = fields.durationMs('duration');
  if (durationMs !== undefined) event.durationMs = durationMs;
  return event;
}

function withTask<E extends { task?: string }>(fields: EventFields, event: E): E {
  const task = fields.task();
  if (task !== undefined) event.task = task;
  return event;
}

const TOKEN_FIELDS = [
  ['input', 'inputTokensDelta'],
  ['output', 'outputTokensDelta'],
  ['cache_read', 'cacheReadTokensDelta'],
  ['cache_write', 'cacheWriteTokensDelta'],
  ['reasoning', 'reasoningTokensDelta'],
] as const;

/** The MetricsEmitter's and the typed gateway's cost fields; the running total goes before the event's own spend. */
function cost(fields: EventFields, base: EventBase): CostUpdated {
  const total = fields.amount('costCents', 'cents') ?? fields.amount('totalCostCents', 'cents');
  const spend = ownSpend(fields, total !== undefined);
  const remaining = fields.balance('budgetRemainingCents', 'cents');
  const tokens: Partial<Record<TokenDirection, number>> = {};
  let hasTokens = false;
  for (const [direction, name] of TOKEN_FIELDS) {
    const count = fields.tokens(name);
    if (count === undefined) continue;
    tokens[direction] = count;
    hasTokens = true;
  }
  const saysNothing = total === undefined && spend === undefined && remaining === undefined && !hasTokens;
  if (saysNothing && !fields.anomalies.includes('tokens_negative')) {
    fields.missing('costCents', 'the running total in cents, or costUsd, or token deltas');
  }
  const agent = fields.label('agent');
  const model = fields.label('model');
  const provider = fields.label('provider');
  const event = begun<CostUpdated>(base, 'cost.updated');
  event.tokens = tokens;
  if (total !== undefined) event.total = total;
  if (spend !== undefined) event.spend = spend;
  if (remaining !== undefined) event.remaining = remaining;
  if (agent !== undefined) event.agent = agent;
  if (model !== undefined) event.model = model;
  if (provider !== undefined) event.provider = provider;
  return event;
}

/** Beside a running total the event's own spend decides nothing, so a total that fell by a negative delta is no error. */
function ownSpend(fields: EventFields, totalIsKnown: boolean): CostUpdated['spend'] {
  if (totalIsKnown && isNegative(fields.raw('costDeltaCents'))) return undefined;
  return fields.amount('costDeltaCents', 'cents') ?? fields.amount('costUsd', 'usd');
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' && value < 0;
}
