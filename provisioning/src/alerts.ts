// The alerting rules: what fires, how badly, and what the text says. Each has a heading of its name in docs/alerts.md.
import { BUDGETS, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { DASHBOARD_UID } from './dashboards/orchestrator.ts';
import type { Environment } from './environments/environment.ts';
import {
  agentSilentFor,
  budgetUntrusted,
  budgetUsedAtLeast,
  EXPORTER_JOB,
  inEnvironment,
  prometheusLosesSamples,
  scrapeFailing,
  threadBudgetExhausted,
  TIMELINE_JOB,
} from './expressions.ts';

export type Severity = 'warning' | 'critical';

/** Names of the alerts; docs/alerts.md has one heading for each, alertmanager.yml inhibits by them. */
export const ALERTS = {
  budgetWarning: 'OrchestratorBudgetWarning',
  budgetCritical: 'OrchestratorBudgetCritical',
  budgetExhausted: 'OrchestratorBudgetExhausted',
  budgetInvalid: 'OrchestratorBudgetInvalid',
  threadBudgetExhausted: 'OrchestratorThreadBudgetExhausted',
  agentStuck: 'OrchestratorAgentStuck',
  exporterDown: 'OrchestratorExporterDown',
  timelineScrapeFailing: 'OrchestratorTimelineScrapeFailing',
  prometheusLosesSamples: 'OrchestratorPrometheusLosesSamples',
} as const;

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: Severity; readonly environment: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
    readonly dashboard_url: string;
  };
}

interface Draft extends Omit<AlertingRule, 'alert' | 'labels' | 'annotations' | 'for'> {
  readonly name: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  readonly forSeconds?: number;
  /** Dashboard variables beside the environment, as `name=template`. */
  readonly variables?: string;
}

/**
 * Template pipeline that looks up another series of the same budget or thread when the alert fires. Go's %q quotes as PromQL
 * does, so a name with quotes in it stays inside its string.
 */
const lookUp = (metric: string, label: 'budget' | 'thread'): string =>
  `printf "${metric}{environment=%q, ${label}=%q}" $labels.environment $labels.${label} | query`;

interface Figure {
  readonly metric: string;
  readonly of: 'budget' | 'thread';
  readonly decimals: number;
}

/** USD of another series, `unknown` where there is none. */
const usd = ({ metric, of, decimals }: Figure): string =>
  `{{ with ${lookUp(metric, of)} }}{{ . | first | value | printf "%.${decimals}f" }}{{ else }}unknown{{ end }}`;

const budgetUsd = (row: { readonly name: string }): string => usd({ metric: row.name, of: 'budget', decimals: 2 });

const BUDGET_FIGURES = [
  `Used ${budgetUsd(BUDGETS.spent)} of ${budgetUsd(BUDGETS.limit)} USD ({{ $value | humanizePercentage }}),`,
  ` remaining ${budgetUsd(BUDGETS.remaining)} USD.`,
  '{{ with $labels.owner }} Owner: {{ . }}.{{ end }}',
  // Rolling and thread budgets have no period.
  `{{ with ${lookUp(BUDGETS.periodEnd.name, 'budget')} }} Period ends {{ . | first | value | humanizeTimestamp }}.{{ end }}`,
].join('');

const THREAD_FACTS =
  '{{ with $labels.workflow }} Workflow: {{ . }}.{{ end }}{{ with $labels.team }} Team: {{ . }}.{{ end }}';

