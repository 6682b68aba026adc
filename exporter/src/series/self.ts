// The exporter about itself: process metrics and its own fixed-label series, in prom-client's registry, which users may add
// theirs to. Labels come from closed sets only, so prom-client's loose label handling cannot be reached from outside.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { DEGRADED_REASONS } from '../contract/degraded.ts';
import type { DegradedFinding } from '../contract/degraded.ts';
import { ANOMALIES, EVENT_TYPES, REJECT_REASONS, SOURCES } from '../contract/event.ts';
import type { Anomaly, EventType, RejectReason, Source } from '../contract/event.ts';
import {
  AUTH_FAILURE_REASONS,
  AUTH_SCOPES,
  CONNECTION_REFUSALS,
  ENVIRONMENT_LABEL,
  GATEWAY_FRAME_OUTCOMES,
  JOURNAL_DAMAGE_KINDS,
  SELF,
  TIMELINE_DROP_REASONS,
} from '../contract/metrics.ts';
import type {
  AuthFailureReason,
  ConnectionRefusal,
  JournalDamageKind,
  MetricRow,
  ReloadableFile,
  TimelineDropReason,
} from '../contract/metrics.ts';
import { PairCounts, PlainHistogram } from './plain-counts.ts';

/** What is read at scrape time rather than counted. */
export interface SelfReadings {
  readonly seriesByFamily: () => readonly { readonly family: string; readonly series: number }[];
  readonly journalRecords: () => number;
  readonly journalBytes: () => number;
  /** Undefined while there is no segment. */
  readonly journalOldestMs: () => number | undefined;
  readonly timelineConsumers: () => number;
  readonly gatewayClients: () => number;
  readonly gatewaySubscriptions: () => number;
  readonly producers: {
    readonly size: number;
    readonly missing: number;
    readonly forgotten: number;
    readonly gapsGivenUp: number;
  };
  readonly pricedModels: () => number;
  readonly unpricedPending: () => number;
  readonly degraded: () => readonly DegradedFinding[];
}

export interface SelfOptions {
  readonly environment: string;
  readonly version: string;
  readonly journalDurable: boolean;
}

export type ScrapeEndpoint = '/metrics' | '/metrics/timeline';

/** Counts what happens to events and frames; see the pipeline's Tally. */
export class SelfMetrics {
  readonly registry = new Registry();
  readonly #foldedLabels = new Set<string>();
  readonly #events = new PairCounts(EVENT_TYPES, SOURCES);
  readonly #rejected;
  readonly #duplicates;
  readonly #anomalies;
  readonly #lag;
  readonly #labelOverflow;
  readonly #threadsOverCap;
  readonly #journalDamage;
  readonly #journalCommit;
  readonly #segmentsDeleted;
  readonly #snapshotTimestamp;
  readonly #snapshotDuration;
  readonly #snapshotBytes;
  readonly #snapshotFailures;
  readonly #scrape;
  readonly #timelineDropped;
  readonly #frames;
  readonly #slices;
  readonly #authFailures;
  readonly #connectionsRefused;
  readonly #reloadSuccessful;
  readonly #reloadTimestamp;

