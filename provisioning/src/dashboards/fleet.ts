// The dashboard that is opened first: who spends, what is about to run out, what is stuck, whether the figures can be trusted.
import { AGGREGATES } from 'orchestrator-exporter/contract/metrics';
import { count, gained, max, orZero, rate, sum } from '../aggregate.ts';
import type { Environment } from '../environments/environment.ts';
import { agentsIn, lowestBudgetRemaining, perHour, select, threadsIn } from '../expressions.ts';
import { SPEND_RATE } from '../recording-rules.ts';
import { costInRange, fastestMultiple, nextToRunOut, spentInRange } from '../spend.ts';
import { ofThreads } from '../thread-figures.ts';
import { agentStuck, checkpointOlderThan, nodesFailing } from '../work.ts';
import { firing } from './alerts-firing.ts';
import { leftSteps, MULTIPLE, NOT_IN_SIGHT, PACE_STEPS, RUNS_OUT_STEPS } from './budget-figures.ts';
import { budgetsTable } from './budgets-table.ts';
import { failFrom, STATE_COLOURS, warnFrom } from './colours.ts';
import { alertsFiring, dashboardOf, type Dashboard } from './dashboard.ts';
import { layOut, sized, type Section } from './layout.ts';
import { linkTo, seriesLabel } from './links.ts';
import { openThreadsTable } from './open-threads.ts';
import { graph, instant, range, stat } from './panels.ts';
import type { DataLink, Draft } from './schema.ts';
import { trust } from './trust.ts';
import { ENVIRONMENT_SCOPE as ENV, WORK_SCOPE, WORKFLOW_SCOPE, workVariables } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 2 } as const;
const toWork = linkTo('agents', { kept: ['team', 'workflow'] });

const money = (environment: Environment): readonly Draft[] => [
  stat({
    ...USD,
    title: 'Spend/h',
    description: 'USD per hour over five minutes, of the chosen workflows.',
    queries: [instant(perHour(sum([], select(SPEND_RATE, WORKFLOW_SCOPE))))],
    noValue: 'no spend',
    links: [toWork],
  }),
  stat({
    ...USD,
    title: 'Spent',
    description: 'USD in the time range of the dashboard, from exact totals.',
    queries: [instant(costInRange([], WORK_SCOPE))],
    noValue: 'no spend',
    links: [toWork],
  }),
  stat({
    title: 'Runs out',
    description:
      'The budget that runs out first at the rate of the last hour, of those that do before their period ends.',
    queries: [instant(nextToRunOut(ENV), '{{budget}}')],
    unit: 's',
    decimals: 1,
    steps: RUNS_OUT_STEPS,
    noValue: NOT_IN_SIGHT,
    showName: true,
    links: [linkTo('budget', { chosen: { budget: seriesLabel('budget') } })],
  }),
  stat({
    title: 'Pace',
    description:
      'Multiple of the pace that would use up just what is left by the end of the period; the last hour, of the fastest budget.',
    queries: [instant(fastestMultiple(ENV, '1h'), '{{budget}}')],
    unit: MULTIPLE,
    decimals: 1,
    steps: PACE_STEPS,
    noValue: 'no budget',
    showName: true,
    links: [linkTo('budget', { chosen: { budget: seriesLabel('budget') } })],
  }),
  stat({
    title: 'Left',
    description: 'Remaining share of the budget that is nearest to its end, of those whose figures can be trusted.',
    queries: [instant(lowestBudgetRemaining(ENV), '{{budget}}')],
    unit: 'percentunit',
    decimals: 1,
    steps: leftSteps(environment),
    noValue: 'no budget',
    showName: true,
    links: [linkTo('budget', { chosen: { budget: seriesLabel('budget') } })],
  }),
  stat({
    ...USD,
    title: 'Wasted',
    description: 'USD of threads that failed or timed out.',
    queries: [instant(spentInRange([], AGGREGATES.wastedCost.name, WORKFLOW_SCOPE))],
    steps: warnFrom(environment.alerts.wastedUsd),
    noValue: 'none',
    links: [toWork],
  }),
];

const spendBy = (label: 'team' | 'workflow' | 'model', link: DataLink): Draft =>
  graph({
    title: `Spend per hour by ${label}`,
    description: 'USD per hour.',
    queries: [range(perHour(rate([label], AGGREGATES.cost.name, WORK_SCOPE)), `{{${label}}}`)],
    unit: 'currencyUSD',
    stacked: true,
    noValue: 'no spend',
    links: [link],
  });

