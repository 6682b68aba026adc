// Reads the named fields of one raw event. The first field that cannot be used becomes the rejection; the readers then
// return a stand-in, so that a dialect reads straight through and parse.ts asks once at the end.
import type { Anomaly, RejectReason, Rejection } from '../contract/event.ts';
import { labelValue, MAX_LABEL_BYTES } from '../contract/labels.ts';
import { centsToNano, nano, usdToNano, ZERO_USD, type NanoUsd } from '../contract/money.ts';
import { quote } from './quote.ts';

/** 1 million US dollars: no single event is worth more, and sums of plausible events stay within 2^53. */
export const MAX_EVENT_NANO = nano(1_000_000 * 1_000_000_000);
/** About three years. */
const MAX_DURATION_MS = 100_000_000_000;
const MAX_COUNT = 1_000_000_000;
const MAX_TASK_LENGTH = 1_000;
/** ECMA-262's greatest time value. */
const MAX_TIME_MS = 8_640_000_000_000_000;

export type Unit = 'cents' | 'usd';

export class EventFields {
  readonly anomalies: Anomaly[] = [];
  readonly #first: object;
  readonly #second: object | undefined;
  #rejection: Rejection | undefined;

  /** Where to look, first find wins: the envelope, then its payload. Own properties only. */
  constructor(first: object, second?: object) {
    this.#first = first;
    this.#second = second;
  }

  get rejection(): Rejection | undefined {
    return this.#rejection;
  }

  /** The field as it stands; null counts as absent. */
  raw(name: string): unknown {
    return ownValue(this.#first, name) ?? (this.#second === undefined ? undefined : ownValue(this.#second, name));
  }

  /** Text as a label value; empty text counts as absent. */
  label(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return labelValue(value);
    this.#refuse('invalid_field', name, `must be text, not ${quote(value)}`);
    return undefined;
  }

  requiredLabel(name: string): string {
    return this.label(name) ?? this.#missing(name, 'non-empty text');
  }

  /** Text that tells things apart, so it is never altered: refused where label sanitising or cutting would change it. */
  key(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value !== '' && labelValue(value) === value) return value;
    const expected = `must be non-empty text of at most ${MAX_LABEL_BYTES} bytes in Unicode NFC without control characters`;
    this.#refuse('invalid_field', name, `${expected}, not ${quote(value)}`);
    return undefined;
  }

  requiredKey(name: string): string {
    return this.key(name) ?? this.#missing(name, 'non-empty text');
  }

  /** Free text for the live gateway, at most 1,000 characters of it; never a label. */
  task(): string | undefined {
    const value = this.raw('task');
    if (value === undefined || typeof value === 'string')
      return value?.slice(0, MAX_TASK_LENGTH).replace(/\p{Surrogate}/gu, '\ufffd');
    this.#refuse('invalid_field', 'task', `must be text, not ${quote(value)}`);
    return undefined;
  }

  requiredOneOf<T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
    const value = this.raw(name);
    const match = allowed.find((word) => word === value);
    if (match !== undefined) return match;
    if (value === undefined) this.#missing(name, `one of ${allowed.join(', ')}`);
    else this.#refuse('invalid_field', name, `must be one of ${allowed.join(', ')}, not ${quote(value)}`);
    return allowed[0];
  }

  /** Milliseconds since the epoch, rounded down. */
  timestampMs(): number {
    const value = this.raw('timestamp');
    if (typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS) return Math.floor(value);
    const expected = 'must be milliseconds since the epoch as a number';
    this.#refuse('invalid_timestamp', 'timestamp', `${expected}, not ${quote(value)}`);
    return 0;
  }

  /** Milliseconds, fractional; a negative one is noted as an anomaly and not used. */
  durationMs(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Math.abs(value) <= MAX_DURATION_MS) {
      if (value >= 0) return value;
      this.anomalies.push('duration_negative');
      return undefined;
    }
    this.#refuse('invalid_field', name, `must be milliseconds up to ${MAX_DURATION_MS}, not ${quote(value)}`);
    return undefined;
  }

  /** Whole number from 0 to 1e9. */
  count(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || isCount(value)) return value;
    this.#refuse('invalid_field', name, `must be a whole number from 0 to ${MAX_COUNT}, not ${quote(value)}`);
    return undefined;
  }

  /** Whole number from 0 to 2^53 - 1: a counter that never ends. */
  sequence(name: string): number | undefined {
    const value = this.raw(name);
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    this.#refuse('invalid_field', name, `must be a whole number from 0 to 2^53 - 1, not ${quote(value)}`);
    return undefined;
  }

  /** A token count; a negative one is noted as an anomaly and not used. */
  tokens(name: string): number | undefined {
    const value = this.raw(name);
    if (typeof value === 'number' && value < 0 && value >= -MAX_COUNT) {
      this.anomalies.push('tokens_negative');
      return undefined;
    }
    return this.count(name);
  }

  /** An amount of money from 0 to 1e6 USD, a JSON number or decimal text. */
  amount(name: string, unit: Unit): NanoUsd | undefined {
    return this.#amount(name, unit, ZERO_USD);
  }

  /** As {@link amount}, but from -1e6 USD: what is left of a budget that may be overspent. */
  balance(name: string, unit: Unit): NanoUsd | undefined {
    return this.#amount(name, unit, nano(-1 * MAX_EVENT_NANO));
  }

  /** Refuses the event for want of a field. */
  missing(name: string, expected: string): void {
    this.#missing(name, expected);
  }

  #amount(name: string, unit: Unit, least: NanoUsd): NanoUsd | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const numeric = typeof value === 'number' || (typeof value === 'string' && value.length <= 64);
    const convert = unit === 'cents' ? centsToNano : usdToNano;
    const amount = numeric ? convert(value) : undefined;
    if (amount !== undefined && amount >= least && amount <= MAX_EVENT_NANO) return amount;
    const range = `${least < 0 ? '-1e6' : '0'} to 1e6 USD`;
    this.#refuse('invalid_amount', name, `must be an amount in ${unit} within ${range}, not ${quote(value)}`);
    return undefined;
  }

  #missing(name: string, expected: string): string {
    this.#refuse('missing_field', name, `is missing; expected ${expected}`);
    return '';
  }

  #refuse(reason: RejectReason, name: string, complaint: string): void {
    this.#rejection ??= { reason, message: `${name} ${complaint}` };
  }
}

function ownValue(record: object, name: string): unknown {
  return Object.hasOwn(record, name) ? ((Reflect.get(record, name) as unknown) ?? undefined) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
}
