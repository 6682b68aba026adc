// One budget: how much is left, for how long, and who spends.
import { AGGREGATES, BUDGETS, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { gained, max, rate, sum } from '../aggregate.ts';
import { burnMultiple, runsOutAt, USUAL_HOUR } from '../budget-pace.ts';
import type { Environment } from '../environments/environment.ts';
import { perHour, select } from '../expressions.ts';
import { ELAPSED } from '../recording-rules.ts';
import { burnPerHour, costInRange, hourOf, sustainablePerHour } from '../spend.ts';
import { ofThreads } from '../thread-figures.ts';
import {
  MULTIPLE,
  NOT_IN_SIGHT,
  OVERSPENT_STEPS,
  PACE_STEPS,
  RUNS_OUT_STEPS,
  TRUSTED,
  usedSteps,
} from './budget-figures.ts';
import { alertsFiring, dashboardOf, type Dashboard } from './dashboard.ts';
import { layOut, sized, type Section } from './layout.ts';
import { column, linkTo } from './links.ts';
import { graph, instant, orchestratorPanel, range, rows, stat } from './panels.ts';
import type { Draft } from './schema.ts';
import { ranking, table } from './table.ts';
import { BUDGET_SCOPE as BUDGET, budgetVariables, ENVIRONMENT_SCOPE as ENV, WORK_SCOPE } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 2 } as const;

const figure = (row: { readonly name: string }): readonly [ReturnType<typeof instant>] => [
  instant(max([], select(row.name, BUDGET))),
];

const figures = (environment: Environment): readonly Draft[] => [
  stat({
    ...USD,
    title: 'Left',
    description: 'Remaining of the present period or window in USD; negative when overspent.',
    queries: figure(BUDGETS.remaining),
    steps: OVERSPENT_STEPS,
    noValue: 'unknown',
  }),
  stat({
    title: 'Used',
    description: 'Spent divided by limit; past 100 % when overspent. Colours as the alerts.',
    queries: figure(BUDGETS.usedRatio),
    unit: 'percentunit',
    decimals: 1,
    steps: usedSteps(environment),
    noValue: 'unknown',
  }),
  stat({
    ...USD,
    title: 'Spent',
    description: 'USD of the present period or window.',
    queries: figure(BUDGETS.spent),
    noValue: 'unknown',
  }),
  stat({
    ...USD,
    title: 'Limit',
    description: 'USD per period or window.',
    queries: figure(BUDGETS.limit),
    noValue: 'unknown',
  }),
  stat({
    title: 'Runs out',
    description: 'At the rate of the last hour, where that is before the period ends.',
    queries: [instant(max([], `${runsOutAt(BUDGET)} - time()`))],
    unit: 's',
    decimals: 1,
    steps: RUNS_OUT_STEPS,
    noValue: NOT_IN_SIGHT,
  }),
  stat({
    title: 'Pace',
    description: 'Multiple of the pace that would use up just what is left by the end of the period; the last hour.',
    queries: [instant(max([], burnMultiple(BUDGET, '1h')))],
    unit: MULTIPLE,
    decimals: 1,
    steps: PACE_STEPS,
    noValue: 'no period',
  }),
  stat({
    title: 'Ends in',
    description: 'Rolling windows have no end.',
    queries: [instant(max([], `${select(BUDGETS.periodEnd.name, BUDGET)} - time()`))],
    unit: 's',
    decimals: 1,
    noValue: 'rolling',
  }),
  stat({
    title: 'Trusted',
    description: 'Whether used and remaining can be relied on: not while usage waits for a price.',
    queries: figure(BUDGETS.valid),
    unit: 'none',
    mappings: [TRUSTED],
    noValue: 'unknown',
  }),
];

const burnDown = orchestratorPanel(
  {
    title: 'Burn-down of $budget',
    description: 'Remaining budget against its ideal line, its thresholds and the projected exhaustion.',
    queries: [
      ...[
        BUDGETS.remaining,
        BUDGETS.limit,
        BUDGETS.thresholdRatio,
        BUDGETS.periodStart,
        BUDGETS.periodEnd,
        BUDGETS.exhaustion,
      ].map((row) => range(select(row.name, BUDGET))),
      // Running totals by agent and model: who spent what in a brushed range.
      range(select(AGGREGATES.cost.name, ENV)),
    ],
  },
  'burn-down'
);

