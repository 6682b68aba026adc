// Any dialect to the contract's event. The dialect is known by the event's shape; after this file nothing knows of it.
import {
  MAX_AHEAD_MS,
  MAX_BEHIND_MS,
  type Dialect,
  type EventBase,
  type ParseContext,
  type ParseResult,
  type RejectReason,
} from '../contract/event.ts';
import { isRecord, type DialectReading } from './dialects/dialect-reading.ts';
import { GATEWAY_TYPES, readGateway } from './dialects/gateway.ts';
import { METRICS_TYPES, readMetricsEmitter } from './dialects/metrics-emitter.ts';
import { readStateGraph, STATE_GRAPH_TYPES } from './dialects/state-graph.ts';
import type { EventFields } from './event-fields.ts';
import { eventDigest, numberedId } from './event-id.ts';
import { quote } from './quote.ts';

/** The types that each dialect knows, as they are spelled there. */
export const DIALECT_TYPES: Readonly<Record<Dialect, readonly string[]>> = {
  'metrics-emitter': METRICS_TYPES,
  gateway: GATEWAY_TYPES,
  'state-graph': STATE_GRAPH_TYPES,
};

/** Never throws: whatever `raw` is, even an object whose properties throw when read. */
export function parseEvent(raw: unknown, context: ParseContext): ParseResult {
  try {
    return parse(raw, context);
  } catch {
    return rejected('invalid_field', 'the event could not be read: one of its properties threw an error');
  }
}

function parse(raw: unknown, context: ParseContext): ParseResult {
  if (!isRecord(raw)) return rejected('not_an_object', `an event must be a JSON object, not ${quote(raw)}`);
  const reading = readDialect(raw);
  if (!reading.ok) return reading;
  const { fields, type, payload } = reading;
  const digest = eventDigest({ threadId: fields.raw('threadId'), type, timestamp: fields.raw('timestamp'), payload });
  const { base, defaulted } = readBase(fields, { context, digest, dialect: reading.dialect });
  const event = reading.build(fields, base);
  if (fields.rejection !== undefined) return { ok: false, rejection: fields.rejection };
  return { ok: true, event, anomalies: fields.anomalies, digest, defaulted };
}

function readDialect(raw: Readonly<Record<string, unknown>>): DialectReading {
  const type = raw['type'];
  if (type === undefined || type === null) {
    const message = `type is missing; expected an event of one of the dialects ${Object.keys(DIALECT_TYPES).join(', ')}`;
    return { ok: false, rejection: { reason: 'missing_field', message } };
  }
  if (type === 'event') return readGateway(raw);
  return typeof type === 'string' && type.includes(':') ? readStateGraph(raw) : readMetricsEmitter(raw);
}

type Defaulted = readonly ('team' | 'workflow')[];

/** By whether the team is filled in, and whether the workflow is. */
const DEFAULTED: readonly [readonly [Defaulted, Defaulted], readonly [Defaulted, Defaulted]] = [
  [[], ['workflow']],
  [['team'], ['team', 'workflow']],
];

function readBase(
  fields: EventFields,
  { context, digest, dialect }: { context: ParseContext; digest: string; dialect: Dialect }
): { readonly base: EventBase; readonly defaulted: Defaulted } {
  const { receivedMs } = context;
  const threadId = fields.requiredKey('threadId');
  const toldMs = fields.timestampMs();
  const ahead = toldMs > receivedMs + MAX_AHEAD_MS;
  if (ahead || toldMs < receivedMs - MAX_BEHIND_MS) fields.anomalies.push('clock_skew');
  const producer = producerOf(fields, context);
  const seq = fields.sequence('seq');
  const told = fields.key('id');
  const team = fields.label('team');
  const workflow = fields.label('workflow');
  const base: { -readonly [Name in keyof EventBase]: EventBase[Name] } = {
    id: told ?? (producer === undefined || seq === undefined ? digest : numberedId(producer, seq)),
    threadId,
    // One event from the year 2100 must not make all that follow it late.
    timestampMs: ahead ? receivedMs : toldMs,
    receivedMs,
    dialect,
    team: team ?? context.team,
    workflow: workflow ?? context.workflow,
  };
  const stepCount = fields.count('stepCount');
  if (producer !== undefined) base.producer = producer;
  if (seq !== undefined) base.seq = seq;
  if (stepCount !== undefined) base.stepCount = stepCount;
  return { base, defaulted: DEFAULTED[team === undefined ? 1 : 0][workflow === undefined ? 1 : 0] };
}

/** A bound sender's producers are told from everybody else's of the same name. Encoded, so that no two come out the same. */
function producerOf(fields: EventFields, { producerScope }: ParseContext): string | undefined {
  const name = fields.key('producer');
  return name === undefined || producerScope === undefined ? name : `${encodeURIComponent(name)}@${producerScope}`;
}

function rejected(reason: RejectReason, message: string): ParseResult {
  return { ok: false, rejection: { reason, message } };
}
