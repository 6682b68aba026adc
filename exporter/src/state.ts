// Everything that follows from the journal: model, budgets and series. As a whole it can be written down and taken up again,
// so that a restart does not have to begin at the first entry.
import type { Config } from './config.ts';
import type { BudgetDefinition } from './contract/budgets.ts';
import type { TimelineDropReason } from './contract/metrics.ts';
import { JournalLoss } from './journal-loss.ts';
import type { LossDump } from './journal-loss.ts';
import { BudgetLedger } from './model/budgets.ts';
import type { LedgerDump } from './model/budgets.ts';
import { OrchestratorModel } from './model/orchestrator-model.ts';
import type { ModelDump } from './model/orchestrator-model.ts';
import { Producers } from './model/producers.ts';
import type { ProducerDump } from './model/producers.ts';
import { Admission } from './series/admission.ts';
import { SeriesRegistry } from './series/registry.ts';
import { SeriesOutput } from './series/series-output.ts';
import type { SeriesOutputDump } from './series/series-output.ts';
import { Timeline } from './series/timeline.ts';

/** The options that state depends on; plain data, so that a worker can be handed it. */
export type StateConfig = Pick<
  Config,
  'environment' | 'retentionMs' | 'maxSeries' | 'maxLabelValues' | 'maxThreads' | 'latenessMs' | 'ring' | 'workflow'
>;

/** Nothing else of the configuration. */
export function stateConfigOf(config: StateConfig): StateConfig {
  const { environment, retentionMs, maxSeries, maxLabelValues, maxThreads, latenessMs, ring, workflow } = config;
  return { environment, retentionMs, maxSeries, maxLabelValues, maxThreads, latenessMs, ring, workflow };
}

export interface StateOptions {
  readonly config: StateConfig;
  /** Those in force. */
  readonly budgets: readonly BudgetDefinition[];
  readonly now: () => number;
  /** Hear of what did not fit; those of before a restart included. */
  readonly onFold?: (label: string, count: number) => void;
  readonly onThreadRefused?: (count: number) => void;
  readonly onTimelineDrop?: (reason: TimelineDropReason) => void;
  /** Latenesses below the configured one that want a timeline of their own; none unless told. */
  readonly earlierMs?: readonly number[];
  /** A consumer of a timeline was told more. */
  readonly onTimelineTold?: () => void;
}

/** A part of the state with one item of what it holds. Explicit JSON: money as whole nano-USD, times in ms. */
export type StateLine =
  | readonly ['model', ModelDump]
  | readonly ['producers', ProducerDump]
  | readonly ['loss', LossDump]
  | readonly ['budgets', LedgerDump]
  | readonly ['series', SeriesOutputDump];

/** Of the meaning of the lines: to be raised whenever a line of an earlier version would be read wrong. */
export const STATE_VERSION = 1;

export class ExporterState {
  readonly ledger: BudgetLedger;
  readonly model: OrchestratorModel;
  readonly producers = new Producers();
  readonly loss = new JournalLoss();
  readonly registry: SeriesRegistry;
  readonly admission: Admission;
  readonly timeline: Timeline;
  /** As {@link timeline}, settled earlier; what they hold follows from it, so it is not written down. */
  readonly earlier: readonly Timeline[];
  readonly series: SeriesOutput;
  readonly #budgets: readonly BudgetDefinition[];

  constructor(options: StateOptions) {
    const { config, budgets, now, onFold, onThreadRefused, onTimelineDrop, onTimelineTold, earlierMs = [] } = options;
    this.#budgets = budgets;
    const ledger = new BudgetLedger(budgets);
    this.ledger = ledger;
    this.model = new OrchestratorModel({
      retentionMs: config.retentionMs,
      threadLimit: (thread) => ledger.threadLimit(thread),
    });
    this.registry = new SeriesRegistry({
      environment: config.environment,
      maxSeriesPerFamily: config.maxSeries,
      maxLabelValues: config.maxLabelValues,
      onFold: (label, count) => onFold?.(label, count),
    });
    this.admission = new Admission({
      maxThreads: config.maxThreads,
      maxLanes: config.maxSeries,
      onThreadRefused: (count) => onThreadRefused?.(count),
      onLaneFolded: (count) => onFold?.('agent', count),
    });
    const { admission, registry, model } = this;
    const timelineOf = (latenessMs: number): Timeline =>
      new Timeline({
        environment: config.environment,
        latenessMs,
        capacity: config.ring,
        retentionMs: config.retentionMs,
        admission,
        now,
        onDrop: (reason) => onTimelineDrop?.(reason),
        onTold: onTimelineTold,
      });
    this.timeline = timelineOf(config.latenessMs);
    this.earlier = earlierMs.map(timelineOf);
    const { timeline, earlier } = this;
    this.series = new SeriesOutput({ registry, model, admission, timeline, earlier, defaultWorkflow: config.workflow });
  }

  /** As it is after the entries that were restored; a function of these and of the options alone. */
  *dump(): Generator<StateLine> {
    for (const item of this.model.dump()) yield ['model', item];
    yield ['loss', this.loss.dump()];
    for (const item of this.producers.dump()) yield ['producers', item];
    for (const item of this.ledger.dump()) yield ['budgets', item];
    for (const item of this.series.dump()) yield ['series', item];
  }

  /**
   * Takes up what {@link dump} wrote, into a state that no entry was restored to. The caps of today hold for what comes; what
   * was shown stays. Budgets that were changed since are filled as on a reload.
   * @throws when a line is not one of this version; then the state is of no use any more.
   */
  load(lines: Iterable<StateLine>): void {
    const booked: LedgerDump[] = [];
    for (const [part, item] of lines) {
      switch (part) {
        case 'model':
          this.model.load(item);
          break;
        case 'loss':
          this.loss.load(item);
          break;
        case 'producers':
          this.producers.load(item);
          break;
        case 'budgets':
          booked.push(item);
          break;
        case 'series':
          this.series.load(item);
          break;
        default:
          throw new RangeError(`${JSON.stringify(part satisfies never)} is no part of the state`);
      }
    }
    this.ledger.load(booked);
    this.ledger.replace(this.#budgets, this.model);
    this.series.swept(this.model.followThreadLimits(0));
  }
}
