// The id of an event that was sent without one: a hash of its producer's number, else of what it says.
import { hash } from 'node:crypto';

const MAX_DEPTH = 8;
const MAX_VALUES = 2_000;
const MAX_KEYS = 256;
const MAX_TEXT = 4_096;

/** What an event says, before anything was read into it. */
export interface Said {
  readonly threadId: unknown;
  readonly type: string;
  readonly timestamp: unknown;
  readonly payload: unknown;
}

/**
 * 128-bit hash of the canonical JSON of an event (keys sorted), so that an exact repeat has the same id in whatever key
 * order it comes. Bounded for any input: below 8 levels, past 2,000 values and 256 keys of an object only the size goes into
 * the hash, of a text of more than 4,096 characters its own hash. Reads no prototype and calls no toJSON; a getter that throws throws here.
 */
export function eventDigest({ threadId, type, timestamp, payload }: Said): string {
  const text = canonical([threadId, type, timestamp, payload], 0, { values: MAX_VALUES });
  return hash('sha256', text, 'base64url').slice(0, 22);
}

/** 128-bit hash of a producer's name and number. */
export function numberedId(producer: string, seq: number): string {
  return hash('sha256', JSON.stringify(['producer', producer, seq]), 'base64url').slice(0, 22);
}

function canonical(value: unknown, depth: number, left: { values: number }): string {
  if (left.values-- <= 0) return '"..."';
  switch (typeof value) {
    case 'string':
      return quoted(value.length > MAX_TEXT ? `...${value.length}:${hash('sha256', value, 'base64url')}` : value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'boolean':
      return String(value);
    case 'bigint':
      return `"${value.toString().slice(0, MAX_TEXT)}n"`;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalList(value, depth, left) : canonicalRecord(value, depth, left);
    case 'undefined':
    case 'function':
    case 'symbol':
      return 'null';
  }
}

/** Printable ASCII without quote and backslash: JSON writes it as it stands. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** As JSON.stringify, which takes several times as long for short text. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function canonicalList(list: readonly unknown[], depth: number, left: { values: number }): string {
  if (depth >= MAX_DEPTH) return `"[${list.length}]"`;
  const shown = Math.min(list.length, left.values + 1);
  let text = '[';
  for (let at = 0; at < shown; at++) text += (at > 0 ? ',' : '') + canonical(list[at], depth + 1, left);
  return `${text}${shown < list.length ? `,${list.length}` : ''}]`;
}

function canonicalRecord(record: object, depth: number, left: { values: number }): string {
  const keys = Object.keys(record);
  if (depth >= MAX_DEPTH) return `"{${keys.length}}"`;
  const shown = keys.length > MAX_KEYS ? keys.slice(0, MAX_KEYS) : keys;
  let text = '{';
  for (const key of inOrder(shown)) {
    const value: unknown = Reflect.get(record, key);
    text += `${text.length > 1 ? ',' : ''}${quoted(key.slice(0, MAX_TEXT))}:${canonical(value, depth + 1, left)}`;
  }
  return `${text}${shown.length < keys.length ? `,"...":${keys.length}` : ''}}`;
}

/** As sort() has them, in place; for the few keys of an event it takes a third of the time and no memory. */
function inOrder(keys: string[]): readonly string[] {
  if (keys.length > 16) return keys.sort();
  for (let at = 1; at < keys.length; at++) {
    const key = keys[at] ?? '';
    let to = at;
    for (; to > 0 && (keys[to - 1] ?? '') > key; to--) keys[to] = keys[to - 1] ?? '';
    keys[to] = key;
  }
  return keys;
}
