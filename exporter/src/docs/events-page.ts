// docs/events.md from the reference of events and the parsers themselves.
import { ANOMALIES, EVENT_TYPES, REJECT_REASONS } from '../contract/event.ts';
import { MAX_LABEL_BYTES } from '../contract/labels.ts';
import { parseEvent } from '../source/parse.ts';
import { COMMON_FIELDS, EVENT_REFERENCE, type EventRow, type FieldRow } from './event-reference.ts';
import { code, codeBlock, GENERATED, page, table } from './markdown.ts';

/** The whole page; each example is parsed while it is written. @throws Error when an example is not accepted. */
export function eventsPage(): string {
  return page([
    GENERATED,
    '# Events',
    'Three dialects are accepted as they are, wherever they arrive, and become one event. The dialect is known by the shape of the event.',
    '## Values',
    table(['kind', 'accepted', 'otherwise'], VALUE_ROWS),
    '## Fields of every event',
    fieldsTable(COMMON_FIELDS),
    ...EVENT_REFERENCE.flatMap(({ title, arrives, events }) => [
      `## ${title}`,
      `Arrives by ${arrives}.`,
      ...events.flatMap(eventBlocks),
    ]),
    '## What is refused and what is noted',
    `An event is refused with one of ${listed(REJECT_REASONS)}; it costs no other event of its batch. ` +
      `An accepted event of which something could not be used as given is counted as ${listed(ANOMALIES)}.`,
    `Accepted events are counted by type: ${listed(EVENT_TYPES)}.`,
  ]);
}

const VALUE_ROWS: readonly (readonly string[])[] = [
  ['label', 'text; made NFC, control characters replaced, cut to 128 bytes', '`invalid_field`, `missing_field`'],
  [
    'key',
    `non-empty text of at most ${MAX_LABEL_BYTES} bytes, NFC, no control characters; never altered`,
    '`invalid_field`',
  ],
  ['milliseconds since the epoch', 'a number from 0; more than 5 min ahead it counts as now', '`invalid_timestamp`'],
  ['milliseconds', 'a number; a negative one is noted and not used', '`invalid_field`'],
  ['count', 'a whole number from 0 to 1e9; negative tokens are noted and not used', '`invalid_field`'],
  ['cents, USD', 'a number or decimal text from 0 to 1e6 USD, exact to the nano-dollar', '`invalid_amount`'],
];

function eventBlocks(row: EventRow): string[] {
  const parsed = parseEvent(row.example, { receivedMs: exampleMs(row), team: '', workflow: '' });
  if (!parsed.ok) throw new Error(`the example of ${row.type} is refused: ${parsed.rejection.message}`);
  if (parsed.event.type !== row.becomes)
    throw new Error(`${row.type} becomes ${parsed.event.type}, not ${row.becomes}`);
  return [
    `### ${code(row.type)}`,
    `Becomes ${code(row.becomes)}.`,
    fieldsTable(row.fields),
    codeBlock('json', JSON.stringify(row.example)),
  ];
}

/** The example's own time, so that no example is noted for its age. */
function exampleMs({ example }: EventRow): number {
  const payload = example['payload'];
  const inner: unknown =
    typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'timestamp') : undefined;
  return Number(example['timestamp'] ?? inner);
}

function fieldsTable(fields: readonly FieldRow[]): string {
  const rows = fields.map(({ name, type, required, meaning }) => [
    name.split(', ').map(code).join(', '),
    type,
    required ? 'yes' : 'no',
    meaning,
  ]);
  return table(['field', 'value', 'required', 'meaning'], rows);
}

function listed(words: readonly string[]): string {
  return words.map(code).join(', ');
}