const pace = (environment: Environment): readonly Draft[] => [
  graph({
    title: 'Burn rate by lookback',
    description:
      'USD per hour over each lookback; dashed the pace that would use up just what is left by the end of the period.',
    queries: [
      range(max(['lookback'], burnPerHour([...BUDGET, 'lookback=~"5m|1h|6h|1d"'])), '{{lookback}}'),
      range(max([], sustainablePerHour(BUDGET)), 'sustainable'),
    ],
    unit: 'currencyUSD',
    colours: { sustainable: 'green' },
    dashed: ['sustainable'],
  }),
  graph({
    title: 'Used and elapsed',
    description:
      'Share of the limit that is used and share of the period that is over: used above elapsed will not last.',
    queries: [
      range(max([], select(BUDGETS.usedRatio.name, BUDGET)), 'used'),
      range(max([], select(ELAPSED, BUDGET)), 'elapsed'),
    ],
    unit: 'percentunit',
    colours: { used: 'orange', elapsed: 'green' },
    dashed: ['elapsed'],
    lines: [{ color: 'transparent', value: null }, ...usedSteps(environment).slice(2)],
  }),
  graph({
    title: 'This hour and the usual one',
    description:
      'USD of the last hour, and the median of the same hour of the last seven days; none before a day is known.',
    queries: [range(max([], hourOf(BUDGET)), 'last hour'), range(max([], select(USUAL_HOUR, BUDGET)), 'usual')],
    unit: 'currencyUSD',
    colours: { 'last hour': 'orange', usual: 'green' },
    dashed: ['usual'],
  }),
];

const share = (label: 'model' | 'workflow' | 'agent'): Draft =>
  ranking({
    title: `Spent in this time by ${label}`,
    description:
      'USD of all spend of the environment in the chosen teams and workflows; what a budget matches is not in the series.',
    queries: [rows(`topk(20, ${costInRange([label], WORK_SCOPE)})`)],
    of: label,
    heading: `${label.charAt(0).toUpperCase()}${label.slice(1)}`,
    value: { title: 'Spent', ...USD },
    noValue: 'no spend',
    links: [
      label === 'workflow'
        ? linkTo('agents', { kept: ['team'], chosen: { workflow: column('Workflow') } })
        : linkTo('agents', { kept: ['team', 'workflow'] }),
    ],
  });

const expensive = table({
  title: 'Most expensive threads',
  description:
    'The twenty threads held by the exporter that have cost most. A click leads to the timeline of the thread.',
  queries: [
    rows(
      `topk(20, ${max(
        ['thread', 'workflow', 'team'],
        `sum by (environment, thread, instance) (${ofThreads(select(PER_THREAD.threadCost.name, ENV), WORK_SCOPE)}) * on (environment, thread, instance) group_left (workflow, team) ${select(PER_THREAD.threadInfo.name, WORK_SCOPE)}`
      )})`
    ),
  ],
  columns: [
    {
      of: 'thread',
      title: 'Thread',
      links: [linkTo('thread', { kept: ['team', 'workflow'], chosen: { thread: column('Thread') } })],
    },
    { of: 'workflow', title: 'Workflow' },
    { of: 'team', title: 'Team' },
    { of: 0, title: 'Spent', ...USD, cell: 'gauge', max: 5, steps: [{ color: 'blue', value: null }] },
  ],
  sortBy: 'Spent',
  descending: true,
  noValue: 'no thread is held',
});

const prices: readonly Draft[] = [
  graph({
    title: 'Spend per hour by who priced it',
    description: 'Reported by the orchestrator, or computed from the price table.',
    queries: [range(perHour(rate(['priced_by'], AGGREGATES.costProvenance.name, WORK_SCOPE)), '{{priced_by}}')],
    unit: 'currencyUSD',
    stacked: true,
    noValue: 'no spend seen',
  }),
  table({
    title: 'Usage without a price',
    description:
      'Reports in the time range that carried tokens but no cost and got no price: a budget that they belong to is not trusted.',
    queries: [rows(`${gained(['provider', 'model', 'reason'], AGGREGATES.unpricedUsage.name, ENV)} > 0`)],
    columns: [
      { of: 'model', title: 'Model' },
      { of: 'provider', title: 'Provider' },
      { of: 'reason', title: 'Reason' },
      { of: 0, title: 'Reports', unit: 'short', decimals: 0, width: 90 },
    ],
    sortBy: 'Reports',
    descending: true,
    noValue: 'all usage has a price',
  }),
  stat({
    ...USD,
    title: 'Priced late',
    description: 'USD of the present totals that came late, when the price file got a price for earlier usage.',
    queries: [instant(sum([], select(AGGREGATES.costCorrection.name, WORK_SCOPE)))],
    noValue: 'none',
  }),
];

export function budgetDashboard(environment: Environment): Dashboard {
  const [provenance, unpriced, late] = prices as readonly [Draft, Draft, Draft];
  const sections: readonly Section[] = [
    { panels: [...sized(6, 3, figures(environment)), ...sized(24, 12, [burnDown])] },
    { title: 'Pace', panels: sized(8, 8, pace(environment)) },
    {
      title: 'Who spends',
      panels: [...sized(8, 8, [share('model'), share('workflow'), share('agent')]), ...sized(24, 8, [expensive])],
    },
    {
      title: 'Prices',
      panels: [
        { w: 10, h: 7, panel: provenance },
        { w: 10, h: 7, panel: unpriced },
        { w: 4, h: 7, panel: late },
      ],
    },
  ];
  return dashboardOf('budget', environment, {
    description: 'One budget: how much is left, for how long, and who spends.',
    variables: budgetVariables(environment.name),
    panels: layOut(sections),
    annotations: [alertsFiring(BUDGET)],
  });
}