const work = (environment: Environment): readonly Draft[] => {
  const { agentSilentSeconds: seconds, agentUsualFactor: usualFactor, checkpointOverdueSeconds } = environment.alerts;
  const { nodeFailureRatio: ratio, nodeFailureRuns: runs } = environment.alerts;
  return [
    stat({
      title: 'Threads',
      description: 'Threads that have started and not ended.',
      queries: [instant(threadsIn(WORKFLOW_SCOPE, ['running']))],
      unit: 'none',
      noValue: 'unknown',
      links: [toWork],
    }),
    stat({
      title: 'Waiting',
      description: 'Agents of running threads that do not go on until somebody answers.',
      queries: [instant(agentsIn(WORKFLOW_SCOPE, ['waiting']))],
      unit: 'none',
      steps: warnFrom(1),
      noValue: 'unknown',
      links: [toWork],
    }),
    stat({
      title: 'Stuck',
      description:
        'Agents that are running and have been silent for longer than their calls usually take, as the alert has it.',
      queries: [instant(orZero(count([], ofThreads(agentStuck(ENV, { seconds, usualFactor }), WORK_SCOPE)), ENV))],
      unit: 'none',
      steps: failFrom(1),
      noValue: 'unknown',
      links: [toWork],
    }),
    stat({
      title: 'Failing',
      description: `Nodes of which at least ${ratio * 100} % of ${runs} or more runs failed in 15 minutes.`,
      queries: [instant(orZero(count([], nodesFailing(WORKFLOW_SCOPE, { ratio, runs })), ENV))],
      unit: 'none',
      steps: failFrom(1),
      noValue: 'unknown',
      links: [toWork],
    }),
    stat({
      title: 'Failed',
      description: 'Threads that failed or timed out in the time range.',
      queries: [instant(gained([], AGGREGATES.threadsFinished.name, [...WORKFLOW_SCOPE, 'status!="success"']))],
      unit: 'none',
      decimals: 0,
      steps: failFrom(0.5),
      noValue: 'unknown',
      links: [toWork],
    }),
    stat({
      title: 'Unsaved',
      description:
        'Age of the last checkpoint of the running thread that has saved none for longest: what a failure would lose.',
      queries: [instant(max([], ofThreads(checkpointOlderThan(ENV, 0), WORK_SCOPE)))],
      unit: 's',
      decimals: 0,
      steps: warnFrom(checkpointOverdueSeconds),
      noValue: 'none yet',
      links: [toWork],
    }),
  ];
};

const courses: readonly Draft[] = [
  graph({
    title: 'Threads by state',
    description: 'Threads that the exporter holds; ended ones until their retention is over.',
    queries: [range(sum(['state'], select(AGGREGATES.threads.name, WORKFLOW_SCOPE)), '{{state}}')],
    unit: 'none',
    decimals: 0,
    stacked: true,
    colours: STATE_COLOURS,
    links: [toWork],
  }),
  graph({
    title: 'Agents by state',
    description: 'Agents of running threads.',
    queries: [range(sum(['state'], select(AGGREGATES.agents.name, WORKFLOW_SCOPE)), '{{state}}')],
    unit: 'none',
    decimals: 0,
    stacked: true,
    colours: STATE_COLOURS,
    links: [toWork],
  }),
  graph({
    title: 'Tokens per second by direction',
    description: 'Input, output, cache and reasoning tokens.',
    queries: [range(rate(['direction'], AGGREGATES.tokens.name, WORK_SCOPE), '{{direction}}')],
    unit: 'short',
    noValue: 'no tokens seen',
  }),
];

export function fleetDashboard(environment: Environment): Dashboard {
  const sections: readonly Section[] = [
    { panels: [...sized(4, 3, money(environment)), ...sized(24, 7, [budgetsTable(environment)])] },
    {
      title: 'Who spends',
      panels: sized(8, 8, [
        spendBy('team', linkTo('agents', { chosen: { team: seriesLabel('team') } })),
        spendBy('workflow', linkTo('agents', { kept: ['team'], chosen: { workflow: seriesLabel('workflow') } })),
        spendBy('model', toWork),
      ]),
    },
    {
      title: 'Work',
      panels: [
        ...sized(4, 3, work(environment)),
        { w: 14, h: 9, panel: openThreadsTable },
        {
          w: 10,
          h: 9,
          panel: firing(
            ENV,
            'Alerts that fire now in this environment, newest first, whether Prometheus evaluates them or Grafana.'
          ),
        },
        ...sized(8, 8, courses),
      ],
    },
    { title: 'Whether the figures can be trusted', panels: sized(4, 3, trust(environment)) },
  ];
  return dashboardOf('fleet', environment, {
    description: 'Who spends, what is about to run out and when, what is stuck or failing.',
    variables: workVariables(environment.name),
    panels: layOut(sections),
    annotations: [alertsFiring(ENV)],
  });
}
