// Divides the canvas between the bands and puts every mark at its CSS pixel. Pure: same input, same numbers.
//
//   0        left                                   right   width
//   +--------+----------------------------------------+------+  0
//   |        |                              [now]     |      |
//   | rail   |   <>     <>                            |      |
//   | names $|  lanes (scroll)                        |      |
//   | $ axis |  burn-down                             | 80 % |
//   |        |  14:00      14:02                      |      |
//   +--------+----------------------------------------+------+  height
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { BurnDown } from '../model/burn-down.ts';
import type { Forecast } from '../model/forecast.ts';
import type { Stretch } from '../model/idle-stretches.ts';
import { ALL_STATES, type StateSet } from '../model/state-filter.ts';
import type { Spent } from '../model/spent-in-range.ts';
import type { ThreadGroup } from '../model/timeline.ts';
import { layoutBurnDown, type BudgetScale, type BurnDownLayout } from './burn-down.ts';
import { foldedAxis } from './folded-axis.ts';
import { fitShortened, plainText, type MeasureText } from './label-fit.ts';
import { checkpointMarks, type CheckpointMark } from './checkpoint-marks.ts';
import { layoutRow, layoutRows, rowsHeight, type Row, type RowIndex } from './lanes.ts';
import { moneyInColumn } from './money-text.ts';
import { stickyRows } from './sticky-rows.ts';
import { timeTicks, xOfTime, type Tick, type TickFormat, type TimeAxis } from './time-axis.ts';
import type { Words } from './words.ts';

export interface TimelineInput {
  readonly rows: RowIndex;
  /** Whose checkpoints stand on the rail. */
  readonly threads: readonly ThreadGroup[];
}

/** Where the timeline says what was spent: nowhere, beside the lanes, on the bars too. */
export type CostView = 'off' | 'lane' | 'segment';

export interface LayoutInput {
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** Stretches to fold on the axis where that makes room; none where it is left out. */
  readonly idle?: readonly Stretch[] | undefined;
  /** Undefined: this band is not drawn. */
  readonly timeline: TimelineInput | undefined;
  /** Empty: this band is not drawn. Primary budget first. */
  readonly burnDowns: readonly BurnDown[];
  readonly forecast: Forecast | undefined;
  readonly timelineShare: number;
  readonly showCheckpoints: boolean;
  readonly showIdealLine: boolean;
  readonly budgetScale: BudgetScale;
  readonly scrollTop: number;
  readonly measure: MeasureText;
  readonly showCost?: CostView | undefined;
  /** What rows spent in the visible range, by key; of others all that is known of them stands there. */
  readonly spent?: ReadonlyMap<string, Spent> | undefined;
  /** States that are drawn; all where it is left out. */
  readonly shown?: StateSet | undefined;
  /** What states are called on their bars; their own words where it is left out. */
  readonly stateName?: Readonly<Record<AgentState, string>> | undefined;
  readonly words: Words;
  readonly ticks: Pick<TickFormat, 'tickText' | 'zoneOffsetMs'>;
}

export interface NameLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly kind: Row['kind'];
  readonly money: string | undefined;
  /** Of a group: where its mark of being open or collapsed stands. */
  readonly chevron: { readonly x: number; readonly isCollapsed: boolean } | undefined;
}

export interface TimelineLayout {
  readonly top: number;
  readonly bottom: number;
  readonly rail: { readonly y: number; readonly marks: readonly CheckpointMark[] } | undefined;
  readonly rows: readonly Row[];
  readonly names: readonly NameLabel[];
  /** Groups whose lanes scroll below them, at the top of the band and over `rows`; from the outside in. */
  readonly sticky: { readonly rows: readonly Row[]; readonly names: readonly NameLabel[]; readonly bottom: number };
  readonly contentHeight: number;
  /** The scroll position as drawn: the asked for one, kept within the content. */
  readonly scrollTop: number;
  /** CSS pixels of one device pixel. */
  readonly devicePixel: number;
  readonly shown: StateSet;
}

export interface PanelLayout {
  readonly width: number;
  readonly height: number;
  readonly axis: TimeAxis;
  /** Where plots begin and end, CSS pixels from the top. */
  readonly plotTop: number;
  readonly plotBottom: number;
  readonly ticks: readonly Tick[];
  readonly now: { readonly x: number; readonly flag: boolean } | undefined;
  readonly timeline: TimelineLayout | undefined;
  readonly burnDown: BurnDownLayout | undefined;
  readonly words: Words;
}

