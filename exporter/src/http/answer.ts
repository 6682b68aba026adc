// How every answer looks: security headers, JSON errors without internals, gzip for the big texts.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { wantsGzip } from './negotiation.ts';

const gzipAsync = promisify(gzip);
/** Below this a gzip header and the work for it cost more than they save. */
const GZIP_FROM_BYTES = 1024;
/** Work at a stretch. */
const TURN_MS = 3;

/** Of every answer. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

export const NOT_READY: Problem = {
  status: 503,
  code: 'not_ready',
  message: 'the exporter is starting: it reads its journal; try again in a moment',
};
export const INTERNAL: Problem = { status: 500, code: 'internal', message: 'the request could not be answered' };

/** To stand before every handler. @param overrides The operator's own headers, asked for with every answer. */
export function securityHeaders(overrides: () => Readonly<Record<string, string>>): RequestHandler {
  return (_request: Request, response: Response, next: NextFunction) => {
    response.set(SECURITY_HEADERS).set(overrides());
    next();
  };
}

/** What an answer tells of what went wrong. */
export interface Problem {
  readonly status: number;
  /** Closed, for programs. */
  readonly code: string;
  readonly message: string;
}

/** `{error: {code, message}}`; the message is for the sender and never shows internals. */
export function sendProblem(response: Response, problem: Problem): void {
  const { status, code, message } = problem;
  response.status(status).json({ error: { code, message } });
}

/** 405 with the methods that the path knows. */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed);
    sendProblem(response, wrongMethod(request.method, allowed));
  };
}

export function wrongMethod(method: string, allowed: string): Problem {
  return { status: 405, code: 'method_not_allowed', message: `${method} is not served here; expected ${allowed}` };
}

/**
 * Sends a text whole, compressed where the client takes gzip. Its pages are made in turns of a few milliseconds, between
 * which everything else goes on. Rejects only when making or compressing it fails.
 */
export async function sendText(
  response: Response,
  text: { readonly type: string; readonly pages: Iterable<string> }
): Promise<void> {
  const body = await inTurns(text.pages);
  if (response.destroyed) return;
  response.set('Content-Type', text.type).set('Vary', 'Accept-Encoding');
  if (!wantsGzip(response.req) || body.length < GZIP_FROM_BYTES) {
    response.end(body);
    return;
  }
  const compressed = await gzipAsync(body, { level: 1 });
  response.set('Content-Encoding', 'gzip').end(compressed);
}

async function inTurns(pages: Iterable<string>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let turnMs = performance.now();
  for (const page of pages) {
    parts.push(Buffer.from(page));
    if (performance.now() - turnMs < TURN_MS) continue;
    await nextTurn();
    turnMs = performance.now();
  }
  return Buffer.concat(parts);
}
