// From a pointer position back to what is drawn there.
import {
  countStates,
  firstAfter,
  PAINT_ORDER,
  segmentAt,
  segmentOf,
  stateOfCode,
  type FoldedState,
  type Segment,
} from '../model/state-columns.ts';
import { lastAtOrBefore } from '../model/sorted.ts';
import { hasState, type StateSet } from '../model/state-filter.ts';
import type { Lane } from '../model/timeline.ts';
import type { CheckpointMark } from './checkpoint-marks.ts';
import type { LaneRow, Row, RowTrack } from './lanes.ts';
import type { PanelLayout, TimelineLayout } from './panel.ts';
import type { EndedRun, RunEnd } from './run-ends.ts';
import { timeOfX, type TimeAxis } from './time-axis.ts';
import { segmentRects, type SegmentRect } from './track-marks.ts';

/** Bars narrower than the pointer's precision are still hit this far away, CSS pixels. */
const REACH = 3;

export interface Hit {
  readonly atMs: number;
  readonly row: Row | undefined;
  /** The lane below the pointer. */
  readonly lane: Lane | undefined;
  /** The state below the pointer: the most important one where its pixel stands for several. */
  readonly segment: Segment | undefined;
  /** All states of that pixel, most important first; empty where it is one. */
  readonly folded: readonly FoldedState[];
  readonly checkpoint: CheckpointMark | undefined;
  /** Runs whose end the mark below the pointer stands for; empty where there is no such mark. */
  readonly ended: readonly EndedRun[];
}

function distance(rect: Pick<SegmentRect, 'x' | 'width'>, x: number): number {
  return Math.max(0, rect.x - x, x - (rect.x + rect.width));
}

/** The rectangles within reach of `x`: they stand from left to right, so the first one is found by halving. */
function rectsInReach({ marks }: RowTrack, x: number): SegmentRect[] {
  const last = lastAtOrBefore(marks.x, x + REACH, (own) => own);
  const isNear = (i: number) => distance({ x: marks.x[i] ?? Infinity, width: marks.width[i] ?? 0 }, x) <= REACH;
  let first = last + 1;
  while (first > 0 && isNear(first - 1)) {
    first -= 1;
  }
  return segmentRects(marks, first, last + 1);
}

/** What cannot be pointed at precisely is preferred, then what is nearer, then what is painted on top. */
function rectNear(track: RowTrack, x: number): SegmentRect | undefined {
  return rectsInReach(track, x).sort(
    (a, b) =>
      Number(b.width < 2 * REACH) - Number(a.width < 2 * REACH) ||
      distance(a, x) - distance(b, x) ||
      PAINT_ORDER.indexOf(b.state) - PAINT_ORDER.indexOf(a.state)
  )[0];
}

/** The entries of `rect` that start in the device pixel at `x`, as an index range. */
function entriesInPixel(
  { rect, track }: { rect: SegmentRect; track: RowTrack },
  x: number,
  grid: { axis: TimeAxis; devicePixel: number }
): [first: number, end: number] {
  const { axis, devicePixel } = grid;
  const inside = Math.min(rect.x + rect.width - devicePixel / 2, Math.max(rect.x + devicePixel / 2, x));
  const pixel = Math.floor(inside / devicePixel);
  const isFirst = pixel === Math.floor((rect.x + devicePixel / 2) / devicePixel);
  const boundary = (edge: number) => firstAfter(track.columns, timeOfX(axis, edge * devicePixel), rect.first);
  const first = isFirst ? rect.first : Math.min(rect.end - 1, boundary(pixel));
  return [first, Math.max(first + 1, Math.min(rect.end, boundary(pixel + 1)))];
}

function trackAt(row: LaneRow, y: number): RowTrack | undefined {
  const apart = (track: RowTrack) => Math.abs(track.barY + track.barHeight / 2 - y);
  return row.tracks.reduce<RowTrack | undefined>(
    (nearest, track) => (nearest === undefined || apart(track) < apart(nearest) ? track : nearest),
    undefined
  );
}

function stateNear(
  row: LaneRow,
  at: { x: number; y: number; atMs: number },
  grid: { axis: TimeAxis; devicePixel: number; shown: StateSet }
): Pick<Hit, 'segment' | 'folded'> {
  const track = trackAt(row, at.y);
  const rect = track === undefined ? undefined : rectNear(track, at.x);
  if (track === undefined || rect === undefined) {
    const segment = track === undefined ? undefined : segmentAt(track.columns, at.atMs);
    return { segment: segment !== undefined && hasState(grid.shown, segment.state) ? segment : undefined, folded: [] };
  }
  if (rect.end - rect.first === 1) {
    return { segment: segmentOf(track.columns, rect.first), folded: [] };
  }
  const [first, end] = entriesInPixel({ rect, track }, at.x, grid);
  const folded = countStates(track.columns, [first, end], grid.shown);
  const top = folded[0]?.state;
  let shown = first;
  while (shown < end && stateOfCode(track.columns.code[shown]) !== top) {
    shown += 1;
  }
  const count = folded.reduce((sum, one) => sum + one.count, 0);
  return { segment: segmentOf(track.columns, shown), folded: count > 1 ? folded : [] };
}

/** The row at a height: a sticky one lies over those that scroll below it, an outer one over an inner one. */
function rowAtY({ rows, sticky }: TimelineLayout, y: number): Row | undefined {
  const isAt = (row: Row) => y >= row.y && y < row.y + row.height;
  return sticky.rows.find(isAt) ?? rows.find(isAt);
}

/** Of a mark of ends: its radius and the pointer's precision. */
const END_REACH = 8;

function endedNear(row: Row | undefined, x: number): readonly EndedRun[] {
  const apart = (mark: RunEnd) => Math.abs(mark.x - x);
  const near = row?.kind === 'group' ? row.ends.filter((mark) => apart(mark) <= END_REACH) : [];
  return near.sort((a, b) => apart(a) - apart(b))[0]?.runs ?? [];
}

/** What stands at a CSS position of the canvas; undefined outside the plots' x extent. */
export function hitTest(layout: PanelLayout, at: { x: number; y: number }): Hit | undefined {
  const { axis } = layout;
  if (at.x < axis.left || at.x > axis.right || at.y < 0 || at.y > layout.plotBottom) {
    return undefined;
  }
  const atMs = timeOfX(axis, at.x);
  const band = layout.timeline;
  const row = band !== undefined && at.y >= band.top && at.y < band.bottom ? rowAtY(band, at.y) : undefined;
  const rail = band?.rail;
  const checkpoint =
    rail !== undefined && Math.abs(at.y - rail.y) <= 9
      ? rail.marks.find((mark) => Math.abs(mark.x - at.x) <= 5)
      : undefined;
  const found =
    row === undefined || row.kind === 'group' || band === undefined
      ? { segment: undefined, folded: [] }
      : stateNear(row, { ...at, atMs }, { axis, devicePixel: band.devicePixel, shown: band.shown });
  return {
    atMs,
    row,
    lane: row === undefined || row.kind === 'group' ? undefined : row.lane,
    ...found,
    checkpoint,
    ended: endedNear(row, at.x),
  };
}
