// How every answer looks: security headers, JSON errors without internals, gzip for the big texts.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const gzipAsync = promisify(gzip);
/** Below this a gzip header and the work for it cost more than they save. */
const GZIP_FROM_CHARACTERS = 1024;

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

/** To stand before every handler. @param overrides The operator's own headers, asked for with every answer. */
export function securityHeaders(overrides: () => Readonly<Record<string, string>>): RequestHandler {
  return (_request: Request, response: Response, next: NextFunction) => {
    response.set(HEADERS).set(overrides());
    next();
  };
}

/** `{error: {code, message}}`; the message is for the sender and never shows internals. */
export function sendProblem(response: Response, problem: { status: number; code: string; message: string }): void {
  const { status, code, message } = problem;
  response.status(status).json({ error: { code, message } });
}

/** 405 with the methods that the path knows. */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed);
    sendProblem(response, {
      status: 405,
      code: 'method_not_allowed',
      message: `${request.method} is not served here; expected ${allowed}`,
    });
  };
}

/** Sends a text whole, compressed where the client takes gzip. Rejects only when compression fails. */
export async function sendText(
  response: Response,
  text: { readonly type: string; readonly body: string }
): Promise<void> {
  response.set('Content-Type', text.type).set('Vary', 'Accept-Encoding');
  // Without the header anything would be acceptable; a client that does not name gzip gets plain text.
  const wantsGzip =
    response.req.headers['accept-encoding'] !== undefined && response.req.acceptsEncodings('gzip') === 'gzip';
  if (!wantsGzip || text.body.length < GZIP_FROM_CHARACTERS) {
    response.end(text.body);
    return;
  }
  const compressed = await gzipAsync(text.body, { level: 1 });
  response.set('Content-Encoding', 'gzip').end(compressed);
}
