// Which segments may go: the oldest first, and only what nothing needs any more.
import type { SegmentPlace } from './disk-journal.ts';

export interface RetentionOptions {
  /** How long records are kept at least, unless there are too many bytes. */
  readonly retentionMs: number;
  readonly maxBytes: number;
}

export interface RetentionNeeds {
  readonly nowMs: number;
  /** Number of the last segment that two snapshots cover. */
  readonly safe: number;
  /** Number of the first record whose id must be found again after a restart. */
  readonly firstId: number;
}

/**
 * How many of the oldest segments are to be deleted. The one that is written is never among them, nor one that not both of
 * the newest snapshots cover, nor one with an id that repeats are recognised by.
 */
export function expired(
  segments: readonly SegmentPlace[],
  { retentionMs, maxBytes }: RetentionOptions,
  { nowMs, safe, firstId }: RetentionNeeds
): number {
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  for (const [at, segment] of segments.entries()) {
    const next = segments.slice(at + 1).find(({ first }) => first !== undefined);
    if (next?.first === undefined || segment.number > safe || next.first > firstId) return at;
    // Its newest record is as old as the segment that follows it.
    const isOld = (next.createdMs ?? nowMs) + retentionMs <= nowMs;
    if (!isOld && bytes <= maxBytes) return at;
    bytes -= segment.bytes;
  }
  return segments.length;
}
