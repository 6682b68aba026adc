// What an answer to a body must be like: it adds up, its reasons are of the closed set, and each message names the value
// that was refused and what would have been taken.
import { REJECT_REASONS } from '../../src/contract/event.ts';
import type { RejectReason } from '../../src/contract/event.ts';
import type { IngestAnswer } from '../../src/contract/wire.ts';

const MAX_MESSAGE = 600;
// eslint-disable-next-line no-control-regex -- no message holds one
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

/** How a message of each reason is built; undefined where no single event can have it. */
const MESSAGES: Readonly<Record<RejectReason, RegExp | undefined>> = {
  not_json: /^the line ".*"?(\.\.\.)? is not JSON \(a syntax error\); expected one JSON event a line$/,
  not_an_object: /^an event must be a JSON object, not .+$/,
  unknown_type: /^the event type .+ is not known; expected one of \w.*$/,
  missing_field: /^[\w]+ (is missing; expected .+|must be an object with .+, not nothing)$/,
  invalid_field: /^\w+ must be .+, not .+$/,
  invalid_timestamp: /^timestamp must be milliseconds since the epoch as a number, not .+$/,
  invalid_amount: /^\w+ must be an amount in (cents|usd) within -?[\d]+(e6)? to 1e6 USD, not .+$/,
  id_conflict: /^the id ".+" was accepted before with other content; expected a new id or an exact repeat$/,
  too_complex: /^the event (is nested deeper than \d+ levels|has more than \d+ keys and elements)$/,
  too_large: undefined,
  too_many_events: undefined,
  forbidden: undefined,
  quota_exceeded: undefined,
  seq_unknown: undefined,
  queue_full: undefined,
  not_durable: undefined,
};

/** @returns what is wrong with the answer to these events, in words. */
export function problemOfAnswer(answer: IngestAnswer, items: readonly unknown[]): string | undefined {
  const { accepted, duplicates, rejected } = answer;
  if (accepted + duplicates + rejected.length !== items.length) {
    return `${items.length} sent, but ${accepted} + ${duplicates} + ${rejected.length} answered`;
  }
  let last = -1;
  for (const { index, reason, message } of rejected) {
    if (!Number.isInteger(index) || index <= last || index >= items.length) return `the index ${index} after ${last}`;
    last = index;
    if (!REJECT_REASONS.includes(reason)) return `the reason ${reason}`;
    if (message.length > MAX_MESSAGE || UNPRINTABLE.test(message)) return `the message ${JSON.stringify(message)}`;
    if (MESSAGES[reason]?.test(message) !== true) return `${reason} with the message ${JSON.stringify(message)}`;
    const unnamed = unnamedValue(message, items[index]);
    if (unnamed !== undefined) return `${JSON.stringify(message)} does not name ${unnamed}`;
  }
  return undefined;
}

/** The value that a message about a field should show and does not. */
function unnamedValue(message: string, item: unknown): string | undefined {
  const [, field = '', shown = ''] = /^(\w+) must be .+, not (.+)$/s.exec(message) ?? [];
  if (field === '' || field === 'an' || typeof item !== 'object' || item === null) return undefined;
  const places = [item, (item as Record<string, unknown>)['payload']];
  const values = places.flatMap((place) =>
    typeof place === 'object' && place !== null && Object.hasOwn(place, field)
      ? [(place as Record<string, unknown>)[field]]
      : []
  );
  const candidates = values.length === 0 ? [undefined] : [...values, ...(field === 'timestamp' ? [undefined] : [])];
  if (candidates.includes(null) && shown === 'null') return undefined;
  return candidates.some((value) => shown.startsWith(beginningOf(value))) ? undefined : JSON.stringify(candidates);
}

function beginningOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return 'nothing else is JSON';
  // A letter may take up the accent behind it.
  return `"${/^[\x20-\x21\x23-\x5b\x5d-\x7e]{0,20}(?![^\x20-\x7e])/.exec(value)?.[0] ?? ''}`;
}
