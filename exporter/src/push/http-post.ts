// One POST to a receiver, and what its answer means for what was sent.
import { request as httpRequest, Agent as HttpAgent } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { messageOf } from '../errors.ts';
import { certificateTrouble } from '../tls-trouble.ts';

/** Why a receiver will not take samples, however often they are sent. Closed; see PUSH_FAILURES. */
export type Refusal = 'out_of_order' | 'out_of_bounds' | 'duplicate' | 'rejected';

export type PostOutcome =
  | { readonly kind: 'taken' }
  /** Never to be sent again as it is. `isPerSample`: parts of it may do. */
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly isPerSample: boolean; readonly message: string }
  /** To be tried again. `isLost`: it may have been taken all the same. */
  | { readonly kind: 'failed'; readonly retryAfterMs?: number; readonly isLost: boolean; readonly message: string };

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface PosterOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly tls?: TlsFiles | undefined;
  /** Headers of every request; may read files, and what it throws is told and tried again. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly now: () => number;
}

/** Of an answer's body: enough for the sentence that says what is wrong. */
const MAX_ANSWER_BYTES = 4_096;
const MAX_MESSAGE = 200;
const MAX_RETRY_AFTER_MS = 600_000;

/** Sends bodies one after the other over one connection. */
export class Poster {
  readonly #options: PosterOptions;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #isTls: boolean;

  constructor(options: PosterOptions) {
    this.#options = options;
    this.#isTls = new URL(options.url).protocol === 'https:';
    const keep = { keepAlive: true, maxSockets: 1 };
    this.#agent = this.#isTls ? new HttpsAgent({ ...keep, ...options.tls }) : new HttpAgent(keep);
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Never rejects. */
  async post(body: Uint8Array, signal: AbortSignal): Promise<PostOutcome> {
    let headers: Readonly<Record<string, string>>;
    try {
      headers = this.#options.headers();
    } catch (error) {
      return { kind: 'failed', isLost: false, message: messageOf(error) };
    }
    const timeout = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await this.#send(body, headers, AbortSignal.any([signal, timeout]));
      return await this.#outcomeOf(response);
    } catch (error) {
      const message = timeout.aborted ? `no answer within ${this.#options.timeoutMs} ms` : causeOf(error);
      return { kind: 'failed', isLost: !isNeverSent(error), message };
    }
  }

  #send(body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options: RequestOptions = {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': String(body.length) },
        signal,
      };
      const make = this.#isTls ? httpsRequest : httpRequest;
      const request = make(this.#options.url, options, resolve);
      request.once('error', reject);
      request.end(body);
    });
  }

  async #outcomeOf(response: IncomingMessage): Promise<PostOutcome> {
    const status = response.statusCode ?? 0;
    const text = await textOf(response);
    if (status >= 200 && status < 300) return { kind: 'taken' };
    const message = `${status} ${printable(text)}`.trim();
    const reason = refusalOf(text);
    // Prometheus 2.42 says 500 to a sample that is too old for its out-of-order window: nothing to be tried again.
    if (reason !== undefined && status !== 429) return { kind: 'refused', reason, isPerSample: true, message };
    if (status >= 500 || status === 429) {
      const retryAfterMs = retryAfterOf(response.headers['retry-after'], this.#options.now());
      return { kind: 'failed', isLost: false, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    return { kind: 'refused', reason: 'rejected', isPerSample: status === 400 || status === 413, message };
  }
}

/** As Prometheus, Mimir, Cortex and Thanos word it; undefined for an answer that is not about single samples. */
export function refusalOf(text: string): Refusal | undefined {
  if (/out[- ]of[- ]order/i.test(text)) return 'out_of_order';
  if (/duplicate[- ](sample|timestamp)|new-value-for-timestamp/i.test(text)) return 'duplicate';
  if (/out[- ]of[- ]bounds|too[- ]old|too far in the (future|past)|timestamp-too/i.test(text)) return 'out_of_bounds';
  return undefined;
}

/** Milliseconds of a Retry-After header, seconds or a date, ten minutes at most. */
export function retryAfterOf(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const isDate = /^[A-Z][a-z]{2}, /.test(header);
  const ms = /^\d{1,9}$/.test(header) ? 1_000 * Number(header) : isDate ? Date.parse(header) - nowMs : Number.NaN;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS) : undefined;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (bytes < MAX_ANSWER_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MAX_MESSAGE);
}

/** The code says all there is, and no message of the system names more than the address. */
function causeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  const told = certificateTrouble(error, { authority: 'tls_config.ca_file', own: 'tls_config.cert_file' });
  // A certificate's names are the other side's to choose.
  return told === undefined && typeof code === 'string' ? code : printable(told ?? messageOf(error));
}

function isNeverSent(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code);
}
