// Every PromQL expression, as a named function over the catalogue's names. Rules read budget gauges and never increase()
// of a cost counter: that gives 0 for a series first seen at 50 USD, NaN for all after one NaN, and phantom spend after a fall.
import {
  AGGREGATES,
  BUDGETS,
  ENVIRONMENT_LABEL,
  PER_THREAD,
  type BurnRateLookback,
} from 'orchestrator-exporter/contract/metrics';
import type { AgentState, ThreadState } from 'orchestrator-exporter/contract/states';

/** Scrape job of `/metrics`. */
export const EXPORTER_JOB = 'orchestrator-exporter';
/** Scrape job of `/metrics/timeline`. */
export const TIMELINE_JOB = 'orchestrator-timeline';

/** Label matchers as PromQL writes them: `environment="prod"`. */
export type Scope = readonly string[];

/** The series of one environment; the name is quoted, so no character of it can leave the string. */
export function inEnvironment(name: string): Scope {
  return [`${ENVIRONMENT_LABEL}=${JSON.stringify(name)}`];
}

/** Instant vector `name{scope}`. */
export function select(name: string, scope: Scope): string {
  return scope.length === 0 ? name : `${name}{${scope.join(', ')}}`;
}

/**
 * `left` with labels of a constant-1 info series added. A join that finds nothing must not silence an alert, so what has no
 * info series comes through without the labels. `instance` keeps two exporters apart, else the join would be many-to-many.
 */
function withFacts(left: string, facts: { info: string; on: string; labels: string }): string {
  const on = `on (${ENVIRONMENT_LABEL}, ${facts.on}, instance)`;
  return `(
  (${left})
  * ${on} group_left (${facts.labels})
  ${facts.info}
)
or ${on}
(${left})`;
}

export const withBudgetFacts = (left: string, scope: Scope): string =>
  withFacts(left, { info: select(BUDGETS.info.name, scope), on: 'budget', labels: 'owner, window, timezone' });

export const withThreadFacts = (left: string, scope: Scope): string =>
  withFacts(left, { info: select(PER_THREAD.threadInfo.name, scope), on: 'thread', labels: 'workflow, team' });

const OF_BUDGET = `(${ENVIRONMENT_LABEL}, budget, instance)`;

/** From `from` on and below `below`; either may be left out. */
interface Tier {
  readonly from?: number;
  readonly below?: number;
}

/**
 * Used ratio of the budgets that have reached a threshold of their own within the tier, with the label `threshold` of the highest
 * such: the thresholds are read from the exporter, so that a budget's list means at once what it says. NaN reaches none.
 */
function thresholdReached(scope: Scope, { from, below }: Tier): string {
  const used = select(BUDGETS.usedRatio.name, scope);
  const bounds = `${from === undefined ? '' : ` >= ${from}`}${below === undefined ? '' : ` < ${below}`}`;
  const reached = `(${select(BUDGETS.thresholdRatio.name, scope)}${bounds}) <= on ${OF_BUDGET} group_left () ${used}`;
  return `${used} * on ${OF_BUDGET} group_right () topk by ${OF_BUDGET} (1, ${reached}) ^ 0`;
}

/** As its name says, with the budget's owner and window. */
export const budgetThresholdReached = (scope: Scope, tier: Tier): string =>
  withBudgetFacts(thresholdReached(scope, tier), scope);

/**
 * Used ratio of the budgets that have used all of their limit, whatever their thresholds; past one of those from 1 on with its
 * label `threshold`, so that reaching the next is news.
 */
export function budgetExhausted(scope: Scope): string {
  const used = select(BUDGETS.usedRatio.name, scope);
  return withBudgetFacts(`${thresholdReached(scope, { from: 1 })} or on ${OF_BUDGET} ${used} >= 1`, scope);
}

/** Budgets that the exporter calls invalid, or of which the used ratio is NaN (the one value unequal to itself). */
export function budgetUntrusted(scope: Scope): string {
  const used = select(BUDGETS.usedRatio.name, scope);
  const either = `${select(BUDGETS.valid.name, scope)} == 0 or ${used} != ${used}`;
  return withBudgetFacts(either, scope);
}

