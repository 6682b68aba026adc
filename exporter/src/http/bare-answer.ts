// Answers on node's own response, for the paths that are asked for all the time: every header of one answer in one list, which
// node writes as it stands. Express looks at each header several times, which costs more than a small event.
import type { ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './answer.ts';
import type { Problem } from './answer.ts';

/** Names and values in turn. */
type HeaderList = readonly string[];

export class BareAnswers {
  readonly #overrides: () => Readonly<Record<string, string>>;
  /** Of which `#common` was made. */
  #of: Readonly<Record<string, string>> | undefined;
  #common: HeaderList = [];

  /** @param overrides the operator's own headers, by the same names as those of the exporter; asked for with every answer */
  constructor(overrides: () => Readonly<Record<string, string>>) {
    this.#overrides = overrides;
  }

  /** @param more headers of this answer alone */
  json(
    response: ServerResponse,
    { status = 200, text, more }: { status?: number; text: string; more?: HeaderList }
  ): void {
    const headers = [...this.#ofAll(), ...JSON_TYPE, 'Content-Length', String(Buffer.byteLength(text))];
    response.writeHead(status, more === undefined ? headers : [...headers, ...more]);
    response.end(text);
  }

  /** The headers of an answer whose length is not known yet; its body is the caller's to send. */
  begin(response: ServerResponse, more: HeaderList): void {
    const headers = [...this.#ofAll(), ...more];
    for (let i = 0; i < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
  }

  /** `{error: {code, message}}`; the message is for the sender and never shows internals. */
  problem(response: ServerResponse, { status, code, message }: Problem, more?: HeaderList): void {
    const text = JSON.stringify({ error: { code, message } });
    this.json(response, more === undefined ? { status, text } : { status, text, more });
  }

  #ofAll(): HeaderList {
    const overrides = this.#overrides();
    if (overrides !== this.#of) {
      this.#common = Object.entries({ ...SECURITY_HEADERS, ...overrides }).flat();
      this.#of = overrides;
    }
    return this.#common;
  }
}

const JSON_TYPE = ['Content-Type', 'application/json; charset=utf-8'] as const;
