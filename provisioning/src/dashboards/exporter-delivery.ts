// What exporters hand on: series to Prometheus, frames to clients of the gateway, samples to receivers; and what comes by NATS.
import { ENVIRONMENT_LABEL, PER_THREAD, SELF } from 'orchestrator-exporter/contract/metrics';
import { max, quantile, rate, sum } from '../aggregate.ts';
import { select } from '../expressions.ts';
import { spread } from './exporter-intake.ts';
import { warnAndFail } from './colours.ts';
import { graph, NO_EXPORTER, range, rows } from './panels.ts';
import type { Draft, Step } from './schema.ts';
import { table } from './table.ts';
import { EXPORTER_SCOPE as EXPORTER, TARGET_SCOPE } from './variables.ts';

const NO_NATS = 'nats is not configured';
const NO_RECEIVER = 'no remote_write or grafana_live is configured';

/** At 1 values are folded. The bar of what is well has the colour of all others. */
const CAP_STEPS: readonly Step[] = [{ color: 'blue', value: null }, ...warnAndFail(0.8, 1).slice(1)];

const named = (expr: string, template: string, label: string): string =>
  `label_replace(${expr}, "what", "${template}", "${label}", "(?:orchestrator_)?(.*)")`;
/** Of each exporter, as its caps are. */
const EACH = `${ENVIRONMENT_LABEL}, instance`;
const threads = `count by (${EACH}) (${select(PER_THREAD.threadInfo.name, EXPORTER)})`;
/** What has a cap, or might: families, labels, threads. */
const largest = (family: string, label: string, thread: string): string =>
  max(
    ['what'],
    [named(family, '$1', 'family'), named(label, 'values of $1', 'label'), named(thread, 'threads', '')].join(' or ')
  );
const of = ({ name }: { readonly name: string }): string => select(name, EXPORTER);

const caps = table({
  title: 'Caps',
  description:
    'Series by family, values by label, and threads, of the exporter that has most, against limits.series_per_family, limits.label_values and threads.max. A family without a share is bounded by threads or budgets.',
  queries: [
    rows(largest(of(SELF.series), of(SELF.labelValues), threads)),
    rows(
      largest(
        `${of(SELF.series)} / on (${EACH}, family) ${of(SELF.seriesLimit)}`,
        `${of(SELF.labelValues)} / on (${EACH}) group_left () ${of(SELF.labelValuesLimit)}`,
        `${threads} / on (${EACH}) ${of(SELF.threadsLimit)}`
      )
    ),
  ],
  columns: [
    { of: 'what', title: 'What' },
    { of: 0, title: 'Number', unit: 'short', decimals: 0, width: 70 },
    {
      of: 1,
      title: 'Of the cap',
      unit: 'percentunit',
      decimals: 1,
      width: 110,
      cell: 'gauge',
      max: 1,
      steps: CAP_STEPS,
    },
  ],
  sortBy: 'Of the cap',
  descending: true,
  noValue: NO_EXPORTER,
});

export const scrapes: readonly Draft[] = [
  caps,
  graph({
    title: 'Caps reached',
    description:
      'Label values folded into "other", by label, and threads without series of their own, since the start.',
    queries: [
      range(sum(['label'], select(SELF.labelOverflow.name, EXPORTER)), '{{label}}'),
      range(sum([], select(SELF.threadsOverCap.name, EXPORTER)), 'threads'),
    ],
    unit: 'short',
    decimals: 0,
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Series in a scrape',
    description: 'Samples of a scrape of each page.',
    queries: [range(sum(['job'], select('scrape_samples_scraped', TARGET_SCOPE)), '{{job}}')],
    unit: 'short',
    noValue: 'no target',
  }),
  graph({
    title: 'Time to build a scrape',
    description: '99th percentile by page.',
    queries: [
      range(quantile(0.99, { name: SELF.scrapeDuration.name, scope: EXPORTER, labels: ['endpoint'] }), '{{endpoint}}'),
    ],
    unit: 's',
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Time of a scrape',
    description: 'As Prometheus measured it, with the network.',
    queries: [range(max(['job'], select('scrape_duration_seconds', TARGET_SCOPE)), '{{job}}')],
    unit: 's',
    noValue: 'no target',
  }),
  graph({
    title: 'Timeline samples dropped per second',
    description: 'Samples that no consumer will get, by reason.',
    queries: [range(rate(['reason'], SELF.timelineDropped.name, EXPORTER), '{{reason}}')],
    unit: 'short',
    noValue: NO_EXPORTER,
  }),
];

