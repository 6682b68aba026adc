// States of one track as marks on the device's pixels. Costs the pixels in view, however many states there are.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import {
  codesBetween,
  endOf,
  firstAfter,
  indexesIn,
  segmentOf,
  startOf,
  stateOfCode,
  topCode,
  UNKNOWN_CODE,
  type Segment,
  type StateColumns,
} from '../model/state-columns.ts';
import type { StateSet } from '../model/state-filter.ts';
import { shortDuration } from './duration-text.ts';
import { moneyText } from './money-text.ts';
import { firstWhole, type MeasureText } from './label-fit.ts';
import { timeOfX, xOfTime, type TimeAxis } from './time-axis.ts';

export const BAR_FONT_PX = 11;
const ARROW_WIDTH = 6;
const BAR_PADDING = 6;

export interface SegmentRect {
  /** The most important of the states that it stands for. */
  readonly state: AgentState;
  readonly x: number;
  readonly width: number;
  /** Entries of the track's columns that it stands for, [first, end): more than one where pixels hold several states. */
  readonly first: number;
  readonly end: number;
  /** Something of this state runs on at the now line. */
  readonly arrow: boolean;
  /** Began before the visible range: drawn open to the left. */
  readonly open: boolean;
  readonly label: { readonly text: string; readonly x: number; readonly inside: boolean } | undefined;
}

export interface PixelGrid {
  readonly axis: TimeAxis;
  /** CSS pixels of one device pixel. */
  readonly devicePixel: number;
  /** States that are drawn; the others are as if they were not. */
  readonly shown: StateSet;
}

/** A stretch of the axis and the entries [first, end) that it stands for. */
export type VisitMark = (mark: { code: number; x: number; width: number; first: number; end: number }) => void;

/**
 * Visits the states in view from left to right: each that is a device pixel wide or more on its own, where it stands; of
 * narrower ones all that start in one device pixel together, as that pixel, with the most important of their codes. Holes
 * and states that are not shown are not visited. At most two visits a pixel.
 */
export function visitMarks(columns: StateColumns, { axis, devicePixel, shown }: PixelGrid, visit: VisitMark): void {
  const [begin, stop] = indexesIn(columns, axis);
  const lastPixel = Math.max(0, Math.ceil(axis.right / devicePixel) - 1);
  const leftOf = (i: number) => xOfTime(axis, Math.max(axis.fromMs, startOf(columns, i)));
  const rightOf = (i: number) => xOfTime(axis, Math.min(axis.toMs, endOf(columns, i)));
  let i = begin;
  while (i < stop) {
    const x = leftOf(i);
    const width = rightOf(i) - x;
    if (width >= devicePixel) {
      const code = columns.code[i] ?? UNKNOWN_CODE;
      if (((1 << code) & shown) !== 0) {
        visit({ code, x, width, first: i, end: i + 1 });
      }
      i += 1;
      continue;
    }
    const pixel = Math.min(lastPixel, Math.floor(x / devicePixel));
    let end = Math.min(stop, firstAfter(columns, timeOfX(axis, (pixel + 1) * devicePixel), i + 1));
    // The last one to start in this pixel may go on beyond it: then it stands on its own.
    if (end - 1 > i && rightOf(end - 1) - leftOf(end - 1) >= devicePixel) {
      end -= 1;
    }
    const code = topCode(codesBetween(columns, i, end) & shown);
    if (code !== UNKNOWN_CODE) {
      visit({ code, x: pixel * devicePixel, width: devicePixel, first: i, end });
    }
    i = end;
  }
}

/**
 * What a bar says where there is room: its state where that is not the common one, how long it took and what it spent; the
 * money goes first where there is not. Fullest first.
 */
function labelTexts(segment: Segment, usd: number | undefined, stateName: RectInput['stateName']): string[] {
  const own = shortDuration(segment.endMs - segment.startMs);
  const durations = usd === undefined ? [own] : [`${own} \u00b7 ${moneyText(usd)}`, own];
  return durations.map((duration) => labelText(segment, duration, stateName));
}

