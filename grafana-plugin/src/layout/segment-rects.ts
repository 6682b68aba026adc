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
import { marksDraft, type Label, type Mark, type MarkLabel, type TrackMarks } from './track-marks.ts';
import type { Words } from './words.ts';

export const BAR_FONT_PX = 11;
const ARROW_WIDTH = 6;
const BAR_PADDING = 6;

export interface PixelGrid {
  readonly axis: TimeAxis;
  /** CSS pixels of one device pixel. */
  readonly devicePixel: number;
  /** States that are drawn; the others are as if they were not. */
  readonly shown: StateSet;
}

/** `mark` is the same object at every visit, with other values: whoever keeps one copies it. */
export type VisitMark = (mark: Readonly<Mark>) => void;

/** Where entry `i` ends in view, which is where the next one begins. */
function endX(columns: StateColumns, i: number, axis: TimeAxis): number {
  return xOfTime(axis, Math.min(axis.toMs, endOf(columns, i)));
}

/** So many states are looked at one by one before the last one in a pixel is searched for. */
const NEAR = 8;

/**
 * Visits the states in view from left to right: each that is a device pixel wide or more on its own, where it stands; of
 * narrower ones all that start in one device pixel together, as that pixel, with the most important of their codes. Holes
 * and states that are not shown are not visited. At most two visits a pixel.
 */
export function visitMarks(columns: StateColumns, { axis, devicePixel, shown }: PixelGrid, visit: VisitMark): void {
  const { startMs, code } = columns;
  const [begin, stop] = indexesIn(columns, axis);
  const lastPixel = Math.max(0, Math.ceil(axis.right / devicePixel) - 1);
  const mark: Mark = { code: UNKNOWN_CODE, x: 0, width: 0, first: 0, end: 0 };
  const visitShown = (bits: number): void => {
    if ((bits & shown) !== 0) {
      mark.code = topCode(bits & shown);
      visit(mark);
    }
  };
  let x = xOfTime(axis, Math.max(axis.fromMs, startOf(columns, begin)));
  for (let i = begin; i < stop;) {
    let next = endX(columns, i, axis);
    mark.first = i;
    if (next - x >= devicePixel) {
      i += 1;
      mark.end = i;
      mark.x = x;
      mark.width = next - x;
      visitShown(1 << (code[i - 1] ?? UNKNOWN_CODE));
      x = next;
      continue;
    }
    const pixel = Math.min(lastPixel, Math.floor(x / devicePixel));
    const pixelEndMs = timeOfX(axis, (pixel + 1) * devicePixel);
    let end = i + 1;
    while (end < stop && end < i + NEAR && (startMs[end] ?? Infinity) <= pixelEndMs) {
      end += 1;
    }
    if (end === i + NEAR) {
      end = Math.min(stop, firstAfter(columns, pixelEndMs, end));
    }
    if (end > i + 1) {
      next = endX(columns, end - 1, axis);
      const lastX = xOfTime(axis, startOf(columns, end - 1));
      // The last one to start in this pixel may go on beyond it: then it stands on its own.
      if (next - lastX >= devicePixel) {
        end -= 1;
        next = lastX;
      }
    }
    mark.end = end;
    mark.x = pixel * devicePixel;
    mark.width = devicePixel;
    visitShown(codesBetween(columns, i, end));
    x = next;
    i = end;
  }
}

/**
 * What a bar says where there is room: its state where that is not the common one, how long it took and what it spent; the
 * money goes first where there is not. Fullest first.
 */
function labelTexts(segment: Segment, usd: number | undefined, input: RectInput): string[] {
  const own = input.words.lasted(shortDuration(segment.endMs - segment.startMs));
  const durations = usd === undefined ? [own] : [`${own} \u00b7 ${moneyText(usd)}`, own];
  return durations.map((duration) => labelText(segment, duration, input));
}

function labelText(segment: Segment, duration: string, { stateName, words }: RectInput): string {
  switch (segment.state) {
    case 'idle':
    case 'completed':
      return '';
    case 'running':
      return segment.ongoing ? words.soFar(duration) : duration;
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
): Label | undefined {
  const texts = () => labelTexts(segment, at.usd, input);
  if (isLabelledInside(segment.state)) {
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

/** Hatched, outlined and thin bars carry no text; theirs stands to the right if the lane is free there. */
function isLabelledInside(state: AgentState | undefined): boolean {
  return state === 'running' || state === 'paused' || state === 'failed';
}

/** The label of a mark that stands for one state. Most have no room for any, which is found out first. */
function labelOfMark(columns: StateColumns, { code, x, width, first }: Mark, input: RectInput): Label | undefined {
  const isInside = isLabelledInside(stateOfCode(code));
  const next = isInside ? Infinity : nextX(columns, first, input.axis);
  if ((isInside ? width : Math.min(next, input.axis.right) - (x + width)) < MIN_LABEL_WIDTH) {
    return undefined;
  }
  const segment = segmentOf(columns, first);
  return segment && labelOf(segment, { x, width, nextX: next, usd: input.spendOf?.(first) }, input);
}

export interface RectInput extends PixelGrid {
  readonly measure: MeasureText;
  readonly labelled: boolean;
  /** What the state of an entry spent, US dollars; undefined where that is not known or not shown. */
  readonly spendOf?: ((index: number) => number | undefined) | undefined;
  readonly stateName?: Readonly<Record<AgentState, string>> | undefined;
  readonly words: Words;
}

/** Start of the next known state after entry `i`, in CSS pixels. */
function nextX(columns: StateColumns, i: number, axis: TimeAxis): number {
  const next = columns.code[i + 1] === UNKNOWN_CODE ? i + 2 : i + 1;
  return next < columns.length ? xOfTime(axis, startOf(columns, next)) : Infinity;
}

/** Marks of the states in view, from left to right; pixels that stand for narrow states join where they look the same. */
export function trackMarks(columns: StateColumns, input: RectInput): TrackMarks {
  const { axis, devicePixel } = input;
  const draft = marksDraft();
  const labels: MarkLabel[] = [];
  let openTo = 0;
  let goesOn = false;
  /** Where the mark before ends, if it stands for pixels. */
  let joinable = NaN;
  visitMarks(columns, input, (mark) => {
    const { code, x, width, first, end } = mark;
    if (code === UNKNOWN_CODE) {
      return;
    }
    const isPixel = end - first > 1 || width <= devicePixel;
    const isLast = end === columns.length && columns.ongoing && columns.endMs <= axis.toMs;
    if (isPixel && draft.lastCode() === code && Math.abs(joinable - x) < devicePixel / 2) {
      draft.extend(x + width, end);
      goesOn = isLast;
    } else {
      if (draft.length() === 0) {
        openTo = Number(startOf(columns, first) < axis.fromMs || (first === 0 && columns.beganBefore));
      }
      const label = isPixel || !input.labelled ? undefined : labelOfMark(columns, mark, input);
      if (label !== undefined) {
        labels.push({ ...label, mark: draft.length() });
      }
      draft.add(mark);
      goesOn = isLast && columns.code[end - 1] === code;
    }
    joinable = isPixel ? x + width : NaN;
  });
  return { ...draft.finish(), openTo, goesOn, labels };
}
