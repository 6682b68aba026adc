// docs/events.md from the reference of events and the parsers themselves.
import { ANOMALIES, EVENT_TYPES, REJECT_REASONS } from '../contract/event.ts';
import { MAX_LABEL_BYTES } from '../contract/labels.ts';
import { MAX_GAPS, MAX_PRODUCERS } from '../model/producers.ts';
import { MAX_IDS } from '../pipeline.ts';
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
    '## Exactly once',
    `Every accepted event counts once, however often it is sent, through restarts and \`kill -9\`. Send an event again until it is acknowledged; a repeat is answered as a duplicate once the first is on disk. An event is known again by the first of these that it has:`,
    table(['what', 'known for', 'same again', 'same with other content'], EXACTLY_ONCE_ROWS),
    `A number that a producer jumped over is waited for: it counts when it comes, however late (\`seq_gap\`, \`orchestrator_exporter_producer_seq_missing\`). A producer that begins counting anew needs a new name, such as one with its start time: under the old one its events are refused as \`id_conflict\` as far as that can be told (they are later than all before), else they are duplicates. At most ${MAX_PRODUCERS} producers are remembered, beyond that the one unheard for longest is forgotten; at most ${MAX_GAPS} gaps of each, beyond that the oldest is given up, and a number below its end that is in no other gap is refused as \`seq_unknown\`. The producers of a token that is bound to a team or workflow are its own.`,
    'Running totals (`costCents`, `totalCostCents`) add only their rise, so a repeat under another id adds nothing either.',
    'Money is booked at the time of the event, from 7 days before its receipt to 5 minutes after. An older event is booked in the budgets at its receipt, one further ahead is taken to have happened at its receipt, and both are counted as `clock_skew`.',
    '## What is refused and what is noted',
    `An event is refused with one of ${listed(REJECT_REASONS)}; it costs no other event of its batch. \`queue_full\` (200,000 others wait) and \`not_durable\` (the journal could not be written) are those of attached emitters, which nobody sends again. ` +
      `An accepted event of which something could not be used as given is counted as ${listed(ANOMALIES)}.`,
    `Accepted events are counted by type: ${listed(EVENT_TYPES)}.`,
  ]);
}

const EXACTLY_ONCE_ROWS: readonly (readonly string[])[] = [
  ['`id`', `the last ${MAX_IDS} events`, 'duplicate', '`id_conflict`'],
  ['`producer` and `seq`', 'ever; the content for as long as an id', 'duplicate', '`id_conflict`'],
  ['its content: thread, type, time, payload', 'as an id', 'duplicate', 'another event'],
];

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
