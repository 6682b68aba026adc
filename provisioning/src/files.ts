// The configuration files around rules and dashboards: Prometheus, Alertmanager and Grafana's dashboard provider.
import { ALERTS, type AlertName } from './alerting/names.ts';
import type { Environment, Receiver } from './environments/environment.ts';
import { EXPORTER_JOB, TIMELINE_JOB } from './expressions.ts';

/** First version that knows `track_timestamps_staleness`; an older one refuses the whole file for an unknown key. */
const STALENESS_SINCE = { major: 2, minor: 48 };

function knowsStaleness({ major, minor }: Environment['prometheusVersion']): boolean {
  return major > STALENESS_SINCE.major || (major === STALENESS_SINCE.major && minor >= STALENESS_SINCE.minor);
}

/** What a reader of prometheus.yml should know, by key. */
export const PROMETHEUS_COMMENTS = {
  params: ' The exporter keeps a cursor for each consumer: two Prometheus servers need two names.',
  honor_timestamps: [
    ' Every sample has its own millisecond; without this one sample per scrape survives.',
    ' Prometheus 2.48 and newer: "track_timestamps_staleness: true" ends a series at the next scrape instead of five',
    ' minutes later. Older ones refuse the file for the unknown key.',
  ].join('\n'),
};

/** `prometheus.yml`. Paths are relative to the file, so the directory can stand anywhere. */
export function prometheusConfig(environment: Environment): unknown {
  const targets = (address: string) => [{ targets: [address] }];
  return {
    global: {
      scrape_interval: `${environment.scrapeIntervalSeconds}s`,
      scrape_timeout: `${environment.scrapeTimeoutSeconds}s`,
      evaluation_interval: `${environment.evaluationIntervalSeconds}s`,
    },
    rule_files: ['rules/*.yml'],
    alerting: { alertmanagers: [{ static_configs: targets(environment.alertmanager) }] },
    scrape_configs: [
      { job_name: EXPORTER_JOB, metrics_path: '/metrics', static_configs: targets(environment.exporter) },
      {
        job_name: TIMELINE_JOB,
        metrics_path: '/metrics/timeline',
        params: { consumer: ['prometheus'] },
        honor_timestamps: true,
        ...(knowsStaleness(environment.prometheusVersion) ? { track_timestamps_staleness: true } : {}),
        static_configs: targets(environment.exporter),
      },
      // For prometheus_build_info, which tells of versions that lose timeline samples.
      {
        job_name: 'prometheus',
        static_configs: targets(new URL(environment.prometheusUrl).host),
      },
    ],
  };
}

// A group may hold several alerts, so the texts go through all of them; common annotations would be empty then.
const TITLE =
  '[{{ .Status | toUpper }}:{{ .Alerts | len }}] {{ .CommonLabels.alertname }} ({{ .CommonLabels.environment }})';
const TEXT = [
  '{{ range .Alerts }}{{ .Annotations.summary }}',
  '{{ .Annotations.description }}',
  'Runbook: {{ .Annotations.runbook_url }}',
  'Dashboard: {{ .Annotations.dashboard_url }}',
  '{{ end }}',
].join('\n');

/** A receiver's part of alertmanager.yml; secrets are read from files by Alertmanager itself. */
function receiverConfig(receiver: Receiver): Record<string, unknown> {
  switch (receiver.kind) {
    case 'none':
      return {};
    case 'webhook':
      return { webhook_configs: [{ url: receiver.url, send_resolved: true }] };
    case 'slack':
      return {
        slack_configs: [
          {
            channel: receiver.channel,
            api_url_file: receiver.apiUrlFile,
            send_resolved: true,
            title: TITLE,
            text: TEXT,
          },
        ],
      };
    case 'pagerduty':
      return {
        pagerduty_configs: [
          {
            routing_key_file: receiver.routingKeyFile,
            send_resolved: true,
            description: TITLE,
            details: { alerts: TEXT },
          },
        ],
      };
  }
}

/** While an alert of `source` fires, those of `targets` about the same thing are not sent. */
const inhibit = (source: AlertName, targets: readonly AlertName[], equal: readonly string[]) => ({
  source_matchers: [`alertname="${source}"`],
  target_matchers: [`alertname=~"${targets.join('|')}"`],
  equal,
});

/** Alerts on one budget, the most telling first: only the first of those that fire speaks. */
const BUDGET_ORDER: readonly AlertName[] = [
  ALERTS.budgetExhausted,
  ALERTS.budgetCritical,
  ALERTS.budgetBurningFast,
  ALERTS.budgetExhaustionProjected,
  ALERTS.budgetBurningSlowly,
  ALERTS.budgetWarning,
  ALERTS.budgetAheadOfTime,
  ALERTS.budgetSpendUnusual,
];

/** `alertmanager.yml`: one route per severity; what several alerts say of one thing is said once. */
export function alertmanagerConfig(environment: Environment): unknown {
  const budget = ['environment', 'budget'];
  return {
    route: {
      receiver: 'warning',
      group_by: ['environment', 'alertname', 'budget'],
      group_wait: '10s',
      group_interval: '1m',
      repeat_interval: '4h',
      routes: [{ receiver: 'critical', matchers: ['severity="critical"'] }],
    },
    inhibit_rules: [
      ...BUDGET_ORDER.slice(0, -1).map((source, i) => inhibit(source, BUDGET_ORDER.slice(i + 1), budget)),
      inhibit(ALERTS.budgetInvalid, [ALERTS.usageUnpriced], ['environment']),
      inhibit(ALERTS.agentStuck, [ALERTS.checkpointOverdue], ['environment', 'thread']),
      inhibit(ALERTS.noEvents, [ALERTS.agentStuck, ALERTS.checkpointOverdue], ['environment']),
      inhibit(ALERTS.exporterDown, [ALERTS.timelineScrapeFailing], ['environment']),
    ],
    receivers: [
      { name: 'warning', ...receiverConfig(environment.receivers.warning) },
      { name: 'critical', ...receiverConfig(environment.receivers.critical) },
    ],
  };
}

/** `provisioning/dashboards/*.yml` of Grafana. Above 10 s it polls; file events do not reach through every bind mount. */
export function dashboardProvider(environment: Environment): unknown {
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'orchestrator',
        orgId: 1,
        type: 'file',
        folder: 'Orchestrator',
        folderUid: 'orchestrator',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: environment.dashboard.directory, foldersFromFilesStructure: false },
      },
    ],
  };
}
