// The one x axis of both bands: time <-> CSS pixels, and where ticks stand.
import { scaleUtc } from 'd3-scale';

export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  /** CSS pixels from the canvas's left edge. */
  readonly left: number;
  readonly right: number;
}

/** CSS x of a time; not clamped. An empty range maps to the left edge. */
export function xOfTime(axis: TimeAxis, ms: number): number {
  const span = axis.toMs - axis.fromMs;
  return span <= 0 ? axis.left : axis.left + ((ms - axis.fromMs) / span) * (axis.right - axis.left);
}

/** Time at a CSS x, clamped to the range. */
export function timeOfX(axis: TimeAxis, x: number): number {
  const width = axis.right - axis.left;
  const part = width <= 0 ? 0 : Math.min(1, Math.max(0, (x - axis.left) / width));
  return axis.fromMs + part * (axis.toMs - axis.fromMs);
}

/** The range that is in view when what is drawn moves `pixels` to the right; the same where there is nothing to move. */
export function pannedRange(axis: TimeAxis, pixels: number): { fromMs: number; toMs: number } {
  const width = axis.right - axis.left;
  const shiftMs = width <= 0 ? 0 : Math.round((pixels / width) * (axis.toMs - axis.fromMs));
  return { fromMs: axis.fromMs - shiftMs, toMs: axis.toMs - shiftMs };
}

export interface Tick {
  readonly x: number;
  readonly text: string;
}

export interface TickFormat {
  /** Text of a tick, in the dashboard's time zone; `stepMs` is the distance to the next one. */
  readonly tickText: (ms: number, stepMs: number) => string;
  /** Offset of the dashboard's time zone from UTC at that instant, ms. */
  readonly zoneOffsetMs: (ms: number) => number;
  readonly textWidth: (text: string) => number;
}

const MIN_TICK_DISTANCE = 84;
const SHORTEST_STEP_MS = 1;

/**
 * Ticks at round times of the dashboard's time zone, so few that no label touches the next. Labels that would leave the
 * canvas are left out, their grid line is not.
 */
export function timeTicks(axis: TimeAxis, format: TickFormat): Tick[] {
  const width = axis.right - axis.left;
  if (axis.toMs - axis.fromMs < SHORTEST_STEP_MS || width <= 0) {
    return [];
  }
  const offsetMs = format.zoneOffsetMs(axis.fromMs);
  const scale = scaleUtc().domain([axis.fromMs + offsetMs, axis.toMs + offsetMs]);
  for (let count = Math.max(1, Math.floor(width / MIN_TICK_DISTANCE)); count >= 1; count--) {
    // Each tick is brought back with the offset that holds there: a range may cross a clock change.
    const times = scale.ticks(count).map((local) => {
      const guess = local.getTime() - offsetMs;
      return local.getTime() - format.zoneOffsetMs(guess);
    });
    const stepMs = times.length > 1 ? (times[1] ?? 0) - (times[0] ?? 0) : axis.toMs - axis.fromMs;
    const ticks = times.map((ms) => ({ x: xOfTime(axis, ms), text: format.tickText(ms, stepMs) }));
    const fits = ticks.every((tick, i) => {
      const next = ticks[i + 1];
      return (
        next === undefined || (format.textWidth(tick.text) + format.textWidth(next.text)) / 2 + 12 <= next.x - tick.x
      );
    });
    if (fits) {
      return ticks;
    }
  }
  return [];
}
