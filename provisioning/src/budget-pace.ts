// PromQL about how fast budgets are spent. All of it reads the exporter's gauges, which the ledger computes: exact from the
// first spend of a series on, and across restarts.
import {
  BUDGETS,
  BURN_RATE_LOOKBACKS,
  ENVIRONMENT_LABEL,
  type BurnRateLookback,
} from 'orchestrator-exporter/contract/metrics';
import { budgetElapsedRatio, select, withBudgetFacts, type Scope } from './expressions.ts';

const ON = `on (${ENVIRONMENT_LABEL}, budget, instance)`;
const WEEK_SECONDS = 604_800;

/**
 * Two lookbacks that must both spend at `factor` times the sustainable pace: the long one that it matters, the short one that
 * it still goes on. Sustainable is what is left divided by the time left, so a factor of 6 uses it up in a sixth of that time.
 */
interface BurnTier {
  readonly long: BurnRateLookback;
  readonly short: BurnRateLookback;
  readonly factor: number;
  /** Periods of a week and longer, or shorter ones: an hour is little of a month and much of a day. */
  readonly period: 'long' | 'short';
}

/** Worth waking somebody. The first two are the pages of the Google SRE workbook, chapter 5, for periods of 30 days. */
export const FAST_BURN: readonly BurnTier[] = [
  { long: '1h', short: '5m', factor: 14.4, period: 'long' },
  { long: '6h', short: '30m', factor: 6, period: 'long' },
  { long: '30m', short: '5m', factor: 6, period: 'short' },
];

/** Ends before the period does. Above the workbook's factor of 1, at which a budget that is spent evenly would flap. */
export const SLOW_BURN: readonly BurnTier[] = [
  { long: '3d', short: '6h', factor: 1.2, period: 'long' },
  { long: '6h', short: '30m', factor: 1.5, period: 'short' },
];

const burnRate = (scope: Scope, lookback: BurnRateLookback, offset = ''): string =>
  `${select(BUDGETS.burnRate.name, [...scope, `lookback="${lookback}"`])}${offset}`;

/** Multiples of the sustainable pace over one lookback, of budgets that have a period and something left. */
export function burnMultiple(scope: Scope, lookback: BurnRateLookback): string {
  const of = (row: { readonly name: string }) => select(row.name, scope);
  return `${burnRate(scope, lookback)} / ${ON} ((${of(BUDGETS.remaining)} > 0) / (${of(BUDGETS.periodEnd)} - time()))`;
}

function burnTier(scope: Scope, { long, short, factor, period }: BurnTier, floorRatio: number): string {
  const of = (row: { readonly name: string }) => select(row.name, scope);
  const pace = `(${of(BUDGETS.remaining)} / (${of(BUDGETS.periodEnd)} - time()))`;
  const seconds = BURN_RATE_LOOKBACKS[long];
  return `(
  ${burnRate(scope, long)} / ${ON} ${pace} >= ${factor}
  and ${ON} ${burnRate(scope, short)} / ${ON} ${pace} >= ${factor}
  and ${ON} ${of(BUDGETS.remaining)} > 0
  and ${ON} ${burnRate(scope, long)} * ${seconds} >= ${ON} ${floorRatio} * ${of(BUDGETS.limit)}
  and ${ON} time() - ${of(BUDGETS.periodStart)} >= ${seconds}
  and ${ON} ${of(BUDGETS.periodEnd)} - ${of(BUDGETS.periodStart)} ${period === 'long' ? '>=' : '<'} ${WEEK_SECONDS}
)`;
}

/**
 * Multiples of the sustainable pace, of budgets that one of `tiers` finds too fast. Quiet until the period is as old as the
 * long lookback, which would reach into the period before, and while the long lookback spent less than `floorRatio` of the
 * limit: with little left, any spend is many times the pace.
 */
export function budgetBurning(scope: Scope, tiers: readonly BurnTier[], floorRatio: number): string {
  return withBudgetFacts(tiers.map((tier) => burnTier(scope, tier, floorRatio)).join('\nor '), scope);
}

