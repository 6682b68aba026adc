// The gateway's broadcasts: {type: 'event', event: 'orchestrator.<type>', payload: {threadId, timestamp, ...}}.
import type { RouteTaken } from '../../contract/event.ts';
import { EventFields } from '../event-fields.ts';
import { quote } from '../quote.ts';
import { begun, isRecord, unknownType, without, type BuildEvent, type DialectReading } from './dialect-reading.ts';
import { METRICS_TYPES, metricsBuilder } from './metrics-emitter.ts';

const PREFIX = 'orchestrator.';
const STATE_CHANGED = 'state.changed';
const ENVELOPE = ['threadId', 'timestamp'];

export const GATEWAY_TYPES: readonly string[] = [...METRICS_TYPES, STATE_CHANGED].map((type) => PREFIX + type);

export function readGateway(raw: Readonly<Record<string, unknown>>): DialectReading {
  const name = raw['event'];
  const type = typeof name === 'string' && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
  const build = type === STATE_CHANGED ? stateChanged : metricsBuilder(type);
  if (build === undefined) return unknownType(name, GATEWAY_TYPES);
  const payload = raw['payload'];
  if (!isRecord(payload)) {
    const message = `payload must be an object with threadId and timestamp, not ${quote(payload)}`;
    const reason = payload === undefined ? 'missing_field' : 'invalid_field';
    return { ok: false, rejection: { reason, message } };
  }
  return {
    ok: true,
    dialect: 'gateway',
    fields: new EventFields(payload),
    type,
    payload: without(payload, ENVELOPE),
    build,
  };
}

/** The node `from` ended and `to` began; there are no node events of their own. */
const stateChanged: BuildEvent = (fields, base) => {
  const from = fields.label('from');
  const to = fields.label('to');
  if (from === undefined && to === undefined) fields.missing('to', 'the node that the thread moved to');
  const durationMs = fields.durationMs('executionTimeMs');
  const event = begun<RouteTaken>(base, 'route.next');
  event.carriesRuns = true;
  if (from !== undefined) event.from = from;
  if (to !== undefined) event.to = to;
  if (durationMs !== undefined) event.durationMs = durationMs;
  return event;
};
