// The dashboard "Orchestrator": figures, the threads' timeline and burn-down, the budgets, and where time and money go.
import { AGGREGATES, BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { Environment } from '../environments/environment.ts';
import {
  agentsIn,
  costRate,
  fastestBurn,
  lowestBudgetRemaining,
  nodeDurationP95,
  perHour,
  rawSamples,
  select,
  spendTotal,
  threadsIn,
  tokenRate,
} from '../expressions.ts';
import { graph, GRID_WIDTH, instant, orchestratorPanel, range, stat, type Panel } from './panels.ts';
import { ENVIRONMENT_SCOPE, THREAD_SCOPE, variables, WORKFLOW_SCOPE, type Variable } from './variables.ts';

/** Fixed for ever: alerts and bookmarks link to it. */
export const DASHBOARD_UID = 'orchestrator';
export const DASHBOARD_TITLE = 'Orchestrator';
/** Classic JSON of this version loads in Grafana 12.3 to 13. */
export const SCHEMA_VERSION = 42;

export interface Dashboard<P = Panel> {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly P[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly [key: string]: unknown;
}

const overRateInterval = { over: '$__rate_interval' } as const;

const PLAIN = [{ color: 'text', value: null }] as const;
const STAT_WIDTH = GRID_WIDTH / 6;
const GRAPH_WIDTH = GRID_WIDTH / 4;

function figures(environment: Environment): readonly Panel[] {
  const { budgetWarningRatio, budgetCriticalRatio } = environment.alerts;
  const at = (column: number) => ({ x: column * STAT_WIDTH, y: 0, w: STAT_WIDTH, h: 4 });
  return [
    stat({
      id: 1,
      title: 'Burn rate',
      description:
        'USD per hour over the last five minutes, of the budget that burns fastest. From the ledger: exact, and for all workflows.',
      gridPos: at(0),
      queries: [instant(perHour(fastestBurn(ENVIRONMENT_SCOPE, '5m')), '{{budget}}')],
      unit: 'currencyUSD',
      decimals: 2,
      steps: PLAIN,
      noValue: 'no budget',
      showName: true,
    }),
    stat({
      id: 2,
      title: 'Spend',
      description: "USD since the exporter's ledger began, exact to the nano-dollar.",
      gridPos: at(1),
      queries: [instant(spendTotal(WORKFLOW_SCOPE))],
      unit: 'currencyUSD',
      decimals: 4,
      steps: PLAIN,
      noValue: 'no spend seen',
    }),
    stat({
      id: 3,
      title: 'Running',
      description: 'Threads that have started and not ended.',
      gridPos: at(2),
      queries: [instant(threadsIn(WORKFLOW_SCOPE, ['running']))],
      unit: 'none',
      steps: PLAIN,
      noValue: 'unknown',
    }),
    stat({
      id: 4,
      title: 'Waiting',
      description: 'Agents of running threads that wait for somebody.',
      gridPos: at(3),
      queries: [instant(agentsIn(WORKFLOW_SCOPE, ['waiting']))],
      unit: 'none',
      steps: [
        { color: 'text', value: null },
        { color: 'orange', value: 1 },
      ],
      noValue: 'unknown',
    }),
    stat({
      id: 5,
      title: 'Failed',
      description: 'Threads that failed or timed out and are still held by the exporter.',
      gridPos: at(4),
      queries: [instant(threadsIn(WORKFLOW_SCOPE, ['failed', 'timeout']))],
      unit: 'none',
      steps: [
        { color: 'text', value: null },
        { color: 'red', value: 1 },
      ],
      noValue: 'unknown',
    }),
    stat({
      id: 6,
      title: 'Budget left',
      description: 'Remaining share of the budget that is nearest to its end, of those whose figures can be trusted.',
      gridPos: at(5),
      queries: [instant(lowestBudgetRemaining(ENVIRONMENT_SCOPE), '{{budget}}')],
      unit: 'percentunit',
      decimals: 1,
      // Remaining, so the steps are the complements of the alerts' used ratios.
      steps: [
        { color: 'red', value: null },
        { color: 'orange', value: complement(budgetCriticalRatio) },
        { color: 'green', value: complement(budgetWarningRatio) },
      ],
      noValue: 'no budget',
      showName: true,
    }),
  ];
}

/** 1 - ratio without the dust of binary fractions. */
const complement = (ratio: number): number => Math.round((1 - ratio) * 1e6) / 1e6;

function threads(): Panel {
  return orchestratorPanel(
    {
      id: 7,
      title: 'Agents and budget: $thread',
      description:
        'What each agent did and what it cost, on one time axis. Exact to the millisecond where the timeline is scraped, else at the resolution of the scrape interval.',
      gridPos: { x: 0, y: 4, w: GRID_WIDTH, h: 18 },
      queries: [
        ...[TIMELINE.agentState, TIMELINE.threadState, TIMELINE.threadCost, TIMELINE.checkpoint].map((row) =>
          instant(rawSamples(row.name, THREAD_SCOPE))
        ),
        ...[
          PER_THREAD.threadBudgetLimit,
          PER_THREAD.threadBudgetRemaining,
          PER_THREAD.threadCost,
          PER_THREAD.agentState,
        ].map((row) => range(select(row.name, THREAD_SCOPE))),
      ],
    },
    'both'
  );
}

function budgets(): Panel {
  return orchestratorPanel(
    {
      id: 8,
      title: 'Budgets',
      description: 'Remaining budget against its ideal line, its thresholds and the projected exhaustion.',
      gridPos: { x: 0, y: 22, w: GRID_WIDTH, h: 10 },
      queries: [
        BUDGETS.remaining,
        BUDGETS.limit,
        BUDGETS.thresholdRatio,
        BUDGETS.periodStart,
        BUDGETS.periodEnd,
        BUDGETS.exhaustion,
        // Running totals by agent and model: who spent what in a brushed range.
        AGGREGATES.cost,
      ].map((row) => range(select(row.name, ENVIRONMENT_SCOPE))),
    },
    'burn-down'
  );
}

function graphs(): readonly Panel[] {
  const at = (column: number) => ({ x: column * GRAPH_WIDTH, y: 32, w: GRAPH_WIDTH, h: 8 });
  return [
    graph({
      id: 9,
      title: 'Spend per hour by agent',
      description: 'USD per hour.',
      gridPos: at(0),
      queries: [range(perHour(costRate({ scope: WORKFLOW_SCOPE, by: ['agent'], ...overRateInterval })), '{{agent}}')],
      unit: 'currencyUSD',
      stacked: true,
    }),
    graph({
      id: 12,
      title: 'Spend per hour by model',
      description: 'USD per hour.',
      gridPos: at(1),
      queries: [
        range(
          perHour(costRate({ scope: WORKFLOW_SCOPE, by: ['provider', 'model'], ...overRateInterval })),
          '{{provider}} {{model}}'
        ),
      ],
      unit: 'currencyUSD',
      stacked: true,
    }),
    graph({
      id: 10,
      title: 'Tokens per second by direction',
      description: 'Input, output, cache and reasoning tokens.',
      gridPos: at(2),
      queries: [range(tokenRate({ scope: WORKFLOW_SCOPE, by: ['direction'], ...overRateInterval }), '{{direction}}')],
      unit: 'short',
    }),
    graph({
      id: 11,
      title: 'Node duration, 95th percentile',
      description: 'Estimated from the buckets of the histogram.',
      gridPos: at(3),
      queries: [range(nodeDurationP95({ scope: WORKFLOW_SCOPE, by: ['node'], ...overRateInterval }), '{{node}}')],
      unit: 's',
    }),
  ];
}

/** The dashboard of one environment. `id` is null, so that Grafana gives one; the uid is what identifies it. */
export function orchestratorDashboard(environment: Environment): Dashboard {
  return {
    id: null,
    uid: DASHBOARD_UID,
    title: DASHBOARD_TITLE,
    description: 'Agents, threads and budgets of the orchestrator. Generated; edit provisioning/src, not this file.',
    tags: ['orchestrator'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    // Shared crosshair.
    graphTooltip: 1,
    timezone: 'browser',
    refresh: environment.dashboard.refresh,
    time: { from: environment.dashboard.timeFrom, to: 'now' },
    timepicker: {},
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: [],
    annotations: { list: [] },
    templating: { list: variables(environment.name) },
    panels: [...figures(environment), threads(), budgets(), ...graphs()],
  };
}
