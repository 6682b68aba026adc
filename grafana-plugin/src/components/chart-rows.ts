// The cells of the tables that tell what the canvas shows: what it is, what stands there, and where, in CSS pixels from the
// chart's corner.
import { plainText } from '../layout/label-fit.ts';
import type { BurnDownLayout } from '../layout/burn-down.ts';
import type { Row, RowTrack } from '../layout/lanes.ts';
import type { NameLabel, PanelLayout, TimelineLayout } from '../layout/panel.ts';
import { segmentRects, type SegmentRect } from '../layout/track-marks.ts';
import { countStates, endOf, startOf } from '../model/state-columns.ts';
import type { Lane } from '../model/timeline.ts';
import { stateWord } from './state-words.ts';
import { t } from './translate.ts';

type Cells = readonly string[];

/** Two decimals of a pixel are enough for any device. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

interface Shown {
  readonly lane: Lane;
  readonly track: RowTrack;
  readonly rect: SegmentRect;
}

/** The first `most` marks of states in reading order, and how many there are. */
export function segmentRows(timeline: TimelineLayout, most: number): { rows: Cells[]; total: number } {
  const shown: Shown[] = [];
  let total = 0;
  for (const row of timeline.rows) {
    if (row.kind === 'group') {
      continue;
    }
    for (const track of row.tracks) {
      const rects = segmentRects(track.marks, 0, most - shown.length);
      shown.push(...rects.map((rect) => ({ lane: row.lane, track, rect })));
      total += track.marks.length;
    }
  }
  return { rows: shown.map((one) => segmentCells(one, timeline)), total };
}

function segmentCells({ lane, track, rect }: Shown, timeline: TimelineLayout): Cells {
  const { columns, barY, barHeight } = track;
  const counted = countStates(columns, [rect.first, rect.end], timeline.shown);
  return [
    plainText(lane.thread),
    plainText(lane.agent),
    rect.state,
    String(startOf(columns, rect.first)),
    String(endOf(columns, rect.end - 1)),
    px(rect.x),
    px(rect.width),
    px(barY),
    px(barHeight),
    String(counted.reduce((sum, one) => sum + one.count, 0)),
    rect.label?.text ?? '',
  ];
}

/** Rows as they stand, those that stick to the top first and once. */
function standing({ rows, sticky }: TimelineLayout): readonly Row[] {
  const stuck = new Set(sticky.rows.map((row) => row.key));
  return [...sticky.rows, ...rows.filter((row) => !stuck.has(row.key))];
}

/** Groups and lanes in view, from top to bottom. */
export function treeRows(timeline: TimelineLayout): Cells[] {
  const { rows, names, sticky } = timeline;
  const nameOf = new Map<Row, NameLabel | undefined>([
    ...rows.map((row, i) => [row, names[i]] as const),
    ...sticky.rows.map((row, i) => [row, sticky.names[i]] as const),
  ]);
  return standing(timeline).map((row) => [
    row.kind,
    plainText(row.name),
    String(row.depth),
    px(row.y),
    px(row.height),
    row.kind === 'group' ? String(!row.isCollapsed) : '',
    nameOf.get(row)?.money ?? '',
  ]);
}

/** One row a run; runs that share a mark share its place. */
export function runEndRows(timeline: TimelineLayout): Cells[] {
  return standing(timeline).flatMap((row) =>
    row.kind !== 'group'
      ? []
      : row.ends.flatMap(({ x, runs }) =>
          runs.map((run) => [
            plainText(run.thread),
            stateWord(run.outcome),
            String(run.atMs),
            px(x),
            px(row.barY + row.barHeight / 2),
          ])
        )
  );
}

/** `kind, text, x, y` of what is neither a lane nor a state; a place that has only one of x and y leaves out the other. */
export function markRows({ ticks, timeline, burnDown }: PanelLayout): Cells[] {
  const rail = timeline?.rail;
  return [
    ...ticks.map(({ x, text }) => [t('mark.time', 'time'), text, px(x), '']),
    ...(rail?.marks ?? []).map(({ x, index, count }) => [
      t('mark.checkpoint', 'checkpoint'),
      count > 1 ? t('mark.and-more', '{{index}} and {{count}} more', { index, count: count - 1 }) : String(index),
      px(x),
      px(rail?.y ?? 0),
    ]),
    ...(burnDown === undefined ? [] : budgetRows(burnDown)),
  ];
}

function budgetRows({ yTicks, limitY, budgets, ideal, thresholds, marks, forecast }: BurnDownLayout): Cells[] {
  const markWord = {
    reset: t('mark.reset', 'reset'),
    'top-up': t('mark.top-up', 'top-up'),
    cut: t('mark.cut', 'cut'),
  };
  return [
    ...yTicks.map(({ y, text }) => [t('mark.amount', 'amount'), text, '', px(y)]),
    ...(limitY === undefined ? [] : [[t('mark.limit', 'limit'), '', '', px(limitY)]]),
    ...thresholds.map(({ y, text }) => [t('mark.threshold', 'threshold'), text ?? '', '', px(y)]),
    ...budgets.flatMap(({ name, line }) =>
      // Where it begins to be known, and how far.
      [line[0], line.at(-1)].flatMap((point) =>
        point === undefined ? [] : [[t('mark.budget', 'budget'), name, px(point.x), px(point.y)]]
      )
    ),
    ...ideal.flatMap((piece) => piece.map(({ x, y }) => [t('mark.ideal', 'even spend'), '', px(x), px(y)])),
    ...marks.map(({ kind, x, y, text }) => [markWord[kind], text, px(x), px(y)]),
    ...(forecast === undefined
      ? []
      : forecast.line.map(({ x, y }) => [t('mark.forecast', 'forecast'), '', px(x), px(y)])),
    ...(forecast?.exhaustedX === undefined
      ? []
      : [[t('mark.exhausted', 'exhausted'), '', px(forecast.exhaustedX), '']]),
  ];
}
