// One thread: its agents and its budget on one time axis, with replay, and the figures behind them.
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { max, milliseconds, sum } from '../aggregate.ts';
import type { Environment } from '../environments/environment.ts';
import { rawSamples, select } from '../expressions.ts';
import { agentsOfThreads, agentStateCode, threadStateCode } from '../thread-figures.ts';
import { OVERSPENT_STEPS } from './budget-figures.ts';
import { STATE_CODE_MAPPING, warnFrom } from './colours.ts';
import { alertsFiring, dashboardOf, type Dashboard } from './dashboard.ts';
import { layOut, sized, type Section } from './layout.ts';
import { linkTo } from './links.ts';
import { graph, instant, orchestratorPanel, range, rows, stat } from './panels.ts';
import type { Draft } from './schema.ts';
import { table } from './table.ts';
import { THREAD_SCOPE as THREAD, threadVariables } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 4 } as const;

const figures = (environment: Environment): readonly Draft[] => [
  stat({
    title: 'State',
    description: 'State of the thread at the end of the time range.',
    queries: [instant(threadStateCode(THREAD), '{{thread}}')],
    unit: 'none',
    mappings: [STATE_CODE_MAPPING],
    noValue: 'not held',
  }),
  stat({
    ...USD,
    title: 'Spent',
    description: 'USD of the thread, all agents together.',
    queries: [instant(sum([], select(PER_THREAD.threadCost.name, THREAD)))],
    noValue: 'no spend seen',
  }),
  stat({
    ...USD,
    title: 'Left',
    description: 'What is left of the budget of the thread; negative when overspent.',
    queries: [instant(sum([], select(PER_THREAD.threadBudgetRemaining.name, THREAD)))],
    steps: OVERSPENT_STEPS,
    noValue: 'no budget',
  }),
  stat({
    title: 'Waiting',
    description: 'Agents of the thread that do not go on until somebody answers.',
    queries: [instant(agentsOfThreads(THREAD, ['waiting']))],
    unit: 'none',
    steps: warnFrom(1),
    noValue: 'no agent',
  }),
  stat({
    title: 'Silent',
    description: 'Time since the last event of any agent.',
    queries: [instant(`time() - ${max([], select(PER_THREAD.agentLastEvent.name, THREAD))}`)],
    unit: 's',
    decimals: 0,
    steps: warnFrom(environment.alerts.agentSilentSeconds),
    noValue: 'no event',
  }),
  stat({
    title: 'Unsaved',
    description: 'Time since the last checkpoint: what a failure would lose.',
    queries: [instant(`time() - ${max([], select(PER_THREAD.threadLastCheckpoint.name, THREAD))}`)],
    unit: 's',
    decimals: 0,
    steps: warnFrom(environment.alerts.checkpointOverdueSeconds),
    noValue: 'none yet',
  }),
];

const timeline = orchestratorPanel(
  {
    title: 'Agents and budget: $thread',
    description:
      'What each agent did and what it cost, on one time axis. Exact to the millisecond where the timeline is scraped, else at the resolution of the scrape interval.',
    queries: [
      ...[TIMELINE.agentState, TIMELINE.threadState, TIMELINE.threadCost, TIMELINE.checkpoint].map((row) =>
        instant(rawSamples(row.name, THREAD))
      ),
      ...[
        PER_THREAD.threadBudgetLimit,
        PER_THREAD.threadBudgetRemaining,
        PER_THREAD.threadCost,
        PER_THREAD.agentState,
      ].map((row) => range(select(row.name, THREAD))),
    ],
  },
  'both'
);

const ofAgent = (expr: string) => rows(max(['thread', 'agent'], expr));
const agents = table({
  title: 'Agents',
  description: 'The agents of the thread at the end of the time range.',
  queries: [
    rows(agentStateCode(THREAD)),
    ofAgent(milliseconds(select(PER_THREAD.agentStateEntered.name, THREAD))),
    ofAgent(`time() - ${select(PER_THREAD.agentLastEvent.name, THREAD)}`),
    ofAgent(select(PER_THREAD.threadCost.name, THREAD)),
  ],
  columns: [
    { of: 'agent', title: 'Agent' },
    { of: 'thread', title: 'Thread', width: 130 },
    { of: 0, title: 'State', width: 100, cell: 'color', mappings: [STATE_CODE_MAPPING] },
    { of: 1, title: 'Since', unit: 'dateTimeFromNow', width: 170, noValue: '–' },
    { of: 2, title: 'Silent', unit: 's', decimals: 0, width: 100, noValue: '–' },
    { of: 3, title: 'Spent', ...USD, width: 100, noValue: '–' },
  ],
  sortBy: 'Spent',
  descending: true,
  noValue: 'the thread is not held any more',
});

const spend = graph({
  unit: 'currencyUSD',
  title: 'Spent by agent',
  description: 'Running totals in USD.',
  queries: [range(max(['agent'], select(PER_THREAD.threadCost.name, THREAD)), '{{agent}}')],
  stacked: true,
  noValue: 'no spend seen',
  links: [linkTo('agents', { kept: ['team', 'workflow'] })],
});

export function threadDashboard(environment: Environment): Dashboard {
  const sections: readonly Section[] = [
    {
      panels: [
        ...sized(4, 3, figures(environment)),
        ...sized(24, 19, [timeline]),
        { w: 14, h: 9, panel: agents },
        { w: 10, h: 9, panel: spend },
      ],
    },
  ];
  return dashboardOf('thread', environment, {
    description: 'One thread: its agents and its budget on one time axis, with replay.',
    variables: threadVariables(environment.name, true),
    panels: layOut(sections),
    annotations: [alertsFiring(THREAD)],
  });
}
