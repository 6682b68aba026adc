// A journal in a directory, from its lock to its close: what the exporter runs on. Nothing can be appended before it has been
// started, which brings back everything that is there. While it runs it has snapshots made and lets go of old segments.
import { messageOf } from '../errors.ts';
import { setAside } from './compaction.ts';
import type { Compaction } from './compaction.ts';
import { DiskJournal, NotDurableError } from './disk-journal.ts';
import type { DiskJournalOptions } from './disk-journal.ts';
import { JournalHistory } from './history.ts';
import type { HistoryPage, HistoryQuery } from './history.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { lockDirectory } from './lock.ts';
import type { DirectoryLock } from './lock.ts';
import { restart } from './restart.ts';
import type { Restart, Restorer } from './restart.ts';
import { expired } from './retention.ts';
import type { RetentionOptions } from './retention.ts';
import { SegmentIndexes } from './segment-indexes.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';
import type { ScheduleOptions } from './snapshot-schedule.ts';
import { openDirectory } from './storage.ts';
import type { JournalStorage } from './storage.ts';

/** Makes snapshots out of the way of the journal: in a thread of its own. */
export interface Compactor {
  /** One at a time. */
  run(): Promise<Compaction>;
  /** Ends a run that is under way; it rejects. */
  stop(): Promise<void>;
}

export interface DirectoryJournalOptions extends Omit<DiskJournalOptions, 'storage' | 'onSealed'> {
  readonly directory: string;
  /** Files of the directory; those of the system unless told. */
  readonly open?: ((directory: string) => Promise<JournalStorage>) | undefined;
  /** How many of the latest records must be recognised when they are sent again. */
  readonly maxIds: number;
  /** Without one there are no snapshots but those that are there, and nothing is ever deleted. */
  readonly compactor?: Compactor | undefined;
  readonly schedule?: ScheduleOptions | undefined;
  readonly retention: RetentionOptions;
  readonly onSnapshot?: ((compaction: Compaction) => void) | undefined;
  readonly onSnapshotError?: ((error: unknown) => void) | undefined;
  readonly onDeleted?: ((segments: number) => void) | undefined;
}

interface Open {
  readonly storage: JournalStorage;
  readonly lock: DirectoryLock;
  readonly journal: DiskJournal;
  readonly indexes: SegmentIndexes;
  readonly history: JournalHistory;
  readonly schedule: SnapshotSchedule;
}

export class DirectoryJournal implements Journal {
  readonly durable = true;
  readonly #options: DirectoryJournalOptions;
  #open: Open | undefined;
  /** The lock is lost: for good, because what another writes there is not known here. */
  #taken = false;
  #closing: Promise<void> | undefined;
  /** A snapshot or a deletion under way. Never rejects. */
  #upkeep: Promise<void> | undefined;
  /** Number of the last segment that two whole snapshots cover, as the last compaction found. */
  #safe = 0;
  #snapshotProblem: string | undefined;

  constructor(options: DirectoryJournalOptions) {
    this.#options = options;
  }