const FLAG_HEIGHT = 18;
const RAIL_HEIGHT = 18;
const RAIL_FROM_LANES = 4;
const AXIS_HEIGHT = 22;
const BAND_GAP = 38;
const SMALL_BAND_GAP = 10;
const MIN_BURN_DOWN = 80;
const NAME_FONT_PX = 12;
const MONEY_FONT_PX = 11;
const TICK_FONT_PX = 11;
/** Below this the money column goes and names get what is left. */
const MONEY_MIN_GUTTER = 130;

function gutters(input: LayoutInput): { left: number; right: number } {
  // A fifth; in narrower panels more, so that names of usual length still fit, with their money where that has its column.
  const part = Math.max(input.width * 0.2, Math.min(150, input.width * 0.25), Math.min(84, input.width * 0.3));
  const left = Math.round(Math.min(184, Math.max(52, part)));
  const named = input.burnDowns[0]?.thresholds.length ?? 0;
  const right = input.width < 420 || (named === 0 && input.burnDowns.length < 2) ? 14 : 46;
  return { left, right };
}

function laneHeightOf(input: LayoutInput): number {
  return input.timeline?.rows.laneHeight ?? 0;
}

interface Split {
  readonly timelineHeight: number;
  readonly burnDownHeight: number;
  readonly gap: number;
}

/** The timeline gets what it needs, at most its share; the burn-down the rest, at least 80 px or nothing. */
function splitHeight(available: number, natural: number | undefined, input: LayoutInput): Split {
  const wantsBurnDown = input.burnDowns.length > 0;
  if (natural === undefined || !wantsBurnDown) {
    const burnDownHeight = natural === undefined && wantsBurnDown ? available : 0;
    return { timelineHeight: natural === undefined ? 0 : available, burnDownHeight, gap: 0 };
  }
  const gap = available < 240 ? SMALL_BAND_GAP : BAND_GAP;
  const least = Math.min(natural, 3 * laneHeightOf(input));
  const timelineHeight = Math.max(
    least,
    Math.min(natural, Math.round(input.timelineShare * available), available - gap - MIN_BURN_DOWN)
  );
  const burnDownHeight = available - timelineHeight - gap;
  return burnDownHeight >= MIN_BURN_DOWN
    ? { timelineHeight, burnDownHeight, gap }
    : { timelineHeight: available, burnDownHeight: 0, gap: 0 };
}

const INDENT = 12;
/** Room for the chevron before a group's name; names of lanes stand below that of their group. */
const CHEVRON_ROOM = 14;

/** Of all rows where that is known, so that scrolling changes no number's form. */
function largestSpend(rows: readonly Row[], spent: LayoutInput['spent']): number {
  let largest = 0;
  for (const { costUsd } of rows) {
    largest = Math.max(largest, costUsd ?? 0);
  }
  for (const { usd } of spent?.values() ?? []) {
    largest = Math.max(largest, usd);
  }
  return largest;
}

function nameLabels(rows: readonly Row[], axisLeft: number, input: LayoutInput): NameLabel[] {
  const { measure, spent, showCost = 'lane' } = input;
  const right = axisLeft - 12;
  const isNarrow = axisLeft < MONEY_MIN_GUTTER;
  const grouped = rows.some((row) => row.kind === 'group' || row.depth > 0);
  const largestUsd = largestSpend(rows, spent);
  return rows.map((row) => {
    const usd = spent?.get(row.key)?.usd ?? row.costUsd;
    const money = usd === undefined || isNarrow || showCost === 'off' ? undefined : moneyInColumn(usd, largestUsd);
    const level = row.depth + Number(row.kind === 'tool');
    const outer = level * INDENT * (isNarrow ? 0.5 : 1);
    const x = outer + (row.kind === 'group' ? CHEVRON_ROOM : grouped && !isNarrow ? 2 : 0);
    const moneyWidth = money === undefined ? 0 : measure(money, MONEY_FONT_PX) + 10;
    const fontPx = row.kind === 'tool' ? NAME_FONT_PX - 1 : NAME_FONT_PX;
    return {
      text: fitShortened(plainText(row.name), { width: right - x - moneyWidth, fontPx }, measure),
      x,
      y: row.y + row.height / 2,
      kind: row.kind,
      money,
      chevron: row.kind === 'group' ? { x: outer, isCollapsed: row.isCollapsed } : undefined,
    };
  });
}

