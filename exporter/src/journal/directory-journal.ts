// A journal in a directory, from its lock to its close: what the exporter runs on. Nothing can be appended before it has
// been started, which reads everything that is there.
import { DiskJournal, NotDurableError } from './disk-journal.ts';
import type { DiskJournalOptions } from './disk-journal.ts';
import { JournalHistory } from './history.ts';
import type { HistoryPage, HistoryQuery } from './history.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { lockDirectory } from './lock.ts';
import type { DirectoryLock } from './lock.ts';
import { recover } from './recovery.ts';
import type { Recovery } from './recovery.ts';
import { SegmentIndexes } from './segment-indexes.ts';
import { openDirectory } from './storage.ts';
import type { JournalStorage } from './storage.ts';

export interface DirectoryJournalOptions extends Omit<DiskJournalOptions, 'storage' | 'onSealed'> {
  readonly directory: string;
  /** Files of the directory; those of the system unless told. */
  readonly open?: ((directory: string) => Promise<JournalStorage>) | undefined;
}

interface Open {
  readonly storage: JournalStorage;
  readonly lock: DirectoryLock;
  readonly journal: DiskJournal;
  readonly indexes: SegmentIndexes;
  readonly history: JournalHistory;
}

export class DirectoryJournal implements Journal {
  readonly durable = true;
  readonly #options: DirectoryJournalOptions;
  #open: Open | undefined;
  /** The lock is lost: for good, because what another writes there is not known here. */
  #taken = false;
  #closing: Promise<void> | undefined;

  constructor(options: DirectoryJournalOptions) {
    this.#options = options;
  }

  /**
   * Locks the directory, which is made when missing, and hands over every entry in it, in order.
   * @throws DirectoryInUseError, NewerJournalError, and what the file system says; nothing for damage.
   */
  async start(onEntry: (entry: JournalEntry, seq: number) => void): Promise<Recovery> {
    const { directory, open = openDirectory, ...options } = this.#options;
    const storage = await open(directory);
    const lock = await lockDirectory(directory);
    try {
      const recovery = await recover(storage, onEntry);
      const indexes = new SegmentIndexes(storage);
      const onSealed = indexes.put.bind(indexes);
      const journal = new DiskJournal({ ...options, storage, onSealed }, recovery);
      const history = new JournalHistory({ storage, indexes, tail: journal, monotonic: options.monotonic });
      this.#open = { storage, lock, journal, indexes, history };
      return recovery;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get records(): number {
    return this.#open?.journal.records ?? 0;
  }

  get bytes(): number {
    return this.#open?.journal.bytes ?? 0;
  }

  /** Why nothing can be appended at present. */
  get problem(): string | undefined {
    if (this.#taken)
      return 'the directory of the journal is gone, or another exporter has taken it over; start this one again';
    const problem = this.#open?.journal.problem;
    return problem === undefined ? undefined : `the journal cannot be written: ${problem}`;
  }

  append(entries: readonly JournalEntry[]): Promise<void> {
    if (this.#open === undefined) return Promise.reject(new NotDurableError('the journal is not open'));
    return this.#open.journal.append(entries);
  }

  /** A page of a thread's events; see {@link JournalHistory.page}. Rejects before the journal is open. */
  history(query: HistoryQuery, signal: AbortSignal): Promise<HistoryPage> {
    if (this.#open === undefined) return Promise.reject(new NotDurableError('the journal is not open'));
    return this.#open.history.page(query, signal);
  }

  /** To be called now and then: mends what can be mended, and steps back where another has taken the directory over. */
  async tend(): Promise<void> {
    if (this.#open === undefined || this.#taken || this.#closing !== undefined) return;
    const { lock, journal } = this.#open;
    if (await lock.isHeld()) {
      await journal.probe();
      return;
    }
    this.#taken = true;
    await journal.close();
  }

  /** Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.#open === undefined) return;
    const { journal, history, indexes, storage, lock } = this.#open;
    await history.close();
    await journal.close();
    await indexes.idle();
    await storage.close();
    await lock.release();
  }
}