  constructor({ environment, version, journalDurable }: SelfOptions) {
    this.registry.setDefaultLabels({ [ENVIRONMENT_LABEL]: environment });
    collectDefaultMetrics({ register: this.registry });
    // Gauges called _total, which promtool finds fault with; the same counts by type stay.
    for (const what of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`nodejs_active_${what}_total`);
    // Of no measurements at all, as between two scrapes 10 ms apart, these are NaN or 292 years; the percentiles are 0.
    for (const what of ['mean', 'stddev', 'min'])
      this.registry.removeSingleMetric(`nodejs_eventloop_lag_${what}_seconds`);
    this.#gauge(SELF.buildInfo).set({ version, node_version: process.version }, 1);
    const events = this.#events;
    new Counter({
      ...this.#base(SELF.events),
      collect() {
        events.show(this, ['type', 'source']);
      },
    });
    this.#rejected = this.#counter(SELF.eventsRejected);
    this.#duplicates = this.#counter(SELF.eventsDuplicate);
    this.#anomalies = this.#counter(SELF.eventAnomalies);
    this.#lag = new PlainHistogram(SELF.eventLag, this.registry);
    this.#labelOverflow = this.#counter(SELF.labelOverflow);
    this.#threadsOverCap = this.#counter(SELF.threadsOverCap);
    this.#gauge(SELF.journalDurable).set(journalDurable ? 1 : 0);
    this.#journalDamage = this.#counter(SELF.journalDamage);
    this.#journalCommit = this.#histogram(SELF.journalCommit);
    this.#segmentsDeleted = this.#counter(SELF.journalSegmentsDeleted);
    this.#snapshotTimestamp = this.#known(SELF.journalSnapshotTimestamp);
    this.#snapshotDuration = this.#known(SELF.journalSnapshotDuration);
    this.#snapshotBytes = this.#known(SELF.journalSnapshotBytes);
    this.#snapshotFailures = this.#counter(SELF.journalSnapshotFailures);
    this.#scrape = this.#histogram(SELF.scrapeDuration);
    this.#timelineDropped = this.#counter(SELF.timelineDropped);
    this.#frames = this.#counter(SELF.gatewayFrames);
    this.#slices = this.#histogram(SELF.gatewaySlices);
    this.#authFailures = this.#counter(SELF.authFailures);
    this.#connectionsRefused = this.#counter(SELF.connectionsRefused);
    this.#reloadSuccessful = this.#gauge(SELF.configReloadSuccessful);
    this.#reloadTimestamp = this.#gauge(SELF.configReloadTimestamp);
    this.#initialise();
  }

