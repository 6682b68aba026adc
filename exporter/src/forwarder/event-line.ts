// A live event as the line of JSON that goes to the exporter. Only what the exporter can read is looked at: the scalars of
// the event and of its payload. What lies deeper (inputs, outputs, messages, stacks) is not read there, may be huge, cyclic or
// secret, and is not touched.

/**
 * What becomes of an event when there is no room: `state` gives way first, then `end`, which says that a thread is over, and
 * `money` last of all.
 */
export const EVENT_KINDS = ['state', 'end', 'money'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface EventLine {
  /** One line of JSON without its line feed. */
  readonly text: string;
  readonly kind: EventKind;
  /** Of which the next number was written into it; none where the event has an identity of its own. */
  readonly counter: Counter | undefined;
}

/** Counts the events of one producer. */
export interface Counter {
  readonly producer: string;
  /** Of the next event. */
  next: number;
}

/** No field of an event holds more: labels and keys end at 128 bytes, a task at 1,000 characters. */
const MAX_TEXT = 1_024;
/** An event of the three dialects has 20 at most. */
const MAX_FIELDS = 64;
const ENDS = new Set(['graph.complete', 'orchestrator.graph.complete']);
const COSTS = new Set(['cost.updated', 'orchestrator.cost.updated']);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The event with the name and next number of its thread's counter, which is not moved, unless it has an `id`, or a `producer` and `seq`, of its own. Values keep
 * their type, so that the exporter refuses what it would refuse of the live object: an object or array where a scalar belongs
 * becomes an empty one, NaN and infinities their names.
 * @returns undefined when it is no object or throws when it is read. Never throws.
 */
export function eventLine(event: unknown, counterOf: (thread: unknown) => Counter): EventLine | undefined {
  try {
    if (!isObject(event) || Array.isArray(event)) return undefined;
    const payload = event['payload'];
    const inner = isObject(payload) && !Array.isArray(payload) ? payload : undefined;
    const counter = hasIdentity(event, inner) ? undefined : counterOf(event['threadId'] ?? inner?.['threadId']);
    const number = counter === undefined ? '' : `"producer":${quoted(counter.producer)},"seq":${counter.next}`;
    let text = '';
    let left = MAX_FIELDS;
    for (const name of Object.keys(event)) {
      if (left-- === 0) break;
      const value =
        name === 'payload' && inner !== undefined ? `{${joined(fieldsOf(inner), number)}}` : valueOf(event[name]);
      if (value !== undefined) text += `${text === '' ? '' : ','}${quoted(name)}:${value}`;
    }
    return {
      text: `{${inner === undefined ? joined(text, number) : text}}`,
      kind: kindOf(event, inner),
      counter,
    };
  } catch {
    return undefined;
  }
}

/** Whether sending it twice is harmless without our number. */
function hasIdentity(event: Fields, payload: Fields | undefined): boolean {
  const has = (name: string): boolean => (event[name] ?? payload?.[name] ?? undefined) !== undefined;
  return has('id') || (has('producer') && has('seq'));
}

function kindOf(event: Fields, payload: Fields | undefined): EventKind {
  const type = event['type'] === 'event' ? event['event'] : event['type'];
  if (typeof type !== 'string') return 'state';
  if (COSTS.has(type)) return 'money';
  if (ENDS.has(type)) return 'end';
  const isLast =
    (type === 'route:next' && event['nextNodeId'] === 'END') ||
    (type === 'orchestrator.state.changed' && payload?.['to'] === 'END');
  return isLast ? 'end' : 'state';
}

function fieldsOf(record: Fields): string {
  let text = '';
  let left = MAX_FIELDS;
  for (const name of Object.keys(record)) {
    if (left-- === 0) break;
    const value = valueOf(record[name]);
    if (value !== undefined) text += `${text === '' ? '' : ','}${quoted(name)}:${value}`;
  }
  return text;
}

/** Ours comes last: of a key that is there twice JSON.parse takes the last. */
function joined(fields: string, number: string): string {
  return fields === '' || number === '' ? fields + number : `${fields},${number}`;
}

function valueOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return numberText(value);
    case 'bigint':
      // Of one that is not exact as a Number none of the exporter's fields is within its range.
      return numberText(Number(value));
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? '[]' : '{}';
    default:
      return undefined;
  }
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/** Printable ASCII without quote and backslash: JSON writes it as it stands. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  const cut = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  return PLAIN.test(cut) ? `"${cut}"` : JSON.stringify(cut);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
