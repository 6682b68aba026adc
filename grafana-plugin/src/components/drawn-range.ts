// The visible range and what "now" means in it. The one place that reads the clock.
import type { PanelData, TimeRange } from '@grafana/data';

export interface DrawnRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** A range that ended this recently ends now: queries and rendering take a while. */
const NOW_TOLERANCE_MS = 60_000;

/** "Now" is the end of a range that ends now, so that the last states reach its edge and no unknown sliver is left. */
export function rangeAt(timeRange: TimeRange, clockMs: number): DrawnRange {
  const fromMs = timeRange.from.valueOf();
  const toMs = timeRange.to.valueOf();
  const nowMs = clockMs >= toMs && clockMs - toMs < NOW_TOLERANCE_MS ? toMs : clockMs;
  return { fromMs, toMs, nowMs };
}

/** The range as of the arrival of `_data`: it is read anew with every change of the data, never in between. */
export function drawnRange(timeRange: TimeRange, _data: PanelData): DrawnRange {
  return rangeAt(timeRange, Date.now());
}

/**
 * Gives the range it is given, the same object for as long as it says the same: what is made for a range is then not made
 * again. How far now lies behind the end of a range is not seen.
 */
export function createRangeMemory(): (range: DrawnRange) => DrawnRange {
  let last: DrawnRange | undefined;
  return (range) => {
    const isPast = last !== undefined && Math.min(last.nowMs, range.nowMs) > range.toMs;
    const isSame = last?.fromMs === range.fromMs && last.toMs === range.toMs && (isPast || last.nowMs === range.nowMs);
    last = isSame ? last : range;
    return last ?? range;
  };
}
