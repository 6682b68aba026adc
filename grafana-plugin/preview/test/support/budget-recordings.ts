// Budgets as Prometheus would hold them: of several sizes, spent at an even rate, reset, topped up.
import { BUDGETS } from 'orchestrator-exporter/contract/metrics';
import { FROM_MS, NOW_MS } from './panel-recordings.ts';
import type { RecordedSeries, Recording } from './recorded-prometheus.ts';

const SCRAPE_MS = 15_000;

export interface RecordedBudget {
  readonly name: string;
  /** USD from an instant on. */
  readonly limits: readonly (readonly [atMs: number, usd: number])[];
  /** Remaining USD at an instant. */
  readonly remaining: (atMs: number) => number;
  /** Start and end of the period that holds at an instant. */
  readonly period?: (atMs: number) => readonly [startMs: number, endMs: number];
  /** Used ratios. */
  readonly thresholds?: readonly number[];
  readonly exhaustionMs?: number;
  /** When it begins to be known; the range's own start where it is left out. */
  readonly sinceMs?: number;
}

const SCRAPES = Array.from({ length: (NOW_MS - FROM_MS) / SCRAPE_MS + 1 }, (_, i) => FROM_MS + i * SCRAPE_MS);

/** As scraped every 15 s until now. */
export function recordBudgets(budgets: readonly RecordedBudget[]): Recording {
  const series = (valueOf: (budget: RecordedBudget, atMs: number) => number | undefined): RecordedSeries[] =>
    budgets.flatMap((budget) => {
      const samples = SCRAPES.filter((atMs) => atMs >= (budget.sinceMs ?? FROM_MS)).flatMap((atMs) => {
        const value = valueOf(budget, atMs);
        return value === undefined ? [] : [[atMs, value] as const];
      });
      return samples.length === 0 ? [] : [{ labels: { environment: 'prod', budget: budget.name }, samples }];
    });
  return {
    [BUDGETS.limit.name]: series(({ limits }, atMs) => limits.findLast(([ms]) => ms <= atMs)?.[1]),
    [BUDGETS.remaining.name]: series((budget, atMs) => budget.remaining(atMs)),
    [BUDGETS.periodStart.name]: series((budget, atMs) => seconds(budget.period?.(atMs)[0])),
    [BUDGETS.periodEnd.name]: series((budget, atMs) => seconds(budget.period?.(atMs)[1])),
    [BUDGETS.exhaustion.name]: series(({ exhaustionMs }) => seconds(exhaustionMs)),
    [BUDGETS.thresholdRatio.name]: budgets.flatMap(({ name, thresholds = [] }) =>
      thresholds.map((ratio) => ({
        labels: { environment: 'prod', budget: name, threshold: String(ratio) },
        samples: SCRAPES.map((atMs) => [atMs, ratio] as const),
      }))
    ),
  };
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);

/** Falls evenly from one amount to another over the recorded range. */
export const evenly =
  (fromUsd: number, toUsd: number) =>
  (atMs: number): number =>
    fromUsd + ((atMs - FROM_MS) / (NOW_MS - FROM_MS)) * (toUsd - fromUsd);
