// POST /v1/events: one JSON event, a JSON array or NDJSON, plain or compressed.
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { quoted } from '../errors.ts';
import { sendProblem } from './answer.ts';
import { principalOf } from './auth/guard.ts';
import { readRequestBody } from './body.ts';
import type { BodyLimits, BodyMemory, BodyResult } from './body.ts';
import { ingestText } from './ingest.ts';
import type { BodyFormat, IngestParts, Refusal } from './ingest.ts';

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};
const EXPECTED = 'application/json or application/x-ndjson, in UTF-8, plain or with Content-Encoding: gzip';

const REFUSAL_STATUS: Readonly<Record<Refusal['reason'], number>> = {
  not_json: 400,
  too_many_events: 413,
  quota_exceeded: 429,
};

export interface EventsParts extends IngestParts {
  readonly body: BodyLimits;
  readonly memory: BodyMemory;
  /** Hears of a body that was not read because others fill the memory. */
  readonly onNoRoom: () => void;
  readonly onNotDurable: (error: unknown) => void;
}

/** The handlers in their order: content type, then body and ingest. */
export function eventsHandlers(parts: EventsParts): readonly RequestHandler[] {
  return [requireFormat, (request, response) => take(parts, request, response)];
}

function formatOf(request: Request): BodyFormat | undefined {
  const [type = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';');
  // Trimmed first: a pattern that trims by itself takes time by the square of a long header.
  const charset = parameters
    .map((parameter) => /^charset="?([^"]*)"?$/.exec(parameter.trim())?.[1]?.trim())
    .find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') return undefined;
  const known = type.trim();
  return Object.hasOwn(FORMATS, known) ? FORMATS[known] : undefined;
}

function requireFormat(request: Request, response: Response, next: NextFunction): void {
  if (formatOf(request) !== undefined) {
    next();
    return;
  }
  const given = quoted(request.get('content-type') ?? 'no content type');
  unsupported(response, `${given} is not taken; expected Content-Type ${EXPECTED}`);
}

function unsupported(response: Response, message: string): void {
  sendProblem(response, { status: 415, code: 'unsupported_media_type', message });
}

async function take(parts: EventsParts, request: Request, response: Response): Promise<void> {
  const share = parts.memory.share();
  // Until it is answered: what was read is still there while it is stored.
  response.once('close', share.release);
  const body = await readRequestBody(request, parts.body, share);
  if (body.kind === 'read') await answer(parts, body, { request, response });
  else refuseBody(parts, body.kind, response);
}

async function answer(
  parts: EventsParts,
  { text, bytes }: Extract<BodyResult, { kind: 'read' }>,
  { request, response }: { readonly request: Request; readonly response: Response }
): Promise<void> {
  const format = formatOf(request) ?? 'json';
  const principal = principalOf(request);
  const result = await ingestText(parts, { body: text, bytes, format, source: 'http', principal });
  switch (result.kind) {
    case 'answered':
      response.json(result.answer);
      return;
    case 'refused': {
      const { reason, message, retryAfterS } = result.refusal;
      if (retryAfterS !== undefined) response.set('Retry-After', String(retryAfterS));
      sendProblem(response, { status: REFUSAL_STATUS[reason], code: reason, message });
      return;
    }
    case 'not-durable':
      parts.onNotDurable(result.error);
      response.set('Retry-After', '1');
      sendProblem(response, {
        status: 503,
        code: 'not_durable',
        message: 'the events could not be stored and none of them counts; send them again',
      });
      return;
  }
}

function refuseBody(parts: EventsParts, kind: Exclude<BodyResult['kind'], 'read'>, response: Response): void {
  const { maxBytes, maxRatio } = parts.body;
  switch (kind) {
    case 'too-large':
      tooLarge(parts, response, `the body is larger than ${maxBytes} bytes; send fewer events at once`);
      return;
    case 'expands-too-much':
      tooLarge(
        parts,
        response,
        `the body unpacks to more than ${maxRatio} times its size; expected less, and at most ${maxBytes} bytes in all`
      );
      return;
    case 'no-room':
      parts.onNoRoom();
      response.set('Retry-After', '1').set('Connection', 'close');
      sendProblem(response, {
        status: 503,
        code: 'busy',
        message: 'as many bodies are under way as may be held at once; none of these events counts; send them again',
      });
      return;
    case 'unknown-encoding':
      unsupported(response, `the body's encoding is not taken; expected ${EXPECTED}`);
      return;
    case 'unreadable':
      parts.rejected('not_json');
      sendProblem(response, {
        status: 400,
        code: 'not_json',
        message: `the body could not be read; expected ${EXPECTED}`,
      });
      return;
    case 'aborted':
      response.destroy();
      return;
  }
}

function tooLarge(parts: EventsParts, response: Response, message: string): void {
  parts.rejected('too_large');
  sendProblem(response, { status: 413, code: 'too_large', message });
}
