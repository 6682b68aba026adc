// The id of an event that was sent without one: a hash of its producer's number, else of what it says.
import { hash } from 'node:crypto';
import { DIGEST_LENGTH } from '../contract/event.ts';
import { JsonBytes } from '../json-bytes.ts';

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
  const said = [threadId, type, timestamp, payload];
  return hash('sha256', canonicalBytes(said) ?? canonicalText(said), 'base64url').slice(0, DIGEST_LENGTH);
}

/** What is hashed, as text. */
export function canonicalText(said: unknown): string {
  return canonical(said, 0, { values: MAX_VALUES });
}

const bytes = new JsonBytes();

/** The same text in UTF-8, without making a string of it; undefined for what reaches one of the bounds. Good until the next call. */
export function canonicalBytes(said: unknown): Buffer | undefined {
  bytes.clear();
  return writeCanonical(said, 0, MAX_VALUES) < 0 ? undefined : bytes.view();
}

/** @returns how many values are left, negative when a bound was reached. */
function writeCanonical(value: unknown, depth: number, values: number): number {
  let left = values - 1;
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_TEXT) return -1;
      bytes.string(value);
      return left;
    case 'number':
      if (!Number.isFinite(value)) return -1;
      bytes.number(value);
      return left;
    case 'boolean':
      bytes.ascii(value ? 'true' : 'false');
      return left;
    case 'object': {
      if (value === null) break;
      if (depth >= MAX_DEPTH) return -1;
      if (Array.isArray(value)) {
        bytes.byte(0x5b);
        for (let at = 0; at < value.length && left > 0; at++) {
          if (at > 0) bytes.byte(0x2c);
          left = writeCanonical(value[at], depth + 1, left);
        }
        bytes.byte(0x5d);
        return left > 0 ? left : -1;
      }
      const keys = Object.keys(value);
      if (keys.length > MAX_KEYS) return -1;
      let before = 0x7b;
      if (keys.length === 0) bytes.byte(before);
      for (const key of inOrder(keys)) {
        if (left <= 0 || key.length > MAX_TEXT) return -1;
        bytes.byte(before);
        before = 0x2c;
        bytes.string(key);
        bytes.byte(0x3a);
        left = writeCanonical(Reflect.get(value, key), depth + 1, left);
      }
      bytes.byte(0x7d);
      return left > 0 ? left : -1;
    }
    case 'undefined':
    case 'function':
    case 'symbol':
      break;
    case 'bigint':
      return -1;
  }
  bytes.ascii('null');
  return left;
}

/** 128-bit hash of a producer's name and number. */
export function numberedId(producer: string, seq: number): string {
  return hash('sha256', JSON.stringify(['producer', producer, seq]), 'base64url').slice(0, DIGEST_LENGTH);
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
