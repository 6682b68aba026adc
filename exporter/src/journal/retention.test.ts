import type { SegmentPlace } from './disk-journal.ts';
import { expired } from './retention.ts';

/** Ten records and 100 bytes each, begun one hour after the other. */
const segments: readonly SegmentPlace[] = [1, 2, 3, 4, 5].map((number) => ({
  name: `0000000${number}.seg`,
  number,
  bytes: 100,
  first: 1 + (number - 1) * 10,
  createdMs: number * 3_600_000,
}));
const FOR_EVER = Number.MAX_SAFE_INTEGER;
const ALL = { retentionMs: 0, maxBytes: 0, nowMs: FOR_EVER, safe: 5, firstId: FOR_EVER };

test.each([
  { name: 'there are none', of: [], ...ALL, count: 0 },
  { name: 'nothing needs any: all but the one that is written', of: segments, ...ALL, count: 4 },
  { name: 'no snapshot covers any', of: segments, ...ALL, safe: 0, count: 0 },
  { name: 'two snapshots cover two', of: segments, ...ALL, safe: 2, count: 2 },
  { name: 'the id of record 21 is needed', of: segments, ...ALL, firstId: 21, count: 2 },
  { name: 'the id of record 20 is needed', of: segments, ...ALL, firstId: 20, count: 1 },
  { name: 'no id was lost yet', of: segments, ...ALL, firstId: -900, count: 0 },
  {
    name: 'the newest record of two is as old as the retention',
    of: segments,
    ...ALL,
    retentionMs: 3_600_000,
    maxBytes: FOR_EVER,
    nowMs: 4 * 3_600_000,
    count: 2,
  },
  {
    name: 'a millisecond before that',
    of: segments,
    ...ALL,
    retentionMs: 3_600_000,
    maxBytes: FOR_EVER,
    nowMs: 4 * 3_600_000 - 1,
    count: 1,
  },
  { name: 'there are 200 bytes too many', of: segments, ...ALL, retentionMs: FOR_EVER, maxBytes: 300, count: 2 },
  { name: 'there is one byte too many', of: segments, ...ALL, retentionMs: FOR_EVER, maxBytes: 499, count: 1 },
  {
    name: 'there are just as many bytes as may be',
    of: segments,
    ...ALL,
    retentionMs: FOR_EVER,
    maxBytes: 500,
    count: 0,
  },
  {
    name: 'a header cannot be read: its neighbours tell',
    of: segments.map((each) => (each.number === 2 ? { ...each, first: undefined, createdMs: undefined } : each)),
    ...ALL,
    firstId: 21,
    count: 2,
  },
  {
    name: 'no header behind the first can be read',
    of: segments.map((each) => (each.number > 1 ? { ...each, first: undefined, createdMs: undefined } : each)),
    ...ALL,
    count: 0,
  },
])('when $name, $count go', ({ of, retentionMs, maxBytes, nowMs, safe, firstId, count }) => {
  expect(expired(of, { retentionMs, maxBytes }, { nowMs, safe, firstId })).toBe(count);
});
