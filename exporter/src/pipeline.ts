// The one ordered path of an event: deduplicate, journal, apply to the model, hand to the outputs, acknowledge.
import type { Clock } from './clock.ts';
import type { Anomaly, EventType, OrchestratorEvent, RejectReason, Rejection, Source } from './contract/event.ts';
import type { IngestAnswer } from './contract/wire.ts';
import type { Journal } from './journal/journal.ts';
import type { BudgetLedger } from './model/budgets.ts';
import type { Change } from './model/change.ts';
import type { OrchestratorModel } from './model/orchestrator-model.ts';

/** Whoever shows what happened: series, timeline, gateway. Called in order, synchronously, after the event is durable. */
export interface Output {
  apply(event: OrchestratorEvent, changes: readonly Change[]): void;
  /** Changes that no event caused: threads forgotten by {@link Pipeline.sweep}. */
  swept(changes: readonly Change[]): void;
}

/** Counts what the pipeline does; the numbers of `orchestrator_exporter_events_*`. Anomalies are counted here only. */
export interface Tally {
  accepted(type: EventType, source: Source): void;
  rejected(reason: RejectReason): void;
  duplicate(): void;
  anomaly(kind: Anomaly): void;
  lagSeconds(seconds: number): void;
}

/** One event of a body as it was found: parsed JSON, or why it could not be read. */
export type RawItem = { readonly raw: unknown } | { readonly rejection: Rejection };

export interface PipelineParts {
  readonly model: OrchestratorModel;
  readonly budgets: BudgetLedger;
  readonly journal: Journal;
  readonly outputs: readonly Output[];
  readonly clock: Clock;
  readonly tally: Tally;
  /** Labels of events that carry none. */
  readonly defaults: { readonly team: string; readonly workflow: string };
  /** How many ids of accepted events are remembered to recognise duplicates; 1,000,000 by default. */
  readonly maxIds?: number;
  /** Hears of an output that threw; the event still counts and the other outputs still get it. */
  readonly onOutputError?: (error: unknown) => void;
}

export class Pipeline {
  constructor(parts: PipelineParts) {
    void parts;
  }

  ingest(items: readonly RawItem[], source: Source): Promise<IngestAnswer> {
    void items;
    void source;
    return Promise.resolve({ accepted: 0, duplicates: 0, rejected: [] });
  }

  sweep(): void {}
}
