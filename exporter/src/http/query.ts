// Query parameters of the reading paths: each is checked, and what no path knows is refused, because a misspelt `from` would
// otherwise answer something else than was asked.
import type { Request, Response } from 'express';
import { quoted } from '../errors.ts';
import { sendProblem } from './answer.ts';

/** What was wrong with the query; answered with 400. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers 400 for a {@link QueryError}; false for any other error. */
export function answeredQueryError(response: Response, error: unknown): boolean {
  if (!(error instanceof QueryError)) return false;
  sendProblem(response, { status: 400, code: error.code, message: error.message });
  return true;
}

/** The parameters by name, each given once at most. @throws QueryError */
export function parametersOf(request: Request, known: readonly string[]): Readonly<Record<string, string | undefined>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query)) {
    if (!known.includes(name)) {
      throw new QueryError('unknown_parameter', `${quoted(name)} is no parameter here; known are ${known.join(', ')}`);
    }
    if (typeof value !== 'string') {
      throw new QueryError(`invalid_${name}`, `${name} ${quoted(value)} is refused; expected it once`);
    }
    found[name] = value;
  }
  return found;
}

/** A whole number from `least` to `most`. @throws QueryError */
export function wholeNumber(
  name: string,
  given: string | undefined,
  { least, most, fallback }: { readonly least: number; readonly most: number; readonly fallback: number }
): number {
  if (given === undefined) return fallback;
  const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `${name} ${quoted(given)} is refused; expected a whole number from ${least} to ${most}`;
  throw new QueryError(`invalid_${name}`, message);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
/** ECMA-262's greatest time value. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/** Ms since the epoch, from such a number or an RFC 3339 text. @throws QueryError */
export function timeMs(name: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const value = /^\d{1,16}$/.test(given) ? Number(given) : RFC_3339.test(given) ? Date.parse(given) : Number.NaN;
  if (value >= 0 && value <= MAX_TIME_MS) return value;
  const expected = 'expected milliseconds since the epoch or RFC 3339 such as 2026-09-16T12:00:00Z';
  throw new QueryError(`invalid_${name}`, `${name} ${quoted(given)} is refused; ${expected}`);
}

/** Of `limit` where a page is a list of what is held. */
export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** @throws QueryError */
export function pageOf(request: Request): { readonly limit: number; readonly cursor: string | undefined } {
  const { limit, cursor } = parametersOf(request, ['limit', 'cursor']);
  return { limit: wholeNumber('limit', limit, { least: 1, most: MAX_LIMIT, fallback: DEFAULT_LIMIT }), cursor };
}
