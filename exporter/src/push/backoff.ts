// How long to wait before the next attempt.

export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
  /** 0 to 1. */
  readonly random: () => number;
}

/**
 * Milliseconds before attempt `attempt` + 1, the first being 0: doubled each time, and spread over the upper half so that
 * exporters which lost the same receiver do not come back at once. What the receiver asked for is waited for at least.
 */
export function backoffMs(attempt: number, { minMs, maxMs, random }: BackoffOptions, askedMs = 0): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return Math.max(askedMs, full / 2 + (random() * full) / 2);
}
