// The burn-down band: amounts of money as polylines, areas and labelled lines on the shared time axis.
import { scaleLinear } from 'd3-scale';
import { lastAtOrBefore } from '../model/sorted.ts';
import { asShareOfLimit, forecastAsShare, needShares } from '../model/budget-share.ts';
import { amountAt, type BudgetMark, type BurnDown, type MoneyPoint, type Period } from '../model/burn-down.ts';
import type { Forecast } from '../model/forecast.ts';
import { fitShortened, plainText, type MeasureText } from './label-fit.ts';
import { moneyText, moneyTick } from './money-text.ts';
import { bendsBetween, xOfTime, type TimeAxis } from './time-axis.ts';
import type { Words } from './words.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Auto: US dollars, unless budgets of very different sizes are drawn together. */
export type BudgetScale = 'auto' | 'usd' | 'percent';

export type Severity = 'calm' | 'warning' | 'critical';

export interface ThresholdLine {
  readonly y: number;
  readonly text: string | undefined;
  readonly severity: Severity;
}

export interface BudgetLine {
  readonly name: string;
  /** The budget that the figures are about: drawn with area, forecast and thresholds. */
  readonly primary: boolean;
  /** Steps as a polyline of horizontal and vertical pieces. */
  readonly line: readonly Point[];
  readonly label: { readonly text: string; readonly x: number; readonly y: number } | undefined;
}

export interface MarkLabel {
  readonly kind: BudgetMark['kind'];
  readonly x: number;
  /** On the curve. */
  readonly y: number;
  /** Empty where the mark before it leaves no room. */
  readonly text: string;
}

export interface BurnDownLayout {
  readonly top: number;
  readonly bottom: number;
  readonly zeroY: number;
  readonly title: string;
  readonly yTicks: ReadonlyArray<{ readonly y: number; readonly text: string }>;
  readonly limitY: number | undefined;
  readonly budgets: readonly BudgetLine[];
  readonly ideal: ReadonlyArray<readonly [Point, Point]>;
  readonly idealLabel: Point | undefined;
  readonly thresholds: readonly ThresholdLine[];
  /** Of the primary budget: new periods and changes of the limit. */
  readonly marks: readonly MarkLabel[];
  readonly forecast:
    | {
        readonly line: readonly Point[];
        readonly cone: readonly Point[];
        /** Where the line reaches zero in view. */
        readonly exhaustedX: number | undefined;
      }
    | undefined;
}

export interface BurnDownInput {
  readonly axis: TimeAxis;
  readonly top: number;
  readonly bottom: number;
  /** Primary budget first. */
  readonly burnDowns: readonly BurnDown[];
  readonly forecast: Forecast | undefined;
  readonly showIdealLine: boolean;
  readonly scale: BudgetScale;
  readonly measure: MeasureText;
  readonly words: Words;
}

const MIN_TICK_DISTANCE = 26;
const MAX_SECONDARY_LINES = 8;
const LABEL_HEIGHT = 12;
/** Names of budgets are shortened to this, CSS pixels. */
const LABEL_WIDTH = 120;

/** Points in view, with the amount that held before the view at its left edge. */
function inView(points: readonly MoneyPoint[], axis: TimeAxis): MoneyPoint[] {
  const first = Math.max(
    0,
    lastAtOrBefore(points, axis.fromMs, (point) => point.atMs)
  );
  const last = lastAtOrBefore(points, axis.toMs, (point) => point.atMs);
  return points.slice(first, last + 1).map((point) => ({ ...point, atMs: Math.max(point.atMs, axis.fromMs) }));
}

/** Of many points on one pixel column only the first, lowest, highest and last matter. */
function thinned(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  let column: Point[] = [];
  const flush = () => {
    if (column.length <= 4) {
      kept.push(...column);
    } else {
      const inner = column.slice(1, -1);
      const lowest = inner.reduce((a, b) => (b.y > a.y ? b : a));
      const highest = inner.reduce((a, b) => (b.y < a.y ? b : a));
      kept.push(...column.filter((p, i) => i === 0 || i === column.length - 1 || p === lowest || p === highest));
    }
    column = [];
  };
  for (const point of points) {
    const first = column[0];
    if (first !== undefined && Math.floor(first.x) !== Math.floor(point.x)) {
      flush();
    }
    column.push(point);
  }
  flush();
  return kept;
}

function stepLine(corners: readonly Point[], endX: number): Point[] {
  const line: Point[] = [];
  let y: number | undefined;
  for (const corner of thinned(corners)) {
    if (y !== undefined) {
      line.push({ x: corner.x, y });
    }
    line.push(corner);
    y = corner.y;
  }
  if (y !== undefined) {
    line.push({ x: Math.max(endX, line.at(-1)?.x ?? endX), y });
  }
  return line;
}

