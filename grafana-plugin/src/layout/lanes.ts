// The timeline band: threads and lanes as rows, segments as rectangles. Only rows in view are laid out.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { lastAtOrBefore, type Segment } from '../model/segments.ts';
import type { Lane, ThreadGroup, Timeline } from '../model/timeline.ts';
import { shortDuration } from './duration-text.ts';
import { fitWhole, type MeasureText } from './label-fit.ts';
import { xOfTime, type TimeAxis } from './time-axis.ts';

export const BAR_FONT_PX = 11;
const ARROW_WIDTH = 6;
const BAR_PADDING = 6;

export interface SegmentRect {
  readonly segment: Segment;
  readonly x: number;
  readonly width: number;
  /** Something of this state runs on at the now line. */
  readonly arrow: boolean;
  /** Began before the first sample of the range: drawn open to the left. */
  readonly open: boolean;
  readonly label: { readonly text: string; readonly x: number; readonly inside: boolean } | undefined;
}

export interface Row {
  readonly kind: 'thread' | 'agent' | 'tool';
  readonly thread: string;
  readonly name: string;
  readonly lane: Lane | undefined;
  readonly costUsd: number | undefined;
  /** CSS pixels from the canvas's top; may lie partly outside the band's clip. */
  readonly y: number;
  readonly height: number;
  readonly barY: number;
  readonly barHeight: number;
  readonly rects: readonly SegmentRect[];
  /** The thread's runs below its roll-up. */
  readonly runs: ReadonlyArray<{ readonly x: number; readonly width: number }>;
}

/** What is painted last wins its pixel: failed > waiting > running > the rest. */
export const PAINT_ORDER: readonly AgentState[] = [
  'idle',
  'completed',
  'queued',
  'paused',
  'running',
  'waiting',
  'failed',
];

interface RowSpec {
  readonly kind: Row['kind'];
  readonly group: ThreadGroup;
  readonly lane: Lane | undefined;
  readonly height: number;
}

const TOOL_ROW_PART = 0.62;

function rowSpecs(timeline: Timeline, laneHeight: number): RowSpec[] {
  return timeline.groups.flatMap((group): RowSpec[] => [
    ...(group.thread === '' ? [] : [{ kind: 'thread' as const, group, lane: undefined, height: laneHeight }]),
    ...group.lanes.map((lane): RowSpec => ({
      kind: lane.isTool ? 'tool' : 'agent',
      group,
      lane,
      height: lane.isTool ? Math.round(laneHeight * TOOL_ROW_PART) : laneHeight,
    })),
  ]);
}

/** Height that all rows take together, CSS pixels. */
export function rowsHeight(timeline: Timeline, laneHeight: number): number {
  return rowSpecs(timeline, laneHeight).reduce((sum, spec) => sum + spec.height, 0);
}

function barHeightOf(kind: Row['kind'], height: number): number {
  const part = { thread: 0.27, agent: 0.62, tool: 0.5 }[kind];
  return Math.max(3, Math.round(height * part));
}

interface RectInput {
  readonly axis: TimeAxis;
  readonly devicePixel: number;
  readonly measure: MeasureText;
  readonly labelled: boolean;
}

/** What a bar says where there is room: its state where that is not the common one, and how long it took. */
function labelText(segment: Segment): string {
  const duration = shortDuration(segment.endMs - segment.startMs);
  switch (segment.state) {
    case 'idle':
    case 'completed':
      return '';
    case 'running':
      return segment.ongoing ? `${duration} so far` : duration;
    case 'queued':
    case 'waiting':
    case 'paused':
    case 'failed':
      return `${segment.state} ${duration}`;
  }
}

function labelOf(
  rect: { segment: Segment; x: number; width: number; nextX: number },
  input: RectInput
): SegmentRect['label'] {
  const text = input.labelled ? labelText(rect.segment) : '';
  // Hatched, outlined and thin bars carry no text; theirs stands to the right if the lane is free there.
  const insideAllowed =
    rect.segment.state === 'running' || rect.segment.state === 'paused' || rect.segment.state === 'failed';
  const glyph = rect.segment.state === 'failed' ? 8 : 0;
  if (insideAllowed) {
    const room = { width: rect.width - glyph, padding: BAR_PADDING, fontPx: BAR_FONT_PX };
    const whole = fitWhole(text, room, input.measure);
    return whole === undefined ? undefined : { text: whole, x: rect.x + glyph + BAR_PADDING, inside: true };
  }
  const right = Math.min(rect.nextX, input.axis.right);
  const start = rect.x + rect.width + (rect.segment.ongoing ? ARROW_WIDTH : 0);
  const whole = fitWhole(text, { width: right - start, padding: BAR_PADDING, fontPx: BAR_FONT_PX }, input.measure);
  return whole === undefined ? undefined : { text: whole, x: start + BAR_PADDING, inside: false };
}

