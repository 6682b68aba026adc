// What an environment is to the generator: numbers and addresses. Everything else is the same everywhere.

/** Where Alertmanager sends alerts of one severity. Secrets are named by file and never stand in the configuration. */
export type Receiver =
  | { readonly kind: 'none' }
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'slack'; readonly channel: string; readonly apiUrlFile: string }
  | { readonly kind: 'pagerduty'; readonly routingKeyFile: string };

export interface Environment {
  readonly name: string;
  /** Label `team` of alerts that are nobody else's: who runs the exporter and the orchestrator. */
  readonly operators: string;
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
    /** A silence up to this many times the mean run of the agent is a long call, not a hang. */
    readonly agentUsualFactor: number;
    /** How long an agent may wait for somebody. */
    readonly agentWaitingSeconds: number;
    /** Share of a budget's limit that a burn rate's long lookback must have spent to count. */
    readonly burnFloorRatio: number;
    /** Used ratio below which no exhaustion is announced. */
    readonly projectionFloorRatio: number;
    /** How long exhaustion must be in sight: one burst is no trend. */
    readonly projectionSeconds: number;
    /** By how much the used ratio may be ahead of the elapsed one. */
    readonly aheadRatio: number;
    /** Multiple of the same hour of past days. */
    readonly anomalyFactor: number;
    /** Share of a budget's limit that an unusual hour must be above the usual one. */
    readonly anomalyFloorRatio: number;
    /** Age of the last checkpoint of a thread that makes checkpoints. */
    readonly checkpointOverdueSeconds: number;
    /** Failed share of a node's runs, and the runs that it takes to speak of a share. */
    readonly nodeFailureRatio: number;
    readonly nodeFailureRuns: number;
    /** USD per hour on threads that failed, and their share of the workflow's spend. */
    readonly wastedUsd: number;
    readonly wastedRatio: number;
    /** How long no event may come while agents are running. */
    readonly noEventsSeconds: number;
    /** How long a finding of the exporter about itself has to last. */
    readonly degradedSeconds: number;
    /** How far a receiver of pushed samples may be behind. */
    readonly pushLagSeconds: number;
    /** Refused requests in ten minutes. */
    readonly authFailures: number;
  };
  readonly receivers: { readonly warning: Receiver; readonly critical: Receiver };
}
