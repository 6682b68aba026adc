// The alerting rules: what fires, how badly, and what the text says. Each has a heading of its name in docs/alerts.md.
import { budgetDrafts } from './alerting/budgets.ts';
import type { Component, Draft, Severity } from './alerting/draft.ts';
import { exporterDrafts } from './alerting/exporter.ts';
import { PROMETHEUS_TEXT, type TemplateLanguage } from './alerting/figures.ts';
import { inhibitedFirst } from './alerting/inhibition.ts';
import { workDrafts } from './alerting/work.ts';
import { DASHBOARDS, type DashboardName } from './dashboards/links.ts';
import type { Environment } from './environments/environment.ts';
import { inEnvironment } from './expressions.ts';
import { overShards } from './shards.ts';

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: {
    readonly severity: Severity;
    readonly environment: string;
    readonly component: Component;
    /** Whom it concerns: a budget's owner, else who runs it all. Alerts on threads bring the thread's team. */
    readonly team?: string;
  };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
    readonly dashboard_url: string;
  };
}

/** A thread without a team has none: who runs it is not who wrote it. The operators' name has no braces. */
function teamOf({ component, variables }: Draft, operators: string): { readonly team?: string } {
  if (component === 'budget') return { team: `{{ with $labels.owner }}{{ . }}{{ else }}${operators}{{ end }}` };
  return variables === undefined ? { team: operators } : {};
}

/** The dashboard that shows what the alert is about. */
function dashboardFor({ component, variables }: Draft): DashboardName {
  if (component === 'budget' || component === 'exporter') return component;
  return variables === undefined ? 'agents' : 'thread';
}

/**
 * The alerting rules of one environment. Thresholds have no `for`: the gauge is exact, so the crossing itself is the fact. That
 * a budget is not valid is a fact at once too, but one that a new price or a running total often ends by itself.
 */
export function alertingRules(
  environment: Environment,
  say: TemplateLanguage = PROMETHEUS_TEXT
): readonly AlertingRule[] {
  const { name, alerts, operators } = environment;
  const { grafanaUrl, runbookUrl } = environment.links;
  const scope = inEnvironment(name);
  const drafts = inhibitedFirst([
    ...budgetDrafts(scope, alerts, say),
    ...workDrafts(scope, alerts, say),
    ...exporterDrafts(scope, alerts),
  ]);
  const inLanguage = (text: string) =>
    text.replaceAll(/\{\{ \$value \| ([^}]+) \}\}/g, (_, format: string) => say.value(format));
  return drafts.map((draft) => ({
    alert: draft.name,
    expr: overShards(environment, draft.expr),
    ...(draft.forSeconds === undefined ? {} : { for: `${draft.forSeconds}s` }),
    labels: {
      severity: draft.severity,
      environment: name,
      component: draft.component,
      ...teamOf(draft, operators),
    },
    annotations: {
      summary: inLanguage(overShards(environment, draft.summary)),
      description: inLanguage(overShards(environment, draft.description)),
      runbook_url: `${runbookUrl}#${draft.name.toLowerCase()}`,
      dashboard_url: [
        `${grafanaUrl}/d/${DASHBOARDS[dashboardFor(draft)].uid}?var-environment=${encodeURIComponent(name)}`,
        ...(draft.variables === undefined ? [] : [draft.variables]),
      ].join('&'),
    },
  }));
}
