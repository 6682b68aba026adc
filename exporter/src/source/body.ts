// A request body or a WebSocket message as raw events: one JSON event, a JSON array, or NDJSON.
import type { Rejection } from '../contract/event.ts';
import type { RawItem } from '../pipeline.ts';
import { quote } from './quote.ts';

export type BodyResult =
  { readonly ok: true; readonly items: readonly RawItem[] } | { readonly ok: false; readonly message: string };

/**
 * Items in the order of the body. A line of NDJSON that is no JSON is a rejection at its index and the others count;
 * blank lines are skipped. A body sent as `json` that is no single document but has several lines is read as NDJSON;
 * one that is no JSON at all is refused as a whole.
 */
export function readBody(text: string, contentType: 'json' | 'ndjson'): BodyResult {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (contentType === 'json') {
    const whole = parseJson(body);
    if (whole.ok) {
      const events: readonly unknown[] = Array.isArray(whole.value) ? whole.value : [whole.value];
      return { ok: true, items: events.map((raw) => ({ raw })) };
    }
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2 || !lines.some((line) => parseJson(line).ok)) {
      return {
        ok: false,
        message: `the body ${quote(body)} is not JSON (${whole.problem}); expected one JSON event, an array of events, or NDJSON`,
      };
    }
  }
  return { ok: true, items: readLines(body) };
}

function readLines(body: string): RawItem[] {
  const items: RawItem[] = [];
  for (let from = 0; from < body.length;) {
    const found = body.indexOf('\n', from);
    const end = found === -1 ? body.length : found;
    const line = body.slice(from, end);
    from = end + 1;
    // What begins an object is neither blank nor in need of a second look.
    if (!line.startsWith('{') && line.trim() === '') continue;
    const parsed = parseJson(line);
    items.push(parsed.ok ? { raw: parsed.value } : { rejection: notJson(line, parsed.problem) });
  }
  return items;
}

function notJson(line: string, problem: string): Rejection {
  return {
    reason: 'not_json',
    message: `the line ${quote(line)} is not JSON (${problem}); expected one JSON event a line`,
  };
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function parseJson(text: string): Json {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    // The engine's message quotes the input at length and differs between versions: only its kind is passed on.
    return { ok: false, problem: error instanceof SyntaxError ? 'a syntax error' : 'unreadable' };
  }
}
