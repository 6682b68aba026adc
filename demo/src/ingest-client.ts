// One POST of events to an exporter, and what came of it. Knows HTTP, not queues.
import type { IngestAnswer } from 'orchestrator-exporter/contract/wire';

export type PostOutcome =
  | { readonly kind: 'answered'; readonly answer: IngestAnswer }
  /** The exporter will never take this body as it is. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Not there, or not able just now: the same body may be sent again. */
  | { readonly kind: 'away'; readonly message: string; readonly retryAfterMs: number | undefined };

export type PostEvents = (events: readonly object[], signal?: AbortSignal) => Promise<PostOutcome>;

const REQUEST_TIMEOUT_MS = 10_000;
const SHOWN_CHARACTERS = 200;

/** Where events go below an exporter's address. Throws on anything that is not an http(s) URL. */
export function ingestUrl(exporter: string): URL {
  const base = URL.canParse(exporter) ? new URL(exporter) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw new Error(`the exporter's address '${exporter}' is not an http(s) URL; expected e.g. http://127.0.0.1:9847`);
  }
  return new URL('v1/events', base.href.endsWith('/') ? base : `${base.href}/`);
}

/** Sends NDJSON over kept-alive connections (Node's fetch keeps them). Never throws. */
export function postEventsTo(exporter: string): PostEvents {
  const url = ingestUrl(exporter);
  return async (events, signal) => {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      return outcomeOf(response, await response.text());
    } catch (error) {
      return { kind: 'away', message: `${url.origin}: ${causeOf(error)}`, retryAfterMs: undefined };
    }
  };
}

function outcomeOf(response: Response, body: string): PostOutcome {
  const { status } = response;
  const message = `${new URL(response.url).origin} answered ${status}: ${body.slice(0, SHOWN_CHARACTERS)}`;
  if (status === 200) {
    const answer = answerOf(body);
    return answer === undefined ? { kind: 'refused', message } : { kind: 'answered', answer };
  }
  if (status >= 500 || status === 408 || status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { kind: 'away', message, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined };
  }
  return { kind: 'refused', message };
}

function answerOf(body: string): IngestAnswer | undefined {
  let parsed: Partial<IngestAnswer> | null;
  try {
    parsed = JSON.parse(body) as Partial<IngestAnswer> | null;
  } catch {
    return undefined;
  }
  const { accepted, duplicates, rejected } = parsed ?? {};
  if (typeof accepted !== 'number' || typeof duplicates !== 'number' || !Array.isArray(rejected)) return undefined;
  const isAnyUnreadable = rejected.some((one: unknown) => typeof one !== 'object' || one === null);
  return isAnyUnreadable ? undefined : { accepted, duplicates, rejected };
}

/** A line for each rejected event of the batch: why, and what was sent, shortened. */
export function rejectionLines({ rejected }: IngestAnswer, batch: readonly object[]): string[] {
  return rejected.map(
    ({ index, reason, message }) =>
      `rejected (${reason}): ${message}: ${JSON.stringify(batch[index] ?? null).slice(0, SHOWN_CHARACTERS)}`
  );
}

function causeOf(error: unknown): string {
  // fetch says only "fetch failed"; the reason is in its cause, whose message is empty when several addresses were tried.
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return [cause?.message, cause?.code, message].find((text) => text !== undefined && text !== '') ?? 'no reason given';
}
