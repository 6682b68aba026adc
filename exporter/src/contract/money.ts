// Money as integer nano-USD (1 USD = 1e9 nano). Decimal text is converted digit by digit; no money ever passes through
// a floating-point multiplication or sum of fractions.

declare const nanoUsd: unique symbol;

/** Whole nano-dollars; a safe integer (|n| <= 2^53 - 1, about 9 million USD). May be negative where a balance is meant. */
export type NanoUsd = number & { readonly [nanoUsd]: true };

export const NANO_PER_USD = 1_000_000_000;
export const ZERO_USD = 0 as NanoUsd;

/** @throws RangeError when `value` is not a safe integer: an overflow must never be counted as some other amount. */
export function nano(value: number): NanoUsd {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a whole number of nano-USD within +-${Number.MAX_SAFE_INTEGER}`);
  }
  return (value === 0 ? 0 : value) as NanoUsd;
}

/** Exact sum in nano-USD. @throws RangeError past 2^53 - 1. */
export function addUsd(a: NanoUsd, b: NanoUsd): NanoUsd {
  return nano(a + b);
}

/** Exact difference `a - b` in nano-USD; may be negative. @throws RangeError past 2^53 - 1. */
export function subtractUsd(a: NanoUsd, b: NanoUsd): NanoUsd {
  return nano(a - b);
}

/** The largest amount that is exact: about 9 million USD. */
export const MAX_USD = Number.MAX_SAFE_INTEGER as NanoUsd;

/** As {@link addUsd}, but a sum past the exact range stays at its end: then {@link MAX_USD} means that much or more. */
export function addSaturating(a: NanoUsd, b: NanoUsd): NanoUsd {
  return nano(Math.max(-Number.MAX_SAFE_INTEGER, Math.min(MAX_USD, a + b)));
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Decimal text times 10^exponent as an integer, rounded half away from zero below the last kept digit.
 * `decimalToInteger('0.00317', 7)` is 31700. Undefined when the text is no decimal number or leaves the safe range.
 */
function decimalToInteger(text: string, exponent: number): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = whole + fraction;
  const shift = exponent + Number(power) - fraction.length;
  const kept =
    shift >= 0 ? digits + '0'.repeat(Math.min(shift, 400)) : digits.slice(0, Math.max(0, digits.length + shift));
  const firstDropped = shift < 0 ? digits[digits.length + shift] : undefined;
  const magnitude = Number(kept === '' ? '0' : kept) + (firstDropped !== undefined && firstDropped >= '5' ? 1 : 0);
  if (!Number.isSafeInteger(magnitude)) return undefined;
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
}

/**
 * Decimal text times 10^places, exact: undefined when the text is no decimal number, is longer than 64 characters, or has
 * digits below the last place. `decimalToScaled('1.5e-7', 30)` is 150000000000000000000000n.
 */
export function decimalToScaled(text: string, places: number): bigint | undefined {
  const match = text.length > 64 ? null : DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = places + Number(power) - fraction.length;
  const unit = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % unit !== 0n) return undefined;
  const magnitude = shift < 0 ? digits / unit : digits * unit;
  return sign === '-' ? -magnitude : magnitude;
}

/**
 * Nano-USD of an amount in USD, given as a JSON number or decimal text. A number is read by its shortest decimal form
 * (ECMA-262 Number::toString), so 0.1 is exactly 100,000,000 nano. Undefined for NaN, infinities, other text, and
 * amounts past 2^53 - 1 nano.
 */
export function usdToNano(amount: number | string): NanoUsd | undefined {
  return decimalToInteger(String(amount), 9) as NanoUsd | undefined;
}

/** As {@link usdToNano}, for an amount in cents; fractional cents are kept: 0.00317 cents are 31,700 nano. */
export function centsToNano(cents: number | string): NanoUsd | undefined {
  return decimalToInteger(String(cents), 7) as NanoUsd | undefined;
}

/** `n / 10^places` as plain decimal text without trailing zeros and without an exponent. */
function decimalText(n: number, places: number): string {
  const magnitude = Math.abs(n)
    .toString()
    .padStart(places + 1, '0');
  const whole = magnitude.slice(0, -places);
  const fraction = magnitude.slice(-places).replace(/0+$/, '');
  return `${n < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** USD as exact decimal text: 544,000 nano is `0.000544`. What /metrics prints. */
export function usdText(amount: NanoUsd): string {
  return decimalText(amount, 9);
}

/** USD as a number, for JSON and drawing only; the nearest double, never summed up again. */
export function nanoToUsd(amount: NanoUsd): number {
  return amount / NANO_PER_USD;
}

/** Cents as a number, for Helix's gateway messages only. */
export function nanoToCents(amount: NanoUsd): number {
  return amount / 10_000_000;
}
