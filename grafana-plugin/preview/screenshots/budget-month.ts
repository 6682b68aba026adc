// A month of a team's budget as Prometheus would hold it: work by day, less at weekends, a top-up, spend ahead of time.
import { AGGREGATES, BUDGETS } from 'orchestrator-exporter/contract/metrics';
import { Random } from '../../../demo/src/random.ts';
import type { RecordedSeries, Recording } from '../test/support/recorded-prometheus.ts';

const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const MONTH_START_MS = Date.UTC(2025, 10, 1);
export const MONTH_END_MS = Date.UTC(2025, 11, 1);
export const MONTH_NOW_MS = Date.UTC(2025, 10, 21, 15);
const TOP_UP_MS = Date.UTC(2025, 10, 12, 9);
const BUDGET = 'platform-monthly';
const AGENTS = { research: 0.55, writer: 0.3, reviewer: 0.15 };

/** USD an hour at full work. */
const RATE = 1.95;

function workAt(ms: number): number {
  const day = new Date(ms).getUTCDay();
  const hour = (ms % DAY_MS) / HOUR_MS;
  const isAtWork = hour >= 7 && hour < 19;
  return (day === 0 || day === 6 ? 0.15 : 1) * (isAtWork ? 1 : 0.12);
}

export function budgetMonth(): Recording {
  const random = new Random(3);
  const series: Record<string, [number, number][]> = { limit: [], remaining: [], start: [], end: [], spent: [] };
  let spent = 0;
  for (let at = MONTH_START_MS; at <= MONTH_NOW_MS; at += STEP_MS) {
    spent += ((RATE * STEP_MS) / HOUR_MS) * workAt(at) * (0.4 + 1.2 * random.unit());
    const limit = at < TOP_UP_MS ? 400 : 500;
    series['limit']?.push([at, limit]);
    series['remaining']?.push([at, limit - spent]);
    series['start']?.push([at, MONTH_START_MS / 1_000]);
    series['end']?.push([at, MONTH_END_MS / 1_000]);
    series['spent']?.push([at, spent]);
  }
  const labels = { environment: 'prod', budget: BUDGET };
  const of = (name: string): RecordedSeries[] => [{ labels, samples: series[name] ?? [] }];
  const always = (value: number): [number, number][] => (series['limit'] ?? []).map(([at]) => [at, value]);
  return {
    [BUDGETS.limit.name]: of('limit'),
    [BUDGETS.remaining.name]: of('remaining'),
    [BUDGETS.periodStart.name]: of('start'),
    [BUDGETS.periodEnd.name]: of('end'),
    [BUDGETS.thresholdRatio.name]: [0.5, 0.8, 0.95].map((ratio) => ({
      labels: { ...labels, threshold: String(ratio) },
      samples: always(ratio),
    })),
    [AGGREGATES.cost.name]: Object.entries(AGENTS).map(([agent, part]) => ({
      labels: { environment: 'prod', agent, model: 'claude-sonnet-4-5' },
      samples: (series['spent'] ?? []).map(([at, usd]) => [at, part * usd]),
    })),
  };
}
