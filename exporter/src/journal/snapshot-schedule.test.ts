import type { Compaction } from './compaction.ts';
import type { SegmentPlace } from './disk-journal.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';

const segments = (count: number): SegmentPlace[] =>
  Array.from({ length: count }, (_, at) => ({ name: '', number: at + 1, bytes: 100, first: 1, createdMs: 0 }));
const made = (segment: number, fixedSeconds: number): Compaction => ({
  written: undefined,
  segment,
  safe: 0,
  seconds: 9,
  fixedSeconds,
});
const MINUTE = 60_000;

test.each([
  { name: 'no segment', count: 0, covered: 0, afterMs: 11 * MINUTE, isFull: true, due: false },
  { name: 'only the one that is written', count: 1, covered: 0, afterMs: 11 * MINUTE, isFull: true, due: false },
  { name: 'all covered but that one', count: 4, covered: 3, afterMs: 11 * MINUTE, isFull: true, due: false },
  { name: 'too few bytes, not long', count: 3, covered: 0, afterMs: 9 * MINUTE, isFull: false, due: false },
  { name: 'too few bytes, for long', count: 3, covered: 0, afterMs: 10 * MINUTE, isFull: false, due: true },
  { name: 'enough bytes', count: 4, covered: 0, afterMs: 0, isFull: false, due: true },
  { name: 'enough bytes, but most are covered', count: 4, covered: 2, afterMs: 0, isFull: false, due: false },
  { name: 'something must be deleted', count: 2, covered: 0, afterMs: 0, isFull: true, due: true },
])('$name: due is $due', ({ count, covered, afterMs, isFull, due }) => {
  const schedule = new SnapshotSchedule({ bytes: 300 }, covered);
  schedule.isDue(segments(count), 1_000, false);
  expect(schedule.isDue(segments(count), 1_000 + afterMs, isFull)).toBe(due);
});

test('after one that took long, a while goes by: reading and writing snapshots is a small part of the time', () => {
  const schedule = new SnapshotSchedule({ bytes: 100 }, 0);
  schedule.succeeded(made(2, 1.5), 1_000);
  const due = [30_999, 31_000].map((nowMs) => schedule.isDue(segments(9), nowMs, true));
  expect(due).toEqual([false, true]);
});

test('what failed is tried again ever more seldom, and as ever once it succeeded', () => {
  const schedule = new SnapshotSchedule({ bytes: 100 }, 0);
  const waits: number[] = [];
  for (let nowMs = 0, failed = 0; failed < 9; failed += 1) {
    schedule.failed(nowMs);
    const from = nowMs;
    while (!schedule.isDue(segments(9), nowMs, false)) nowMs += 1_000;
    waits.push((nowMs - from) / MINUTE);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  schedule.succeeded(made(1, 0), 1e9);
  expect(schedule.isDue(segments(9), 1e9, false)).toBe(true);
});
