// How long the event loop keeps others waiting, told by how late a timer runs that the exporter has anyway.
import type { Clock } from './clock.ts';

/**
 * To be called by a timer of `periodMs`. Each call reports how much more than that has passed since the one before, in seconds;
 * the first reports nothing.
 */
export function loopLag(
  clock: Pick<Clock, 'monotonic'>,
  periodMs: number,
  report: (seconds: number) => void
): () => void {
  let lastMs: number | undefined;
  return () => {
    const nowMs = clock.monotonic();
    if (lastMs !== undefined) report(Math.max(0, nowMs - lastMs - periodMs) / 1_000);
    lastMs = nowMs;
  };
}
