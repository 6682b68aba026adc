// The configuration files around rules and dashboards: Prometheus, the exporter and Grafana's dashboard provider.
import type { Environment } from './environments/environment.ts';
import { EXPORTER_JOB, TIMELINE_JOB } from './expressions.ts';

/** First version that knows `track_timestamps_staleness`; an older one refuses the whole file for an unknown key. */
const STALENESS_SINCE = { major: 2, minor: 48 };

export function knowsStaleness({ major, minor }: Environment['prometheusVersion']): boolean {
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

/** The scrape jobs of the exporter, for a Prometheus that has others too. */
function exporterJobs(environment: Environment): readonly unknown[] {
  const target = [{ targets: [environment.exporter, ...environment.shards] }];
  return [
    { job_name: EXPORTER_JOB, metrics_path: '/metrics', static_configs: target },
    {
      job_name: TIMELINE_JOB,
      metrics_path: '/metrics/timeline',
      params: { consumer: ['prometheus'] },
      honor_timestamps: true,
      ...(knowsStaleness(environment.prometheusVersion) ? { track_timestamps_staleness: true } : {}),
      static_configs: target,
    },
  ];
}

/** For `scrape_config_files` of an existing Prometheus, 2.43 and newer. Its own intervals hold. */
export function scrapeConfig(environment: Environment): unknown {
  return { scrape_configs: exporterJobs(environment) };
}

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
      ...exporterJobs(environment),
      // For prometheus_build_info, which tells of versions that lose timeline samples.
      { job_name: 'prometheus', static_configs: targets(new URL(environment.prometheusUrl).host) },
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

/** Where the exporter's image has its data and looks for its files; docker-compose.yml and the Kubernetes files mount them there. */
export const EXPORTER_DATA = '/var/lib/orchestrator-exporter';
export const EXPORTER_CONFIG = '/etc/orchestrator-exporter';

/** The exporter's configuration file. It listens for its network: inside a container that is the container's. */
export function exporterConfig(environment: Environment): unknown {
  return {
    environment: environment.name,
    listen: { host: '0.0.0.0', port: Number(environment.exporter.split(':').at(-1)) },
    data_dir: EXPORTER_DATA,
    budgets_file: `${EXPORTER_CONFIG}/budgets.yml`,
    ...environment.exporterConfig,
  };
}
