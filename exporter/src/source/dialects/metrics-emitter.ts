// The MetricsEmitter dialect: {type, threadId, timestamp, payload}.
import type { CostUpdated } from '../../contract/event.ts';
import { AGENT_STATES, GRAPH_STATUSES } from '../../contract/states.ts';
import { EventFields } from '../event-fields.ts';
import { present } from '../present.ts';
import { quote } from '../quote.ts';
import { isRecord, unknownType, without, type BuildEvent, type DialectReading } from './dialect-reading.ts';

const BUILDERS: ReadonlyMap<string, BuildEvent> = new Map<string, BuildEvent>([
  ['node.start', (fields, base) => Object.assign(base, { type: 'node.start' as const }, nodeAndLane(fields))],
  [
    'node.complete',
    (fields, base) => Object.assign(base, { type: 'node.complete' as const }, nodeAndLane(fields), duration(fields)),
  ],
  [
    'node.error',
    (fields, base) => Object.assign(base, { type: 'node.error' as const }, nodeAndLane(fields), duration(fields)),
  ],
  [
    'checkpoint.saved',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'checkpoint.saved' as const, checkpointId: fields.requiredLabel('checkpointId') },
        present({ checkpointIndex: fields.count('checkpointIndex') })
      ),
  ],
  ['cost.updated', (fields, base) => Object.assign(base, { type: 'cost.updated' as const }, cost(fields))],
  [
    'agent.active',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'agent.active' as const, agent: fields.requiredLabel('agent') },
        present({ task: fields.task() })
      ),
  ],
  [
    'agent.state',
    (fields, base) =>
      Object.assign(
        base,
        {
          type: 'agent.state' as const,
          agent: fields.requiredLabel('agent'),
          state: fields.requiredOneOf('state', AGENT_STATES),
        },
        present({ task: fields.task() })
      ),
  ],
  [
    'graph.complete',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'graph.complete' as const, status: fields.requiredOneOf('status', GRAPH_STATUSES) },
        duration(fields)
      ),
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
  const beside = without(raw, 'type', 'threadId', 'timestamp', 'payload', 'id');
  const said = Object.keys(beside).length === 0 ? payload : [payload, beside];
  return { ok: true, dialect: 'metrics-emitter', fields: new EventFields(raw, payload), type, payload: said, build };
}

function nodeAndLane(fields: EventFields): { node: string; agent: string } {
  const node = fields.requiredLabel('nodeId');
  return { node, agent: fields.label('agent') ?? node };
}

function duration(fields: EventFields): { durationMs?: number } {
  return present({ durationMs: fields.durationMs('duration') });
}

type Cost = Pick<CostUpdated, 'tokens' | 'total' | 'spend' | 'remaining' | 'agent' | 'model' | 'provider'>;

/** The MetricsEmitter's and the typed gateway's cost fields; the running total goes before the event's own spend. */
function cost(fields: EventFields): Cost {
  const total = fields.amount('costCents', 'cents') ?? fields.amount('totalCostCents', 'cents');
  const spend = ownSpend(fields, total !== undefined);
  const remaining = fields.balance('budgetRemainingCents', 'cents');
  const tokens = present({
    input: fields.tokens('inputTokensDelta'),
    output: fields.tokens('outputTokensDelta'),
    cache_read: fields.tokens('cacheReadTokensDelta'),
    cache_write: fields.tokens('cacheWriteTokensDelta'),
    reasoning: fields.tokens('reasoningTokensDelta'),
  });
  const saysNothing = total === undefined && spend === undefined && remaining === undefined;
  if (saysNothing && Object.keys(tokens).length === 0 && !fields.anomalies.includes('tokens_negative')) {
    fields.missing('costCents', 'the running total in cents, or costUsd, or token deltas');
  }
  const labels = { agent: fields.label('agent'), model: fields.label('model'), provider: fields.label('provider') };
  return { tokens, ...present({ total, spend, remaining, ...labels }) };
}

/** Beside a running total the event's own spend decides nothing, so a total that fell by a negative delta is no error. */
function ownSpend(fields: EventFields, totalIsKnown: boolean): CostUpdated['spend'] {
  if (totalIsKnown && isNegative(fields.raw('costDeltaCents'))) return undefined;
  return fields.amount('costDeltaCents', 'cents') ?? fields.amount('costUsd', 'usd');
}

function isNegative(value: unknown): boolean {
  return typeof value === 'number' && value < 0;
}
