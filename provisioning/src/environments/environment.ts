// What an environment is to the generator: numbers, addresses, receivers and silences. Everything else is the same everywhere.

/**
 * Where alerts are sent. Secrets are named by file and never stand in a configuration; the paths are those of the server that
 * sends, Alertmanager or Grafana.
 */
export type Receiver =
  | { readonly name: string; readonly type: 'slack'; readonly channel: string; readonly urlFile: string }
  | { readonly name: string; readonly type: 'pagerduty'; readonly routingKeyFile: string }
  /** The URL itself or a file that holds it: one of both. */
  | { readonly name: string; readonly type: 'webhook'; readonly url?: string; readonly urlFile?: string }
  | {
      readonly name: string;
      readonly type: 'email';
      readonly to: string;
      readonly from: string;
      /** host:port */
      readonly smarthost: string;
      readonly username?: string;
      readonly passwordFile?: string;
    };

/** An alert goes to the receiver of the first route of which all that is given matches. */
export interface Route {
  readonly receiver: string;
  readonly severity?: 'info' | 'warning' | 'critical';
  readonly team?: string;
  readonly component?: 'budget' | 'orchestrator' | 'exporter';
  /** Names of mute timings. */
  readonly mute: readonly string[];
  /** Later routes are asked too. */
  readonly continue: boolean;
}

/** As Alertmanager and Grafana both write it. */
export interface TimeInterval {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly days_of_month?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  readonly location?: string;
}

/** When notifications of a route are held back; alerts still fire and dashboards still show them. */
export interface MuteTiming {
  readonly name: string;
  readonly timeIntervals: readonly TimeInterval[];
}

/** Name of the receiver that sends nothing. */
export const NO_RECEIVER = 'none';

export interface Environment {
  readonly name: string;
  /** Label `team` of alerts that are nobody else's: who runs the exporter and the orchestrator. */
  readonly operators: string;
  /** host:port as Prometheus reaches it. */
  readonly exporter: string;
  /** Further exporters, with which it shares the threads: budgets are added up over all of them. */
  readonly shards: readonly string[];
  /** Keys of the exporter's configuration beside those that the environment gives. */
  readonly exporterConfig: Readonly<Record<string, unknown>>;
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
    /** A budget's thresholds from this used ratio on are warnings, lower ones only inform. */
    readonly budgetWarningRatio: number;
    /** And critical from this one on. */
    readonly budgetCriticalRatio: number;
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
  readonly grouping: {
    /** From the first alert of a group to its notification. */
    readonly waitSeconds: number;
    /** Between notifications of a group that changes. */
    readonly intervalSeconds: number;
    /** Between notifications of a group that does not. */
    readonly repeatSeconds: number;
  };
  readonly receivers: readonly Receiver[];
  /** Where alerts go that no route matches: a receiver's name, or `none`. */
  readonly defaultReceiver: string;
  readonly routes: readonly Route[];
  readonly muteTimings: readonly MuteTiming[];
  /** What the kustomization says; without it there is none. */
  readonly kubernetes?: {
    readonly namespace: string;
    /** `name:tag` or `name@digest` of exporter/Dockerfile, built. */
    readonly image: string;
    /** Size of the volume of the journal, as Kubernetes writes quantities. */
    readonly storage: string;
    readonly storageClass?: string;
    /** Labels that the selectors of the Prometheus operator ask for. */
    readonly labels: Readonly<Record<string, string>>;
  };
}
