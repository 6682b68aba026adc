// The alerts of Prometheus that fire now.
import { max } from '../aggregate.ts';
import { select, type Scope } from '../expressions.ts';
import { column, DASHBOARDS, type DashboardName } from './links.ts';
import { rows } from './panels.ts';
import type { Draft, Mapping } from './schema.ts';
import { table, type Column } from './table.ts';

const SEVERITY: Mapping = {
  type: 'value',
  options: {
    critical: { text: 'critical', color: 'red', index: 0 },
    warning: { text: 'warning', color: 'orange', index: 1 },
  },
};

/** Labels that say what an alert is about. */
const ABOUT = ['budget', 'thread', 'agent', 'workflow', 'node', 'reason', 'receiver'];
/** Where an alert leads: to the dashboard of the most telling label that it has. */
const BOARD: readonly (readonly [label: string, name: DashboardName])[] = [
  ['component', 'exporter'],
  ['workflow', 'agents'],
  ['thread', 'thread'],
  ['budget', 'budget'],
];

function described(alerts: string): string {
  const about = `label_join(${alerts}, "about", " ", ${ABOUT.map((label) => `"${label}"`).join(', ')})`;
  const short = `label_replace(${about}, "alert", "$1", "alertname", "Orchestrator(.*)")`;
  return BOARD.reduce(
    (inner, [label, name]) => `label_replace(${inner}, "board", "${DASHBOARDS[name].uid}", "${label}", ".+")`,
    short
  );
}

const BY = ['alert', 'severity', 'about', 'board', 'budget', 'thread', 'workflow'];
const LINK = {
  title: 'Dashboard of what the alert is about',
  url: `/d/${column('board')}?${['${__url_time_range}', '${datasource:queryparam}', '${environment:queryparam}', ...['budget', 'thread', 'workflow'].map((name) => `var-${name}=${column(name)}`)].join('&')}`,
  targetBlank: false,
};

/** Grafana's own alerts are not among them: they write no series. */
export const firing = (scope: Scope, description: string): Draft =>
  table({
    title: 'Alerts firing',
    description,
    queries: [rows(max(BY, described(select('ALERTS', [...scope, 'alertstate="firing"']))))],
    columns: [
      { of: 'severity', title: 'Severity', width: 75, cell: 'color', mappings: [SEVERITY] },
      { of: 'alert', title: 'Alert', links: [LINK] },
      { of: 'about', title: 'About', links: [LINK] },
      ...['board', 'budget', 'thread', 'workflow'].map(
        // What an alert does not say chooses nothing, and of workflows all.
        (of): Column => ({ of, title: of, hidden: true, noValue: of === 'workflow' ? '$__all' : '' })
      ),
    ],
    sortBy: 'Severity',
    noValue: 'no alert is firing',
  });