  /** Tells where to read the gauges that others know the value of. To be called once, when those are made. */
  observe(readings: SelfReadings): void {
    this.#gauge(SELF.series, (gauge) => {
      for (const { family, series } of readings.seriesByFamily()) gauge.set({ family }, series);
    });
    this.#reading(SELF.journalRecords, readings.journalRecords);
    this.#gauge(SELF.journalBytes, (gauge) => {
      gauge.set(readings.journalBytes());
    });
    const { producers } = readings;
    this.#gauge(SELF.producers, (gauge) => {
      gauge.set(producers.size);
    });
    this.#gauge(SELF.producerSeqMissing, (gauge) => {
      gauge.set(producers.missing);
    });
    this.#reading(SELF.producersForgotten, () => producers.forgotten);
    this.#reading(SELF.producerGapsGivenUp, () => producers.gapsGivenUp);
    this.#gauge(SELF.journalOldest, (gauge) => {
      const oldestMs = readings.journalOldestMs();
      gauge.reset();
      if (oldestMs === undefined) gauge.remove();
      else gauge.set(oldestMs / 1_000);
    });
    this.#gauge(SELF.timelineConsumers, (gauge) => {
      gauge.set(readings.timelineConsumers());
    });
    this.#gauge(SELF.gatewayClients, (gauge) => {
      gauge.set(readings.gatewayClients());
    });
    this.#gauge(SELF.gatewaySubscriptions, (gauge) => {
      gauge.set(readings.gatewaySubscriptions());
    });
    this.#gauge(SELF.pricedModels, (gauge) => {
      gauge.set(readings.pricedModels());
    });
    this.#gauge(SELF.unpricedPending, (gauge) => {
      gauge.set(readings.unpricedPending());
    });
    this.#gauge(SELF.degraded, (gauge) => {
      const found = new Set(readings.degraded().map(({ reason }) => reason));
      for (const reason of DEGRADED_REASONS) gauge.set({ reason }, found.has(reason) ? 1 : 0);
    });
  }

  accepted(type: EventType, source: Source): void {
    this.#events.add(type, source);
  }

  rejected(reason: RejectReason, events = 1): void {
    this.#rejected.inc({ reason }, events);
  }

  duplicate(): void {
    this.#duplicates.inc();
  }

  anomaly(kind: Anomaly): void {
    this.#anomalies.inc({ kind });
  }

  lagSeconds(seconds: number): void {
    this.#lag.observe(seconds);
  }

  /** Labels of which a value was folded since this start. */
  get foldedLabels(): readonly string[] {
    return [...this.#foldedLabels].sort();
  }

  labelFolded(label: string, count: number): void {
    this.#foldedLabels.add(label);
    this.#labelOverflow.inc({ label }, count);
  }

  threadOverCap(count: number): void {
    this.#threadsOverCap.inc(count);
  }

  journalDamaged(kind: JournalDamageKind): void {
    this.#journalDamage.inc({ kind });
  }

  journalCommitted(seconds: number): void {
    this.#journalCommit.observe(seconds);
  }

  segmentsDeleted(count: number): void {
    this.#segmentsDeleted.inc(count);
  }

  /** @param seconds undefined for one that was found at the start. */
  snapshot({ createdMs, bytes, seconds }: { createdMs: number; bytes: number; seconds?: number }): void {
    this.#snapshotTimestamp.set(createdMs / 1_000);
    this.#snapshotBytes.set(bytes);
    if (seconds !== undefined) this.#snapshotDuration.set(seconds);
  }

  snapshotFailed(): void {
    this.#snapshotFailures.inc();
  }

  timelineDropped(reason: TimelineDropReason): void {
    this.#timelineDropped.inc({ reason });
  }

  gatewaySlice(seconds: number): void {
    this.#slices.observe(seconds);
  }

  gatewayFrames(outcome: (typeof GATEWAY_FRAME_OUTCOMES)[number], count: number): void {
    this.#frames.inc({ outcome }, count);
  }

  authFailed(scope: (typeof AUTH_SCOPES)[number], reason: AuthFailureReason): void {
    this.#authFailures.inc({ scope, reason });
  }

  connectionRefused(reason: ConnectionRefusal): void {
    this.#connectionsRefused.inc({ reason });
  }

  reloaded(file: ReloadableFile, nowMs: number): void {
    this.#reloadSuccessful.set({ file }, 1);
    this.#reloadTimestamp.set({ file }, nowMs / 1_000);
  }

  reloadRefused(file: ReloadableFile): void {
    this.#reloadSuccessful.set({ file }, 0);
  }

  scrapeSeconds(endpoint: ScrapeEndpoint, seconds: number): void {
    this.#scrape.observe({ endpoint }, seconds);
  }

  /** Zero for every series whose labels are known: a rate over the first event needs a zero before it. */
  #initialise(): void {
    for (const reason of REJECT_REASONS) this.#rejected.inc({ reason }, 0);
    for (const kind of ANOMALIES) this.#anomalies.inc({ kind }, 0);
    for (const reason of TIMELINE_DROP_REASONS) this.#timelineDropped.inc({ reason }, 0);
    for (const kind of JOURNAL_DAMAGE_KINDS) this.#journalDamage.inc({ kind }, 0);
    for (const outcome of GATEWAY_FRAME_OUTCOMES) this.#frames.inc({ outcome }, 0);
    for (const scope of AUTH_SCOPES)
      for (const reason of AUTH_FAILURE_REASONS) this.#authFailures.inc({ scope, reason }, 0);
    for (const reason of CONNECTION_REFUSALS) this.#connectionsRefused.inc({ reason }, 0);
    for (const label of ['team', 'workflow', 'agent', 'provider', 'model', 'node'])
      this.#labelOverflow.inc({ label }, 0);
    for (const endpoint of ['/metrics', '/metrics/timeline']) this.#scrape.zero({ endpoint });
  }

  #counter(row: MetricRow): Counter {
    return new Counter(this.#base(row));
  }

  /** A counter that others count. */
  #reading(row: MetricRow, read: () => number): void {
    new Counter({
      ...this.#base(row),
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #histogram(row: MetricRow): Histogram {
    return new Histogram({ ...this.#base(row), buckets: [...(row.buckets ?? [])] });
  }

  #gauge(row: MetricRow, read?: (gauge: Gauge) => void): Gauge {
    if (read === undefined) return new Gauge(this.#base(row));
    return new Gauge({
      ...this.#base(row),
      collect() {
        read(this);
      },
    });
  }

  /** Absent until it is set; prom-client shows a gauge without labels as 0 before. */
  #known(row: MetricRow): Gauge {
    const gauge = this.#gauge(row);
    gauge.remove();
    return gauge;
  }

  #base(row: MetricRow): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    return { name: row.name, help: row.help, labelNames: [...row.labels], registers: [this.registry] };
  }
}