function severityOf(ratio: number): Severity {
  return ratio >= 0.9 ? 'critical' : ratio >= 0.7 ? 'warning' : 'calm';
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(1))} %`;
}

/** Vertical extent: from zero (or the deepest overspend) to the limit (or the highest amount), with a little air. */
function domainOf(burnDowns: readonly BurnDown[], axis: TimeAxis): [number, number] {
  const primary = burnDowns[0];
  const amounts = burnDowns.flatMap((burnDown) => inView(burnDown.points, axis).map((point) => point.usd));
  const highest = amounts.reduce((a, b) => Math.max(a, b), Math.max(0, primary?.limitUsd ?? 0));
  const lowest = amounts.reduce((a, b) => Math.min(a, b), 0);
  const span = highest - lowest || 1;
  return [lowest - 0.08 * span, highest + 0.04 * span];
}

function pairs<T>(items: readonly T[]): Array<[T, T]> {
  return items.slice(1).flatMap((item, i): Array<[T, T]> => {
    const before = items[i];
    return before === undefined ? [] : [[before, item]];
  });
}

function idealPieces(periods: readonly Period[], axis: TimeAxis, limitUsd: number): Array<[MoneyPoint, MoneyPoint]> {
  return periods.flatMap((period): Array<[MoneyPoint, MoneyPoint]> => {
    const fromMs = Math.max(axis.fromMs, period.startMs);
    const toMs = Math.min(axis.toMs, period.endMs);
    const at = (atMs: number) => ({
      atMs,
      usd: limitUsd * (1 - (atMs - period.startMs) / (period.endMs - period.startMs)),
    });
    return fromMs < toMs ? pairs([fromMs, ...bendsBetween(axis, fromMs, toMs), toMs].map(at)) : [];
  });
}

/** Where a piece of the ideal line bears its name: at its end, but where that lies on zero above it. */
function labelledAt([start, end]: readonly [MoneyPoint, MoneyPoint]): MoneyPoint {
  const part = end.usd > 0 ? 1 : 0.75;
  return {
    atMs: start.atMs + part * (end.atMs - start.atMs),
    usd: start.usd + part * (end.usd - start.usd),
  };
}

/** One line of the forecast from where money stands now to zero or the end of the range, whichever comes first. */
function forecastLine(given: Forecast & { kind: 'forecast' }, rate: number, axis: TimeAxis): MoneyPoint[] {
  const { fromMs, fromUsd } = given;
  const zeroMs = rate > 0 ? fromMs + fromUsd / rate : Infinity;
  const endMs = Math.min(axis.toMs, zeroMs);
  const at = (atMs: number): MoneyPoint => ({ atMs, usd: atMs === zeroMs ? 0 : fromUsd - rate * (atMs - fromMs) });
  return [fromMs, ...bendsBetween(axis, fromMs, endMs), endMs].map(at);
}

function layoutForecast(
  given: Forecast | undefined,
  axis: TimeAxis,
  toPoint: (p: MoneyPoint) => Point
): BurnDownLayout['forecast'] {
  if (given === undefined || given.kind !== 'forecast' || given.fromMs >= axis.toMs || given.fromMs < axis.fromMs) {
    return undefined;
  }
  const lineAt = (rate: number) => forecastLine(given, rate, axis).map(toPoint);
  const fast = lineAt(given.fastestRate);
  const slow = lineAt(given.slowestRate);
  const [fastEnd, slowEnd] = [fast.at(-1), slow.at(-1)];
  // Where the fast edge reaches zero first, the cone runs on along zero below the slow edge.
  const corner =
    fastEnd !== undefined && slowEnd !== undefined && slowEnd.x > fastEnd.x ? [{ x: slowEnd.x, y: fastEnd.y }] : [];
  const { exhaustedMs } = given;
  const exhaustedX = exhaustedMs === undefined || exhaustedMs > axis.toMs ? undefined : xOfTime(axis, exhaustedMs);
  return { line: lineAt(given.rate), cone: [...fast, ...corner, ...slow.slice(1).toReversed()], exhaustedX };
}

/** Undefined when there is no budget to draw. A budget without a limit has no share of it and is drawn in US dollars. */
export function layoutBurnDown(input: BurnDownInput): BurnDownLayout | undefined {
  const limitUsd = input.burnDowns[0]?.limitUsd;
  const asShares = input.scale === 'percent' || (input.scale === 'auto' && needShares(input.burnDowns));
  if (limitUsd === undefined || limitUsd <= 0 || !asShares) {
    return layoutAmounts(input, moneyTick);
  }
  const burnDowns = input.burnDowns.map(asShareOfLimit).filter((share) => share !== undefined);
  return layoutAmounts({ ...input, burnDowns, forecast: forecastAsShare(input.forecast, limitUsd) }, percent);
}

function layoutAmounts(
  input: BurnDownInput,
  tickText: (amount: number, step: number) => string
): BurnDownLayout | undefined {
  const { axis, burnDowns, top, bottom } = input;
  const primary = burnDowns[0];
  if (primary === undefined) {
    return undefined;
  }
  const scale = scaleLinear().domain(domainOf(burnDowns, axis)).range([bottom, top]);
  const toPoint = ({ atMs, usd }: MoneyPoint): Point => ({ x: xOfTime(axis, atMs), y: scale(usd) });
  const tickCount = Math.max(2, Math.floor((bottom - top) / MIN_TICK_DISTANCE / 1.4));
  const ticks = scale.ticks(tickCount);
  const stepUsd = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const limitUsd = primary.limitUsd;
  const ideal = input.showIdealLine && limitUsd !== undefined ? idealPieces(primary.periods, axis, limitUsd) : [];
  const idealEnd = ideal.at(-1);
  const thresholds = limitUsd === undefined ? [] : layoutThresholds(primary, (usd) => scale(usd), limitUsd);
  return {
    top,
    bottom,
    zeroY: scale(0),
    title: burnDowns.length > 1 || primary.kind === 'budget' ? plainText(primary.name) : '',
    yTicks: ticks.map((usd) => ({ y: scale(usd), text: tickText(usd, stepUsd) })),
    limitY: limitUsd === undefined ? undefined : scale(limitUsd),
    budgets: withoutTouchingLabels(
      burnDowns
        .slice(0, 1 + MAX_SECONDARY_LINES)
        .map((burnDown, i) => layoutBudget(burnDown, i === 0, { ...input, toPoint }))
    ),
    ideal: ideal.map(([a, b]) => [toPoint(a), toPoint(b)] as const),
    idealLabel: idealEnd === undefined ? undefined : toPoint(labelledAt(idealEnd)),
    thresholds,
    marks: layoutMarks(primary, { ...input, toPoint }),
    forecast: layoutForecast(input.forecast, axis, toPoint),
  };
}

const MARK_FONT_PX = 10;
const MARK_GAP = 8;

function markText({ kind, usd }: BudgetMark, words: Words): string {
  return kind === 'reset' || usd === undefined ? words.reset : `${kind === 'top-up' ? '+' : '\u2212'}${moneyText(usd)}`;
}

function layoutMarks(primary: BurnDown, input: BurnDownInput & { toPoint: (p: MoneyPoint) => Point }): MarkLabel[] {
  const { axis, measure } = input;
  let freeFromX = -Infinity;
  return primary.marks
    .filter(({ atMs }) => atMs >= axis.fromMs && atMs <= axis.toMs)
    .map((mark) => {
      const { x, y } = input.toPoint({ atMs: mark.atMs, usd: amountAt(primary.points, mark.atMs) ?? 0 });
      const text = markText(mark, input.words);
      if (x < freeFromX) {
        return { kind: mark.kind, x, y, text: '' };
      }
      freeFromX = x + measure(text, MARK_FONT_PX) + MARK_GAP;
      return { kind: mark.kind, x, y, text };
    });
}

function layoutBudget(
  burnDown: BurnDown,
  primary: boolean,
  input: BurnDownInput & { toPoint: (p: MoneyPoint) => Point }
): BudgetLine {
  const { axis } = input;
  const corners = inView(burnDown.points, axis).map(input.toPoint);
  const endX = Math.min(axis.right, xOfTime(axis, burnDown.knownUntilMs));
  const line = stepLine(corners, endX);
  const end = line.at(-1);
  const text =
    primary || end === undefined
      ? ''
      : fitShortened(plainText(burnDown.name), { width: LABEL_WIDTH, fontPx: 10 }, input.measure);
  const label = end === undefined || text === '' ? undefined : { text, x: Math.min(end.x + 6, axis.right), y: end.y };
  return { name: plainText(burnDown.name), primary, line, label };
}

/** Names of lines that end side by side would lie over each other; the first keeps its own. */
function withoutTouchingLabels(budgets: readonly BudgetLine[]): BudgetLine[] {
  const taken: Point[] = [];
  return budgets.map((budget) => {
    const { label } = budget;
    if (label === undefined) {
      return budget;
    }
    const touches = taken.some((o) => Math.abs(o.y - label.y) < LABEL_HEIGHT && Math.abs(o.x - label.x) < LABEL_WIDTH);
    if (touches) {
      return { ...budget, label: undefined };
    }
    taken.push(label);
    return budget;
  });
}

/** Thin lines named at the right; a name that would touch the one before it is left out, the more severe one stays. */
function layoutThresholds(primary: BurnDown, yOf: (usd: number) => number, limitUsd: number): ThresholdLine[] {
  const taken: number[] = [];
  return [...primary.thresholds]
    .sort((a, b) => b.ratio - a.ratio)
    .map(({ ratio }) => {
      const y = yOf(limitUsd * (1 - ratio));
      const free = taken.every((other) => Math.abs(other - y) >= LABEL_HEIGHT);
      if (free) {
        taken.push(y);
      }
      return { y, text: free ? percent(ratio) : undefined, severity: severityOf(ratio) };
    });
}