/** What is left, in USD, of the thread budgets that are used up. */
export function threadBudgetExhausted(scope: Scope): string {
  return withThreadFacts(`${select(PER_THREAD.threadBudgetRemaining.name, scope)} <= 0`, scope);
}

/** 0 for a target that does not answer, 1 when there is no such target at all. */
export function scrapeFailing(job: string): string {
  const up = select('up', [`job=${JSON.stringify(job)}`]);
  return `${up} == 0 or absent(${up})`;
}

/**
 * Prometheus 2.52.0 to 2.53.2 and 2.54.0, which keep one sample per series and scrape (prometheus#14503, fixed in 2.53.3 and
 * 2.54.1). Distributions append to the version (`2.53.1+ds`).
 */
export function prometheusLosesSamples(): string {
  return select('prometheus_build_info', [
    String.raw`version=~"2\\.52\\..*|2\\.53\\.[0-2]([^0-9].*)?|2\\.54\\.0([^0-9].*)?"`,
  ]);
}

interface Rate {
  readonly scope: Scope;
  /** Labels to keep; none is one sum over all. */
  readonly by: readonly string[];
  /** Range of the rate: a duration or Grafana's `$__rate_interval`. */
  readonly over: string;
}

const rateBy = (name: string, { scope, by, over }: Rate): string =>
  `sum${by.length === 0 ? '' : ` by (${by.join(', ')}) `}(rate(${select(name, scope)}[${over}]))`;

/** USD per second, for graphs only. */
export const costRate = (rate: Rate): string => rateBy(AGGREGATES.cost.name, rate);

/** Tokens per second. */
export const tokenRate = (rate: Rate): string => rateBy(AGGREGATES.tokens.name, rate);

/** Seconds that 95 of 100 node runs stay below, from the buckets of the histogram. */
export function nodeDurationP95(rate: Rate): string {
  const buckets = rateBy(`${AGGREGATES.nodeDuration.name}_bucket`, { ...rate, by: [...rate.by, 'le'] });
  return `histogram_quantile(0.95, ${buckets})`;
}

/** USD per second turned into USD per hour. */
export const perHour = (perSecond: string): string => `${perSecond} * 3600`;

/** Share of the period that is over, 0..1. */
export function budgetElapsedRatio(scope: Scope): string {
  const start = select(BUDGETS.periodStart.name, scope);
  const end = select(BUDGETS.periodEnd.name, scope);
  return `(time() - ${start}) / (${end} - ${start})`;
}

/** USD per second of the budget that burns fastest: from the ledger, so the first spend of a new series is in it. */
export function fastestBurn(scope: Scope, lookback: BurnRateLookback): string {
  return `topk(1, ${select(BUDGETS.burnRate.name, [...scope, `lookback="${lookback}"`])})`;
}

/** The remaining ratio of the budget that is nearest to its end, among those that can be trusted. */
export function lowestBudgetRemaining(scope: Scope): string {
  const trusted = `${select(BUDGETS.valid.name, scope)} == 1`;
  return `bottomk(1, 1 - ${select(BUDGETS.usedRatio.name, scope)} and on (${ENVIRONMENT_LABEL}, budget, instance) ${trusted})`;
}

/** Matcher of the label `state`. */
export const stateIs = (states: readonly (AgentState | ThreadState)[]): string =>
  states.length === 1 ? `state="${states.join('')}"` : `state=~"${states.join('|')}"`;

export function threadsIn(scope: Scope, states: readonly ThreadState[]): string {
  return `sum(${select(AGGREGATES.threads.name, [...scope, stateIs(states)])})`;
}

export function agentsIn(scope: Scope, states: readonly AgentState[]): string {
  return `sum(${select(AGGREGATES.agents.name, [...scope, stateIs(states)])})`;
}

/** Spend since the counters began, in USD. */
export const spendTotal = (scope: Scope): string => `sum(${select(AGGREGATES.cost.name, scope)})`;

/**
 * The raw samples of the dashboard's time range and of the two minutes before it, in which what was true at its left edge has
 * a heartbeat. In milliseconds, because `$__range` is rounded to seconds and a zoom can be shorter than one. Sent as an
 * instant query, so that Grafana hands back every sample at its own millisecond; as a range query Prometheus refuses it.
 */
export function rawSamples(name: string, scope: Scope): string {
  return `${select(name, scope)}[2m\${__range_ms}ms]`;
}
