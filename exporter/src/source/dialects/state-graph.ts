// The StateGraph dialect: flat events with colon names, {type, timestamp, threadId, stepCount, nodeId, ...}.
import { EventFields } from '../event-fields.ts';
import { present } from '../present.ts';
import { unknownType, type BuildEvent, type DialectReading } from './dialect-reading.ts';

const progress: BuildEvent = (_fields, base) => ({ ...base, type: 'progress' });

const BUILDERS: ReadonlyMap<string, BuildEvent> = new Map<string, BuildEvent>([
  ['node:start', (fields, base) => ({ ...base, type: 'node.start', ...nodeAndLane(fields) })],
  [
    'node:complete',
    (fields, base) => ({
      ...base,
      type: 'node.complete',
      ...nodeAndLane(fields),
      ...present({ durationMs: fields.durationMs('executionTimeMs') }),
    }),
  ],
  ['checkpoint:saving', progress],
  [
    'checkpoint:saved',
    (fields, base) => ({
      ...base,
      type: 'checkpoint.saved',
      checkpointId: fields.requiredLabel('checkpointId'),
    }),
  ],
  [
    'checkpoint:error',
    (fields, base) => ({
      ...base,
      type: 'checkpoint.failed',
      ...present({ checkpointId: fields.label('checkpointId') }),
    }),
  ],
  [
    'route:next',
    (fields, base) => ({
      ...base,
      type: 'route.next',
      carriesRuns: false,
      to: fields.requiredLabel('nextNodeId'),
      ...present({ from: fields.label('nodeId') }),
    }),
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

function nodeAndLane(fields: EventFields): { node: string; agent: string } {
  const node = fields.requiredLabel('nodeId');
  return { node, agent: fields.label('agent') ?? node };
}
