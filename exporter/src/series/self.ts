// The exporter about itself: its own series, whose labels come from closed sets only, and beside them prom-client's registry
// with what that knows of the process, which users may add theirs to.
import { collectDefaultMetrics, Registry } from 'prom-client';
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
  ReloadableFile,
  TimelineDropReason,
} from '../contract/metrics.ts';
import { OwnSeries } from './own-series.ts';
import type { SeriesRegistry } from './registry.ts';

/** What is read at scrape time rather than counted. */
export interface SelfReadings {
  readonly registry: Pick<SeriesRegistry, 'sizes' | 'labelValues' | 'maxSeriesPerFamily' | 'maxLabelValues'>;
  readonly maxThreads: number;
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

/**
 * Node's own measure of the event loop's delay wakes the process 100 times a second, which at rest took 0.9 % of a core; with
 * this period it is not measured, and {@link SELF.loopLag} takes its place.
 */
const NEVER_MS = 2 ** 31 - 1;

/** Counts what happens to events and frames; see the pipeline's Tally. */
export class SelfMetrics {
  /** Of the process and of Node, and for what users add. */
  readonly registry = new Registry();
  /** The exporter's own. */
  readonly series: OwnSeries;
  readonly #foldedLabels = new Set<string>();
  readonly #events;
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
  readonly #loopLag;
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
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: NEVER_MS });
    // Gauges called _total, which promtool finds fault with; the same counts by type stay.
    for (const what of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`nodejs_active_${what}_total`);
    for (const what of ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'])
      this.registry.removeSingleMetric(`nodejs_eventloop_lag_${what}_seconds`);
    const series = new OwnSeries(environment);
    this.series = series;
    series.numbers(SELF.buildInfo).cell([version, process.version]).set(1);
    this.#events = series.numbers(SELF.events);
    this.#rejected = series.numbers(SELF.eventsRejected);
    this.#duplicates = series.number(SELF.eventsDuplicate);
    this.#anomalies = series.numbers(SELF.eventAnomalies);
    this.#lag = series.histogram(SELF.eventLag).cell([]);
    this.#labelOverflow = series.numbers(SELF.labelOverflow);
    this.#threadsOverCap = series.number(SELF.threadsOverCap);
    series.number(SELF.journalDurable).set(journalDurable ? 1 : 0);
    this.#journalDamage = series.numbers(SELF.journalDamage);
    this.#journalCommit = series.histogram(SELF.journalCommit).cell([]);
    this.#segmentsDeleted = series.number(SELF.journalSegmentsDeleted);
    // Absent until there is a snapshot.
    this.#snapshotTimestamp = series.numbers(SELF.journalSnapshotTimestamp);
    this.#snapshotDuration = series.numbers(SELF.journalSnapshotDuration);
    this.#snapshotBytes = series.numbers(SELF.journalSnapshotBytes);
    this.#snapshotFailures = series.number(SELF.journalSnapshotFailures);
    this.#loopLag = series.histogram(SELF.loopLag).cell([]);
    this.#scrape = series.histogram(SELF.scrapeDuration);
    this.#timelineDropped = series.numbers(SELF.timelineDropped);
    this.#frames = series.numbers(SELF.gatewayFrames);
    this.#slices = series.histogram(SELF.gatewaySlices).cell([]);
    this.#authFailures = series.numbers(SELF.authFailures);
    this.#connectionsRefused = series.numbers(SELF.connectionsRefused);
    this.#reloadSuccessful = series.numbers(SELF.configReloadSuccessful);
    this.#reloadTimestamp = series.numbers(SELF.configReloadTimestamp);
    this.#initialise();
  }

  /** Tells where to read what others know the value of. To be called once, when those are made. */
  observe(readings: SelfReadings): void {
    const { series } = this;
    const { producers, registry } = readings;
    series.readings(SELF.series, () => registry.sizes().map(({ family, series: count }) => [family, count] as const));
    series.readings(SELF.seriesLimit, () =>
      registry
        .sizes()
        .flatMap(({ family, isCapped }) => (isCapped ? [[family, registry.maxSeriesPerFamily] as const] : []))
    );
    series.readings(SELF.labelValues, () => registry.labelValues());
    series.number(SELF.labelValuesLimit).set(registry.maxLabelValues);
    series.number(SELF.threadsLimit).set(readings.maxThreads);
    series.reading(SELF.journalRecords, readings.journalRecords);
    series.reading(SELF.journalBytes, readings.journalBytes);
    series.reading(SELF.producers, () => producers.size);
    series.reading(SELF.producerSeqMissing, () => producers.missing);
    series.reading(SELF.producersForgotten, () => producers.forgotten);
    series.reading(SELF.producerGapsGivenUp, () => producers.gapsGivenUp);
    series.reading(SELF.journalOldest, () => {
      const oldestMs = readings.journalOldestMs();
      return oldestMs === undefined ? undefined : oldestMs / 1_000;
    });
    series.reading(SELF.timelineConsumers, readings.timelineConsumers);
    series.reading(SELF.gatewayClients, readings.gatewayClients);
    series.reading(SELF.gatewaySubscriptions, readings.gatewaySubscriptions);
    series.reading(SELF.pricedModels, readings.pricedModels);
    series.reading(SELF.unpricedPending, readings.unpricedPending);
    series.readings(SELF.degraded, () => {
      const found = new Set(readings.degraded().map(({ reason }) => reason));
      return DEGRADED_REASONS.map((reason) => [reason, found.has(reason) ? 1 : 0] as const);
    });
  }

  accepted(type: EventType, source: Source): void {
    this.#events.cell([type, source]).add(1);
  }

  rejected(reason: RejectReason, events = 1): void {
    this.#rejected.cell([reason]).add(events);
  }

  duplicate(): void {
    this.#duplicates.add(1);
  }

  anomaly(kind: Anomaly): void {
    this.#anomalies.cell([kind]).add(1);
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
    this.#labelOverflow.cell([label]).add(count);
  }

  threadOverCap(count: number): void {
    this.#threadsOverCap.add(count);
  }

  journalDamaged(kind: JournalDamageKind): void {
    this.#journalDamage.cell([kind]).add(1);
  }

  loopLagged(seconds: number): void {
    this.#loopLag.observe(seconds);
  }

  journalCommitted(seconds: number): void {
    this.#journalCommit.observe(seconds);
  }

  segmentsDeleted(count: number): void {
    this.#segmentsDeleted.add(count);
  }

  /** @param seconds undefined for one that was found at the start. */
  snapshot({ createdMs, bytes, seconds }: { createdMs: number; bytes: number; seconds?: number }): void {
    this.#snapshotTimestamp.cell([]).set(createdMs / 1_000);
    this.#snapshotBytes.cell([]).set(bytes);
    if (seconds !== undefined) this.#snapshotDuration.cell([]).set(seconds);
  }

  snapshotFailed(): void {
    this.#snapshotFailures.add(1);
  }

  timelineDropped(reason: TimelineDropReason): void {
    this.#timelineDropped.cell([reason]).add(1);
  }

  gatewaySlice(seconds: number): void {
    this.#slices.observe(seconds);
  }

  gatewayFrames(outcome: (typeof GATEWAY_FRAME_OUTCOMES)[number], count: number): void {
    this.#frames.cell([outcome]).add(count);
  }

  authFailed(scope: (typeof AUTH_SCOPES)[number], reason: AuthFailureReason): void {
    this.#authFailures.cell([scope, reason]).add(1);
  }

  connectionRefused(reason: ConnectionRefusal): void {
    this.#connectionsRefused.cell([reason]).add(1);
  }

  reloaded(file: ReloadableFile, nowMs: number): void {
    this.#reloadSuccessful.cell([file]).set(1);
    this.#reloadTimestamp.cell([file]).set(nowMs / 1_000);
  }

  reloadRefused(file: ReloadableFile): void {
    this.#reloadSuccessful.cell([file]).set(0);
  }

  scrapeSeconds(endpoint: ScrapeEndpoint, seconds: number): void {
    this.#scrape.cell([endpoint]).observe(seconds);
  }

  /** Zero for every series whose labels are known: a rate over the first event needs a zero before it. */
  #initialise(): void {
    for (const type of EVENT_TYPES) for (const source of SOURCES) this.#events.cell([type, source]);
    for (const reason of REJECT_REASONS) this.#rejected.cell([reason]);
    for (const kind of ANOMALIES) this.#anomalies.cell([kind]);
    for (const reason of TIMELINE_DROP_REASONS) this.#timelineDropped.cell([reason]);
    for (const kind of JOURNAL_DAMAGE_KINDS) this.#journalDamage.cell([kind]);
    for (const outcome of GATEWAY_FRAME_OUTCOMES) this.#frames.cell([outcome]);
    for (const scope of AUTH_SCOPES)
      for (const reason of AUTH_FAILURE_REASONS) this.#authFailures.cell([scope, reason]);
    for (const reason of CONNECTION_REFUSALS) this.#connectionsRefused.cell([reason]);
    for (const label of ['team', 'workflow', 'agent', 'provider', 'model', 'node']) this.#labelOverflow.cell([label]);
    for (const endpoint of ['/metrics', '/metrics/timeline']) this.#scrape.cell([endpoint]);
  }
}
