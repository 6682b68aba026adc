// Offending values in messages for senders: short, on one line, never executable, whatever they were.
import { labelValue } from '../contract/labels.ts';

const MAX_SHOWN = 60;

/** The value as shortened one-line text, strings in quotes. Never throws, whatever the value is. */
export function quote(value: unknown): string {
  const text = plain(value);
  return text.length > MAX_SHOWN ? `${labelValue(text.slice(0, MAX_SHOWN))}...` : labelValue(text);
}

function plain(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.slice(0, 2 * MAX_SHOWN));
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    case 'undefined':
      return 'nothing';
    case 'bigint':
    case 'boolean':
    case 'number':
      return String(value).slice(0, 2 * MAX_SHOWN);
  }
}
