// GET /v1/threads/{id}/checkpoints: from memory the latest, from the journal what is older and what is of forgotten threads.
import type { Request, RequestHandler, Response } from 'express';
import { quoted } from '../errors.ts';
import { checkpointEntries } from '../gateway/answers.ts';
import type { PastCheckpoints, ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { CheckpointView, ModelView, ThreadView } from '../model/views.ts';
import { sendProblem } from './answer.ts';
import { answeredQueryError, pageOf, wholeNumber } from './query.ts';

/** Checkpoints in their order and what the first of them is counted as. */
interface Numbered {
  readonly checkpoints: readonly CheckpointView[];
  readonly first: number;
}

/**
 * Newest first; the cursor is the number of the last checkpoint of the page, counted over the thread's life.
 * @param past undefined where no journal is kept: then only the latest can be told.
 */
export function checkpointsHandler(model: ModelView, past: ReadPastCheckpoints | undefined): RequestHandler {
  return async (request, response) => {
    const left = new AbortController();
    response.once('close', () => {
      left.abort(new Error('the client went away'));
    });
    try {
      await answer({ model, past, signal: left.signal }, request, response);
    } catch (error) {
      if (!left.signal.aborted && !answeredQueryError(response, error)) throw error;
    }
  };
}

interface Sources {
  readonly model: ModelView;
  readonly past: ReadPastCheckpoints | undefined;
  readonly signal: AbortSignal;
}

async function answer({ model, past, signal }: Sources, request: Request, response: Response): Promise<void> {
  const { limit, cursor } = pageOf(request);
  const id = String(request.params['id']);
  const thread = model.threads.get(id);
  const held = thread === undefined ? undefined : heldOf(thread);
  const suffices = held !== undefined && (held.first === 1 || reaches(held, beforeOf(held, cursor), limit));
  const found = suffices || past === undefined ? undefined : await past(id, signal);
  const numbered = found?.kind === 'found' ? align(found.checkpoints, held) : held;
  if (numbered === undefined || found?.kind === 'busy') {
    refuse(response, id, found?.kind);
    return;
  }
  const { checkpoints, first } = numbered;
  const before = beforeOf(numbered, cursor);
  const page = checkpointEntries(checkpoints.slice(0, Math.max(0, before - first)), limit);
  const last = before - page.length;
  response.json({
    threadId: id,
    checkpoints: page,
    total: first + checkpoints.length - 1,
    ...(page.length === 0 || last <= first ? {} : { nextCursor: String(last) }),
  });
}

/** A copy: the model goes on while the journal is read. */
function heldOf({ checkpoints, checkpointCount }: ThreadView): Numbered {
  return { checkpoints: [...checkpoints], first: checkpointCount - checkpoints.length + 1 };
}

/** Number of the checkpoint behind the page's first one. @throws QueryError */
function beforeOf({ checkpoints, first }: Numbered, cursor: string | undefined): number {
  const end = first + checkpoints.length;
  return wholeNumber('cursor', cursor, { least: 1, most: end, fallback: end });
}

function reaches({ first }: Numbered, before: number, limit: number): boolean {
  return before - limit >= first;
}

/** Counts those of the journal as those in memory are counted; a life of the thread that was forgotten is not among them. */
function align(all: readonly CheckpointView[], held: Numbered | undefined): Numbered {
  const oldest = held?.checkpoints[0];
  if (held === undefined || oldest === undefined) return { checkpoints: all, first: 1 };
  const at = all.findLastIndex(
    ({ id, atMs, index }) => id === oldest.id && atMs === oldest.atMs && index === oldest.index
  );
  if (at === -1) return held;
  const first = Math.max(1, held.first - at);
  return { checkpoints: [...all.slice(at - (held.first - first), at), ...held.checkpoints], first };
}

function refuse(response: Response, id: string, why: PastCheckpoints['kind'] | undefined): void {
  switch (why) {
    case 'busy':
      response.set('Retry-After', '1');
      sendProblem(response, {
        status: 429,
        code: 'busy',
        message: 'other histories are being read; try again in a moment',
      });
      return;
    case 'too_many': {
      const message = `thread ${quoted(id)} was forgotten and has too many events to be read again; /v1/threads/{id}/events has them`;
      sendProblem(response, { status: 404, code: 'unknown_thread', message });
      return;
    }
    case 'found':
    case 'none':
    case undefined: {
      const message = `no thread ${quoted(id)} is held; it may have been forgotten`;
      sendProblem(response, { status: 404, code: 'unknown_thread', message });
    }
  }
}
