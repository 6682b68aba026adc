// Label vocabularies, and the one function through which an outside string becomes a label value.

export const TOKEN_DIRECTIONS = ['input', 'output', 'cache_read', 'cache_write', 'reasoning'] as const;
export type TokenDirection = (typeof TOKEN_DIRECTIONS)[number];

export const NODE_OUTCOMES = ['completed', 'failed'] as const;
export type NodeOutcome = (typeof NODE_OUTCOMES)[number];

export const CHECKPOINT_OUTCOMES = ['saved', 'failed'] as const;
export type CheckpointOutcome = (typeof CHECKPOINT_OUTCOMES)[number];

/** How the exporter knows an amount: the orchestrator told it, or the price table did. */
export const PRICED_BY = ['reported', 'table'] as const;
export type PricedBy = (typeof PRICED_BY)[number];

/**
 * Why usage without a cost has no price, or none above zero: label `reason` of `orchestrator_unpriced_usage_total`. Closed.
 * `zero_amount` has a price and is counted as 0 USD: its prices are zero, or it is worth less than half a nano-dollar.
 */
export const UNPRICED_REASONS = [
  'no_table',
  'no_model',
  'no_price',
  'no_direction_price',
  'out_of_range',
  'zero_amount',
] as const;
export type UnpricedReason = (typeof UNPRICED_REASONS)[number];

/** Where spend goes that names no agent while the thread runs none or several. */
export const UNATTRIBUTED_AGENT = 'unattributed';
/** Provider and model of usage that names none. */
export const UNKNOWN_LABEL = 'unknown';
/** The value a label takes past its cap; money included, so sums stay exact. */
export const OVERFLOW_LABEL = 'other';

export const MAX_LABEL_BYTES = 128;

// C0, DEL, C1 controls, line and paragraph separators, bidirectional overrides and lone surrogates.
// eslint-disable-next-line no-control-regex -- control characters are exactly what is replaced
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

const PLAIN = /^[\u0020-\u007e]{0,128}$/;

/**
 * Label text: NFC, control and bidirectional characters and lone surrogates as U+FFFD, at most 128 bytes of UTF-8 cut at
 * a code point. Idempotent; never throws.
 */
export function labelValue(raw: string): string {
  if (PLAIN.test(raw)) return raw;
  // Longer input cannot matter: at least one byte a code unit. Cut first, so that a huge string is not normalised whole.
  const clean = raw
    .slice(0, 8 * MAX_LABEL_BYTES)
    .normalize('NFC')
    .replace(UNSAFE, '\ufffd');
  let bytes = 0;
  let end = 0;
  for (const char of clean) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > MAX_LABEL_BYTES) break;
    end += char.length;
  }
  return clean.slice(0, end);
}