  /**
   * Locks the directory, which is made when missing, and hands over what it comes to.
   * @throws DirectoryInUseError, NewerJournalError, and what the file system says; nothing for damage.
   */
  async start(restorer: Restorer): Promise<Restart> {
    const { directory, open = openDirectory, maxIds, ...options } = this.#options;
    const storage = await open(directory);
    const lock = await lockDirectory(directory);
    try {
      const restarted = await restart(storage, restorer, {
        maxIds,
        // It costs a second look at the next start, no more.
        setAside: (name) => setAside(storage, name).catch((error: unknown) => options.onError?.(error)),
      });
      const indexes = new SegmentIndexes(storage);
      const onSealed = indexes.put.bind(indexes);
      const journal = new DiskJournal(
        { ...options, segmentMs: options.retention.retentionMs, storage, onSealed },
        restarted
      );
      const history = new JournalHistory({ storage, indexes, tail: journal, monotonic: options.monotonic });
      const covered = restarted.snapshot?.head.position.segment ?? 0;
      const schedule = new SnapshotSchedule(options.schedule ?? {}, covered);
      this.#open = { storage, lock, journal, indexes, history, schedule };
      return restarted;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get records(): number {
    return this.#open?.journal.records ?? 0;
  }

  /** Number of the last entry that was acknowledged; 0 before the first. */
  get acknowledged(): number {
    return this.#open?.journal.acknowledged ?? 0;
  }

  get bytes(): number {
    return this.#open?.journal.bytes ?? 0;
  }

  /** Number of the oldest record that is kept, and when its segment was begun; undefined while there is none. */
  get oldest(): { readonly seq: number; readonly createdMs: number } | undefined {
    const found = this.#open?.journal.segments.find(({ first }) => first !== undefined);
    return found?.first === undefined ? undefined : { seq: found.first, createdMs: found.createdMs ?? 0 };
  }

  /** Why nothing can be appended at present. */
  get problem(): string | undefined {
    if (this.#taken)
      return 'the directory of the journal is gone, or another exporter has taken it over; start this one again';
    const problem = this.#open?.journal.problem;
    return problem === undefined ? undefined : `the journal cannot be written: ${problem}`;
  }

  /** Why the last snapshot could not be made; undefined when it could. */
  get snapshotProblem(): string | undefined {
    return this.#snapshotProblem;
  }

  /** A sentence on why there are more bytes than there may be; undefined while there are not, or some are about to go. */
  get overLimit(): string | undefined {
    const { maxBytes } = this.#options.retention;
    if (this.bytes <= maxBytes || this.#upkeep !== undefined || this.#expired() > 0) return undefined;
    return `the journal holds ${this.bytes} bytes, more than journal.max_bytes (${maxBytes}), and nothing of it may be deleted yet`;
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
      await journal.mark();
      this.#keepUp();
      return;
    }
    this.#taken = true;
    await this.#options.compactor?.stop();
    await journal.close();
  }

  /** Resolves when no snapshot and no deletion is under way. */
  async settled(): Promise<void> {
    await this.#upkeep;
  }

  /** Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    if (this.#open === undefined) return;
    const { journal, history, indexes, storage, lock } = this.#open;
    await this.#options.compactor?.stop();
    await this.#upkeep;
    await history.close();
    await journal.close();
    await indexes.idle();
    await storage.close();
    await lock.release();
  }

  #keepUp(): void {
    const { compactor, monotonic } = this.#options;
    if (this.#open === undefined || compactor === undefined || this.#upkeep !== undefined) return;
    const { journal, schedule } = this.#open;
    const isFull = this.bytes > this.#options.retention.maxBytes;
    const isSnapshotDue = schedule.isDue(journal.segments, monotonic(), isFull);
    if (!isSnapshotDue && this.#expired() === 0) return;
    this.#upkeep = this.#upkeepOnce(isSnapshotDue ? compactor : undefined, this.#open).finally(() => {
      this.#upkeep = undefined;
    });
  }

  async #upkeepOnce(compactor: Compactor | undefined, { journal, schedule }: Open): Promise<void> {
    const { monotonic, onSnapshot, onSnapshotError, onDeleted, onError } = this.#options;
    if (compactor !== undefined) {
      try {
        const compaction = await compactor.run();
        this.#safe = compaction.safe;
        this.#snapshotProblem = undefined;
        schedule.succeeded(compaction, monotonic());
        onSnapshot?.(compaction);
      } catch (error) {
        if (this.#closing !== undefined) return;
        this.#snapshotProblem = messageOf(error);
        schedule.failed(monotonic());
        onSnapshotError?.(error);
      }
    }
    try {
      for (let left = this.#expired(); left > 0; left -= 1) {
        await journal.removeOldest();
        onDeleted?.(1);
      }
    } catch (error) {
      // Tried again at the next look.
      onError?.(error);
    }
  }

  #expired(): number {
    if (this.#open === undefined) return 0;
    const { retention, now, maxIds } = this.#options;
    const { journal } = this.#open;
    const needs = { nowMs: now(), safe: this.#safe, firstId: journal.next - maxIds };
    return expired(journal.segments, retention, needs);
  }
}
