// For every alert what makes it fire and what must leave it quiet, as promtool sees it. Series are sampled each second from 0.
import { ALERTS, type AlertName } from '../src/alerting/names.ts';
import type { Environment } from '../src/environments/environment.ts';
import { held, type AlertCase } from './cases/alert-case.ts';
import { exporterCases } from './cases/exporter-cases.ts';
import { paceCases } from './cases/pace-cases.ts';
import { budgetLabels, budgetSeries, thresholdCases } from './cases/threshold-cases.ts';
import { workCases } from './cases/work-cases.ts';

function invalidCases(environment: string, seconds: number): readonly AlertCase[] {
  const alert = ALERTS.budgetInvalid;
  const text = {
    summary: 'The figures of budget research cannot be trusted',
    description:
      'Used and remaining are known to be too small, so its threshold alerts come late or not at all. The exporter says why at /health/ready and in its log.',
  };
  return [
    {
      alert,
      name: 'fires when the exporter has called the budget invalid for long enough',
      series: budgetSeries({ environment, used: 0.5, spent: 50, valid: 0 }),
      atSeconds: seconds,
      fires: [{ labels: budgetLabels, ...text }],
    },
    {
      alert,
      name: 'stays quiet a second before',
      series: budgetSeries({ environment, used: 0.5, spent: 50, valid: 0 }),
      atSeconds: seconds - 1,
      fires: [],
    },
    {
      alert,
      name: 'stays quiet when a price came in time',
      series: {
        ...budgetSeries({ environment, used: 0.5, spent: 50 }),
        [`orchestrator_budget_valid{environment="${environment}", budget="research"}`]: `0+0x${seconds - 2} 1+0x3000`,
      },
      atSeconds: seconds * 2,
      fires: [],
    },
    {
      alert,
      name: 'fires when the used ratio is not a number',
      series: budgetSeries({ environment, used: 'NaN', spent: 50 }),
      atSeconds: seconds,
      fires: [{ labels: budgetLabels, ...text }],
    },
    {
      alert,
      name: 'stays quiet for a valid budget that is overspent',
      series: budgetSeries({ environment, used: 3, spent: 300 }),
      atSeconds: seconds + 60,
      fires: [],
    },
    { alert, name: 'stays quiet where there is no budget', series: {}, atSeconds: seconds + 60, fires: [] },
  ];
}

function threadBudgetCases(environment: string): readonly AlertCase[] {
  const alert = ALERTS.threadBudgetExhausted;
  const series = (remaining: string | number, thread = 't-1') => {
    const labels = `environment="${environment}", thread=${JSON.stringify(thread)}`;
    return {
      [`orchestrator_thread_info{${labels}, workflow="triage", team="lab"}`]: held(1),
      [`orchestrator_thread_budget_limit_usd{${labels}}`]: held(5),
      [`orchestrator_thread_budget_remaining_usd{${labels}}`]: held(remaining),
    };
  };
  const fires = (remaining: string, thread = 't-1', dashboardQuery = 'var-thread=t-1') => [
    {
      labels: { thread, workflow: 'triage', team: 'lab' },
      summary: `Thread ${thread} has used up its budget`,
      description: `Remaining ${remaining} of 5.0000 USD. Workflow: triage. Team: lab.`,
      dashboardQuery,
    },
  ];
  return [
    { alert, name: 'fires at exactly nothing remaining', series: series(0), atSeconds: 0, fires: fires('0.0000') },
    { alert, name: 'fires when overspent', series: series(-1.25), atSeconds: 0, fires: fires('-1.2500') },
    {
      alert,
      name: 'escapes a hostile thread name in the link',
      series: series(0, 'a"&var-environment=x'),
      atSeconds: 0,
      fires: fires('0.0000', 'a"&var-environment=x', 'var-thread=a%22%26var-environment%3Dx'),
    },
    { alert, name: 'stays quiet with one nano-dollar left', series: series(1e-9), atSeconds: 60, fires: [] },
    { alert, name: 'stays quiet on NaN', series: series('NaN'), atSeconds: 60, fires: [] },
    { alert, name: 'stays quiet where no thread has a budget', series: {}, atSeconds: 60, fires: [] },
  ];
}

