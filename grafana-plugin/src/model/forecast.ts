// How fast money goes and when it will be gone. Pure arithmetic on a burn-down's points.
import { quantileSorted } from 'd3-array';
import { amountAt, remainingUsd, type BurnDown, type MoneyPoint } from './burn-down.ts';

const MS_PER_HOUR = 3_600_000;
/** Knots of the regression: few enough to be cheap, independent of how many points there are. */
const KNOTS = 25;
/** Least distance of two knots for a slope: a quarter of the lookback. */
const MIN_APART = 6;
/** Spends below which no forecast is made: a rate from two payments says nothing of the third. */
const MIN_SPENDS = 3;
/** A window shorter than this cannot carry a forecast. */
export const MIN_WINDOW_MS = 10_000;

export type Forecast =
  | {
      readonly kind: 'forecast';
      readonly fromMs: number;
      readonly fromUsd: number;
      /** USD per ms, positive when money goes; the cone is spanned by the two others. */
      readonly rate: number;
      readonly slowestRate: number;
      readonly fastestRate: number;
      /** Undefined when nothing is being spent. */
      readonly exhaustedMs: number | undefined;
      readonly exhaustedEarliestMs: number | undefined;
      readonly exhaustedLatestMs: number | undefined;
    }
  | { readonly kind: 'not-enough-data'; readonly knownMs: number; readonly spends: number }
  | { readonly kind: 'exhausted'; readonly sinceMs: number }
  | { readonly kind: 'ended' };

export interface BurnRate {
  readonly usdPerHour: number;
  readonly usdPerMinute: number;
  /** The stretch it was measured over, at most the lookback. */
  readonly windowMs: number;
}

/** Money spent in (fromMs, toMs]: the sum of all falls. A rise is a top-up or a new period, not negative spend. */
export function spentBetween(points: readonly MoneyPoint[], fromMs: number, toMs: number): number {
  let spent = 0;
  let before = amountAt(points, fromMs);
  for (const point of points) {
    if (point.atMs <= fromMs) {
      continue;
    }
    if (point.atMs > toMs) {
      break;
    }
    spent += Math.max(0, (before ?? point.usd) - point.usd);
    before = point.usd;
  }
  return spent;
}

/** The start of what may be looked back on: the lookback, the first point or the present period, whichever is latest. */
function windowStart(burnDown: BurnDown, lookbackMs: number): number {
  const untilMs = burnDown.knownUntilMs;
  const period = burnDown.periods.findLast((p) => p.startMs <= untilMs);
  return Math.max(untilMs - lookbackMs, burnDown.points[0]?.atMs ?? untilMs, period?.startMs ?? -Infinity);
}

/** Of threads and of budgets whose period is not known; no shorter one is chosen. */
const LEAST_LOOKBACK_MS = MS_PER_HOUR / 2;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** A week has all that makes days differ. */
const LONGEST_LOOKBACK_MS = 7 * MS_PER_DAY;

/**
 * How far to look back where nobody chose: a quarter of the budget's present period, of whole days above a day so that
 * nights weigh as much as they do, from 30 minutes to a week. 30 minutes for a thread.
 */
export function lookbackFor({ kind, periods, knownUntilMs }: BurnDown): number {
  const period = periods.findLast((one) => one.startMs <= knownUntilMs) ?? periods[0];
  if (kind === 'thread' || period === undefined) {
    return LEAST_LOOKBACK_MS;
  }
  const quarter = (period.endMs - period.startMs) / 4;
  const whole = quarter < MS_PER_DAY ? quarter : Math.floor(quarter / MS_PER_DAY) * MS_PER_DAY;
  return Math.min(LONGEST_LOOKBACK_MS, Math.max(LEAST_LOOKBACK_MS, whole));
}

