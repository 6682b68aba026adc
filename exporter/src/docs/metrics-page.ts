// docs/metrics.md from the catalogue and the closed vocabularies.
import { DEGRADED_REASONS } from '../contract/degraded.ts';
import { ANOMALIES, EVENT_TYPES, REJECT_REASONS, SOURCES } from '../contract/event.ts';
import {
  CHECKPOINT_OUTCOMES,
  NODE_OUTCOMES,
  PRICED_BY,
  TOKEN_DIRECTIONS,
  UNPRICED_REASONS,
} from '../contract/labels.ts';
import {
  AGGREGATES,
  AUTH_FAILURE_REASONS,
  AUTH_SCOPES,
  BURN_RATE_LOOKBACKS,
  CATALOGUE,
  CONNECTION_REFUSALS,
  ENVIRONMENT_LABEL,
  GATEWAY_FRAME_OUTCOMES,
  JOURNAL_DAMAGE_KINDS,
  PER_THREAD,
  RELOADABLE_FILES,
  PUSH_FAILURES,
  SELF,
  TIMELINE_DROP_REASONS,
  type MetricRow,
} from '../contract/metrics.ts';
import { AGENT_STATES, GRAPH_STATUSES, THREAD_STATES } from '../contract/states.ts';
import { code, GENERATED, page, table } from './markdown.ts';

/** Allowed values of closed labels, by metric where the same label has several vocabularies. */
const CLOSED: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['state', AGENT_STATES],
  [`${AGGREGATES.threads.name} state`, THREAD_STATES],
  [`${PER_THREAD.threadState.name} state`, THREAD_STATES],
  ['status', GRAPH_STATUSES],
  ['direction', TOKEN_DIRECTIONS],
  ['lookback', Object.keys(BURN_RATE_LOOKBACKS)],
  ['source', SOURCES],
  ['type', EVENT_TYPES],
  ['kind', ANOMALIES],
  [`${AGGREGATES.nodeRuns.name} outcome`, NODE_OUTCOMES],
  [`${AGGREGATES.checkpoints.name} outcome`, CHECKPOINT_OUTCOMES],
  [`${SELF.gatewayFrames.name} outcome`, GATEWAY_FRAME_OUTCOMES],
  [`${AGGREGATES.wastedCost.name} reason`, GRAPH_STATUSES.filter((status) => status !== 'success')],
  [`${SELF.eventsRejected.name} reason`, REJECT_REASONS],
  [`${SELF.journalDamage.name} kind`, JOURNAL_DAMAGE_KINDS],
  [`${SELF.timelineDropped.name} reason`, TIMELINE_DROP_REASONS],
  [`${SELF.pushFailed.name} reason`, PUSH_FAILURES],
  [`${SELF.authFailures.name} scope`, AUTH_SCOPES],
  [`${SELF.authFailures.name} reason`, AUTH_FAILURE_REASONS],
  [`${SELF.connectionsRefused.name} reason`, CONNECTION_REFUSALS],
  [`${AGGREGATES.unpricedUsage.name} reason`, UNPRICED_REASONS],
  ['priced_by', PRICED_BY],
  [`${SELF.degraded.name} reason`, DEGRADED_REASONS],
  [`${SELF.configReloadSuccessful.name} file`, RELOADABLE_FILES],
  [`${SELF.configReloadTimestamp.name} file`, RELOADABLE_FILES],
]);

/** The whole page; the same catalogue gives the same text. @throws Error for a row without a help text. */
export function metricsPage(): string {
  return page([
    GENERATED,
    '# Metrics',
    `Every series also carries the label ${code(ENVIRONMENT_LABEL)}. Units are base units; money is in US dollars. ` +
      '`experimental` may change; `stable` is never renamed. Labels in braces list all their values; the others are bounded: past the cap of a label its values are folded into `other`.',
    "`/metrics` answers in the text format 0.0.4 or in OpenMetrics 1.0, whichever `Accept` weighs more, and gzipped for those who take that. The series and their names are the same in both; they stand in the order in which they came, and metrics that you add to the exporter's prom-client registry stand behind them. What a body promises while values change is in [design/0012](design/0012-patched-scrape-body.md).",
    ...CATALOGUE.flatMap(({ title, rows }) => [`## ${title}`, metricsTable(Object.values<MetricRow>(rows))]),
  ]);
}

function metricsTable(rows: readonly MetricRow[]): string {
  const head = ['name', 'type', 'labels', 'meaning', 'moved by', 'stability'];
  return table(
    head,
    rows.map((row) => {
      if (row.help === '') throw new Error(`${row.name} has no help text`);
      const labels = row.labels.map((label) => labelText(row, label)).join(', ');
      return [code(row.name), row.type, labels, meaning(row), row.source, row.stability];
    })
  );
}

function labelText(row: MetricRow, label: string): string {
  const values = CLOSED.get(`${row.name} ${label}`) ?? CLOSED.get(label);
  return values === undefined ? code(label) : `${code(label)} {${values.join(', ')}}`;
}

function meaning({ help, buckets }: MetricRow): string {
  return buckets === undefined ? help : `${help} Buckets: ${buckets.join(', ')}.`;
}