function stuckCases(environment: string, silentSeconds: number): readonly AlertCase[] {
  const alert = ALERTS.agentStuck;
  const series = (state: string, lastEvent: string | number = 0) => {
    const thread = `environment="${environment}", thread="t-1"`;
    return {
      [`orchestrator_thread_info{${thread}, workflow="triage", team="lab"}`]: held(1),
      [`orchestrator_agent_last_event_timestamp_seconds{${thread}, agent="writer"}`]: held(lastEvent),
      [`orchestrator_agent_state{${thread}, agent="writer", state="running"}`]: held(state === 'running' ? 1 : 0),
      [`orchestrator_agent_state{${thread}, agent="writer", state="waiting"}`]: held(state === 'waiting' ? 1 : 0),
    };
  };
  const silence = `${Math.floor(silentSeconds / 60)}m ${silentSeconds % 60}s`;
  return [
    {
      alert,
      name: 'fires when a running agent has been silent for exactly the limit',
      series: series('running'),
      atSeconds: silentSeconds,
      fires: [
        {
          labels: { thread: 't-1', agent: 'writer', workflow: 'triage', team: 'lab' },
          summary: `Agent writer has been running without a word for ${silence}`,
          description: `Thread t-1: the agent is running and its last event is ${silence} old, longer than its calls usually take. Workflow: triage. Team: lab.`,
          dashboardQuery: 'var-thread=t-1',
        },
      ],
    },
    {
      alert,
      name: 'stays quiet one second before the limit',
      series: series('running'),
      atSeconds: silentSeconds - 1,
      fires: [],
    },
    {
      alert,
      name: 'stays quiet about an agent that waits for somebody',
      series: series('waiting'),
      atSeconds: silentSeconds + 60,
      fires: [],
    },
    { alert, name: 'stays quiet on NaN', series: series('running', 'NaN'), atSeconds: silentSeconds + 60, fires: [] },
    { alert, name: 'stays quiet without agents', series: {}, atSeconds: silentSeconds + 60, fires: [] },
  ];
}

interface Scraped {
  readonly alert: AlertName;
  readonly job: string;
  readonly summary: string;
  readonly description: (of: string) => string;
}

function scrapeCases({ alert, job, summary, description }: Scraped, downSeconds: number): readonly AlertCase[] {
  const up = `up{job="${job}", instance="exporter:9847"}`;
  const fires = [
    { labels: { job, instance: 'exporter:9847' }, summary, description: description(' of exporter:9847') },
  ];
  return [
    {
      alert,
      name: 'fires when the target is down for long enough',
      series: { [up]: held(0) },
      atSeconds: downSeconds,
      fires,
    },
    { alert, name: 'stays quiet a second before', series: { [up]: held(0) }, atSeconds: downSeconds - 1, fires: [] },
    {
      alert,
      name: 'fires when there is no such target',
      series: {},
      atSeconds: downSeconds,
      fires: [{ labels: { job }, summary, description: description('') }],
    },
    {
      alert,
      name: 'stays quiet while the target is up',
      series: { [up]: held(1) },
      atSeconds: downSeconds * 2,
      fires: [],
    },
    {
      alert,
      name: 'stays quiet after a blip',
      series: { [up]: `0+0x${downSeconds - 2} 1+0x3000` },
      atSeconds: downSeconds * 2,
      fires: [],
    },
  ];
}

function versionCases(): readonly AlertCase[] {
  const alert = ALERTS.prometheusLosesSamples;
  const series = (version: string) => ({ [`prometheus_build_info{version="${version}"}`]: held(1) });
  return [
    ...['2.52.0', '2.52.1', '2.53.0', '2.53.2', '2.53.1+ds', '2.54.0', '2.54.0-rc.1'].map((version) => ({
      alert,
      name: `fires on ${version}`,
      series: series(version),
      atSeconds: 0,
      fires: [
        {
          labels: { version },
          summary: `Prometheus ${version} loses timeline samples`,
          description:
            'This version keeps one sample per series and scrape, so short states are missing from the timeline. Spend and budgets are not affected. Use 2.53.3, 2.54.1 or newer.',
        },
      ],
    })),
    ...['2.42.0+ds', '2.51.2', '2.53.3', '2.53.20', '2.54.1', '2.55.0', '3.5.3', '12.52.0', ''].map((version) => ({
      alert,
      name: `stays quiet on ${version === '' ? 'no version' : version}`,
      series: series(version),
      atSeconds: 60,
      fires: [],
    })),
  ];
}

export function alertCases(environment: Environment): readonly AlertCase[] {
  const { name, alerts } = environment;
  return [
    ...thresholdCases(environment),
    ...invalidCases(name, alerts.budgetInvalidSeconds),
    ...threadBudgetCases(name),
    ...stuckCases(name, alerts.agentSilentSeconds),
    ...scrapeCases(
      {
        alert: ALERTS.exporterDown,
        job: 'orchestrator-exporter',
        summary: 'The orchestrator exporter does not answer',
        description: (of) =>
          `Prometheus cannot scrape /metrics${of}. Spend, budgets and agent states are unknown; no budget alert can fire.`,
      },
      alerts.downSeconds
    ),
    ...scrapeCases(
      {
        alert: ALERTS.timelineScrapeFailing,
        job: 'orchestrator-timeline',
        summary: 'The timeline of the orchestrator exporter is not scraped',
        description: (of) =>
          `Prometheus cannot scrape /metrics/timeline${of}. The exporter keeps what was not fetched for a while; after that the timeline has a hole.`,
      },
      alerts.downSeconds
    ),
    ...versionCases(),
    ...paceCases(environment),
    ...workCases(environment),
    ...exporterCases(environment),
  ];
}
