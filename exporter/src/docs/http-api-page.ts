// docs/http-api.md: the paths that are read over HTTP, with the bounds that the code holds them to.
import { DEFAULT_EVENTS, MAX_EVENTS } from '../http/thread-events.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../http/query.ts';
import { MAX_PAGE_BYTES, MAX_PAGE_HOLES, MAX_PAGE_SCAN_BYTES, MAX_SCANS } from '../journal/history.ts';
import { MAX_CHECKPOINTS } from '../model/checkpoints.ts';
import { MAX_REPLAYED_EVENTS } from '../thread-replay.ts';
import { code, codeBlock, GENERATED, page, table } from './markdown.ts';

const mebibytes = (bytes: number): string => `${bytes / 1_048_576} MiB`;

const PATHS: readonly (readonly string[])[] = [
  [code('GET /v1/threads'), 'the threads that are held, newest activity first: `{threads, total, nextCursor?}`'],
  [
    code('GET /v1/threads/{id}/checkpoints'),
    `the checkpoints of a thread, newest first: \`{threadId, checkpoints, total, nextCursor?}\`. The latest ${MAX_CHECKPOINTS} of a thread that is held come from memory; older ones, and those of forgotten threads, from the journal`,
  ],
  [code('GET /v1/threads/{id}/events'), 'the events of any thread, from the journal: see below'],
  [code('GET /v1/budgets'), 'every budget with its ledger: `{budgets}`'],
];

const LIMITS: readonly (readonly string[])[] = [
  ['`limit` of `/v1/threads` and checkpoints', `1 to ${MAX_LIMIT}, ${DEFAULT_LIMIT} unless told`],
  ['`limit` of events', `1 to ${MAX_EVENTS}, ${DEFAULT_EVENTS} unless told`],
  ['read of the journal for one page of events', `about ${mebibytes(MAX_PAGE_SCAN_BYTES)}`],
  ['events of one page, as they are stored', `about ${mebibytes(MAX_PAGE_BYTES)}`],
  ['events of a thread that are replayed for its checkpoints', String(MAX_REPLAYED_EVENTS)],
  ['holes named by one page', String(MAX_PAGE_HOLES)],
  ['pages of events read at once, by all clients', `${MAX_SCANS}; the next is answered 429`],
];

const PARAMETERS: readonly (readonly string[])[] = [
  [code('from'), 'the beginning', 'event time, inclusive: milliseconds since the epoch, or RFC 3339'],
  [code('to'), 'no end', 'event time, exclusive; likewise'],
  [code('cursor'), code('1'), 'the `nextCursor` of a page'],
  [code('limit'), code(String(DEFAULT_EVENTS)), `events of the page, 1 to ${MAX_EVENTS}`],
];

const FIELDS: readonly (readonly string[])[] = [
  [code('threadId'), 'as it was asked for'],
  [code('events[].seq'), 'number of the record in the journal, over all threads: rising, unique, never changed'],
  [code('events[].source'), 'by which way it arrived'],
  [
    code('events[].event'),
    'the event as it was accepted: `timestampMs` is when it happened, `receivedMs` when it arrived, amounts are whole nano-dollars (1 USD = 1000000000). Tasks, inputs and outputs are not stored',
  ],
  [code('nextCursor'), 'where to go on; valid for ever, after a restart too, and for what is yet to come'],
  [code('more'), '`true` while the journal goes on behind the page'],
  [
    code('missing'),
    '`[{fromSeq, toSeq}]`: records that the page passed and that the journal does not hold any more, by retention or by damage. Whether they were of the thread cannot be told',
  ],
];

const ERRORS: readonly (readonly string[])[] = [
  [
    '400',
    '`invalid_limit`, `invalid_cursor`, `invalid_from`, `invalid_to`, `invalid_thread`, `unknown_parameter`',
    'the message names the value and what is accepted',
  ],
  ['401, 403', '', 'see [security.md](security.md); every path here wants the scope `read`'],
  [
    '404',
    '`unknown_thread`',
    'checkpoints of a thread that the journal does not know (or, with `data_dir: memory`, that is not held); events are answered for every id',
  ],
  ['429', '`busy`', `${MAX_SCANS} pages of events, or checkpoints from the journal, are being read; \`Retry-After\``],
  ['501', '`not_stored`', 'events, with `data_dir: memory`: there is no journal'],
  ['503', '`not_ready`', 'starting or stopping; `Retry-After`'],
];

export function httpApiPage(): string {
  return page([
    GENERATED,
    '# Reading over HTTP',
    'What stands here is for programs and people; Prometheus reads `/metrics` and `/metrics/timeline` ([metrics.md](metrics.md)). Answers are JSON, errors `{error: {code, message}}`. A parameter that a path does not know is refused.',
    table(['path', 'answers'], PATHS),
    '`nextCursor` is there while more follows; give it back as `cursor`. A thread that is heard of while you page moves to the front, before your cursor: it is not shown twice. A cursor of checkpoints counts from the oldest, so that new ones do not move the pages. Where retention took the beginning of a forgotten thread, its steps are counted from what is left. The methods `orchestrator.metrics.history` and `orchestrator.checkpoint.list` of the gateway read the same; they fail with `busy` while others read.',
    '## Events of a thread',
    codeBlock(
      'sh',
      "curl -s 'http://127.0.0.1:9847/v1/threads/run-openai/events?from=2026-09-16T12:00:00Z&to=2026-09-16T13:00:00Z&limit=1000'"
    ),
    codeBlock(
      'json',
      '{"threadId":"run-openai","events":[{"seq":412,"source":"http","event":{"type":"cost.updated","id":"...","total":3170000,"...":"..."}}],"nextCursor":"413","more":true,"missing":[]}'
    ),
    table(['parameter', 'without it', 'meaning'], PARAMETERS),
    table(['field', 'meaning'], FIELDS),
    'The order is that of the journal, which is the order in which the events were counted; times may go back and forth in it. Sort by `timestampMs` for the order of the orchestrator. An event counts as soon as it is here: a page never shows what is not on disk.',
    'Read pages until `more` is `false`. A page may hold fewer events than `limit`, also none, and have more behind it: it ends when it has read enough of the journal. Parts of the journal that hold no event of the thread or of the time are not read. Ingest goes first: reading works in slices of 2 ms with as long a rest between them, and stops when the client goes away.',
    '## Limits',
    table(['what', 'bound'], LIMITS),
    '## Errors',
    table(['status', 'code', 'when'], ERRORS),
  ]);
}
