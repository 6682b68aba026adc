// Agents and nodes: what they do, what is stuck or waits for somebody, what fails, and what that costs.
import { AGGREGATES, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { gained, max, quantile, rate, sum } from '../aggregate.ts';
import type { Environment } from '../environments/environment.ts';
import { perHour, select } from '../expressions.ts';
import { NODE_P95 } from '../recording-rules.ts';
import { spentInRange } from '../spend.ts';
import { inStateSince, ofOpenThreads, ofThreads, threadStateCode } from '../thread-figures.ts';
import { agentStuck } from '../work.ts';
import { OUTCOME_COLOURS, STATE_COLOURS, warnAndFail } from './colours.ts';
import { alertsFiring, dashboardOf, type Dashboard } from './dashboard.ts';
import { layOut, sized, type Section } from './layout.ts';
import { column, linkTo, seriesLabel } from './links.ts';
import { graph, range, rows, states } from './panels.ts';
import type { Draft } from './schema.ts';
import { ranking, table, type Column } from './table.ts';
import { ENVIRONMENT_SCOPE as ENV, WORK_SCOPE, WORKFLOW_SCOPE as WORKFLOW, workVariables } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 2 } as const;
const THREAD_OF_ROW = linkTo('thread', { kept: ['team', 'workflow'], chosen: { thread: column('Thread') } });
const THREAD_OF_SERIES = linkTo('thread', { kept: ['team', 'workflow'], chosen: { thread: seriesLabel('thread') } });
const WHO: readonly Column[] = [
  { of: 'agent', title: 'Agent', links: [THREAD_OF_ROW] },
  { of: 'thread', title: 'Thread', links: [THREAD_OF_ROW] },
];

const attention = ({ alerts }: Environment): readonly Draft[] => [
  table({
    title: 'Stuck agents',
    description:
      'Agents that are running and have been silent for longer than their calls usually take, as the alert has it.',
    queries: [
      rows(
        max(
          ['thread', 'agent', 'workflow'],
          ofThreads(
            agentStuck(ENV, { seconds: alerts.agentSilentSeconds, usualFactor: alerts.agentUsualFactor }),
            WORK_SCOPE
          )
        )
      ),
    ],
    columns: [
      ...WHO,
      { of: 'workflow', title: 'Workflow' },
      { of: 0, title: 'Silent for', unit: 's', decimals: 0, width: 110 },
    ],
    sortBy: 'Silent for',
    descending: true,
    noValue: 'no agent is stuck',
  }),
  table({
    title: 'Waiting for somebody',
    description: 'Agents that do not go on until somebody answers, the longest wait first.',
    queries: [rows(max(['thread', 'agent'], `time() - (${ofOpenThreads(inStateSince(ENV, 'waiting'), WORK_SCOPE)})`))],
    columns: [...WHO, { of: 0, title: 'For', unit: 's', decimals: 0, width: 110 }],
    sortBy: 'For',
    descending: true,
    noValue: 'no agent waits for anybody',
  }),
];

const agents: readonly Draft[] = [
  graph({
    title: 'Agents by state',
    description: 'Agents of running threads.',
    queries: [range(sum(['state'], select(AGGREGATES.agents.name, WORKFLOW)), '{{state}}')],
    unit: 'none',
    decimals: 0,
    stacked: true,
    colours: STATE_COLOURS,
  }),
  graph({
    title: 'Spend per hour by agent',
    description: 'USD per hour.',
    queries: [range(perHour(rate(['agent'], AGGREGATES.cost.name, WORK_SCOPE)), '{{agent}}')],
    unit: 'currencyUSD',
    stacked: true,
    noValue: 'no spend seen',
  }),
  graph({
    title: 'Agents at work at once',
    description: 'Mean number of agents of each name that were running; a run is booked when it ends.',
    queries: [range(rate(['agent'], AGGREGATES.agentStateSeconds.name, [...WORKFLOW, 'state="running"']), '{{agent}}')],
    unit: 'short',
    stacked: true,
    noValue: 'no agent has run',
  }),
];

const nodeCounts = (matchers: readonly string[]) =>
  gained(['workflow', 'node'], AGGREGATES.nodeRuns.name, [...WORKFLOW, ...matchers]);
const nodes: readonly Draft[] = [
  graph({
    title: 'Node runs per second by outcome',
    description: 'Runs that ended.',
    queries: [range(rate(['outcome'], AGGREGATES.nodeRuns.name, WORKFLOW), '{{outcome}}')],
    unit: 'short',
    stacked: true,
    colours: OUTCOME_COLOURS,
    noValue: 'no node has run',
  }),
  graph({
    title: 'Failed share by node',
    description: 'Of the runs that ended; only nodes that have failed in the time range.',
    queries: [
      range(
        `${rate(['node'], AGGREGATES.nodeRuns.name, [...WORKFLOW, 'outcome="failed"'])} / (${rate(['node'], AGGREGATES.nodeRuns.name, WORKFLOW)} > 0) and on (node) ${gained(['node'], AGGREGATES.nodeRuns.name, [...WORKFLOW, 'outcome="failed"'])} > 0`,
        '{{node}}'
      ),
    ],
    unit: 'percentunit',
    max: 1,
    noValue: 'no node has failed',
  }),
  graph({
    title: 'Node duration, 95th percentile',
    description: 'Estimated from the buckets of the histogram, over five minutes.',
    queries: [range(max(['node'], select(NODE_P95, WORKFLOW)), '{{node}}')],
    unit: 's',
    noValue: 'no node has run',
  }),
];

