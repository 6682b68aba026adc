// Times as they were measured, and the ones that stand for them. Nothing is averaged and no bucket rounds them.

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Nearest rank: p99 is the smallest value that 99 % of all are not above. All 0 when there are none. */
export function quantiles(values: Iterable<number>): Quantiles {
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: rank(0.5), p99: rank(0.99), p999: rank(0.999), max: rank(1) };
}

/** The lower middle one, so that it is always one that was measured. 0 when there are none. */
export function median(values: readonly number[]): number {
  return quantiles(values).p50;
}
