// Alerts on the orchestrator's work: threads, agents, nodes.
import type { Environment } from '../environments/environment.ts';
import { threadBudgetExhausted, type Scope } from '../expressions.ts';
import { agentStuck, agentWaitingFor, checkpointOlderThan, noEventsFor, nodesFailing, spendWasted } from '../work.ts';
import { THREAD_FACTS, THREAD_VARIABLE, type Draft } from './draft.ts';
import { usd, type TemplateLanguage } from './figures.ts';
import { ALERTS } from './names.ts';

export function workDrafts(scope: Scope, alerts: Environment['alerts'], say: TemplateLanguage): readonly Draft[] {
  const of = { severity: 'warning', component: 'orchestrator' } as const;
  const ofThread = { ...of, variables: THREAD_VARIABLE };
  return [
    {
      ...ofThread,
      name: ALERTS.threadBudgetExhausted,
      expr: threadBudgetExhausted(scope),
      summary: 'Thread {{ $labels.thread }} has used up its budget',
      description: `Remaining {{ $value | printf "%.4f" }} of ${usd({ say, figure: 'threadLimit' }, 4)} USD.${THREAD_FACTS}`,
    },
    {
      ...ofThread,
      name: ALERTS.agentStuck,
      expr: agentStuck(scope, { seconds: alerts.agentSilentSeconds, usualFactor: alerts.agentUsualFactor }),
      summary: 'Agent {{ $labels.agent }} has been running without a word for {{ $value | humanizeDuration }}',
      description: `Thread {{ $labels.thread }}: the agent is running and its last event is {{ $value | humanizeDuration }} old, longer than its calls usually take.${THREAD_FACTS}`,
    },
    {
      ...ofThread,
      name: ALERTS.agentWaiting,
      expr: agentWaitingFor(scope, alerts.agentWaitingSeconds),
      summary: 'Agent {{ $labels.agent }} has been waiting for {{ $value | humanizeDuration }}',
      description: `Thread {{ $labels.thread }} does not go on until somebody answers the agent.${THREAD_FACTS}`,
    },
    {
      ...ofThread,
      name: ALERTS.checkpointOverdue,
      expr: checkpointOlderThan(scope, alerts.checkpointOverdueSeconds),
      summary: 'Thread {{ $labels.thread }} has saved no checkpoint for {{ $value | humanizeDuration }}',
      description: `It has saved checkpoints before and is running: if it fails now, that much work and its spend are lost.${THREAD_FACTS}`,
    },
    {
      ...of,
      name: ALERTS.nodesFailing,
      expr: nodesFailing(scope, { ratio: alerts.nodeFailureRatio, runs: alerts.nodeFailureRuns }),
      summary: '{{ $value | humanizePercentage }} of the runs of node {{ $labels.node }} fail',
      description: 'Workflow {{ $labels.workflow }}, runs of the last 15 minutes.',
    },
    {
      ...of,
      name: ALERTS.spendWasted,
      expr: spendWasted(scope, { usd: alerts.wastedUsd, ratio: alerts.wastedRatio }),
      summary:
        'Workflow {{ $labels.workflow }} spent {{ $value | printf "%.2f" }} USD in the last hour on threads that failed',
      description: 'Failed and timed out threads are a large part of what the workflow spends.',
    },
    {
      ...of,
      name: ALERTS.noEvents,
      expr: noEventsFor(scope, alerts.noEventsSeconds),
      summary: 'No event has come for {{ $value | humanizeDuration }} though agents are running',
      description:
        'Either the orchestrator hangs or its events do not reach the exporter. Spend and states are as old as the last event.',
    },
  ];
}
