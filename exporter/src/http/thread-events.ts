// GET /v1/threads/{id}/events: what the journal holds of a thread, a page at a time.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { MAX_LABEL_BYTES } from '../contract/labels.ts';
import { quoted } from '../errors.ts';
import { NotDurableError } from '../journal/disk-journal.ts';
import { HistoryBusyError, HistoryClosedError, UnknownCursorError } from '../journal/history.ts';
import type { HistoryPage, HistoryQuery } from '../journal/history.ts';
import { sendProblem } from './answer.ts';
import { answeredQueryError, parametersOf, QueryError, timeMs, wholeNumber } from './query.ts';

export const DEFAULT_EVENTS = 500;
export const MAX_EVENTS = 10_000;
export const EVENTS_PARAMETERS = ['from', 'to', 'cursor', 'limit'] as const;
/** Events that become text at once. */
const EVENTS_AT_ONCE = 100;

/** See {@link JournalHistory.page}. */
export type ReadHistory = (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryPage>;

/** @param read undefined while state lives in memory only: said plainly rather than answered with an empty list. */
export function threadEventsHandler(read: ReadHistory | undefined): RequestHandler {
  return async (request, response) => {
    if (read === undefined) {
      const message =
        'events are not stored: the exporter runs with data_dir memory. /metrics/timeline and /v1/threads/{id}/checkpoints tell what is known';
      sendProblem(response, { status: 501, code: 'not_stored', message });
      return;
    }
    const left = new AbortController();
    response.once('close', () => {
      left.abort(new Error('the client went away'));
    });
    try {
      const query = queryOf(request);
      response.type('json');
      // What a page holds is found out by reading it: for a head alone that is too much.
      if (request.method === 'HEAD') response.end();
      else await send(response, query.threadId, await read(query, left.signal));
    } catch (error) {
      // There is nobody to answer.
      if (left.signal.aborted || response.headersSent) return;
      if (!answered(response, error)) throw error;
    }
  };
}

function queryOf(request: Request): HistoryQuery {
  const threadId = request.params['id'];
  if (typeof threadId !== 'string' || Buffer.byteLength(threadId) > MAX_LABEL_BYTES) {
    const message = `the thread ${quoted(threadId)} is refused; expected an id of at most ${MAX_LABEL_BYTES} bytes`;
    throw new QueryError('invalid_thread', message);
  }
  const { from, to, cursor, limit } = parametersOf(request, EVENTS_PARAMETERS);
  return {
    threadId,
    fromMs: timeMs('from', from, 0),
    toMs: timeMs('to', to, Number.POSITIVE_INFINITY),
    cursor: wholeNumber('cursor', cursor, { least: 1, most: Number.MAX_SAFE_INTEGER, fallback: 1 }),
    limit: wholeNumber('limit', limit, { least: 1, most: MAX_EVENTS, fallback: DEFAULT_EVENTS }),
  };
}

/** In pieces, with the loop free between them: 10,000 events are some megabytes. */
async function send(response: Response, threadId: string, page: HistoryPage): Promise<void> {
  await pipeline(Readable.from(pieces(threadId, page)), response);
}

async function* pieces(threadId: string, { events, cursor, more, missing }: HistoryPage): AsyncGenerator<string> {
  yield `{"threadId":${JSON.stringify(threadId)},"events":[`;
  for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) {
    const texts = events.slice(from, from + EVENTS_AT_ONCE).map((event) => JSON.stringify(event));
    yield `${from === 0 ? '' : ','}${texts.join(',')}`;
    await nextTurn();
  }
  const rest = JSON.stringify({ nextCursor: String(cursor), more, missing });
  yield `],${rest.slice(1)}`;
}

/** False for an error that the client cannot have caused. */
function answered(response: Response, error: unknown): boolean {
  if (answeredQueryError(response, error)) return true;
  if (error instanceof UnknownCursorError) {
    sendProblem(response, { status: 400, code: 'invalid_cursor', message: error.message });
  } else if (error instanceof HistoryBusyError) {
    response.set('Retry-After', '1');
    sendProblem(response, { status: 429, code: 'busy', message: error.message });
  } else if (error instanceof NotDurableError || error instanceof HistoryClosedError) {
    response.set('Retry-After', '1');
    sendProblem(response, { status: 503, code: 'not_ready', message: error.message });
  } else return false;
  return true;
}
