// Checkpoints of all threads on the rail: one mark a device pixel, with how many it stands for.
import type { Checkpoint, ThreadGroup } from '../model/timeline.ts';
import type { PixelGrid } from './segment-rects.ts';
import { timeOfX, xOfTime } from './time-axis.ts';

export interface CheckpointMark {
  readonly x: number;
  /** The first of those that it stands for. */
  readonly index: number;
  readonly atMs: number;
  readonly thread: string;
  readonly count: number;
}

/** First index at or after `from` of a checkpoint at or after `ms`. */
function firstFrom(sorted: readonly Checkpoint[], ms: number, from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.atMs ?? Infinity) < ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Marks within the axis, thread by thread. Costs the pixels in view for each thread, not its checkpoints. */
export function checkpointMarks(
  threads: readonly ThreadGroup[],
  { axis, devicePixel }: Omit<PixelGrid, 'shown'>
): CheckpointMark[] {
  const marks: CheckpointMark[] = [];
  for (const { thread, checkpoints } of threads) {
    let i = firstFrom(checkpoints, axis.fromMs, 0);
    for (let first = checkpoints[i]; first !== undefined && first.atMs <= axis.toMs; first = checkpoints[i]) {
      const x = xOfTime(axis, first.atMs);
      const pixelEnd = (Math.floor(x / devicePixel) + 1) * devicePixel;
      const next = pixelEnd >= axis.right ? checkpoints.length : firstFrom(checkpoints, timeOfX(axis, pixelEnd), i + 1);
      marks.push({ x, index: first.index, atMs: first.atMs, thread, count: Math.max(1, next - i) });
      i = Math.max(i + 1, next);
    }
  }
  return marks;
}
