// What a number of threads comes to in series, samples and events: calculated from assumptions that are written beside it, with
// the labels that the catalogue of metrics gives each family.
import { CATALOGUE } from 'orchestrator-exporter/contract/metrics';
import type { MetricRow } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATES, THREAD_STATES } from 'orchestrator-exporter/contract/states';
import { table } from './table.ts';

/** What is assumed of the work. */
export interface Assumptions {
  /** That run at the same time. */
  readonly threads: number;
  readonly exporters: number;
  readonly agentsPerThread: number;
  /** From begin to end, seconds. */
  readonly threadSeconds: number;
  /** How long a thread is shown after its end, seconds (`threads.retention`). */
  readonly retentionSeconds: number;
  /** Of each running thread: nodes, costs, states, checkpoints. */
  readonly eventsPerThreadSecond: number;
  /** Bytes of an event in the journal, and of a line on the wire. */
  readonly journalBytesPerEvent: number;
  /** Changes of state, steps of spend and checkpoints that the timeline tells, of each running thread per second. */
  readonly timelinePerThreadSecond: number;
  readonly scrapeSeconds: number;
  /** Values of the labels of the aggregates. */
  readonly teams: number;
  readonly workflows: number;
  readonly agents: number;
  readonly models: number;
  readonly nodes: number;
  readonly budgets: number;
  /** Of a sample in Prometheus's blocks. */
  readonly bytesPerSample: number;
}

export const ASSUMPTIONS: Assumptions = {
  threads: 10_000,
  exporters: 2,
  agentsPerThread: 4,
  threadSeconds: 600,
  retentionSeconds: 900,
  eventsPerThreadSecond: 1,
  journalBytesPerEvent: 282,
  timelinePerThreadSecond: 0.6,
  scrapeSeconds: 15,
  teams: 20,
  workflows: 50,
  agents: 100,
  models: 10,
  nodes: 200,
  budgets: 100,
  bytesPerSample: 1.7,
};

export interface Capacity {
  /** Running and shown after their end. */
  readonly shownThreads: number;
  readonly perThreadSeries: number;
  readonly aggregateSeries: number;
  readonly budgetSeries: number;
  readonly timelineSeries: number;
  readonly series: number;
  readonly seriesPerExporter: number;
  /** New series a second, of threads that begin. */
  readonly churnPerSecond: number;
  readonly eventsPerSecond: number;
  readonly eventsPerSecondPerExporter: number;
  readonly samplesPerSecond: number;
  readonly journalBytesPerDay: number;
  readonly prometheusBytesPerDay: number;
}

/**
 * Of rows with labels thread (and agent, state) one series for each combination; of aggregates only combinations that occur: an
 * agent and its nodes belong to one workflow, a workflow to one team, an agent uses two models. What the exporter tells of itself is left out.
 */