export const gateway: readonly Draft[] = [
  graph({
    title: 'Clients of the gateway',
    description: 'WebSocket clients, and their subscriptions to threads.',
    queries: [
      range(sum([], select(SELF.gatewayClients.name, EXPORTER)), 'clients'),
      range(sum([], select(SELF.gatewaySubscriptions.name, EXPORTER)), 'subscriptions'),
    ],
    unit: 'none',
    decimals: 0,
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Frames per second',
    description: 'For WebSocket clients, by outcome.',
    queries: [range(rate(['outcome'], SELF.gatewayFrames.name, EXPORTER), '{{outcome}}')],
    unit: 'short',
    colours: { sent: 'blue', dropped: 'red' },
    noValue: NO_EXPORTER,
  }),
  graph({
    title: 'Time of a broadcast step',
    description: 'How long one step of writing broadcasts out held the event loop.',
    queries: spread(SELF.gatewaySlices.name),
    unit: 's',
    noValue: 'nothing was broadcast',
  }),
];

export const nats: readonly Draft[] = [
  graph({
    title: 'NATS messages per second',
    description: 'By what came of them.',
    queries: [range(rate(['outcome'], SELF.natsMessages.name, EXPORTER), '{{outcome}}')],
    unit: 'short',
    noValue: NO_NATS,
  }),
  graph({
    title: 'NATS lag',
    description: 'Messages of the stream that were not delivered yet, and those that were and are not acknowledged.',
    queries: [
      range(sum([], select(SELF.natsPending.name, EXPORTER)), 'not delivered'),
      range(sum([], select(SELF.natsUnacknowledged.name, EXPORTER)), 'not acknowledged'),
    ],
    unit: 'short',
    decimals: 0,
    noValue: NO_NATS,
  }),
  graph({
    title: 'NATS connected',
    description: '1 while messages can arrive.',
    queries: [range(`min by (instance) (${select(SELF.natsConnected.name, EXPORTER)})`, '{{instance}}')],
    unit: 'none',
    decimals: 0,
    max: 1,
    legend: 'none',
    noValue: NO_NATS,
  }),
];

export const receivers: readonly Draft[] = [
  graph({
    title: 'Age of what waits for receivers',
    description: 'Of the oldest sample that waits for a receiver of remote_write or grafana_live.',
    queries: [range(max(['receiver'], select(SELF.pushLag.name, EXPORTER)), '{{receiver}}')],
    unit: 's',
    noValue: NO_RECEIVER,
  }),
  graph({
    title: 'Samples pushed per second',
    description: 'That receivers have taken.',
    queries: [range(rate(['receiver'], SELF.pushSamples.name, EXPORTER), '{{receiver}}')],
    unit: 'short',
    noValue: NO_RECEIVER,
  }),
  graph({
    title: 'Samples lost or tried again per second',
    description: 'Samples that a receiver will not have from here, by reason; and requests that were tried again.',
    queries: [
      range(rate(['receiver', 'reason'], SELF.pushFailed.name, EXPORTER), '{{receiver}}: {{reason}}'),
      range(rate(['receiver'], SELF.pushRetries.name, EXPORTER), '{{receiver}}: tried again'),
    ],
    unit: 'short',
    noValue: NO_RECEIVER,
  }),
];
