// What a client accepts, as express reads it, for requests that express has not seen too.
import type { IncomingMessage } from 'node:http';
import express from 'express';

type Negotiate = (this: IncomingMessage, offered: readonly string[]) => string | false;
/** Both look at nothing of a request but its headers. */
const { accepts, acceptsEncodings } = express.request as unknown as Readonly<
  Record<'accepts' | 'acceptsEncodings', Negotiate>
>;

/** The one of these content types that Accept gives the greatest weight, the first of equal ones; false when it names none. */
export function acceptedType(request: IncomingMessage, offered: readonly string[]): string | false {
  return accepts.call(request, offered);
}

/** Without the header anything would be acceptable; a client that does not name gzip gets plain text. */
export function wantsGzip(request: IncomingMessage): boolean {
  if (request.headers['accept-encoding'] === undefined) return false;
  return acceptsEncodings.call(request, ['gzip']) === 'gzip';
}
