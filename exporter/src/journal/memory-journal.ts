// The journal of a run without a disk: it counts and keeps nothing. State is lost with the process.
import type { Journal, JournalEntry } from './journal.ts';

export class MemoryJournal implements Journal {
  readonly durable = false;
  #records = 0;
  #closed = false;

  get records(): number {
    return this.#records;
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the journal is closed'));
    this.#records += entries.length;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