/** Spend over the lookback (or what there is of it) divided by its length. Undefined before any time has passed. */
export function burnRate(burnDown: BurnDown, lookbackMs: number): BurnRate | undefined {
  const fromMs = windowStart(burnDown, lookbackMs);
  const windowMs = burnDown.knownUntilMs - fromMs;
  if (windowMs <= 0) {
    return undefined;
  }
  const usdPerHour = (spentBetween(burnDown.points, fromMs, burnDown.knownUntilMs) / windowMs) * MS_PER_HOUR;
  return { usdPerHour, usdPerMinute: usdPerHour / 60, windowMs };
}

export interface Trend {
  /** +0.12 means 12 % faster than in the window before. */
  readonly ratio: number;
  /** Length of each of the two windows compared. */
  readonly windowMs: number;
}

/**
 * The rate of the last window against the window of the same length just before it. Where less than two lookbacks are
 * known, the windows are halves of what is known; undefined when that is too short or nothing was spent in the first.
 */
export function trend(burnDown: BurnDown, lookbackMs: number): Trend | undefined {
  const untilMs = burnDown.knownUntilMs;
  const knownMs = untilMs - windowStart(burnDown, 2 * lookbackMs);
  const windowMs = Math.min(lookbackMs, knownMs / 2);
  if (windowMs < MIN_WINDOW_MS) {
    return undefined;
  }
  const before = spentBetween(burnDown.points, untilMs - 2 * windowMs, untilMs - windowMs);
  const last = spentBetween(burnDown.points, untilMs - windowMs, untilMs);
  return before > 0 ? { ratio: last / before - 1, windowMs } : undefined;
}

/**
 * Robust forecast: the median of the slopes (Theil-Sen estimator) between all pairs of 25 equally spaced knots of the
 * cumulative spend that lie at least a quarter of the lookback apart; where that is zero (long pauses), the mean rate.
 * The cone spans the 5th to the 95th percentile of the same slopes, and always the mean: how fast money went over any
 * stretch of that length is how fast it may go next. (Sen's confidence interval assumes independent residuals; those of
 * a running total are not, and it comes out many times too narrow.) The cone widens linearly from the last known amount.
 */
export function forecast(burnDown: BurnDown, lookbackMs: number): Forecast {
  const fromMs = burnDown.knownUntilMs;
  const fromUsd = remainingUsd(burnDown);
  if (fromUsd <= 0) {
    const above = burnDown.points.findLastIndex((point) => point.usd > 0);
    return { kind: 'exhausted', sinceMs: burnDown.points[above + 1]?.atMs ?? fromMs };
  }
  if (burnDown.endedMs !== undefined) {
    return { kind: 'ended' };
  }
  const startMs = windowStart(burnDown, lookbackMs);
  const windowMs = fromMs - startMs;
  const spends = burnDown.points.filter((point) => point.atMs > startMs).length;
  if (windowMs < MIN_WINDOW_MS || spends < MIN_SPENDS) {
    return { kind: 'not-enough-data', knownMs: windowMs, spends };
  }
  const knots = Array.from({ length: KNOTS }, (_, i) => startMs + (windowMs * i) / (KNOTS - 1));
  const spent = knots.map((knot) => spentBetween(burnDown.points, startMs, knot));
  const slopes = knots
    .flatMap((knot, i) =>
      knots.slice(i + MIN_APART).map((later, j) => ((spent[i + MIN_APART + j] ?? 0) - (spent[i] ?? 0)) / (later - knot))
    )
    .sort((a, b) => a - b);
  const mean = (spent.at(-1) ?? 0) / windowMs;
  const slopeAt = (p: number) => quantileSorted(slopes, p) ?? 0;
  const median = slopeAt(0.5);
  const rate = median > 0 ? median : mean;
  const slowestRate = Math.min(slopeAt(0.05), mean);
  const fastestRate = Math.max(slopeAt(0.95), mean);
  const zeroAt = (slope: number) => (slope > 0 ? fromMs + fromUsd / slope : undefined);
  return {
    kind: 'forecast',
    fromMs,
    fromUsd,
    rate,
    slowestRate,
    fastestRate,
    exhaustedMs: zeroAt(rate),
    exhaustedEarliestMs: zeroAt(fastestRate),
    exhaustedLatestMs: zeroAt(slowestRate),
  };
}
