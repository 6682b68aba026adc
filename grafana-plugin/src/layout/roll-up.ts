// A group's own bar: where any of its lanes failed, waited or ran, and where its threads ran at all.
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import type { GroupNode } from '../model/lane-tree.ts';
import { stateOfCode, topCode, UNKNOWN_CODE, type StateColumns } from '../model/state-columns.ts';
import { visitMarks, type PixelGrid } from './segment-rects.ts';
import { axisKey, xOfTime } from './time-axis.ts';
import type { TrackMarks } from './track-marks.ts';

export interface RollUpRect {
  readonly state: AgentState;
  readonly x: number;
  readonly width: number;
}

export interface RunRect {
  readonly x: number;
  readonly width: number;
}

/** The states that a reader of a collapsed group must see. */
const SHOWN_BITS = (1 << AGENT_STATE_CODE.failed) | (1 << AGENT_STATE_CODE.waiting) | (1 << AGENT_STATE_CODE.running);

interface Made {
  readonly key: string;
  readonly rects: readonly RollUpRect[];
}

/** A group's lanes are walked once for an axis: scrolling asks again for the same. */
const made = new WeakMap<GroupNode, Made>();

/**
 * The most important state of all lanes below `group` at each device pixel, equal neighbours joined. `known` are marks of
 * the same grid that need not be made again.
 */
export function rollUpRects(
  group: GroupNode,
  grid: PixelGrid,
  known: ReadonlyMap<StateColumns, TrackMarks> = new Map()
): readonly RollUpRect[] {
  const { axis, devicePixel } = grid;
  const key = [axisKey(axis), devicePixel, grid.shown].join(' ');
  const before = made.get(group);
  if (before?.key === key) {
    return before.rects;
  }
  const begin = Math.floor(axis.left / devicePixel);
  const bits = new Uint8Array(Math.max(0, Math.ceil(axis.right / devicePixel) - begin));
  const add = (code: number, x: number, width: number): void => {
    const bit = (1 << code) & SHOWN_BITS;
    if (bit === 0) {
      return;
    }
    const last = Math.min(bits.length, Math.ceil((x + width) / devicePixel - 1e-6) - begin);
    for (let pixel = Math.floor(x / devicePixel + 1e-6) - begin; pixel < last; pixel++) {
      bits[pixel] = (bits[pixel] ?? 0) | bit;
    }
  };
  for (const columns of group.lanes.flatMap((lane) => lane.tracks)) {
    const marks = known.get(columns);
    if (marks === undefined) {
      visitMarks(columns, grid, ({ code, x, width }) => add(code, x, width));
    } else {
      for (let i = 0; i < marks.length; i++) {
        add(marks.code[i] ?? UNKNOWN_CODE, marks.x[i] ?? 0, marks.width[i] ?? 0);
      }
    }
  }
  const rects: RollUpRect[] = [];
  for (let pixel = 0; pixel < bits.length;) {
    const code = topCode(bits[pixel] ?? 0);
    let end = pixel + 1;
    while (end < bits.length && topCode(bits[end] ?? 0) === code) {
      end += 1;
    }
    const state = stateOfCode(code);
    if (state !== undefined) {
      rects.push({ state, x: (begin + pixel) * devicePixel, width: (end - pixel) * devicePixel });
    }
    pixel = end;
  }
  made.set(group, { key, rects });
  return rects;
}

/** Where the group's threads ran, joined; a run that goes on ends where its lanes are last known. */
export function runRects(group: GroupNode, { axis, devicePixel }: Pick<PixelGrid, 'axis' | 'devicePixel'>): RunRect[] {
  const inView = (ms: number) => Math.min(axis.right, Math.max(axis.left, xOfTime(axis, ms)));
  const stretches = group.threads
    .flatMap((thread) => {
      const knownMs = thread.lanes
        .flatMap((lane) => lane.tracks)
        .reduce((ms, { endMs }) => Math.max(ms, endMs), axis.fromMs);
      return thread.runs.map((run) => ({ x: inView(run.startMs), end: inView(run.endMs ?? knownMs) }));
    })
    .filter(({ x, end }) => end > axis.left && x < axis.right)
    .sort((a, b) => a.x - b.x);
  const joined: Array<{ x: number; end: number }> = [];
  for (const stretch of stretches) {
    const before = joined.at(-1);
    if (before !== undefined && stretch.x <= before.end) {
      before.end = Math.max(before.end, stretch.end);
    } else {
      joined.push({ ...stretch });
    }
  }
  return joined.map(({ x, end }) => ({ x, width: Math.max(devicePixel, end - x) }));
}
