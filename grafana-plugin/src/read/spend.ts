// Running totals of spenders, by metric name and labels: agents from the threads' own counters, models from the aggregate.
import { AGGREGATES, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import type { SpenderKind, SpenderTotal } from '../model/spend.ts';
import { amountOf, samplesOf, type Series } from './series.ts';
import { label } from './timeline.ts';

function totalsOf(series: readonly Series[], metric: string, kind: SpenderKind): SpenderTotal[] {
  return series
    .filter((one) => one.metric === metric && label(one, kind) !== '')
    .map((one) => ({
      kind,
      name: label(one, kind),
      points: samplesOf(one).flatMap(({ atMs, value }) => {
        const usd = amountOf(value);
        return usd === undefined ? [] : [{ atMs, usd }];
      }),
    }));
}

/** Agents by `orchestrator_thread_cost_usd_total`, else by the aggregate; models by the aggregate only, which knows them. */
export function readSpenders(series: readonly Series[]): SpenderTotal[] {
  const ofThreads = totalsOf(series, PER_THREAD.threadCost.name, 'agent');
  const agents = ofThreads.length > 0 ? ofThreads : totalsOf(series, AGGREGATES.cost.name, 'agent');
  return [...agents, ...totalsOf(series, AGGREGATES.cost.name, 'model')];
}
