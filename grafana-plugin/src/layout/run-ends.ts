// Where the runs of a group's threads ended, and how: marks on the group's own bar.
import type { GroupNode } from '../model/lane-tree.ts';
import type { PixelGrid } from './segment-rects.ts';
import { xOfTime } from './time-axis.ts';

export interface RunEnd {
  readonly x: number;
  /** Failed or timed out, at least one of those that it stands for. */
  readonly failed: boolean;
}

/** Nearer ones are one mark, CSS pixels. */
const ROOM = 14;

/**
 * Ends in view, from left to right. Only of threads whose state is known: where lanes merely fall silent, nobody has said
 * that their thread ended.
 */
export function runEnds(group: GroupNode, { axis }: Pick<PixelGrid, 'axis'>): RunEnd[] {
  const ends = group.threads
    .filter(({ state }) => state !== undefined)
    .flatMap(({ runs }) =>
      runs.flatMap(({ endMs, failed = false }) =>
        endMs === undefined || endMs <= axis.fromMs || endMs > axis.toMs ? [] : [{ x: xOfTime(axis, endMs), failed }]
      )
    )
    .sort((a, b) => a.x - b.x);
  const marks: RunEnd[] = [];
  for (const end of ends) {
    const before = marks.at(-1);
    if (before !== undefined && end.x - before.x < ROOM) {
      marks[marks.length - 1] = { x: before.x, failed: before.failed || end.failed };
    } else {
      marks.push(end);
    }
  }
  return marks;
}
