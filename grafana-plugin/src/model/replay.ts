// Going through a recorded range: where a replay stops, and what was known at an instant of it.
import { amountAt, type BurnDown } from './burn-down.ts';
import type { Timeline } from './timeline.ts';

export type StopKind = 'transition' | 'checkpoint';

/** Instants to step to, ascending, each once. */
export type ReplayStops = Readonly<Record<StopKind, Float64Array>>;

function ascendingOnce(times: Float64Array): Float64Array {
  times.sort();
  return times.filter((ms, i) => i === 0 || ms !== times[i - 1]);
}

/** All state changes and checkpoints of `timeline` within [fromMs, toMs]. */
export function replayStops(
  timeline: Timeline | undefined,
  { fromMs, toMs }: { fromMs: number; toMs: number }
): ReplayStops {
  const inRange = (ms: number) => ms >= fromMs && ms <= toMs;
  const starts = (timeline?.lanes ?? []).flatMap(({ tracks }) =>
    tracks.map(({ startMs, length }) => startMs.subarray(0, length).filter(inRange))
  );
  const transition = new Float64Array(starts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const times of starts) {
    transition.set(times, at);
    at += times.length;
  }
  const checkpoints = (timeline?.groups ?? []).flatMap((group) => group.checkpoints.map(({ atMs }) => atMs));
  return {
    transition: ascendingOnce(transition),
    checkpoint: ascendingOnce(Float64Array.from(checkpoints.filter(inRange))),
  };
}

/** The stop after `atMs`, or before it; undefined where there is none. */
export function nextStop(stops: Float64Array, atMs: number, direction: 1 | -1): number | undefined {
  let low = 0;
  let high = stops.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const ms = stops[middle] ?? Infinity;
    if (direction === 1 ? ms <= atMs : ms < atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return direction === 1 ? stops[low] : stops[low - 1];
}

/** The budget as it was known at `atMs`; undefined before its first amount. What was expected then is not recorded. */
export function burnDownAt(burnDown: BurnDown, atMs: number): BurnDown | undefined {
  if (atMs >= burnDown.knownUntilMs) {
    return burnDown;
  }
  const usd = amountAt(burnDown.points, atMs);
  return usd === undefined
    ? undefined
    : {
        ...burnDown,
        points: burnDown.points.filter((point) => point.atMs <= atMs),
        knownUntilMs: atMs,
        marks: burnDown.marks.filter((mark) => mark.atMs <= atMs),
        reportedExhaustionMs: undefined,
        endedMs: burnDown.endedMs !== undefined && burnDown.endedMs <= atMs ? burnDown.endedMs : undefined,
      };
}
