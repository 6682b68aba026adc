// What the pipeline asks of a journal. Whether a crash loses anything is the journal's answer, not the pipeline's.
import type { OrchestratorEvent, Source } from '../contract/event.ts';

/** An accepted event with what recognises its exact repeats after a restart. */
export interface JournalRecord {
  readonly event: OrchestratorEvent;
  readonly digest: string;
  readonly source: Source;
}

/**
 * Threads past their retention were forgotten, at this place in the order of events. Without it a restart would remember
 * what the run before had forgotten, and could come to other totals.
 */
export interface JournalSweep {
  readonly sweptMs: number;
  /** The retention in force then; the configuration may say something else today. */
  readonly retentionMs: number;
  readonly silentRetentionMs: number;
}

export type JournalEntry = JournalRecord | JournalSweep;

export interface Journal {
  /** Whether an appended entry survives a crash of the process and of the machine. */
  readonly durable: boolean;
  /** Entries appended so far, those found at the start included. */
  readonly records: number;
  /**
   * Resolves when the entries are as safe as this journal makes them; rejects when they are not, and then none of them
   * may be counted. Calls may overlap: a durable journal writes those that wait together with one fsync, in call order.
   */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Resolves when nothing is under way any more; later appends are rejected. */
  close(): Promise<void>;
}