function labelText(segment: Segment, duration: string, stateName: RectInput['stateName']): string {
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
      return `${stateName?.[segment.state] ?? segment.state} ${duration}`;
  }
}

/** Room that the glyph at the left of a bar takes. */
const GLYPH_WIDTH: Readonly<Partial<Record<AgentState, number>>> = { failed: 8, paused: 8 };
/** Bars of fewer CSS pixels have no room for any text. */
const MIN_LABEL_WIDTH = 24;

function labelOf(
  segment: Segment,
  at: { x: number; width: number; nextX: number; usd: number | undefined },
  input: RectInput
): SegmentRect['label'] {
  // Hatched, outlined and thin bars carry no text; theirs stands to the right if the lane is free there.
  const texts = () => labelTexts(segment, at.usd, input.stateName);
  const isInside = segment.state === 'running' || segment.state === 'paused' || segment.state === 'failed';
  if (isInside && at.width < MIN_LABEL_WIDTH) {
    return undefined;
  }
  if (isInside) {
    const glyph = GLYPH_WIDTH[segment.state] ?? 0;
    const room = { width: at.width - glyph, padding: BAR_PADDING, fontPx: BAR_FONT_PX };
    const whole = firstWhole(texts(), room, input.measure);
    return whole === undefined ? undefined : { text: whole, x: at.x + glyph + BAR_PADDING, inside: true };
  }
  const start = at.x + at.width + (segment.ongoing ? ARROW_WIDTH : 0);
  const room = { width: Math.min(at.nextX, input.axis.right) - start, padding: BAR_PADDING, fontPx: BAR_FONT_PX };
  const whole = room.width < MIN_LABEL_WIDTH ? undefined : firstWhole(texts(), room, input.measure);
  return whole === undefined ? undefined : { text: whole, x: start + BAR_PADDING, inside: false };
}

export interface RectInput extends PixelGrid {
  readonly measure: MeasureText;
  readonly labelled: boolean;
  /** What the state of an entry spent, US dollars; undefined where that is not known or not shown. */
  readonly spendOf?: ((index: number) => number | undefined) | undefined;
  readonly stateName?: Readonly<Record<AgentState, string>> | undefined;
}

/** Start of the next known state after entry `i`, in CSS pixels. */
function nextX(columns: StateColumns, i: number, axis: TimeAxis): number {
  const next = columns.code[i + 1] === UNKNOWN_CODE ? i + 2 : i + 1;
  return next < columns.length ? xOfTime(axis, startOf(columns, next)) : Infinity;
}

/** Marks of the states in view, from left to right; pixels that stand for narrow states join where they look the same. */
export function segmentRects(columns: StateColumns, input: RectInput): SegmentRect[] {
  const { axis, devicePixel } = input;
  const rects: SegmentRect[] = [];
  let joinable: number | undefined;
  visitMarks(columns, input, ({ code, x, width, first, end }) => {
    const state = stateOfCode(code);
    if (state === undefined) {
      return;
    }
    const isPixel = end - first > 1 || width <= devicePixel;
    const before = rects.at(-1);
    if (isPixel && before?.state === state && joinable !== undefined && Math.abs(joinable - x) < devicePixel / 2) {
      const isLast = end === columns.length && columns.ongoing;
      const arrow = isLast && columns.endMs <= axis.toMs;
      rects[rects.length - 1] = { ...before, width: x + width - before.x, end, arrow };
    } else {
      const segment = isPixel ? undefined : segmentOf(columns, first);
      rects.push({
        state,
        x,
        width,
        first,
        end,
        arrow:
          end === columns.length && columns.ongoing && columns.endMs <= axis.toMs && columns.code[end - 1] === code,
        open: startOf(columns, first) < axis.fromMs || (first === 0 && columns.beganBefore),
        label:
          segment === undefined || !input.labelled
            ? undefined
            : labelOf(segment, { x, width, nextX: nextX(columns, first, axis), usd: input.spendOf?.(first) }, input),
      });
    }
    joinable = isPixel ? x + width : undefined;
  });
  return rects;
}
