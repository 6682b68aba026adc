// Alerts on what measures: the exporter, its scrapes, its journal, its receivers.
import type { Environment } from '../environments/environment.ts';
import { authFailures, degradedBy, labelsFolded, pushBehind } from '../exporter-state.ts';
import { EXPORTER_JOB, prometheusLosesSamples, scrapeFailing, TIMELINE_JOB, type Scope } from '../expressions.ts';
import type { Draft } from './draft.ts';
import { ALERTS } from './names.ts';

const LOST_BY_RESTART = 'What the exporter counts is not safe on disk, or soon will not be.';

export function exporterDrafts(scope: Scope, alerts: Environment['alerts']): readonly Draft[] {
  const of = { severity: 'warning', component: 'exporter' } as const;
  const lasting = { ...of, forSeconds: alerts.degradedSeconds };
  return [
    {
      name: ALERTS.exporterDown,
      severity: 'critical',
      component: 'exporter',
      expr: scrapeFailing(EXPORTER_JOB),
      forSeconds: alerts.downSeconds,
      summary: 'The orchestrator exporter does not answer',
      description:
        'Prometheus cannot scrape /metrics{{ with $labels.instance }} of {{ . }}{{ end }}. Spend, budgets and agent states are unknown; no budget alert can fire.',
    },
    {
      ...of,
      name: ALERTS.timelineScrapeFailing,
      expr: scrapeFailing(TIMELINE_JOB),
      forSeconds: alerts.downSeconds,
      summary: 'The timeline of the orchestrator exporter is not scraped',
      description:
        'Prometheus cannot scrape /metrics/timeline{{ with $labels.instance }} of {{ . }}{{ end }}. The exporter keeps what was not fetched for a while; after that the timeline has a hole.',
    },
    {
      ...of,
      name: ALERTS.prometheusLosesSamples,
      expr: prometheusLosesSamples(),
      summary: 'Prometheus {{ $labels.version }} loses timeline samples',
      description:
        'This version keeps one sample per series and scrape, so short states are missing from the timeline. Spend and budgets are not affected. Use 2.53.3, 2.54.1 or newer.',
    },
    {
      name: ALERTS.journalUnwritable,
      severity: 'critical',
      component: 'exporter',
      expr: degradedBy(scope, ['journal_unwritable']),
      summary: 'The exporter cannot write its journal and refuses events',
      description: 'Senders keep their events and send again; spend stands still until the journal can be written.',
    },
    {
      ...lasting,
      name: ALERTS.journalDegraded,
      expr: degradedBy(scope, ['memory_only', 'journal_damaged', 'snapshot_failed', 'journal_over_limit']),
      summary: 'The journal of the exporter is degraded: {{ $labels.reason }}',
      description: `${LOST_BY_RESTART} /health/ready says more.`,
    },
    {
      ...of,
      name: ALERTS.pushFailing,
      expr: pushBehind(scope, alerts.pushLagSeconds),
      summary: 'Receiver {{ $labels.receiver }} is {{ $value | humanizeDuration }} behind with timeline samples',
      description:
        'It takes nothing or too little. Samples older than an hour are given up, and the timeline has a hole there.',
    },
    {
      ...lasting,
      name: ALERTS.timelineConsumerShared,
      expr: degradedBy(scope, ['timeline_consumer_shared']),
      summary: 'Several clients fetch the timeline under one consumer name',
      description:
        'Each of them gets a part of the samples, and its timeline has holes. /health/ready names the consumer.',
    },
    {
      ...lasting,
      name: ALERTS.usageUnpriced,
      expr: degradedBy(scope, ['unpriced_usage']),
      summary: 'Usage waits for a price and is not counted as spend',
      description: 'Spend is too small until prices_file names the model; then the money comes by itself.',
    },
    {
      ...of,
      name: ALERTS.labelsFolded,
      expr: labelsFolded(scope),
      summary: 'Values of label {{ $labels.label }} are folded into "other"',
      description: 'The label has reached its cap. Sums stay exact; what is behind "other" cannot be told apart.',
    },
    {
      ...lasting,
      name: ALERTS.threadsOverCap,
      expr: degradedBy(scope, ['threads_over_cap']),
      summary: 'More threads are alive than have series of their own',
      description: 'Threads beyond threads.max are counted in the sums only; no alert on a single thread can see them.',
    },
    {
      ...of,
      name: ALERTS.authFailures,
      expr: authFailures(scope, alerts.authFailures),
      summary:
        '{{ $value | printf "%.0f" }} requests to {{ $labels.scope }} were refused in ten minutes: {{ $labels.reason }}',
      description: 'A sender with an old token loses nothing yet but is not heard; anything else is somebody trying.',
    },
  ];
}
