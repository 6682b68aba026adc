// From a pointer position back to what is drawn there.
import { segmentAt, type Segment } from '../model/segments.ts';
import { PAINT_ORDER, type Row, type SegmentRect } from './lanes.ts';
import type { PanelLayout } from './panel.ts';
import { timeOfX } from './time-axis.ts';

/** Bars narrower than the pointer's precision are still hit this far away, CSS pixels. */
const REACH = 3;

export interface Hit {
  readonly atMs: number;
  readonly row: Row | undefined;
  readonly segment: Segment | undefined;
  readonly checkpoint: { readonly index: number; readonly atMs: number; readonly thread: string } | undefined;
}

function distance(rect: SegmentRect, x: number): number {
  return Math.max(0, rect.x - x, x - (rect.x + rect.width));
}

/** What cannot be pointed at precisely is preferred, then what is nearer, then what is painted on top. */
function segmentNear(row: Row, at: { x: number; atMs: number }): Segment | undefined {
  const near = row.rects
    .filter((rect) => distance(rect, at.x) <= REACH)
    .sort(
      (a, b) =>
        Number(b.width < 2 * REACH) - Number(a.width < 2 * REACH) ||
        distance(a, at.x) - distance(b, at.x) ||
        PAINT_ORDER.indexOf(b.segment.state) - PAINT_ORDER.indexOf(a.segment.state)
    )[0];
  return near?.segment ?? (row.lane === undefined ? undefined : segmentAt(row.lane.segments, at.atMs));
}

/** What stands at a CSS position of the canvas; undefined outside the plots' x extent. */
export function hitTest(layout: PanelLayout, at: { x: number; y: number }): Hit | undefined {
  const { axis } = layout;
  if (at.x < axis.left || at.x > axis.right || at.y < 0 || at.y > layout.plotBottom) {
    return undefined;
  }
  const atMs = timeOfX(axis, at.x);
  const band = layout.timeline;
  const row =
    band !== undefined && at.y >= band.top && at.y < band.bottom
      ? band.rows.find((one) => at.y >= one.y && at.y < one.y + one.height)
      : undefined;
  const rail = band?.rail;
  const checkpoint =
    rail !== undefined && Math.abs(at.y - rail.y) <= 9
      ? rail.marks.find((mark) => Math.abs(mark.x - at.x) <= 5)
      : undefined;
  return { atMs, row, segment: row === undefined ? undefined : segmentNear(row, { x: at.x, atMs }), checkpoint };
}