function railOf(input: LayoutInput, axis: TimeAxis): readonly CheckpointMark[] {
  return input.showCheckpoints && input.timeline !== undefined
    ? checkpointMarks(input.timeline.threads, { axis, devicePixel: 1 / input.devicePixelRatio })
    : [];
}

function hasCheckpoints(input: LayoutInput): boolean {
  return input.showCheckpoints && (input.timeline?.threads.some((group) => group.checkpoints.length > 0) ?? false);
}

function layoutTimeline(
  input: LayoutInput,
  axis: TimeAxis,
  box: { top: number; bottom: number }
): TimelineLayout | undefined {
  const { timeline } = input;
  if (timeline === undefined || box.bottom <= box.top) {
    return undefined;
  }
  const contentHeight = rowsHeight(timeline.rows);
  // Lanes say more than checkpoints: the rail stands where it leaves room for some of them.
  const leastLanes = Math.min(contentHeight, RAIL_FROM_LANES * laneHeightOf(input));
  const hasRail = hasCheckpoints(input) && box.bottom - box.top >= RAIL_HEIGHT + leastLanes;
  const lanesTop = box.top + (hasRail ? RAIL_HEIGHT : 0);
  const scrollTop = Math.max(0, Math.min(input.scrollTop, contentHeight - (box.bottom - lanesTop)));
  const devicePixel = 1 / input.devicePixelRatio;
  const { measure, stateName, shown = ALL_STATES } = input;
  const lanes = {
    axis,
    top: lanesTop,
    bottom: box.bottom,
    scrollTop,
    devicePixel,
    shown,
    costOnBars: input.showCost === 'segment',
    measure,
    stateName,
    words: input.words,
  };
  const rows = layoutRows(timeline.rows, lanes);
  const sticky = stickyRows(timeline.rows, { scrollTop, height: box.bottom - lanesTop }).flatMap(
    ({ row, offset }) => layoutRow(timeline.rows, { row, y: lanesTop + offset }, lanes) ?? []
  );
  const lastSticky = sticky.at(-1);
  return {
    top: lanesTop,
    bottom: box.bottom,
    rail: hasRail ? { y: box.top + RAIL_HEIGHT / 2 - 2, marks: railOf(input, axis) } : undefined,
    rows,
    names: nameLabels(rows, axis.left, input),
    sticky: {
      rows: sticky,
      names: nameLabels(sticky, axis.left, input),
      bottom: lastSticky === undefined ? lanesTop : lastSticky.y + lastSticky.height,
    },
    contentHeight,
    scrollTop,
    devicePixel,
    shown,
  };
}

/** Lays the whole panel out. Zero or negative sizes give a layout without bands and without ticks. */
export function layoutPanel(input: LayoutInput): PanelLayout {
  const gutter = gutters(input);
  const { fromMs, toMs, idle = [] } = input;
  const right = Math.max(gutter.left, input.width - gutter.right);
  const axis = foldedAxis({ fromMs, toMs, left: gutter.left, right }, idle);
  const nowVisible = input.nowMs > input.fromMs && input.nowMs <= input.toMs;
  const plotTop = nowVisible ? FLAG_HEIGHT : 6;
  const plotBottom = Math.max(plotTop, input.height - AXIS_HEIGHT);
  const natural =
    input.timeline === undefined
      ? undefined
      : rowsHeight(input.timeline.rows) + (hasCheckpoints(input) ? RAIL_HEIGHT : 0);
  const split = splitHeight(plotBottom - plotTop, natural, input);
  const usable = axis.right > axis.left && plotBottom > plotTop;
  const timelineBottom = plotTop + split.timelineHeight;
  return {
    width: input.width,
    height: input.height,
    axis,
    plotTop,
    plotBottom,
    ticks: usable ? timeTicks(axis, { ...input.ticks, textWidth: (text) => input.measure(text, TICK_FONT_PX) }) : [],
    now: nowVisible ? { x: xOfTime(axis, input.nowMs), flag: true } : undefined,
    timeline: usable ? layoutTimeline(input, axis, { top: plotTop, bottom: timelineBottom }) : undefined,
    burnDown:
      usable && split.burnDownHeight > 0
        ? layoutBurnDown({
            axis,
            top: timelineBottom + split.gap,
            bottom: plotBottom,
            burnDowns: input.burnDowns,
            forecast: input.forecast,
            showIdealLine: input.showIdealLine,
            scale: input.budgetScale,
            measure: input.measure,
            words: input.words,
          })
        : undefined,
    words: input.words,
  };
}
