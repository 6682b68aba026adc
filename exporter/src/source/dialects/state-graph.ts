// The StateGraph dialect: flat events with colon names, {type, timestamp, threadId, stepCount, nodeId, ...}.
import { EventFields } from '../event-fields.ts';
import { present } from '../present.ts';
import { unknownType, type BuildEvent, type DialectReading } from './dialect-reading.ts';

const progress: BuildEvent = (_fields, base) => Object.assign(base, { type: 'progress' as const });

const BUILDERS: ReadonlyMap<string, BuildEvent> = new Map<string, BuildEvent>([
  ['node:start', (fields, base) => Object.assign(base, { type: 'node.start' as const }, nodeAndLane(fields))],
  [
    'node:complete',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'node.complete' as const },
        nodeAndLane(fields),
        present({ durationMs: fields.durationMs('executionTimeMs') })
      ),
  ],
  ['checkpoint:saving', progress],
  [
    'checkpoint:saved',
    (fields, base) =>
      Object.assign(base, { type: 'checkpoint.saved' as const, checkpointId: fields.requiredLabel('checkpointId') }),
  ],
  [
    'checkpoint:error',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'checkpoint.failed' as const },
        present({ checkpointId: fields.label('checkpointId') })
      ),
  ],
  [
    'route:next',
    (fields, base) =>
      Object.assign(
        base,
        { type: 'route.next' as const, carriesRuns: false, to: fields.requiredLabel('nextNodeId') },
        present({ from: fields.label('nodeId') })
      ),
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
