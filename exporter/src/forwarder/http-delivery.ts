// Batches by POST /v1/events over one kept connection, with node:http alone.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { messageOf } from '../errors.ts';
import { certificateTrouble } from '../tls-trouble.ts';
import type { Delivery, DeliveryOutcome, Refused } from './delivery.ts';

export interface HttpDeliveryOptions {
  /** Of the exporter; `v1/events` is added to its path. */
  readonly url: URL;
  readonly token?: string | undefined;
  /** Read for the first request, and again whenever the exporter refuses the token. */
  readonly tokenFile?: string | undefined;
  /** Bodies of this many bytes and more are compressed. */
  readonly gzipBytes: number;
  /** For connection, request and answer together, ms. */
  readonly timeoutMs: number;
  readonly tls?: ConnectionOptions | undefined;
  readonly now: () => number;
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const SHOWN_CHARACTERS = 200;
const compress = promisify(gzip);

export class HttpDelivery implements Delivery {
  readonly name: string;
  readonly #options: HttpDeliveryOptions;
  readonly #target: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  #token: string | undefined;

  constructor(options: HttpDeliveryOptions) {
    const { url, token, tls } = options;
    this.#options = options;
    this.#target = new URL('v1/events', url.href.endsWith('/') ? url : `${url.href}/`);
    this.name = url.origin;
    this.#token = token;
    const isSecure = url.protocol === 'https:';
    const kept = { keepAlive: true, maxSockets: 1 };
    this.#agent = isSecure ? new https.Agent({ ...tls, ...kept }) : new http.Agent(kept);
    this.#request = isSecure ? https.request : http.request;
  }

  async send(lines: readonly string[], signal: AbortSignal): Promise<DeliveryOutcome> {
    try {
      const plain = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
      const isPacked = plain.length >= this.#options.gzipBytes;
      // The fastest level: events are alike, it takes most of what there is to take.
      const body = isPacked ? await compress(plain, { level: constants.Z_BEST_SPEED }) : plain;
      const headers: http.OutgoingHttpHeaders = {
        'content-type': 'application/x-ndjson',
        'content-length': body.length,
        ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
      };
      const token = await this.#readToken();
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      return this.#outcome(await this.#post(body, headers, signal));
    } catch (error) {
      return { kind: 'away', message: `${this.name}: ${causeOf(error)}` };
    }
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  async #readToken(): Promise<string | undefined> {
    const { tokenFile } = this.#options;
    if (tokenFile !== undefined) this.#token ??= (await readFile(tokenFile, 'utf8')).trim();
    return this.#token;
  }

  #post(body: Buffer, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#request(this.#target, { method: 'POST', agent: this.#agent, headers });
      // From the first byte to the last: a socket's own timeout begins anew with every byte.
      const late = setTimeout(() => {
        request.destroy(new Error(`no answer within ${this.#options.timeoutMs} ms`));
      }, this.#options.timeoutMs);
      const stop = (): void => {
        request.destroy(new Error('given up'));
      };
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      const settle = (): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', stop);
      };
      request.once('error', (error) => {
        settle();
        reject(error);
      });
      request.once('response', (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too long'));
          else parts.push(part);
        });
        response.once('error', (error) => {
          settle();
          reject(error);
        });
        response.once('close', () => {
          settle();
          if (!response.complete) reject(new Error('the connection broke off in the answer'));
          else
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(parts).toString('utf8'),
              retryAfter: response.headers['retry-after'],
            });
        });
      });
      request.end(body);
    });
  }

  #outcome({ status, text, retryAfter }: Answer): DeliveryOutcome {
    const message = `${this.name} answered ${status}: ${text.slice(0, SHOWN_CHARACTERS)}`;
    if (status === 200) {
      const answer = answerOf(text);
      // A proxy's page, say: nothing tells that the events were taken.
      return answer ?? { kind: 'away', message: `${message} (not the answer of an exporter)` };
    }
    if (status === 413 || status === 400) return { kind: 'refused', message };
    if (status === 401 && this.#options.tokenFile !== undefined) this.#token = undefined;
    const retryAfterMs = this.#retryAfterMs(retryAfter);
    return { kind: 'away', message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }

  /** Seconds, or a date; RFC 9110, 10.2.3. */
  #retryAfterMs(value: string | undefined): number | undefined {
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
    const atMs = Date.parse(value);
    return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - this.#options.now());
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

function answerOf(text: string): Extract<DeliveryOutcome, { kind: 'answered' }> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { accepted, duplicates, rejected } = parsed as Readonly<Record<string, unknown>>;
  if (typeof accepted !== 'number' || typeof duplicates !== 'number' || !Array.isArray(rejected)) return undefined;
  const list: readonly unknown[] = rejected;
  return list.every(isRefused) ? { kind: 'answered', accepted, duplicates, rejected: list } : undefined;
}

function isRefused(value: unknown): value is Refused {
  if (typeof value !== 'object' || value === null) return false;
  const { index, reason, message } = value as Readonly<Record<string, unknown>>;
  return typeof index === 'number' && typeof reason === 'string' && typeof message === 'string';
}

/** The message of an error of several addresses that were tried is empty; its code is not. */
function causeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  const told = certificateTrouble(error, { authority: 'tls.ca', own: 'tls.cert' });
  return told ?? (messageOf(error) || (typeof code === 'string' ? code : 'no reason given'));
}
