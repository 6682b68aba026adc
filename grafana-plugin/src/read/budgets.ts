// The samples of budgets and of threads' budgets, by metric name and labels.
import { BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { BudgetSamples, MoneyPoint, Period } from '../model/burn-down.ts';
import { amountOf, samplesOf, type Series } from './series.ts';
import { label, lastNumber } from './timeline.ts';

function ofMetric(series: readonly Series[], metric: { readonly name: string }): Series[] {
  return series.filter((one) => one.metric === metric.name);
}

function moneyPoints(series: readonly Series[]): MoneyPoint[] {
  return series.flatMap((one) =>
    samplesOf(one).flatMap(({ atMs, value }) => {
      const usd = amountOf(value);
      return usd === undefined ? [] : [{ atMs, usd }];
    })
  );
}

/** remaining = limit - spent, where a source has no series of its own for it. */
function differenceOf(limits: readonly MoneyPoint[], spent: readonly MoneyPoint[]): MoneyPoint[] {
  const limitUsd = limits.at(-1)?.usd;
  return limitUsd === undefined ? [] : spent.map(({ atMs, usd }) => ({ atMs, usd: limitUsd - usd }));
}

/** Periods out of the start and end gauges; a new pair at each reset. Where the range names only the last, one. */
function periodsOf(starts: readonly Series[], ends: readonly Series[]): Period[] {
  const startPoints = moneyPoints(starts);
  const endAt = new Map(moneyPoints(ends).map(({ atMs, usd }) => [atMs, usd * 1000]));
  const lastEnd = lastNumber(ends[0]);
  const periods = new Map<number, Period>();
  for (const { atMs, usd } of startPoints) {
    const endMs = endAt.get(atMs) ?? (lastEnd === undefined ? undefined : lastEnd * 1000);
    if (endMs !== undefined) {
      periods.set(usd * 1000, { startMs: usd * 1000, endMs });
    }
  }
  return [...periods.values()];
}

function namesOf(series: readonly Series[], name: string): string[] {
  return [...new Set(series.map((one) => label(one, name)).filter((value) => value !== ''))];
}

function readBudget(series: readonly Series[], name: string): BudgetSamples {
  const own = series.filter((one) => label(one, 'budget') === name);
  const limits = moneyPoints(ofMetric(own, BUDGETS.limit));
  const remaining = moneyPoints(ofMetric(own, BUDGETS.remaining));
  const exhaustion = lastNumber(ofMetric(own, BUDGETS.exhaustion)[0]);
  return {
    name,
    kind: 'budget',
    limits,
    remaining: remaining.length > 0 ? remaining : differenceOf(limits, moneyPoints(ofMetric(own, BUDGETS.spent))),
    exactCost: [],
    thresholds: ofMetric(own, BUDGETS.thresholdRatio).flatMap((one) => {
      const ratio = lastNumber(one);
      return ratio === undefined ? [] : [{ ratio }];
    }),
    periods: periodsOf(ofMetric(own, BUDGETS.periodStart), ofMetric(own, BUDGETS.periodEnd)),
    reportedExhaustionMs: exhaustion === undefined ? undefined : exhaustion * 1000,
    endedMs: undefined,
  };
}

function readThreadBudget(series: readonly Series[], thread: string): BudgetSamples {
  const own = series.filter((one) => label(one, 'thread') === thread);
  return {
    name: thread,
    kind: 'thread',
    limits: moneyPoints(ofMetric(own, PER_THREAD.threadBudgetLimit)),
    remaining: moneyPoints(ofMetric(own, PER_THREAD.threadBudgetRemaining)),
    exactCost: moneyPoints(ofMetric(own, TIMELINE.threadCost)),
    thresholds: [],
    periods: [],
    reportedExhaustionMs: undefined,
    endedMs: undefined,
  };
}

/** Every budget and every thread's budget that `series` name. */
export function readBudgets(series: readonly Series[]): BudgetSamples[] {
  const budgetSeries = [BUDGETS.remaining, BUDGETS.spent].flatMap((metric) => ofMetric(series, metric));
  const threadSeries = [PER_THREAD.threadBudgetRemaining, PER_THREAD.threadBudgetLimit].flatMap((metric) =>
    ofMetric(series, metric)
  );
  return [
    ...namesOf(budgetSeries, 'budget').map((name) => readBudget(series, name)),
    ...namesOf(threadSeries, 'thread').map((thread) => readThreadBudget(series, thread)),
  ];
}
