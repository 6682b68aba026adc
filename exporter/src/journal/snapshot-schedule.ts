// When to make a snapshot: soon enough that a restart has little to read, and not so often that it costs.
import type { Compaction } from './compaction.ts';
import type { SegmentPlace } from './disk-journal.ts';

export interface ScheduleOptions {
  /** A snapshot is due when finished segments hold this much that no snapshot covers; 64 MiB unless told. */
  readonly bytes?: number | undefined;
  /** Or when any has waited for this long; 10 minutes unless told. */
  readonly waitMs?: number | undefined;
}

const BYTES = 64 * 1024 * 1024;
const WAIT_MS = 10 * 60_000;
/** Reading and writing whole snapshots takes at most one part of so many of the time. */
const SHARE = 20;
const RETRY_MS = 60_000;
const MAX_RETRY_MS = 3_600_000;

/** Times are monotonic, in ms. */
export class SnapshotSchedule {
  readonly #bytes: number;
  readonly #waitMs: number;
  #covered: number;
  #notBeforeMs = 0;
  #waitingSinceMs: number | undefined;
  #failures = 0;

  /** @param covered number of the last segment that the newest snapshot covers */
  constructor({ bytes = BYTES, waitMs = WAIT_MS }: ScheduleOptions, covered: number) {
    this.#bytes = bytes;
    this.#waitMs = waitMs;
    this.#covered = covered;
  }

  /** Why the last attempts failed counts for nothing: how many did, in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** @param isFull something must be deleted, and waits for a snapshot. */
  isDue(segments: readonly SegmentPlace[], nowMs: number, isFull: boolean): boolean {
    // The last one is still written, or may be cut short by the one that follows.
    const open = segments.slice(0, -1).filter(({ number }) => number > this.#covered);
    if (open.length === 0) {
      this.#waitingSinceMs = undefined;
      return false;
    }
    this.#waitingSinceMs ??= nowMs;
    if (nowMs < this.#notBeforeMs) return false;
    const bytes = open.reduce((sum, segment) => sum + segment.bytes, 0);
    return isFull || bytes >= this.#bytes || nowMs - this.#waitingSinceMs >= this.#waitMs;
  }

  succeeded({ segment, fixedSeconds }: Compaction, nowMs: number): void {
    this.#covered = segment;
    this.#failures = 0;
    this.#waitingSinceMs = undefined;
    this.#notBeforeMs = nowMs + fixedSeconds * 1_000 * SHARE;
  }

  failed(nowMs: number): void {
    this.#notBeforeMs = nowMs + Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
  }
}
