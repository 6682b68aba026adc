// Whether what a line of the journal says is an event that this version could have accepted. A checksum tells that a line is
// as it was written, not that it makes sense: a line of a later version, or one that was edited, must not become a sum.
import { DIALECTS, EVENT_TYPES, SOURCES, type EventType } from '../contract/event.ts';
import { labelValue } from '../contract/labels.ts';
import { AGENT_STATES, GRAPH_STATUSES } from '../contract/states.ts';

type Fields = Readonly<Record<string, unknown>>;
type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string' && value !== '';
const isLabel: Test = (value) => typeof value === 'string' && labelValue(value) === value;
const isFiniteNumber: Test = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (words: readonly string[]): Test =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const record =
  (test: Test): Test =>
  (value) =>
    isFields(value) && Object.values(value).every(test);

/** What each field must be where it is there. A field that is not named here is nothing that this version reads. */
const FIELDS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...['threadId', 'workflow', 'team', 'node', 'agent', 'model', 'provider', 'checkpointId', 'from', 'to'].map(
    (name) => [name, isLabel] as const
  ),
  ['id', isText],
  ['type', oneOf(EVENT_TYPES)],
  ['dialect', oneOf(DIALECTS)],
  ['corrects', isText],
  ['timestampMs', isCount],
  ['receivedMs', isCount],
  ['seq', isCount],
  ['stepCount', isCount],
  ['checkpointIndex', isCount],
  ['durationMs', isFiniteNumber],
  ['total', isCount],
  ['spend', isCount],
  ['remaining', (value) => Number.isSafeInteger(value)],
  ['tokens', record(isCount)],
  ['pricing', (value) => isFields(value) && ('amount' in value ? isCount(value['amount']) : isText(value['unpriced']))],
  ['state', oneOf(AGENT_STATES)],
  ['status', oneOf(GRAPH_STATUSES)],
  ['carriesRuns', (value) => typeof value === 'boolean'],
]);

const NEEDED: Readonly<Record<EventType, readonly string[]>> = {
  'node.start': ['node', 'agent'],
  'node.complete': ['node', 'agent'],
  'node.error': ['node', 'agent'],
  'agent.active': ['agent'],
  'agent.state': ['agent', 'state'],
  'route.next': ['carriesRuns'],
  'checkpoint.saved': ['checkpointId'],
  'checkpoint.failed': [],
  'cost.updated': ['tokens'],
  'graph.complete': ['status'],
  progress: [],
};
const ALWAYS_NEEDED = ['id', 'type', 'threadId', 'timestampMs', 'dialect'] as const;

export function isSoundEvent(event: unknown): boolean {
  if (!isFields(event)) return false;
  // A restart asks this of every event there is: no arrays of pairs, no closures.
  for (const name of Object.keys(event)) if (FIELDS.get(name)?.(event[name]) === false) return false;
  return hasAll(event, ALWAYS_NEEDED) && hasAll(event, NEEDED[event['type'] as EventType]);
}

function hasAll(event: Fields, names: readonly string[]): boolean {
  for (const name of names) if (!Object.hasOwn(event, name)) return false;
  return true;
}

export const isSoundSource = oneOf(SOURCES);

/** When, and the two retentions, as a sweep says them. */
export function isSoundSweep(sweep: unknown): boolean {
  return Array.isArray(sweep) && sweep.length === 3 && sweep.every(isCount);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
