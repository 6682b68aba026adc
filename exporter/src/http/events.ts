// POST /v1/events: one JSON event, a JSON array or NDJSON, plain or compressed.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { quoted } from '../errors.ts';
import { INTERNAL, NOT_READY, wrongMethod } from './answer.ts';
import type { Access } from './auth/access.ts';
import { refusalHeaders } from './auth/guard.ts';
import type { Principal } from './auth/tokens.ts';
import { BareAnswers } from './bare-answer.ts';
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
const NOT_DURABLE = {
  status: 503,
  code: 'not_durable',
  message: 'the events could not be stored and none of them counts; send them again',
};
const BUSY = {
  status: 503,
  code: 'busy',
  message: 'as many bodies are under way as may be held at once; none of these events counts; send them again',
};

export interface EventsParts extends IngestParts {
  readonly body: BodyLimits;
  readonly memory: BodyMemory;
  /** Hears of a body that was not read because others fill the memory. */
  readonly onNoRoom: () => void;
  readonly onNotDurable: (error: unknown) => void;
  readonly access: Access;
  /** The operator's own headers, over those of the exporter. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** False until everything counted before this start is back. */
  readonly started: () => boolean;
  /** Hears of errors that reached the end; the sender is told 500 and nothing more. */
  readonly onError: (error: unknown) => void;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Everything from the credentials to the answer. It needs nothing of express, which costs several times a small event. */
export function eventsListener(parts: EventsParts): RequestListener {
  const endpoint = new EventsEndpoint(parts);
  return (request, response) => {
    endpoint.take({ request, response }).catch((error: unknown) => {
      parts.onError(error);
      // What was begun cannot be answered otherwise.
      if (response.headersSent) response.destroy();
      else endpoint.answers.problem(response, INTERNAL);
    });
  };
}

class EventsEndpoint {
  readonly answers: BareAnswers;
  readonly #parts: EventsParts;

  constructor(parts: EventsParts) {
    this.#parts = parts;
    this.answers = new BareAnswers(parts.headers);
  }

  async take({ request, response }: Exchange): Promise<void> {
    const { access, started, body: limits, memory } = this.#parts;
    const { headers, socket } = request;
    const decision = access.isGuarded('ingest')
      ? await access.check('ingest', { headers, address: socket.remoteAddress })
      : undefined;
    if (decision?.kind === 'refused') {
      this.answers.problem(response, decision, refusalHeaders(decision).flat());
      return;
    }
    if (request.method !== 'POST') {
      this.answers.problem(response, wrongMethod(request.method ?? '', 'POST'), ['Allow', 'POST']);
      return;
    }
    if (!started()) {
      this.answers.problem(response, NOT_READY, ['Retry-After', '1']);
      return;
    }
    const format = formatOf(headers['content-type']);
    if (format === undefined) {
      const given = quoted(headers['content-type'] ?? 'no content type');
      this.#unsupported(response, `${given} is not taken; expected Content-Type ${EXPECTED}`);
      return;
    }
    const share = memory.share();
    try {
      const body = await readRequestBody(request, limits, share);
      if (body.kind === 'read') await this.#answer(body, { response, format, principal: decision?.principal });
      else this.#refuseBody(body.kind, response);
    } finally {
      // Not before it is answered: what was read is still there while it is stored.
      share.release();
    }
  }

  async #answer(
    { text, bytes }: Extract<BodyResult, { kind: 'read' }>,
    {
      response,
      format,
      principal,
    }: { readonly response: ServerResponse; readonly format: BodyFormat; readonly principal: Principal | undefined }
  ): Promise<void> {
    const result = await ingestText(this.#parts, { body: text, bytes, format, source: 'http', principal });
    // The request took too long and was answered meanwhile.
    if (response.headersSent) return;
    switch (result.kind) {
      case 'answered':
        this.answers.json(response, { text: JSON.stringify(result.answer) });
        return;
      case 'refused': {
        const { reason, message, retryAfterS } = result.refusal;
        const more = retryAfterS === undefined ? undefined : ['Retry-After', String(retryAfterS)];
        this.answers.problem(response, { status: REFUSAL_STATUS[reason], code: reason, message }, more);
        return;
      }
      case 'not-durable':
        this.#parts.onNotDurable(result.error);
        this.answers.problem(response, NOT_DURABLE, ['Retry-After', '1']);
        return;
    }
  }

  #refuseBody(kind: Exclude<BodyResult['kind'], 'read'>, response: ServerResponse): void {
    const { maxBytes, maxRatio } = this.#parts.body;
    switch (kind) {
      case 'too-large':
        this.#tooLarge(response, `the body is larger than ${maxBytes} bytes; send fewer events at once`);
        return;
      case 'expands-too-much':
        this.#tooLarge(
          response,
          `the body unpacks to more than ${maxRatio} times its size; expected less, and at most ${maxBytes} bytes in all`
        );
        return;
      case 'no-room':
        this.#parts.onNoRoom();
        this.answers.problem(response, BUSY, ['Retry-After', '1', 'Connection', 'close']);
        return;
      case 'unknown-encoding':
        this.#unsupported(response, `the body's encoding is not taken; expected ${EXPECTED}`);
        return;
      case 'unreadable':
        this.#parts.rejected('not_json');
        this.answers.problem(response, {
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

  #unsupported(response: ServerResponse, message: string): void {
    this.answers.problem(response, { status: 415, code: 'unsupported_media_type', message });
  }

  #tooLarge(response: ServerResponse, message: string): void {
    this.#parts.rejected('too_large');
    this.answers.problem(response, { status: 413, code: 'too_large', message });
  }
}

function formatOf(contentType: string | undefined): BodyFormat | undefined {
  if (contentType === undefined) return undefined;
  if (Object.hasOwn(FORMATS, contentType)) return FORMATS[contentType];
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  // Trimmed first: a pattern that trims by itself takes time by the square of a long header.
  const charset = parameters
    .map((parameter) => /^charset="?([^"]*)"?$/.exec(parameter.trim())?.[1]?.trim())
    .find(Boolean);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') return undefined;
  const known = type.trim();
  return Object.hasOwn(FORMATS, known) ? FORMATS[known] : undefined;
}
