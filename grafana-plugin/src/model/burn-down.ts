// Budgets over time: remaining money as a step curve, its thresholds and its ideal line. Money in USD, times in ms.
import { lastAtOrBefore } from './sorted.ts';

/** From `atMs` on the amount is `usd`. */
export interface MoneyPoint {
  readonly atMs: number;
  readonly usd: number;
}

export interface Threshold {
  /** Used ratio at which it is crossed, 0..1 and above. */
  readonly ratio: number;
}

/** What was read of one budget or of one thread's budget. Lists may be unsorted and hold duplicates. */
export interface BudgetSamples {
  readonly name: string;
  readonly kind: 'budget' | 'thread';
  readonly limits: readonly MoneyPoint[];
  readonly remaining: readonly MoneyPoint[];
  /** Running total of the spend at exact times; preferred over `remaining` where a limit is known. */
  readonly exactCost: readonly MoneyPoint[];
  readonly thresholds: readonly Threshold[];
  readonly periods: readonly Period[];
  /** When the exporter expects exhaustion; undefined while it expects none. */
  readonly reportedExhaustionMs: number | undefined;
  /** When the thread ended; a thread that has ended spends no more. */
  readonly endedMs: number | undefined;
}

export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** What moved the amount without a spend. */
export interface BudgetMark {
  readonly kind: 'reset' | 'top-up' | 'cut';
  readonly atMs: number;
  /** By how much the limit changed, above zero; undefined for a reset. */
  readonly usd: number | undefined;
}

export interface BurnDown {
  readonly name: string;
  readonly kind: 'budget' | 'thread';
  readonly limitUsd: number | undefined;
  /** Ascending, one point an instant, equal neighbours merged. Each amount holds until the next point. */
  readonly points: readonly MoneyPoint[];
  /** Until when the last amount is known to hold. */
  readonly knownUntilMs: number;
  /** True when the points stand at the true time of each spend. */
  readonly exact: boolean;
  readonly thresholds: readonly Threshold[];
  readonly periods: readonly Period[];
  /** Ascending. */
  readonly marks: readonly BudgetMark[];
  readonly reportedExhaustionMs: number | undefined;
  readonly endedMs: number | undefined;
}

/** Below this distance two amounts are the same: sums of fractional cents differ in the last bits of a double. */
const SAME_USD = 1e-12;

function ascending(points: readonly MoneyPoint[]): MoneyPoint[] {
  const finite = points.filter((point) => Number.isFinite(point.usd) && Number.isFinite(point.atMs));
  const sorted = finite.sort((a, b) => a.atMs - b.atMs);
  return sorted.filter((point, i) => sorted[i + 1]?.atMs !== point.atMs);
}

function withoutRepeats(points: readonly MoneyPoint[]): MoneyPoint[] {
  return points.filter((point, i) => i === 0 || Math.abs((points[i - 1]?.usd ?? NaN) - point.usd) > SAME_USD);
}

/** The amount that holds at `atMs`; undefined before the first point. */
export function amountAt(points: readonly MoneyPoint[], atMs: number): number | undefined {
  return points[lastAtOrBefore(points, atMs, (point) => point.atMs)]?.usd;
}

/** Remaining at the true time of each spend: limit(t) - cost(t). A limit known only later holds from the start. */
function remainingFromCost(cost: readonly MoneyPoint[], limits: readonly MoneyPoint[]): MoneyPoint[] {
  const first = limits[0];
  if (first === undefined || cost.length === 0) {
    return [];
  }
  const limitAt = (atMs: number) => amountAt(limits, atMs) ?? first.usd;
  const start = cost[0]?.atMs ?? 0;
  const changes = withoutRepeats(limits).filter((limit, i) => i > 0 && limit.atMs > start);
  const times = [...new Set([...cost.map((point) => point.atMs), ...changes.map((limit) => limit.atMs)])];
  return times.sort((a, b) => a - b).map((atMs) => ({ atMs, usd: limitAt(atMs) - (amountAt(cost, atMs) ?? 0) }));
}

/** Periods that began while the budget was known, and changes of its limit. A limit first seen is no change. */
function marksOf(
  limits: readonly MoneyPoint[],
  periods: readonly Period[],
  points: readonly MoneyPoint[]
): BudgetMark[] {
  const [firstMs = Infinity, lastMs = -Infinity] = [points[0]?.atMs, points.at(-1)?.atMs];
  const resets = periods.flatMap(({ startMs }): BudgetMark[] =>
    startMs > firstMs && startMs <= lastMs ? [{ kind: 'reset', atMs: startMs, usd: undefined }] : []
  );
  const steps = withoutRepeats(limits);
  const changes = steps.slice(1).flatMap(({ atMs, usd }, i): BudgetMark[] => {
    const change = usd - (steps[i]?.usd ?? usd);
    return atMs > lastMs ? [] : [{ kind: change > 0 ? 'top-up' : 'cut', atMs, usd: Math.abs(change) }];
  });
  return [...resets, ...changes].sort((a, b) => a.atMs - b.atMs);
}

/**
 * The curve of one budget; undefined when nothing was read from which a remaining amount follows. The last amount is
 * believed for `stalenessMs`, never past now and never past the end of the thread.
 */
export function toBurnDown(samples: BudgetSamples, at: { nowMs: number; stalenessMs: number }): BurnDown | undefined {
  const limits = ascending(samples.limits);
  const exactPoints = remainingFromCost(ascending(samples.exactCost), limits);
  const exact = exactPoints.length > 0;
  const all = (exact ? exactPoints : ascending(samples.remaining)).filter((point) => point.atMs <= at.nowMs);
  const last = all.at(-1);
  if (last === undefined) {
    return undefined;
  }
  const believedMs = Math.min(at.nowMs, last.atMs + at.stalenessMs);
  const periods = [...samples.periods].filter((p) => p.startMs < p.endMs).sort((a, b) => a.startMs - b.startMs);
  return {
    name: samples.name,
    kind: samples.kind,
    limitUsd: limits.at(-1)?.usd,
    points: withoutRepeats(all),
    knownUntilMs: samples.endedMs === undefined ? believedMs : Math.max(last.atMs, Math.min(at.nowMs, samples.endedMs)),
    exact,
    thresholds: [...samples.thresholds].filter((t) => t.ratio > 0).sort((a, b) => a.ratio - b.ratio),
    periods,
    marks: marksOf(limits, samples.kind === 'budget' ? periods : [], all),
    reportedExhaustionMs: samples.reportedExhaustionMs,
    endedMs: samples.endedMs,
  };
}

/** What is left now, as last known. */
export function remainingUsd(burnDown: BurnDown): number {
  return burnDown.points.at(-1)?.usd ?? NaN;
}

/**
 * The budget to put first: the one with the smallest part left, unlimited ones last, then by name. All stay in the result.
 */
export function mostAtRiskFirst(burnDowns: readonly BurnDown[]): BurnDown[] {
  const leftRatio = (b: BurnDown) =>
    b.limitUsd !== undefined && b.limitUsd > 0 ? remainingUsd(b) / b.limitUsd : Infinity;
  return [...burnDowns].sort(
    (a, b) =>
      Number(a.endedMs !== undefined) - Number(b.endedMs !== undefined) ||
      leftRatio(a) - leftRatio(b) ||
      (a.name < b.name ? -1 : 1)
  );
}
