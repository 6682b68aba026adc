// Agents, checkpoints, nodes, wasted money, silence.
import { ALERTS } from '../../src/alerting/names.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { duration, held, type AlertCase } from './alert-case.ts';

const STEP = 60;
const facts = ' Workflow: triage. Team: lab.';
const threadLabels = { thread: 't-1', workflow: 'triage', team: 'lab' };
const dashboardQuery = 'var-thread=t-1';

const info = (environment: string) => ({
  [`orchestrator_thread_info{environment="${environment}", thread="t-1", workflow="triage", team="lab"}`]: held(1),
});

const agentState = (environment: string, agent: string, state: string) =>
  Object.fromEntries(
    ['running', 'waiting'].map((each) => [
      `orchestrator_agent_state{environment="${environment}", thread="t-1", agent="${agent}", state="${each}"}`,
      held(state === each ? 1 : 0),
    ])
  );

/** The agent has run `times` times before, `mean` seconds each. */
export function longCallCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.agentStuck;
  const { agentSilentSeconds: silent, agentUsualFactor: factor } = alerts;
  const of = (mean: number, agent = 'writer') => {
    const labels = `environment="${name}", workflow="triage", agent="${agent}"`;
    return {
      ...info(name),
      [`orchestrator_agent_last_event_timestamp_seconds{environment="${name}", thread="t-1", agent="writer"}`]: held(0),
      ...agentState(name, 'writer', 'running'),
      [`orchestrator_agent_state_seconds_total{${labels}, state="running"}`]: held(mean * 10),
      [`orchestrator_agent_state_seconds_total{${labels}, state="waiting"}`]: held(1e9),
      [`orchestrator_agent_state_transitions_total{${labels}, state="running"}`]: held(10),
      [`orchestrator_agent_state_transitions_total{${labels}, state="waiting"}`]: held(1),
    };
  };
  const fires = (seconds: number) => [
    {
      labels: { ...threadLabels, agent: 'writer' },
      summary: `Agent writer has been running without a word for ${duration(seconds)}`,
      description: `Thread t-1: the agent is running and its last event is ${duration(seconds)} old, longer than its calls usually take.${facts}`,
      dashboardQuery,
    },
  ];
  const at = silent + STEP;
  const row = (text: string, series: Record<string, string>, expected: AlertCase['fires']): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds: at,
    stepSeconds: STEP,
    fires: expected,
  });
  return [
    row('stays quiet in a call that usually takes as long', of(at), []),
    row('stays quiet a second below what is usual times the factor', of((at + 1) / factor), []),
    row('fires at exactly what is usual times the factor', of(at / factor), fires(at)),
    row('fires when it is another agent that takes long', of(at, 'reader'), fires(at)),
  ];
}

function waitingCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.agentWaiting;
  const limit = alerts.agentWaitingSeconds;
  const of = (state: string, entered: string | number = 0) => ({
    ...info(name),
    [`orchestrator_agent_state_entered_timestamp_seconds{environment="${name}", thread="t-1", agent="writer"}`]:
      held(entered),
    ...agentState(name, 'writer', state),
  });
  const row = (text: string, series: Record<string, string>, atSeconds: number, loud = false): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds,
    stepSeconds: STEP,
    fires: loud
      ? [
          {
            labels: { ...threadLabels, agent: 'writer' },
            summary: `Agent writer has been waiting for ${duration(limit)}`,
            description: `Thread t-1 does not go on until somebody answers the agent.${facts}`,
            dashboardQuery,
          },
        ]
      : [],
  });
  return [
    row('fires after exactly the limit', of('waiting'), limit, true),
    row('stays quiet a second before', of('waiting', 1), limit),
    row('stays quiet about an agent that runs as long', of('running'), limit + STEP),
    row('stays quiet on NaN', of('waiting', 'NaN'), limit),
    row('stays quiet without agents', {}, limit),
  ];
}

function checkpointCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.checkpointOverdue;
  const limit = alerts.checkpointOverdueSeconds;
  const thread = `environment="${name}", thread="t-1"`;
  const of = (parts: { checkpoint?: number; threadRuns?: number; agent?: string }) => ({
    ...info(name),
    [`orchestrator_thread_state{${thread}, state="running"}`]: held(parts.threadRuns ?? 1),
    [`orchestrator_thread_state{${thread}, state="completed"}`]: held(1 - (parts.threadRuns ?? 1)),
    ...(parts.checkpoint === undefined
      ? {}
      : { [`orchestrator_thread_last_checkpoint_timestamp_seconds{${thread}}`]: held(parts.checkpoint) }),
    ...agentState(name, 'writer', parts.agent ?? 'running'),
    ...agentState(name, 'reader', parts.agent ?? 'running'),
  });
  const row = (text: string, series: Record<string, string>, loud = false): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds: limit,
    stepSeconds: STEP,
    fires: loud
      ? [
          {
            labels: threadLabels,
            summary: `Thread t-1 has saved no checkpoint for ${duration(limit)}`,
            description: `It has saved checkpoints before and is running: if it fails now, that much work and its spend are lost.${facts}`,
            dashboardQuery,
          },
        ]
      : [],
  });
  return [
    row('fires once when the last checkpoint is exactly that old', of({ checkpoint: 0 }), true),
    row('stays quiet a second before', of({ checkpoint: 1 })),
    row('stays quiet about a thread that makes no checkpoints', of({})),
    row('stays quiet about a thread that has ended', of({ checkpoint: 0, threadRuns: 0 })),
    row('stays quiet while all its agents wait', of({ checkpoint: 0, agent: 'waiting' })),
    row('stays quiet without threads', {}),
  ];
}

function nodeCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.nodesFailing;
  const { nodeFailureRatio: ratio, nodeFailureRuns: runs } = alerts;
  // Samples a minute apart: increase over 15 minutes is exact for a line, 15 times the gain of a minute.
  const of = (failed: number, completed: number, node = 'plan') => {
    const series = (outcome: string) =>
      `orchestrator_node_runs_total{environment="${name}", workflow="triage", node="${node}", outcome="${outcome}"}`;
    return {
      [series('failed')]: `0+${failed / 15}x100`,
      [series('completed')]: `0+${completed / 15}x100`,
    };
  };
  const row = (text: string, series: Record<string, string>, percent?: number): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds: 3_600,
    stepSeconds: STEP,
    fires:
      percent === undefined
        ? []
        : [
            {
              labels: { workflow: 'triage', node: 'plan' },
              summary: `${percent}% of the runs of node plan fail`,
              description: 'Workflow triage, runs of the last 15 minutes.',
            },
          ],
  });
  const many = runs * 3;
  const early = `0+${many / 15}x15`;
  return [
    row('fires at exactly the share', of(many * ratio, many * (1 - ratio)), ratio * 100),
    row('stays quiet below it', of(many * ratio * 0.99, many * (1 - ratio) * 1.01)),
    row('stays quiet on too few runs', of(runs * 0.99, 0)),
    row(
      'fires on exactly enough runs',
      {
        [`orchestrator_node_runs_total{environment="${name}", workflow="triage", node="plan", outcome="failed"}`]: `0+0x50 ${runs}+0x100`,
      },
      100
    ),
    row('stays quiet when the failures are older', {
      [`orchestrator_node_runs_total{environment="${name}", workflow="triage", node="plan", outcome="failed"}`]: `${early} ${many}+0x200`,
      [`orchestrator_node_runs_total{environment="${name}", workflow="triage", node="plan", outcome="completed"}`]: `0+${many / 15}x200`,
    }),
    // 16 minutes ago they began; a shorter look would see nothing but them.
    row(
      'fires on failures of the first of the last 15 minutes',
      {
        [`orchestrator_node_runs_total{environment="${name}", workflow="triage", node="plan", outcome="failed"}`]: `0+0x46 ${many}+0x100`,
        [`orchestrator_node_runs_total{environment="${name}", workflow="triage", node="plan", outcome="completed"}`]:
          held(0),
      },
      100
    ),
    row('stays quiet without runs', of(0, 0)),
    row('stays quiet without nodes', {}),
  ];
}

function wastedCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.spendWasted;
  const { wastedUsd: usd, wastedRatio: ratio } = alerts;
  const wasted = `orchestrator_wasted_cost_usd_total{environment="${name}", workflow="triage", reason="failure"}`;
  const cost = `orchestrator_cost_usd_total{environment="${name}", workflow="triage", agent="a"}`;
  const info = `orchestrator_exporter_build_info{environment="${name}", instance="i", version="1"}`;
  const built = { [info]: held(1) };
  /** Values until an hour before the evaluation, and from 50 minutes before it. */
  const step = (before: number | undefined, after: number) =>
    `${before === undefined ? '_x71' : `${before}+0x70`} ${after}+0x200`;
  const row = (text: string, series: Record<string, string>, amount?: number): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds: 7_200,
    stepSeconds: STEP,
    fires:
      amount === undefined
        ? []
        : [
            {
              labels: { workflow: 'triage' },
              summary: `Workflow triage spent ${amount.toFixed(2)} USD in the last hour on threads that failed`,
              description: 'Failed and timed out threads are a large part of what the workflow spends.',
            },
          ],
  });
  const spent = usd / ratio;
  return [
    row(
      'fires at exactly the amount and the share',
      { ...built, [wasted]: step(64, 64 + usd), [cost]: step(512, 512 + spent) },
      usd
    ),
    row('stays quiet below the amount', { ...built, [wasted]: step(64, 64 + usd - 0.01), [cost]: step(512, 512) }),
    row('stays quiet below the share', {
      ...built,
      [wasted]: step(64, 64 + usd),
      [cost]: step(512, 512 + spent + 0.01),
    }),
    row(
      'fires on the first waste of a workflow, which increase() would not see',
      { ...built, [wasted]: step(undefined, usd), [cost]: step(undefined, spent) },
      usd
    ),
    row('stays quiet below the share on the first waste of a workflow', {
      ...built,
      [wasted]: step(undefined, usd),
      [cost]: step(undefined, spent + 0.01),
    }),
    row(
      'fires when the exporter has been there for an hour and some minutes',
      { [info]: '_x50 1+0x200', [wasted]: step(undefined, usd), [cost]: step(undefined, spent) },
      usd
    ),
    row(
      'fires on what was spent in the last hour, whatever was before',
      { ...built, [wasted]: `0+0x30 64+0x39 ${64 + usd}+0x200`, [cost]: `0+0x30 512+0x39 ${512 + spent}+0x200` },
      usd
    ),
    row('stays quiet when it does not know the spend of an hour ago', {
      [info]: step(undefined, 1),
      [wasted]: step(64, 64 + usd),
      [cost]: step(undefined, spent),
    }),
    row('stays quiet when it does not know the waste of an hour ago', {
      [info]: step(undefined, 1),
      [wasted]: step(undefined, usd),
      [cost]: step(512, 512 + spent),
    }),
    row('stays quiet when it does not know what was an hour ago', {
      [info]: step(undefined, 1),
      [wasted]: step(undefined, usd),
      [cost]: step(undefined, spent),
    }),
    row('stays quiet when the waste is older', {
      ...built,
      [wasted]: `0+0x30 ${usd}+0x200`,
      [cost]: `0+0x30 ${usd}+0x200`,
    }),
    row('stays quiet when a counter begins anew', { ...built, [wasted]: step(64, 1), [cost]: step(512, 1) }),
    row('stays quiet without spend', built),
  ];
}

function noEventCases({ name, alerts }: Environment): readonly AlertCase[] {
  const alert = ALERTS.noEvents;
  const limit = alerts.noEventsSeconds;
  const of = (running: number, last: number, other = last) => ({
    [`orchestrator_last_event_timestamp_seconds{environment="${name}", workflow="triage"}`]: held(last),
    [`orchestrator_last_event_timestamp_seconds{environment="${name}", workflow="report"}`]: held(other),
    [`orchestrator_agents{environment="${name}", workflow="triage", state="running"}`]: held(running),
    [`orchestrator_agents{environment="${name}", workflow="triage", state="waiting"}`]: held(5),
  });
  const row = (text: string, series: Record<string, string>, loud = false): AlertCase => ({
    alert,
    name: text,
    series,
    atSeconds: limit,
    stepSeconds: STEP,
    fires: loud
      ? [
          {
            labels: {},
            summary: `No event has come for ${duration(limit)} though agents are running`,
            description:
              'Either the orchestrator hangs or its events do not reach the exporter. Spend and states are as old as the last event.',
          },
        ]
      : [],
  });
  return [
    row('fires when the newest event is exactly that old', of(1, 0), true),
    row('stays quiet a second before', of(1, 1)),
    row('stays quiet when another workflow is heard', of(1, 0, 1)),
    row('stays quiet when no agent runs', of(0, 0)),
    row('stays quiet without events', {}),
  ];
}

export function workCases(environment: Environment): readonly AlertCase[] {
  return [longCallCases, waitingCases, checkpointCases, nodeCases, wastedCases, noEventCases].flatMap((of) =>
    of(environment)
  );
}