export function capacityOf(told: Assumptions): Capacity {
  const { threads, exporters, agentsPerThread, scrapeSeconds } = told;
  const shownThreads = Math.round(threads * (1 + told.retentionSeconds / told.threadSeconds));
  const group = (title: string): readonly MetricRow[] =>
    CATALOGUE.filter((each) => each.title === title).flatMap(({ rows }) => Object.values<MetricRow>(rows));
  const sum = (rows: readonly MetricRow[], series: (row: MetricRow) => number): number =>
    rows.reduce((total, row) => total + series(row) * (row.buckets === undefined ? 1 : row.buckets.length + 3), 0);
  const ofThread = (row: MetricRow): number =>
    (row.labels.includes('agent') ? agentsPerThread : 1) *
    (row.labels.includes('state') ? (row.labels.includes('agent') ? AGENT_STATES : THREAD_STATES).length : 1);
  const perThread = sum(group('Per thread'), ofThread);
  const timelineOfThread = sum(group('Timeline'), ofThread);
  const ofAggregate = (row: MetricRow): number => {
    const has = (label: string): boolean => row.labels.includes(label);
    const places = has('agent')
      ? told.agents
      : has('node')
        ? told.nodes
        : has('workflow')
          ? told.workflows
          : has('team')
            ? told.teams
            : 1;
    const models = has('model') ? (has('agent') || has('workflow') ? 2 : told.models) : 1;
    const states = has('state') ? AGENT_STATES.length : 1;
    const others = row.labels.some((label) => ['direction', 'outcome', 'status', 'reason'].includes(label)) ? 3 : 1;
    return places * models * states * others;
  };
  // Each exporter may see every workflow.
  const aggregateSeries = exporters * sum(group('Aggregates'), ofAggregate);
  const budgetSeries =
    exporters *
    sum(
      group('Budgets'),
      (row) => told.budgets * (row.labels.includes('lookback') ? 6 : row.labels.includes('threshold') ? 4 : 1)
    );
  const perThreadSeries = shownThreads * perThread;
  const timelineSeries = shownThreads * timelineOfThread;
  const series = perThreadSeries + aggregateSeries + budgetSeries + timelineSeries;
  const eventsPerSecond = threads * told.eventsPerThreadSecond;
  // Every changed or unchanged series at each scrape; the timeline's changes, and a heartbeat of what still runs.
  const samplesPerSecond =
    (perThreadSeries + aggregateSeries + budgetSeries) / scrapeSeconds +
    threads * told.timelinePerThreadSecond +
    (threads * timelineOfThread) / scrapeSeconds;
  const daySeconds = 86_400;
  return {
    shownThreads,
    perThreadSeries,
    aggregateSeries,
    budgetSeries,
    timelineSeries,
    series,
    seriesPerExporter: series / exporters,
    churnPerSecond: (threads / told.threadSeconds) * (perThread + timelineOfThread),
    eventsPerSecond,
    eventsPerSecondPerExporter: eventsPerSecond / exporters,
    samplesPerSecond,
    journalBytesPerDay: eventsPerSecond * told.journalBytesPerEvent * daySeconds,
    prometheusBytesPerDay: samplesPerSecond * told.bytesPerSample * daySeconds,
  };
}

/** The assumptions, and what they come to for several numbers of threads. */
export function capacityText(told: Assumptions): string {
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 ? 1 : 0);
  const cases = [1, 500, 2_000, told.threads].map((threads) => ({
    threads,
    found: capacityOf({ ...told, threads, exporters: threads >= told.threads ? told.exporters : 1 }),
  }));
  const head = [
    'running threads',
    'shown',
    'per thread',
    'aggregates',
    'budgets',
    'timeline',
    'series',
    'of one exporter',
    'new series/s',
    'events/s',
    'samples/s',
    'journal GiB/day',
    'Prometheus GiB/day',
  ];
  const rows = cases.map(({ threads, found }) => [
    whole(threads),
    whole(found.shownThreads),
    whole(found.perThreadSeries),
    whole(found.aggregateSeries),
    whole(found.budgetSeries),
    whole(found.timelineSeries),
    whole(found.series),
    whole(found.seriesPerExporter),
    whole(found.churnPerSecond),
    whole(found.eventsPerSecond),
    whole(found.samplesPerSecond),
    gib(found.journalBytesPerDay),
    gib(found.prometheusBytesPerDay),
  ]);
  const assumed = [
    `Assumed: a thread has ${told.agentsPerThread} agents, runs ${told.threadSeconds / 60} min and is shown ${told.retentionSeconds / 60} min longer (\`threads.retention\`); it emits`,
    `${told.eventsPerThreadSecond} event/s (model calls take seconds), of which ${told.timelinePerThreadSecond} change what the timeline tells. ${told.teams} teams, ${told.workflows} workflows, ${told.agents} agents,`,
    `${told.nodes} nodes, ${told.models} models, ${told.budgets} budgets. Scraped every ${told.scrapeSeconds} s; an event takes ${told.journalBytesPerEvent} bytes in the journal (measured), a sample ${told.bytesPerSample} bytes in`,
    `Prometheus (its documentation says 1 to 2). ${told.exporters} exporters for ${whole(told.threads)} threads, one for fewer; \`threads.max\` must be raised to the threads shown of one exporter.`,
  ].join('\n');
  return `${assumed}\n\n${table([head, ...rows])}`;
}