function drafts({ name, alerts }: Environment): readonly Draft[] {
  const scope = inEnvironment(name);
  const budgetText = {
    summary: 'Budget {{ $labels.budget }} has used {{ $value | humanizePercentage }} of its limit',
    description: BUDGET_FIGURES,
  };
  return [
    {
      name: ALERTS.budgetWarning,
      severity: 'warning',
      expr: budgetUsedAtLeast(scope, alerts.budgetWarningRatio),
      ...budgetText,
    },
    {
      name: ALERTS.budgetCritical,
      severity: 'critical',
      expr: budgetUsedAtLeast(scope, alerts.budgetCriticalRatio),
      ...budgetText,
    },
    {
      name: ALERTS.budgetExhausted,
      severity: 'critical',
      expr: budgetUsedAtLeast(scope, alerts.budgetExhaustedRatio),
      ...budgetText,
      summary: 'Budget {{ $labels.budget }} is exhausted: {{ $value | humanizePercentage }} of its limit is used',
    },
    {
      name: ALERTS.budgetInvalid,
      severity: 'critical',
      expr: budgetUntrusted(scope),
      forSeconds: alerts.budgetInvalidSeconds,
      summary: 'The figures of budget {{ $labels.budget }} cannot be trusted',
      description:
        'Used and remaining are known to be too small, so its threshold alerts come late or not at all. The exporter says why at /health/ready and in its log.',
    },
    {
      name: ALERTS.threadBudgetExhausted,
      severity: 'warning',
      expr: threadBudgetExhausted(scope),
      summary: 'Thread {{ $labels.thread }} has used up its budget',
      description: `Remaining {{ $value | printf "%.4f" }} of ${usd({ metric: PER_THREAD.threadBudgetLimit.name, of: 'thread', decimals: 4 })} USD.${THREAD_FACTS}`,
      variables: 'var-thread={{ $labels.thread | urlquery }}',
    },
    {
      name: ALERTS.agentStuck,
      severity: 'warning',
      expr: agentSilentFor(scope, alerts.agentSilentSeconds),
      summary: 'Agent {{ $labels.agent }} has been running without a word for {{ $value | humanizeDuration }}',
      description: `Thread {{ $labels.thread }}: the agent is running and its last event is {{ $value | humanizeDuration }} old. It may hang, or be in one long call.${THREAD_FACTS}`,
      variables: 'var-thread={{ $labels.thread | urlquery }}',
    },
    {
      name: ALERTS.exporterDown,
      severity: 'critical',
      expr: scrapeFailing(EXPORTER_JOB),
      forSeconds: alerts.downSeconds,
      summary: 'The orchestrator exporter does not answer',
      description:
        'Prometheus cannot scrape /metrics{{ with $labels.instance }} of {{ . }}{{ end }}. Spend, budgets and agent states are unknown; no budget alert can fire.',
    },
    {
      name: ALERTS.timelineScrapeFailing,
      severity: 'warning',
      expr: scrapeFailing(TIMELINE_JOB),
      forSeconds: alerts.downSeconds,
      summary: 'The timeline of the orchestrator exporter is not scraped',
      description:
        'Prometheus cannot scrape /metrics/timeline{{ with $labels.instance }} of {{ . }}{{ end }}. The exporter keeps what was not fetched for a while; after that the timeline has a hole.',
    },
    {
      name: ALERTS.prometheusLosesSamples,
      severity: 'warning',
      expr: prometheusLosesSamples(),
      summary: 'Prometheus {{ $labels.version }} loses timeline samples',
      description:
        'This version keeps one sample per series and scrape, so short states are missing from the timeline. Spend and budgets are not affected. Use 2.53.3, 2.54.1 or newer.',
    },
  ];
}

/**
 * The alerting rules of one environment. Thresholds have no `for`: the gauge is exact, so the crossing itself is the fact. That
 * a budget is not valid is a fact at once too, but one that a new price or a running total often ends by itself.
 */
export function alertingRules(environment: Environment): readonly AlertingRule[] {
  const { grafanaUrl, runbookUrl } = environment.links;
  return drafts(environment).map((draft) => ({
    alert: draft.name,
    expr: draft.expr,
    ...(draft.forSeconds === undefined ? {} : { for: `${draft.forSeconds}s` }),
    labels: { severity: draft.severity, environment: environment.name },
    annotations: {
      summary: draft.summary,
      description: draft.description,
      runbook_url: `${runbookUrl}#${draft.name.toLowerCase()}`,
      dashboard_url: [
        `${grafanaUrl}/d/${DASHBOARD_UID}?var-environment=${encodeURIComponent(environment.name)}`,
        ...(draft.variables === undefined ? [] : [draft.variables]),
      ].join('&'),
    },
  }));
}
