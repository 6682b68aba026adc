// What the exporter says of itself.
import type { DegradedReason } from 'orchestrator-exporter/contract/degraded';
import { ALERTS, type AlertName } from '../../src/alerting/names.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { duration, held, type AlertCase } from './alert-case.ts';

const STEP = 30;

interface Finding {
  readonly alert: AlertName;
  readonly reasons: readonly DegradedReason[];
  readonly forSeconds: number;
  readonly summary: (reason: string) => string;
  readonly description: string;
}

function findingCases(environment: string, finding: Finding): readonly AlertCase[] {
  const { alert, reasons, forSeconds, summary, description } = finding;
  const of = (reason: string, values: string) => ({
    [`orchestrator_exporter_degraded{environment="${environment}", reason="${reason}"}`]: values,
  });
  const row = (name: string, series: Record<string, string>, atSeconds: number, reason?: string): AlertCase => ({
    alert,
    name,
    series,
    atSeconds,
    stepSeconds: STEP,
    fires: reason === undefined ? [] : [{ labels: { reason }, summary: summary(reason), description }],
  });
  return [
    ...reasons.map((reason) => row(`fires on ${reason}`, of(reason, held(1)), forSeconds, reason)),
    ...reasons
      .slice(0, 1)
      .flatMap((reason) => [
        ...(forSeconds === 0 ? [] : [row('stays quiet a step before', of(reason, held(1)), forSeconds - STEP)]),
        row('stays quiet while all is well', of(reason, held(0)), forSeconds * 2),
      ]),
    row('stays quiet on another reason', of('prices_file_refused', held(1)), forSeconds * 2),
    row('stays quiet without an exporter', {}, forSeconds * 2),
  ];
}

interface Counted {
  readonly alert: AlertName;
  readonly series: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

const counted = (of: Counted, name: string, values: string, loud: boolean): AlertCase => ({
  alert: of.alert,
  name,
  series: { [of.series]: values },
  atSeconds: 7_200,
  stepSeconds: 60,
  fires: loud ? [{ labels: of.labels, summary: of.summary, description: of.description }] : [],
});

function pushCases(environment: string, seconds: number): readonly AlertCase[] {
  const row = (name: string, lag: number | string, loud: boolean) =>
    counted(
      {
        alert: ALERTS.pushFailing,
        series: `orchestrator_exporter_push_lag_seconds{environment="${environment}", receiver="mimir"}`,
        labels: { receiver: 'mimir' },
        summary: `Receiver mimir is ${duration(seconds)} behind with timeline samples`,
        description:
          'It takes nothing or too little. Samples older than an hour are given up, and the timeline has a hole there.',
      },
      name,
      held(lag),
      loud
    );
  return [
    row('fires at exactly the lag', seconds, true),
    row('stays quiet below it', seconds - 0.001, false),
    row('stays quiet on NaN', 'NaN', false),
  ];
}

function foldedCases(environment: string): readonly AlertCase[] {
  const row = (name: string, values: string, loud: boolean) =>
    counted(
      {
        alert: ALERTS.labelsFolded,
        series: `orchestrator_exporter_label_overflow_total{environment="${environment}", label="model"}`,
        labels: { label: 'model' },
        summary: 'Values of label model are folded into "other"',
        description: 'The label has reached its cap. Sums stay exact; what is behind "other" cannot be told apart.',
      },
      name,
      values,
      loud
    );
  return [
    row('fires on a value folded 29 minutes ago', '0+0x91 1+0x200', true),
    row('stays quiet on one folded 31 minutes ago', '0+0x88 1+0x200', false),
    row('stays quiet when none is', held(0), false),
    row('stays quiet when the exporter begins anew', '5+0x110 0+0x200', false),
  ];
}

function authCases(environment: string, count: number): readonly AlertCase[] {
  const row = (name: string, values: string, loud: boolean) =>
    counted(
      {
        alert: ALERTS.authFailures,
        series: `orchestrator_exporter_auth_failures_total{environment="${environment}", scope="ingest", reason="unknown_token"}`,
        labels: { scope: 'ingest', reason: 'unknown_token' },
        summary: `${count} requests to ingest were refused in ten minutes: unknown_token`,
        description: 'A sender with an old token loses nothing yet but is not heard; anything else is somebody trying.',
      },
      name,
      values,
      loud
    );
  return [
    row('fires at exactly the number', `0+${count / 10}x200`, true),
    row('stays quiet below it', `0+${(count / 10) * 0.99}x200`, false),
    row('stays quiet when they are older', `0+${count / 5}x100 ${count * 20}+0x100`, false),
    row('stays quiet when none is refused', held(0), false),
  ];
}

export function exporterCases({ name, alerts }: Environment): readonly AlertCase[] {
  const forSeconds = alerts.degradedSeconds;
  const findings: readonly Finding[] = [
    {
      alert: ALERTS.journalUnwritable,
      reasons: ['journal_unwritable'],
      forSeconds: 0,
      summary: () => 'The exporter cannot write its journal and refuses events',
      description: 'Senders keep their events and send again; spend stands still until the journal can be written.',
    },
    {
      alert: ALERTS.journalDegraded,
      reasons: ['memory_only', 'journal_damaged', 'snapshot_failed', 'journal_over_limit'],
      forSeconds,
      summary: (reason) => `The journal of the exporter is degraded: ${reason}`,
      description: 'What the exporter counts is not safe on disk, or soon will not be. /health/ready says more.',
    },
    {
      alert: ALERTS.timelineConsumerShared,
      reasons: ['timeline_consumer_shared'],
      forSeconds,
      summary: () => 'Several clients fetch the timeline under one consumer name',
      description:
        'Each of them gets a part of the samples, and its timeline has holes. /health/ready names the consumer.',
    },
    {
      alert: ALERTS.usageUnpriced,
      reasons: ['unpriced_usage'],
      forSeconds,
      summary: () => 'Usage waits for a price and is not counted as spend',
      description: 'Spend is too small until prices_file names the model; then the money comes by itself.',
    },
    {
      alert: ALERTS.threadsOverCap,
      reasons: ['threads_over_cap'],
      forSeconds,
      summary: () => 'More threads are alive than have series of their own',
      description: 'Threads beyond threads.max are counted in the sums only; no alert on a single thread can see them.',
    },
  ];
  return [
    ...findings.flatMap((finding) => findingCases(name, finding)),
    ...pushCases(name, alerts.pushLagSeconds),
    ...foldedCases(name),
    ...authCases(name, alerts.authFailures),
  ];
}
