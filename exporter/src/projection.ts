// What follows from the journal: every entry, in its order, applied to the model, the budgets and the outputs. Live events,
// a restart and the making of a snapshot all go through here, so they cannot come to different states.
import type { OrchestratorEvent } from './contract/event.ts';
import type { JournalEntry, JournalSweep } from './journal/journal.ts';
import type { BudgetLedger } from './model/budgets.ts';
import type { Change } from './model/change.ts';
import type { OrchestratorModel } from './model/orchestrator-model.ts';
import { isNumbered } from './model/producers.ts';
import type { Producers } from './model/producers.ts';

/** Whoever shows what happened: series, timeline, gateway. Called in order, synchronously, after the event is durable. */
export interface Output {
  /** @param record number of the event's record in the journal */
  apply(event: OrchestratorEvent, changes: readonly Change[], record: number): void;
  /** Changes that no event caused: threads forgotten by a sweep. */
  swept(changes: readonly Change[]): void;
  /** As `apply`, for what happened before this start. An output that shows only what happens now leaves it out. */
  restore?(event: OrchestratorEvent, changes: readonly Change[]): void;
}

export interface ProjectionParts {
  readonly model: OrchestratorModel;
  readonly budgets: BudgetLedger;
  readonly outputs: readonly Output[];
  /** Hears of the numbers of producers that were accepted before this start. */
  readonly producers?: Producers | undefined;
  /** Hears of an output, or of the model, that threw; the event still counts and the other outputs still get it. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export class Projection {
  readonly #parts: ProjectionParts;
  /** Number of the last entry that was applied: entries are, in the order of the journal and without holes. */
  #record = 0;

  constructor(parts: ProjectionParts) {
    this.#parts = parts;
  }

  /** What is applied next is the record behind this one. */
  startBehind(record: number): void {
    this.#record = record;
  }

  /** @returns what the event changed. */
  apply(event: OrchestratorEvent): readonly Change[] {
    this.#record += 1;
    const record = this.#record;
    const changes = this.#change(event);
    // Written out, not by #show: it is done for every event.
    for (const output of this.#parts.outputs) {
      try {
        output.apply(event, changes, record);
      } catch (error) {
        this.#parts.onError?.(error);
      }
    }
    return changes;
  }

  /**
   * Takes one entry of the journal from before this start. Every one counts, also one whose id came before: it was counted
   * when it was written, and a total may not fall.
   */
  restore(entry: JournalEntry): void {
    if ('sweptMs' in entry) {
      this.#sweep(entry);
      return;
    }
    const { event } = entry;
    if (isNumbered(event)) this.#parts.producers?.claim(event);
    const changes = this.#change(event);
    this.#show((output) => {
      output.restore?.(event, changes);
    });
  }

  sweep(sweep: JournalSweep): void {
    this.#record += 1;
    this.#sweep(sweep);
  }

  #sweep(sweep: JournalSweep): void {
    const changes = this.#parts.model.sweep(sweep.sweptMs, sweep);
    if (changes.length === 0) return;
    this.#parts.budgets.apply(changes);
    this.#show((output) => {
      output.swept(changes);
    });
  }

  /** The event is durable: an error here is a bug that must not cost the events behind it. */
  #change(event: OrchestratorEvent): readonly Change[] {
    try {
      const changes = this.#parts.model.apply(event);
      this.#parts.budgets.apply(changes);
      return changes;
    } catch (error) {
      this.#parts.onError?.(error);
      return [];
    }
  }

  /** An output that throws loses its own picture only. */
  #show(hand: (output: Output) => void): void {
    for (const output of this.#parts.outputs) {
      try {
        hand(output);
      } catch (error) {
        this.#parts.onError?.(error);
      }
    }
  }
}
