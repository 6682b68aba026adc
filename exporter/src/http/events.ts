// POST /v1/events: one JSON event, a JSON array or NDJSON, plain or compressed.
import { text } from 'express';
import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { quoted } from '../errors.ts';
import { sendProblem } from './answer.ts';
import { ingestText } from './ingest.ts';
import type { BodyFormat, IngestParts } from './ingest.ts';

const FORMATS: Readonly<Record<string, BodyFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};
const EXPECTED = 'application/json or application/x-ndjson, in UTF-8, plain or with Content-Encoding: gzip';

export interface EventsParts extends IngestParts {
  /** Of the body after decompression. */
  readonly maxBodyBytes: number;
  readonly onNotDurable: (error: unknown) => void;
}

/** The handlers in their order: content type, body, what went wrong with the body, ingest. */
export function eventsHandlers(parts: EventsParts): readonly (RequestHandler | ErrorRequestHandler)[] {
  const refused: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    refuseBody({ error, response, next }, parts);
  };
  return [
    requireFormat,
    text({ type: Object.keys(FORMATS), limit: parts.maxBodyBytes, defaultCharset: 'utf-8' }),
    refused,
    (request: Request, response: Response) => answer(parts, request, response),
  ];
}

function formatOf(request: Request): BodyFormat | undefined {
  const type = request.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === undefined ? undefined : FORMATS[type];
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

async function answer(parts: EventsParts, request: Request, response: Response): Promise<void> {
  // body-parser leaves the body out when there is none: an empty text then, which is no JSON.
  const body = typeof request.body === 'string' ? request.body : '';
  const result = await ingestText(parts, { body, format: formatOf(request) ?? 'json', source: 'http' });
  switch (result.kind) {
    case 'answered':
      response.json(result.answer);
      return;
    case 'refused': {
      const { reason, message } = result.refusal;
      sendProblem(response, { status: reason === 'not_json' ? 400 : 413, code: reason, message });
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

/** What body-parser says of a body that it could not read. */
const bodyError = z.object({ status: z.int().min(400).max(499) });

function refuseBody(
  { error, response, next }: { error: unknown; response: Response; next: NextFunction },
  parts: EventsParts
): void {
  const known = bodyError.safeParse(error);
  if (!known.success) {
    next(error);
    return;
  }
  const { status } = known.data;
  if (status === 413) {
    parts.rejected('too_large');
    const message = `the body is larger than ${parts.maxBodyBytes} bytes; send fewer events at once`;
    sendProblem(response, { status, code: 'too_large', message });
  } else if (status === 415) {
    unsupported(response, `the body's encoding is not taken; expected ${EXPECTED}`);
  } else {
    parts.rejected('not_json');
    sendProblem(response, {
      status: 400,
      code: 'not_json',
      message: `the body could not be read; expected ${EXPECTED}`,
    });
  }
}
