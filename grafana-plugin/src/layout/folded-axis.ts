// Folds stretches of time into narrow strips of the axis, so that the rest has the room. Everything that is drawn goes
// through the axis: nothing needs to know of it.
import type { Stretch } from '../model/idle-stretches.ts';
import type { Piece, TimeAxis } from './time-axis.ts';

/** Width of a fold, CSS pixels: room for its length, written from bottom to top. */
const FOLD_WIDTH = 18;
/** A stretch is folded where that saves at least as much again. */
const LEAST_UNFOLDED = 2 * FOLD_WIDTH;
/** Folds take at most this part of the axis: the longest stretches are folded first. */
const MOST_FOLDED = 0.4;

const lengthOf = ({ fromMs, toMs }: Stretch): number => toMs - fromMs;

function within(stretch: Stretch, axis: TimeAxis): Stretch {
  return { fromMs: Math.max(axis.fromMs, stretch.fromMs), toMs: Math.min(axis.toMs, stretch.toMs) };
}

/** CSS pixels of a millisecond that is not folded; not above zero where there is nothing left. */
function scaleOf(axis: TimeAxis, folded: readonly Stretch[]): number {
  const shownMs = axis.toMs - axis.fromMs - folded.reduce((sum, one) => sum + lengthOf(one), 0);
  return shownMs <= 0 ? 0 : (axis.right - axis.left - folded.length * FOLD_WIDTH) / shownMs;
}

/** The stretches that are worth folding: each, unfolded beside the others, would take more room than its fold. */
function worthFolding(axis: TimeAxis, idle: readonly Stretch[]): Stretch[] {
  const most = Math.floor((MOST_FOLDED * (axis.right - axis.left)) / FOLD_WIDTH);
  let folded = idle
    .map((one) => within(one, axis))
    .filter((one) => lengthOf(one) > 0)
    .sort((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, Math.max(0, most));
  // With each one that is left out, the scale gets smaller and others may no longer be worth it.
  for (let before = Infinity; folded.length < before;) {
    before = folded.length;
    const scale = scaleOf(axis, folded);
    folded = folded.filter((one) => lengthOf(one) * scale >= LEAST_UNFOLDED);
  }
  return folded.sort((a, b) => a.fromMs - b.fromMs);
}

/** `axis` with those of the stretches folded that are worth it; stretches are ascending and do not overlap. */
export function foldedAxis(axis: TimeAxis, idle: readonly Stretch[]): TimeAxis {
  const folded = worthFolding(axis, idle);
  if (folded.length === 0) {
    return axis;
  }
  const scale = scaleOf(axis, folded);
  const pieces: Piece[] = [];
  let [ms, x] = [axis.fromMs, axis.left];
  const add = (toMs: number, right: number, isFold: boolean) => {
    if (toMs > ms) {
      pieces.push({ fromMs: ms, toMs, left: x, right, isFold });
      [ms, x] = [toMs, right];
    }
  };
  for (const { fromMs, toMs } of folded) {
    add(fromMs, x + (fromMs - ms) * scale, false);
    add(toMs, x + FOLD_WIDTH, true);
  }
  add(axis.toMs, axis.right, false);
  return { ...axis, pieces };
}
