// PromQL about money in the dashboard's range, and about budgets at the present moment.
import { AGGREGATES, BUDGETS, type BurnRateLookback } from 'orchestrator-exporter/contract/metrics';
import { sum } from './aggregate.ts';
import { burnMultiple, runsOutAt } from './budget-pace.ts';
import { select, type Scope } from './expressions.ts';

/**
 * What a counter of money gained in the dashboard's range: its sum now less the smallest that it had, exact where increase()
 * extrapolates, and including what a series brings along that is first seen at 50 USD. Per instance, so that one exporter
 * that is not scraped for a while is not taken for a rise. Split by labels, a new value counts from its first sample on.
 */
export function spentInRange(labels: readonly string[], name: string, scope: Scope): string {
  const total = sum([...labels, 'instance'], select(name, scope));
  return sum(labels, `${total} - min_over_time(${total}[$__range:$__interval])`);
}

export const costInRange = (labels: readonly string[], scope: Scope): string =>
  spentInRange(labels, AGGREGATES.cost.name, scope);

/** The budget that runs out first of those that do before their period ends, with the seconds until then. */
export const nextToRunOut = (scope: Scope): string => `bottomk(1, ${runsOutAt(scope)} - time())`;

/** The budget that is spent fastest, as multiples of the pace that what is left of it allows. */
export const fastestMultiple = (scope: Scope, lookback: BurnRateLookback): string =>
  `topk(1, ${burnMultiple(scope, lookback)})`;

/** USD per hour that would use up just what is left by the period's end. */
export function sustainablePerHour(scope: Scope): string {
  const left = select(BUDGETS.remaining.name, scope);
  return `clamp_min(${left}, 0) / (${select(BUDGETS.periodEnd.name, scope)} - time()) * 3600`;
}

/** USD per hour over each lookback. */
export const burnPerHour = (scope: Scope): string => `${select(BUDGETS.burnRate.name, scope)} * 3600`;
export const hourOf = (scope: Scope): string => `${select(BUDGETS.burnRate.name, [...scope, 'lookback="1h"'])} * 3600`;
