// The one ordered path of an event: deduplicate, journal, apply to the model, hand to the outputs, acknowledge.
import type { OrchestratorEvent } from './contract/event.ts';
import type { Change } from './model/change.ts';

/** Whoever shows what happened: series, timeline, gateway. Called in order, synchronously, after the event is durable. */
export interface Output {
  apply(event: OrchestratorEvent, changes: readonly Change[]): void;
}
