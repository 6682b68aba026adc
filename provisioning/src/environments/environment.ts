// What an environment is to the generator: numbers and addresses. Everything else is the same everywhere.

/** Where Alertmanager sends alerts of one severity. Secrets are named by file and never stand in the configuration. */
export type Receiver =
  | { readonly kind: 'none' }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'slack'; readonly channel: string; readonly apiUrlFile: string }
  | { readonly kind: 'pagerduty'; readonly routingKeyFile: string };

export interface Environment {
  readonly name: string;
  /** host:port as Prometheus reaches it. */
  readonly exporter: string;
  /** host:port as Prometheus reaches it. */
  readonly alertmanager: string;
  /** As Grafana's server reaches it; its host and port are also how Prometheus scrapes itself. */
  readonly prometheusUrl: string;
  /** The oldest Prometheus that has to load the files: an older one refuses keys that it does not know. */
  readonly prometheusVersion: { readonly major: number; readonly minor: number };
  readonly scrapeIntervalSeconds: number;
  /** At most the interval, or Prometheus refuses the file. */
  readonly scrapeTimeoutSeconds: number;
  readonly evaluationIntervalSeconds: number;
  /** Addresses in alerts: as a person's browser reaches them, without a trailing slash. */
  readonly links: { readonly grafanaUrl: string; readonly runbookUrl: string };
  readonly dashboard: {
    /** Folder of the dashboard files as Grafana's server sees it. */
    readonly directory: string;
    readonly timeFrom: string;
    readonly refresh: string;
  };
  readonly alerts: {
    /** Used ratio of a budget, 0..1. */
    readonly budgetWarningRatio: number;
    readonly budgetCriticalRatio: number;
    readonly budgetExhaustedRatio: number;
    /** How long a budget may be invalid before anybody hears of it: time for a price to be added. */
    readonly budgetInvalidSeconds: number;
    /** How long a target has to be down before anybody hears of it. */
    readonly downSeconds: number;
    /** How long a running agent may be silent. */
    readonly agentSilentSeconds: number;
  };
  readonly receivers: { readonly warning: Receiver; readonly critical: Receiver };
}
