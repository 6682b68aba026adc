// The one x axis of both bands: time <-> CSS pixels, and where ticks stand.
import { utcTickInterval } from 'd3-time';

/** A part of the axis within which x is in proportion to time. */
export interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  /** CSS pixels from the canvas's left edge. */
  readonly left: number;
  readonly right: number;
  /** It takes less room than the rest of the axis would give it. */
  readonly isFold: boolean;
}

export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  /** CSS pixels from the canvas's left edge. */
  readonly left: number;
  readonly right: number;
  /** From the axis's beginning to its end without a gap; none is empty. Undefined: nothing is folded. */
  readonly pieces?: readonly Piece[] | undefined;
}

/**
 * CSS x of a time; not clamped. An empty range maps to the left edge. Asked for every bar of every frame: without a closure
 * in it the engine works it out where it is asked, and numbers on their way cost no memory.
 */
export function xOfTime(axis: TimeAxis, ms: number): number {
  const { fromMs, toMs, left, right } = axis.pieces === undefined ? axis : lastPiece(axis.pieces, 'fromMs', ms);
  const span = toMs - fromMs;
  return span <= 0 ? left : left + ((ms - fromMs) / span) * (right - left);
}

/** Time at a CSS x, clamped to the range. */
export function timeOfX(axis: TimeAxis, x: number): number {
  const { fromMs, toMs, left, right } = axis.pieces === undefined ? axis : lastPiece(axis.pieces, 'left', x);
  const width = right - left;
  const part = width <= 0 ? 0 : Math.min(1, Math.max(0, (x - left) / width));
  return fromMs + part * (toMs - fromMs);
}

const NO_PIECE: Piece = { fromMs: 0, toMs: 0, left: 0, right: 0, isFold: false };

/** The last piece that has begun; the first where none has: what lies outside goes on at the pace of the outer ones. */
function lastPiece(pieces: readonly Piece[], begin: 'fromMs' | 'left', at: number): Piece {
  let low = 1;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle] ?? NO_PIECE)[begin] <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return pieces[low - 1] ?? NO_PIECE;
}

function openPieces(axis: TimeAxis): readonly Piece[] {
  return axis.pieces?.filter(({ isFold }) => !isFold) ?? [{ ...axis, isFold: false }];
}

/** What is folded, ascending. */
export function foldsOf({ pieces = [] }: TimeAxis): readonly Piece[] {
  return pieces.filter(({ isFold }) => isFold);
}

/** Times between two others at which a line that is straight in time bends on the axis. */
export function bendsBetween({ pieces = [] }: TimeAxis, fromMs: number, toMs: number): number[] {
  return pieces.map((piece) => piece.fromMs).filter((ms) => ms > fromMs && ms < toMs);
}

/** Equal for axes that put every time at the same place: a key for what was worked out for one. */
export function axisKey({ fromMs, toMs, left, right, pieces = [] }: TimeAxis): string {
  return [fromMs, toMs, left, right, ...pieces.flatMap((piece) => [piece.fromMs, piece.left])].join(' ');
}

/**
 * The range that is in view when what is drawn moves `pixels` to the right; the same where there is nothing to move. On a
 * folded axis the pixels are worth what they are beside the folds.
 */
export function pannedRange(axis: TimeAxis, pixels: number): { fromMs: number; toMs: number } {
  const open = openPieces(axis);
  const width = open.reduce((sum, { left, right }) => sum + right - left, 0);
  const shownMs = open.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const shiftMs = width <= 0 ? 0 : Math.round((pixels / width) * shownMs);
  return { fromMs: axis.fromMs - shiftMs, toMs: axis.toMs - shiftMs };
}

/** Twice the range around its middle: what a double click asks for. */
export function zoomedOut({ fromMs, toMs }: { fromMs: number; toMs: number }): { fromMs: number; toMs: number } {
  const half = (toMs - fromMs) / 2;
  return { fromMs: fromMs - half, toMs: toMs + half };
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
  const open = openPieces(axis);
  const shownMs = open.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  for (let count = Math.max(1, Math.floor(width / MIN_TICK_DISTANCE)); count >= 1; count--) {
    const pieces = open.map((piece) => roundTimes(piece, (count * (piece.toMs - piece.fromMs)) / shownMs, format));
    const stepMs = Math.min(shownMs, ...pieces.map(([first = 0, second = Infinity]) => second - first));
    const ticksOf = (times: readonly number[]) =>
      times.map((ms): Tick => ({ x: xOfTime(axis, ms), text: format.tickText(ms, stepMs) }));
    const ticks = pieces.map(ticksOf);
    const fits = ticks.every((piece) => piece.every((tick, i) => !touches(tick, piece[i + 1], format)));
    if (fits) {
      return withoutTouching(ticks.flat(), format);
    }
  }
  return [];
}

/** Round times of the dashboard's time zone in a piece, about `count` of them; less than one is a step longer than it. */
function roundTimes({ fromMs, toMs }: Piece, count: number, format: TickFormat): number[] {
  const offsetMs = format.zoneOffsetMs(fromMs);
  // Each is brought back with the offset that holds there: a range may cross a clock change.
  return roundUtcTimes(fromMs + offsetMs, toMs + offsetMs, count).map(
    (local) => local - format.zoneOffsetMs(local - offsetMs)
  );
}

const DAY_MS = 86_400_000;

function roundUtcTimes(fromMs: number, toMs: number, count: number): number[] {
  const interval = utcTickInterval(new Date(fromMs), new Date(toMs), count);
  if (interval === null) {
    return [];
  }
  const first = interval.ceil(new Date(fromMs));
  const stepMs = interval.offset(first, 1).getTime() - first.getTime();
  if (stepMs >= DAY_MS) {
    return interval.range(first, new Date(toMs + 1)).map((date) => date.getTime());
  }
  // Steps of less than a day are equally long. The interval would look at each minute, second or hour between them.
  const steps = Math.floor((toMs - first.getTime()) / stepMs);
  return Array.from({ length: steps + 1 }, (_, step) => first.getTime() + step * stepMs);
}

function touches(tick: Tick, next: Tick | undefined, { textWidth }: TickFormat): boolean {
  return next !== undefined && (textWidth(tick.text) + textWidth(next.text)) / 2 + 12 > next.x - tick.x;
}

/** Ticks at both sides of a fold stand nearer to each other than those of a piece: the latter of two that touch goes. */
function withoutTouching(ticks: readonly Tick[], format: TickFormat): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || !touches(before, tick, format)) {
      kept.push(tick);
    }
  }
  return kept;
}
