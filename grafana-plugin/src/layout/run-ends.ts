// Where the runs of a group's threads ended, and how: marks on the group's own bar.
import { hasFailed, type RunOutcome } from '../model/build-states.ts';
import type { GroupNode } from '../model/lane-tree.ts';
import type { PixelGrid } from './segment-rects.ts';
import { xOfTime } from './time-axis.ts';

export interface EndedRun {
  readonly thread: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly outcome: RunOutcome;
}

export interface RunEnd {
  readonly x: number;
  /** Failed or timed out, at least one of those that it stands for. */
  readonly failed: boolean;
  /** Those that it stands for, by time. */
  readonly runs: readonly EndedRun[];
}

/** Nearer ones are one mark, CSS pixels. */
const ROOM = 14;

/** Ends in view, from left to right. Only of runs that are known to have ended: silence is no end. */
export function runEnds(group: GroupNode, { axis }: Pick<PixelGrid, 'axis'>): RunEnd[] {
  const ended = group.threads
    .flatMap(({ thread, runs }) =>
      runs.flatMap(({ endMs, outcome }): EndedRun[] =>
        endMs === undefined || outcome === undefined || endMs <= axis.fromMs || endMs > axis.toMs
          ? []
          : [{ thread, atMs: endMs, outcome }]
      )
    )
    .sort((a, b) => a.atMs - b.atMs);
  const marks: RunEnd[] = [];
  for (const run of ended) {
    const x = xOfTime(axis, run.atMs);
    const before = marks.at(-1);
    if (before !== undefined && x - before.x < ROOM) {
      marks[marks.length - 1] = {
        x: before.x,
        failed: before.failed || hasFailed(run),
        runs: [...before.runs, run],
      };
    } else {
      marks.push({ x, failed: hasFailed(run), runs: [run] });
    }
  }
  return marks;
}