/**
 * Rectangles of the segments in view. Each is at least one device pixel wide; segments narrower than that which fall
 * on the same device pixel as the one of the same state before them are folded into it.
 */
export function segmentRects(segments: readonly Segment[], input: RectInput): SegmentRect[] {
  const { axis, devicePixel } = input;
  const rects: SegmentRect[] = [];
  const lastPixel = new Map<AgentState, number>();
  const first = Math.max(
    0,
    lastAtOrBefore(segments, axis.fromMs, (segment) => segment.startMs)
  );
  for (let i = first; i < segments.length; i++) {
    const segment = segments[i];
    if (segment === undefined || segment.startMs > axis.toMs) {
      break;
    }
    if (segment.endMs < axis.fromMs) {
      continue;
    }
    const start = Math.max(axis.left, xOfTime(axis, segment.startMs));
    const end = Math.min(axis.right, xOfTime(axis, segment.endMs));
    const pixel = Math.floor(start / devicePixel);
    if (end - start < devicePixel && lastPixel.get(segment.state) === pixel) {
      continue;
    }
    lastPixel.set(segment.state, pixel);
    const width = Math.max(devicePixel, end - start);
    const next = segments.slice(i + 1, i + 2)[0];
    const nextX = next === undefined ? Infinity : xOfTime(axis, next.startMs);
    rects.push({
      segment,
      x: start,
      width,
      arrow: segment.ongoing && segment.endMs <= axis.toMs,
      open: segment.beganBefore || segment.startMs < axis.fromMs,
      label: labelOf({ segment, x: start, width, nextX }, input),
    });
  }
  return rects;
}

export interface LanesInput {
  readonly axis: TimeAxis;
  readonly laneHeight: number;
  /** The band's clip, CSS pixels. */
  readonly top: number;
  readonly bottom: number;
  readonly scrollTop: number;
  readonly devicePixel: number;
  readonly measure: MeasureText;
}

/** The rows that the band shows at this scroll position. */
export function layoutRows(timeline: Timeline, input: LanesInput): Row[] {
  const rows: Row[] = [];
  let y = input.top - input.scrollTop;
  for (const spec of rowSpecs(timeline, input.laneHeight)) {
    if (y + spec.height > input.top && y < input.bottom) {
      rows.push(layoutRow(spec, y, input));
    }
    y += spec.height;
  }
  return rows;
}

function layoutRow(spec: RowSpec, y: number, input: LanesInput): Row {
  const { group, lane, kind, height } = spec;
  const barHeight = barHeightOf(kind, height);
  const rectInput = {
    axis: input.axis,
    devicePixel: input.devicePixel,
    measure: input.measure,
    labelled: kind === 'agent',
  };
  const inView = (ms: number) => Math.min(input.axis.right, Math.max(input.axis.left, xOfTime(input.axis, ms)));
  const nowX = lane === undefined ? nowEnd(group, input.axis) : 0;
  return {
    kind,
    thread: group.thread,
    name: lane?.agent ?? group.thread,
    lane,
    costUsd: lane === undefined ? group.costUsd : lane.costUsd,
    y,
    height,
    barY: Math.round(y + (height - barHeight) / 2),
    barHeight,
    rects: segmentRects(lane?.segments ?? group.rollUp, rectInput).sort(
      (a, b) => PAINT_ORDER.indexOf(a.segment.state) - PAINT_ORDER.indexOf(b.segment.state)
    ),
    runs:
      lane === undefined
        ? group.runs.map((run) => {
            const x = inView(run.startMs);
            const end = run.endMs === undefined ? Math.min(input.axis.right, nowX) : inView(run.endMs);
            return { x, width: Math.max(input.devicePixel, end - x) };
          })
        : [],
  };
}

/** Where a thread that runs on is known to be running: its lanes' last end, never past it. */
function nowEnd(group: ThreadGroup, axis: TimeAxis): number {
  const ends = group.lanes.flatMap((lane) => lane.segments.at(-1)?.endMs ?? []);
  const lastMs = ends.reduce((latest, end) => Math.max(latest, end), axis.fromMs);
  return xOfTime(axis, lastMs);
}
