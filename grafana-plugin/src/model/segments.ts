// States over time: from samples to segments with true ends. All times are milliseconds since the epoch.
import type { AgentState } from 'orchestrator-exporter/contract/states';

/** From `atMs` on the state is `state`; undefined: from here on nothing is known (NaN sample, vanished series). */
export interface StatePoint {
  readonly atMs: number;
  readonly state: AgentState | undefined;
}

export interface Segment {
  readonly state: AgentState;
  readonly startMs: number;
  readonly endMs: number;
  /** The state may have been so before the first sample there is: it began at `startMs` or earlier. */
  readonly beganBefore: boolean;
  /** Still so at `endMs`, as far as is known. */
  readonly ongoing: boolean;
}

/** A stretch in which a thread ran; `endMs` undefined while it has not ended. */
export interface Run {
  readonly startMs: number;
  readonly endMs: number | undefined;
}

export interface Extent {
  /** Start of the visible range. */
  readonly fromMs: number;
  /** End of the visible range. */
  readonly toMs: number;
  readonly nowMs: number;
  /** How long the last sample is believed. */
  readonly stalenessMs: number;
  /** The first sample may repeat a state that began before it. */
  readonly startUnknown: boolean;
  /** A longer distance between two samples is a hole. */
  readonly holeMs: number;
}

/**
 * Samples in ascending order with one state an instant: of several at the same instant the last given wins, and equal
 * neighbours (heartbeats) are kept, because they say how long a state is known to have lasted.
 */
export function inOrder(points: readonly StatePoint[]): StatePoint[] {
  const sorted = points.every((point, i) => i === 0 || (points[i - 1]?.atMs ?? 0) <= point.atMs)
    ? [...points]
    : [...points].sort((a, b) => a.atMs - b.atMs);
  return sorted.filter((point, i) => sorted[i + 1]?.atMs !== point.atMs);
}

/**
 * Segments of one lane. Equal neighbours merge; a distance above `holeMs` is a hole, into which the state before it
 * reaches no further than that (nor than `stalenessMs`); the last state runs to min(now, last sample + staleness) and is `ongoing` if that is now.
 * Nothing is ever drawn past now.
 */
export function toSegments(points: readonly StatePoint[], extent: Extent): Segment[] {
  const segments: Segment[] = [];
  const ordered = inOrder(points);
  const believedUntil = (atMs: number) => Math.min(extent.nowMs, atMs + extent.stalenessMs);
  for (const [i, point] of ordered.entries()) {
    if (point.state === undefined || point.atMs > extent.nowMs) {
      continue;
    }
    const next = ordered[i + 1];
    const isLast = next === undefined || next.atMs > extent.nowMs;
    const isHole = !isLast && next.atMs - point.atMs > extent.holeMs;
    const intoHoleMs = Math.min(extent.stalenessMs, extent.holeMs);
    const endMs = isLast ? believedUntil(point.atMs) : isHole ? point.atMs + intoHoleMs : next.atMs;
    const ongoing = isLast && endMs === extent.nowMs;
    const before = segments.at(-1);
    if (before !== undefined && before.state === point.state && before.endMs === point.atMs) {
      segments[segments.length - 1] = { ...before, endMs, ongoing };
    } else {
      const beganBefore = i === 0 && extent.startUnknown;
      segments.push({ state: point.state, startMs: point.atMs, endMs, beganBefore, ongoing });
    }
  }
  return segments;
}

/**
 * The parts of `segments` that lie within runs of their thread: a thread that has ended has no active agents. A failure at
 * the very end of a run is kept with no duration, because how it ended is what one looks for.
 */
export function withinRuns(segments: readonly Segment[], runs: readonly Run[]): Segment[] {
  if (runs.length === 0) {
    return [...segments];
  }
  const kept: Segment[] = [];
  for (const segment of segments) {
    for (const run of runs) {
      const startMs = Math.max(segment.startMs, run.startMs);
      const runEndMs = run.endMs ?? Infinity;
      const endMs = Math.min(segment.endMs, runEndMs);
      const endedByFailing = segment.state === 'failed' && startMs === endMs && endMs === runEndMs;
      if (startMs < endMs || endedByFailing) {
        kept.push({ ...segment, startMs, endMs, ongoing: segment.ongoing && runEndMs === Infinity });
      }
    }
  }
  return kept;
}

/** Index of the last element whose key is at most `key`, -1 when there is none. `keyOf` must ascend. */
export function lastAtOrBefore<T>(sorted: readonly T[], key: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && keyOf(item) <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/** The segment that holds at `atMs`, half-open at its end. */
export function segmentAt(segments: readonly Segment[], atMs: number): Segment | undefined {
  const found = segments[lastAtOrBefore(segments, atMs, (segment) => segment.startMs)];
  return found !== undefined &&
    (atMs < found.endMs || atMs === found.startMs || (found.ongoing && atMs === found.endMs))
    ? found
    : undefined;
}
