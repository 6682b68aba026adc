// The alerting rules as rules that Grafana evaluates itself: the same expressions, `for`, labels and texts as Prometheus has.
import { createHash } from 'node:crypto';
import { FIRING_QUERY, figureQuery, figuresIn, GRAFANA_TEXT } from '../alerting/figures.ts';
import { ALERTS } from '../alerting/names.ts';
import { alertingRules, type AlertingRule } from '../alerts.ts';
import { DATASOURCE_UID } from '../data-source.ts';
import type { Environment } from '../environments/environment.ts';
import { inEnvironment } from '../expressions.ts';
import { overShards } from '../shards.ts';

export const ORGANISATION = 1;
const EXPRESSION = '__expr__';
/** Grafana evaluates in steps of ten seconds (`unified_alerting.min_interval`) and refuses other intervals. */
const STEP_SECONDS = 10;
const MAX_UID = 40;

/** A uid that is the same in every build: names where they fit, else a digest of them. */
export function uidOf(environment: string, name: string): string {
  const spoken = `${environment}-${name}`;
  if (spoken.length <= MAX_UID && /^[\w-]+$/.test(spoken)) return spoken;
  return `orchestrator-${createHash('sha256').update(spoken).digest('hex').slice(0, 24)}`;
}

/** An instant query; the range is what Grafana shows beside the rule. */
const query = (refId: string, expr: string) => ({
  refId,
  relativeTimeRange: { from: 600, to: 0 },
  datasourceUid: DATASOURCE_UID,
  model: { refId, expr, instant: true, range: false, editorMode: 'code', intervalMs: 1_000, maxDataPoints: 43_200 },
});

const expression = (refId: string, model: object) => ({
  refId,
  relativeTimeRange: { from: 600, to: 0 },
  datasourceUid: EXPRESSION,
  model: { refId, datasource: { type: EXPRESSION, uid: EXPRESSION }, ...model },
});

/**
 * In Prometheus every series that the expression gives fires, whatever its value. A threshold on the value would miss 0, what
 * is negative and NaN, so it is on whether there is a value: how Grafana itself converts Prometheus rules (ngalert/prom).
 */
const conditionOnPresence = [
  expression('present', {
    type: 'math',
    expression: `is_number($${FIRING_QUERY}) || is_nan($${FIRING_QUERY}) || is_inf($${FIRING_QUERY})`,
  }),
  expression('condition', {
    type: 'threshold',
    expression: 'present',
    conditions: [{ evaluator: { type: 'gt', params: [0] } }],
  }),
];

/** Labels are expanded twice: `$$` is a dollar for Grafana's provisioning. A label that is missing reads `[no value]`. */
const label = (text: string): string =>
  text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '{{ with $labels.$1 }}{{ . }}{{ end }}')
    .replaceAll('$labels', '$$$$labels');

function managedRule(environment: Environment, rule: AlertingRule): unknown {
  const scope = inEnvironment(environment.name);
  const figures = figuresIn(Object.values(rule.annotations).join('\n'));
  return {
    uid: uidOf(environment.name, rule.alert.replace('Orchestrator', '')),
    title: rule.alert,
    condition: 'condition',
    data: [
      query(FIRING_QUERY, rule.expr),
      ...conditionOnPresence,
      ...figures.map((name) => query(name, overShards(environment, figureQuery(name, scope)))),
    ],
    // No series is how an expression says that all is well.
    noDataState: 'OK',
    // A Prometheus that does not answer is an exporter that is not seen, and fires as that does, after its `for`. A rule that
    // fails says so as DatasourceError: left out, or as executionErrorState, Grafana would take it for the alert itself.
    execErrState: rule.alert === ALERTS.exporterDown ? 'Alerting' : 'Error',
    for: rule.for ?? '0s',
    // A series that is gone has resolved, as in Prometheus; Grafana would wait for a second evaluation.
    missing_series_evals_to_resolve: 1,
    labels: Object.fromEntries(Object.entries(rule.labels).map(([name, text]) => [name, label(text)])),
    annotations: rule.annotations,
  };
}

/** Folder of the rules of one environment: titles are unique in a folder, and one Grafana may have several environments. */
export const folderOf = ({ name }: Environment): string =>
  `Orchestrator alerts/${name.replaceAll('/', String.raw`\/`)}`;

/** `alerting/rules.yml`: one group per component, each in the environment's folder. */
export function managedRules(environment: Environment): unknown {
  const rules = alertingRules(environment, GRAFANA_TEXT);
  const interval = Math.max(1, Math.ceil(environment.evaluationIntervalSeconds / STEP_SECONDS)) * STEP_SECONDS;
  return {
    apiVersion: 1,
    groups: [...new Set(rules.map(({ labels }) => labels.component))].map((component) => ({
      orgId: ORGANISATION,
      name: component,
      folder: folderOf(environment),
      interval: `${interval}s`,
      rules: rules.filter(({ labels }) => labels.component === component).map((rule) => managedRule(environment, rule)),
    })),
  };
}
