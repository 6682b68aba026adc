// What exporters take in and keep: events, the journal, and the process that does it.
import { SELF } from 'orchestrator-exporter/contract/metrics';
import { max, quantile, rate, sum } from '../aggregate.ts';
import { select } from '../expressions.ts';
import { failFrom, PLAIN, warnFrom } from './colours.ts';
import { graph, NO_EXPORTER, instant, range, stat, type Query } from './panels.ts';
import type { Draft } from './schema.ts';
import { EXPORTER_SCOPE as EXPORTER } from './variables.ts';

/** Median and 99th percentile of a histogram. */
export const spread = (name: string): readonly Query[] => [
  range(quantile(0.5, { name, scope: EXPORTER, labels: [] }), 'median'),
  range(quantile(0.99, { name, scope: EXPORTER, labels: [] }), '99th percentile'),
];

export const ingest: readonly Draft[] = [
  graph({
    title: 'Events per second by source',
    description: 'Events that were accepted.',
    queries: [range(rate(['source'], SELF.events.name, EXPORTER), '{{source}}')],
    unit: 'short',
    stacked: true,
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Refused events per second by reason',
    description: 'Reasons that have never been given are not drawn.',
    queries: [
      range(
        `${rate(['reason'], SELF.eventsRejected.name, EXPORTER)} and on (reason) ${sum(['reason'], select(SELF.eventsRejected.name, EXPORTER))} > 0`,
        '{{reason}}'
      ),
    ],
    unit: 'short',
    stacked: true,
    noValue: 'no event was ever refused',
  }),
  graph({
    title: 'Event lag',
    description: 'From the timestamp of an event to its acceptance.',
    queries: spread(SELF.eventLag.name),
    unit: 's',
    noValue: 'no event yet',
  }),
  graph({
    title: 'Duplicates and anomalies per second',
    description: 'Events that came again, and accepted events of which a field could not be used as given.',
    queries: [
      range(rate([], SELF.eventsDuplicate.name, EXPORTER), 'duplicate'),
      range(
        `${rate(['kind'], SELF.eventAnomalies.name, EXPORTER)} and on (kind) ${sum(['kind'], select(SELF.eventAnomalies.name, EXPORTER))} > 0`,
        '{{kind}}'
      ),
    ],
    unit: 'short',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Missing from producers',
    description: 'Sequence numbers that forwarders jumped over and that have not come: events that are late or lost.',
    queries: [range(sum([], select(SELF.producerSeqMissing.name, EXPORTER)), 'missing')],
    unit: 'short',
    decimals: 0,
    legend: 'none',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Refused requests per second',
    description:
      'For their credentials or origin, by what they wanted; and connections closed before a request could be read.',
    queries: [
      range(rate(['scope'], SELF.authFailures.name, EXPORTER), 'credentials, {{scope}}'),
      range(rate([], SELF.connectionsRefused.name, EXPORTER), 'connections'),
    ],
    unit: 'short',
    noValue: NO_EXPORTER,
  }),
];

export const journal: readonly Draft[] = [
  graph({
    title: 'Journal commit latency',
    description: 'Time to write and sync the events that waited together; an event is acknowledged after it.',
    queries: spread(SELF.journalCommit.name),
    unit: 's',
    noValue: 'no event yet',
  }),
  graph({
    title: 'Journal on disk',
    description: 'Bytes of the segments.',
    queries: [range(sum(['instance'], select(SELF.journalBytes.name, EXPORTER)), '{{instance}}')],
    unit: 'bytes',
    legend: 'none',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Journal entries per second',
    description: 'Entries written.',
    queries: [range(rate(['instance'], SELF.journalRecords.name, EXPORTER), '{{instance}}')],
    unit: 'short',
    legend: 'none',
    noValue: NO_EXPORTER,
  }),
];

export const journalFigures: readonly Draft[] = [
  stat({
    title: 'Durable',
    description: 'Whether accepted events are on disk before they are acknowledged.',
    queries: [instant(`min(${select(SELF.journalDurable.name, EXPORTER)})`)],
    unit: 'none',
    mappings: [
      {
        type: 'value',
        options: { 0: { text: 'memory only', color: 'red', index: 0 }, 1: { text: 'yes', color: 'green', index: 1 } },
      },
    ],
    noValue: NO_EXPORTER,
  }),
  stat({
    title: 'Newest snapshot',
    description: 'Age of the newest snapshot; what came after it is read again at a start.',
    queries: [instant(`time() - ${max([], select(SELF.journalSnapshotTimestamp.name, EXPORTER))}`)],
    unit: 's',
    decimals: 0,
    steps: PLAIN,
    noValue: 'none yet',
  }),
  stat({
    title: 'Failed snapshots',
    description: 'Snapshots that could not be made since the start; the one before stays in use.',
    queries: [instant(sum([], select(SELF.journalSnapshotFailures.name, EXPORTER)))],
    unit: 'none',
    steps: failFrom(1),
    noValue: NO_EXPORTER,
  }),
  stat({
    title: 'Damage found',
    description: 'Findings at the last start. A torn tail alone is a write that was cut off and was not acknowledged.',
    queries: [instant(sum([], select(SELF.journalDamage.name, EXPORTER)))],
    unit: 'none',
    steps: warnFrom(1),
    noValue: NO_EXPORTER,
  }),
];

export const process: readonly Draft[] = [
  graph({
    title: 'Event loop lag',
    description: 'How late a timer runs, ten times a second: what everything that the exporter does waits for.',
    queries: spread(SELF.loopLag.name),
    unit: 's',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Memory',
    description: 'Of the largest exporter: resident, and the heap in use.',
    queries: [
      range(max([], select('process_resident_memory_bytes', EXPORTER)), 'resident'),
      range(max([], select('nodejs_heap_size_used_bytes', EXPORTER)), 'heap'),
    ],
    unit: 'bytes',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'CPU',
    description: 'Cores in use.',
    queries: [range(rate(['instance'], 'process_cpu_seconds_total', EXPORTER), '{{instance}}')],
    unit: 'short',
    decimals: 2,
    legend: 'none',
    noValue: NO_EXPORTER,
  }),
];
