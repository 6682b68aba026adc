// The StateGraph dialect: flat events with colon names, {type, timestamp, threadId, stepCount, nodeId, ...}.
import type {
  CheckpointFailed,
  CheckpointSaved,
  NodeCompleted,
  NodeStarted,
  Progress,
  RouteTaken,
} from '../../contract/event.ts';
import { EventFields } from '../event-fields.ts';
import { begun, unknownType, type BuildEvent, type DialectReading } from './dialect-reading.ts';

const progress: BuildEvent = (_fields, base) => begun<Progress>(base, 'progress');

const BUILDERS: ReadonlyMap<string, BuildEvent> = new Map<string, BuildEvent>([
  ['node:start', (fields, base) => onLane(fields, begun<NodeStarted>(base, 'node.start'))],
  [
    'node:complete',
    (fields, base) => {
      const event = onLane(fields, begun<NodeCompleted>(base, 'node.complete'));
      const durationMs = fields.durationMs('executionTimeMs');
      if (durationMs !== undefined) event.durationMs = durationMs;
      return event;
    },
  ],
  ['checkpoint:saving', progress],
  [
    'checkpoint:saved',
    (fields, base) => {
      const event = begun<CheckpointSaved>(base, 'checkpoint.saved');
      event.checkpointId = fields.requiredLabel('checkpointId');
      return event;
    },
  ],
  [
    'checkpoint:error',
    (fields, base) => {
      const event = begun<CheckpointFailed>(base, 'checkpoint.failed');
      const checkpointId = fields.label('checkpointId');
      if (checkpointId !== undefined) event.checkpointId = checkpointId;
      return event;
    },
  ],
  [
    'route:next',
    (fields, base) => {
      const event = begun<RouteTaken>(base, 'route.next');
      event.carriesRuns = false;
      event.to = fields.requiredLabel('nextNodeId');
      const from = fields.label('nodeId');
      if (from !== undefined) event.from = from;
      return event;
    },
  ],
  ['state:merged', progress],
]);

export const STATE_GRAPH_TYPES: readonly string[] = [...BUILDERS.keys()];

export function readStateGraph(raw: Readonly<Record<string, unknown>>): DialectReading {
  const type = raw['type'];
  const build = typeof type === 'string' ? BUILDERS.get(type) : undefined;
  if (build === undefined || typeof type !== 'string') return unknownType(type, STATE_GRAPH_TYPES);
  return { ok: true, dialect: 'state-graph', fields: new EventFields(raw), type, payload: raw, build };
}

function onLane<E extends { node: string; agent: string }>(fields: EventFields, event: E): E {
  event.node = fields.requiredLabel('nodeId');
  event.agent = fields.label('agent') ?? event.node;
  return event;
}