/** When budgets run out as the exporter projects it, seconds since the epoch, where that is before the period's end. */
export function runsOutAt(scope: Scope): string {
  const exhaustion = select(BUDGETS.exhaustion.name, scope);
  return `(${exhaustion} unless ${ON} ${exhaustion} >= ${ON} ${select(BUDGETS.periodEnd.name, scope)})`;
}

/**
 * Seconds until the budget runs out as the exporter projects it from the last hour, where that is before the period's end;
 * a rolling budget has no end. Quiet while less than `floorRatio` is used.
 */
export function budgetExhaustionProjected(scope: Scope, floorRatio: number): string {
  const exhaustion = select(BUDGETS.exhaustion.name, scope);
  return withBudgetFacts(
    `(${exhaustion} - time())
  unless ${ON} ${exhaustion} >= ${ON} ${select(BUDGETS.periodEnd.name, scope)}
  and ${ON} ${select(BUDGETS.usedRatio.name, scope)} >= ${floorRatio}`,
    scope
  );
}

/** By how much the used ratio is ahead of the share of the period that is over, where that is at least `aheadRatio`. */
export function budgetAheadOfTime(scope: Scope, aheadRatio: number): string {
  const used = select(BUDGETS.usedRatio.name, scope);
  return withBudgetFacts(`${used} - ${budgetElapsedRatio(scope)} >= ${aheadRatio}`, scope);
}

const PAST_DAYS = [1, 2, 3, 4, 5, 6, 7];
/** With fewer days one odd day is half of what is called usual. */
const MIN_DAYS = 3;

const hourlyRate = (scope: Scope, offset = ''): string =>
  `max by (${ENVIRONMENT_LABEL}, budget) (${burnRate(scope, '1h', offset)})`;

const hourlySpend = (scope: Scope): string => `${hourlyRate(scope)} * 3600`;

// One series per day; without the label `or` would keep the first day only.
const pastHours = (scope: Scope): string =>
  PAST_DAYS.map((day) => `label_replace(${hourlyRate(scope, ` offset ${day}d`)}, "day", "${day}", "", "")`).join(
    '\n  or '
  );

export const USUAL_HOUR = 'environment_budget:orchestrator_budget_hourly_spend_usd:median7d';
export const KNOWN_DAYS = 'environment_budget:orchestrator_budget_hourly_spend_usd:count7d';

/** USD of the hour that ended at this time of day, the median of the last seven days. */
export const usualHour = (scope: Scope): string =>
  `3600 * quantile by (${ENVIRONMENT_LABEL}, budget) (0.5,\n  ${pastHours(scope)}\n)`;

/** How many of the last seven days have a figure for this time of day. */
export const knownDays = (scope: Scope): string =>
  `count by (${ENVIRONMENT_LABEL}, budget) (\n  ${pastHours(scope)}\n)`;

/**
 * USD that the last hour spent above the usual one, where it spent at least `factor` times the usual and the excess is at
 * least `floorRatio` of the limit. Quiet until three of the last seven days are known.
 */
export function budgetSpendUnusual(
  scope: Scope,
  { factor, floorRatio }: { factor: number; floorRatio: number }
): string {
  const on = `on (${ENVIRONMENT_LABEL}, budget)`;
  const usual = select(USUAL_HOUR, scope);
  const limit = `max by (${ENVIRONMENT_LABEL}, budget) (${select(BUDGETS.limit.name, scope)})`;
  const unusual = `${hourlySpend(scope)} - ${on} ${usual} >= ${on} ${floorRatio} * ${limit}
and ${on} ${hourlySpend(scope)} >= ${on} ${factor} * ${usual}
and ${on} ${select(KNOWN_DAYS, scope)} >= ${MIN_DAYS}`;
  // One owner, the one that most exporters tell: two would be an error, and a rule in error is silent.
  const owners = `count by (${ENVIRONMENT_LABEL}, budget, owner) (${select(BUDGETS.info.name, scope)})`;
  return `(
  (${unusual})
  * ${on} group_left (owner)
  topk by (${ENVIRONMENT_LABEL}, budget) (1, ${owners}) ^ 0
)
or ${on}
(${unusual})`;
}
