// What the pipeline asks of a journal. Whether a crash loses anything is the journal's answer, not the pipeline's.
import type { OrchestratorEvent } from '../contract/event.ts';

export interface Journal {
  /** Whether an appended event survives a crash of the process and of the machine. */
  readonly durable: boolean;
  /** Events appended so far. */
  readonly records: number;
  /**
   * Resolves when the events are as safe as this journal makes them; rejects when they are not, and then none of them
   * may be counted. Calls may overlap: a durable journal writes those that wait together with one fsync, in call order.
   */
  append(events: readonly OrchestratorEvent[]): Promise<void>;
  /** Resolves when nothing is under way any more; later appends are rejected. */
  close(): Promise<void>;
}