/** Of the nodes that have run at all. */
const ofRun = (expr: string) => rows(`${expr} and on (workflow, node) ${nodeCounts([])} > 0`);
const failedShare = `${nodeCounts(['outcome="failed"'])} / ${nodeCounts([])}`;
const durations = gained(['workflow', 'node', 'le'], `${AGGREGATES.nodeDuration.name}_bucket`, WORKFLOW);

const nodeTable = ({ alerts }: Environment): Draft =>
  table({
    title: 'Nodes',
    description: 'Runs in the time range, the most failures first.',
    queries: [
      ofRun(nodeCounts([])),
      ofRun(nodeCounts(['outcome="failed"'])),
      ofRun(failedShare),
      ofRun(`histogram_quantile(0.5, ${durations})`),
      ofRun(`histogram_quantile(0.95, ${durations})`),
    ],
    columns: [
      { of: 'node', title: 'Node' },
      {
        of: 'workflow',
        title: 'Workflow',
        links: [linkTo('agents', { kept: ['team'], chosen: { workflow: column('Workflow') } })],
      },
      { of: 0, title: 'Runs', unit: 'short', decimals: 0, width: 90 },
      { of: 1, title: 'Failed', unit: 'short', decimals: 0, width: 90, noValue: '0' },
      {
        of: 2,
        title: 'Failed share',
        unit: 'percentunit',
        decimals: 1,
        width: 110,
        cell: 'color',
        steps: warnAndFail(0.05, alerts.nodeFailureRatio),
        noValue: '0%',
      },
      { of: 3, title: 'Median', unit: 's', width: 100 },
      { of: 4, title: '95th percentile', unit: 's', width: 130 },
    ],
    sortBy: 'Failed',
    descending: true,
    noValue: 'no node has run',
  });

const threads: readonly Draft[] = [
  graph({
    title: 'Threads ended',
    description: 'In the fifteen minutes before, by status.',
    queries: [
      range(sum(['status'], `increase(${select(AGGREGATES.threadsFinished.name, WORKFLOW)}[15m])`), '{{status}}'),
    ],
    unit: 'short',
    stacked: true,
    colours: OUTCOME_COLOURS,
    noValue: 'no thread has ended',
  }),
  graph({
    title: 'Thread duration',
    description:
      'From the first event to the end, of threads that ended in the fifteen minutes before, estimated from the buckets of the histogram.',
    queries: [0.5, 0.95].map((q) =>
      range(
        quantile(q, { name: AGGREGATES.threadDuration.name, scope: WORKFLOW, labels: [], over: '15m' }),
        q === 0.5 ? 'median' : '95th percentile'
      )
    ),
    unit: 's',
    noValue: 'no thread has ended',
  }),
  ranking({
    title: 'Wasted in this time',
    description: 'USD of threads that failed or timed out, by workflow.',
    queries: [rows(`${spentInRange(['workflow'], AGGREGATES.wastedCost.name, WORKFLOW)} > 0`)],
    of: 'workflow',
    heading: 'Workflow',
    value: { title: 'Wasted', ...USD },
    color: 'red',
    noValue: 'nothing was wasted',
    links: [linkTo('agents', { kept: ['team'], chosen: { workflow: column('Workflow') } })],
  }),
  graph({
    title: 'Checkpoint age',
    description: 'Of the ten running threads whose last checkpoint is oldest: what a failure would lose.',
    queries: [
      range(
        `topk(10, ${max(['thread'], ofOpenThreads(`time() - ${select(PER_THREAD.threadLastCheckpoint.name, ENV)}`, WORK_SCOPE))})`,
        '{{thread}}'
      ),
    ],
    unit: 's',
    noValue: 'no checkpoint yet',
    links: [THREAD_OF_SERIES],
  }),
];

const course = states({
  title: 'Threads',
  description: 'State of each thread that the exporter holds. A click leads to its timeline.',
  queries: [range(max(['thread'], ofThreads(threadStateCode(ENV), WORK_SCOPE)), '{{thread}}')],
  noValue: 'no thread is held',
  perPage: 20,
  links: [THREAD_OF_SERIES],
});

export function agentsDashboard(environment: Environment): Dashboard {
  const sections: readonly Section[] = [
    { title: 'Needs somebody', panels: sized(12, 7, attention(environment)) },
    { title: 'Agents', panels: sized(8, 8, agents) },
    { title: 'Nodes', panels: [...sized(8, 8, nodes), ...sized(24, 9, [nodeTable(environment)])] },
    { title: 'Threads', panels: [...sized(6, 8, threads), ...sized(24, 12, [course])] },
  ];
  return dashboardOf('agents', environment, {
    description: 'Agents and nodes: what is stuck, what waits for somebody, what fails, and what that costs.',
    variables: workVariables(environment.name),
    panels: layOut(sections),
    annotations: [alertsFiring([...ENV, 'component="orchestrator"'])],
  });
}
