import {
  decodeIndex,
  encodeIndex,
  fingerprintOf,
  indexName,
  SegmentIndexBuilder,
  segmentOfIndex,
} from './segment-index.ts';
import type { SegmentIndex } from './segment-index.ts';
import { ThreadFilter } from './thread-filter.ts';

const SEGMENT = fingerprintOf(5_000_000, Buffer.from('the end of it'));

function built(): SegmentIndexBuilder {
  const index = new SegmentIndexBuilder({ createdMs: 1_800_000_000_000.5, first: 2 ** 40 });
  const frame = { threads: new Set(['a', 'ünï"\u{1f980}']), minMs: 5, maxMs: 9 };
  index.add({ ...frame, seq: 2 ** 40, count: 3, offset: 64 });
  index.add({ ...frame, seq: 2 ** 40 + 3, count: 1, offset: 1_000, minMs: 2 });
  index.add({ threads: new Set(), minMs: Infinity, maxMs: -Infinity, seq: 2 ** 40 + 4, count: 2, offset: 300_000 });
  return index;
}

const fields = ({ createdMs, first, last, records, minMs, maxMs, marks, filter }: SegmentIndex): unknown => [
  [createdMs, first, last, records, minMs, maxMs, marks],
  Buffer.from(filter.bytes).toString('base64'),
];

test('an index sums up its frames, with a mark every 256 KiB', () => {
  const { first, last, records, minMs, maxMs, marks, filter } = built();
  expect({ first, last, records, minMs, maxMs, marks }).toEqual({
    first: 2 ** 40,
    last: 2 ** 40 + 5,
    records: 6,
    minMs: 2,
    maxMs: 9,
    marks: [
      { seq: 2 ** 40, offset: 64 },
      { seq: 2 ** 40 + 4, offset: 300_000 },
    ],
  });
  expect(['a', 'ünï"\u{1f980}', 'b', ''].map((id) => filter.mayHold(id))).toEqual([true, true, false, false]);
});

test.each([
  { name: 'of frames', index: built() },
  { name: 'of nothing', index: new SegmentIndexBuilder({ createdMs: 0, first: 1 }) },
])('an index $name is read as it was written', ({ index }) => {
  const read = decodeIndex(encodeIndex(index, SEGMENT), SEGMENT);
  expect(read === undefined ? read : fields(read)).toEqual(fields(index));
});

test.each([
  { name: 'of another length', segment: { ...SEGMENT, bytes: 5_000_001 } },
  { name: 'with another end', segment: fingerprintOf(5_000_000, Buffer.from('the end of if')) },
])('an index of a segment $name does not count', ({ segment }) => {
  expect(decodeIndex(encodeIndex(built(), SEGMENT), segment)).toBeUndefined();
});

test('no single wrong byte and no cut is taken for an index', () => {
  const bytes = encodeIndex(built(), SEGMENT);
  for (let at = 0; at < bytes.length; at += at < 80 ? 1 : 97) {
    const wrong = Buffer.from(bytes);
    wrong[at] = (wrong[at] ?? 0) ^ 0x10;
    if (decodeIndex(wrong, SEGMENT) !== undefined) throw new Error(`byte ${at} changed`);
    if (decodeIndex(bytes.subarray(0, at), SEGMENT) !== undefined) throw new Error(`cut at ${at}`);
  }
});

test('names', () => {
  expect(indexName('00000007.seg')).toBe('00000007.idx');
  expect(['00000007.idx', '0000007.idx', '00000007.idx.new', '../00000007.idx', ''].map(segmentOfIndex)).toEqual([
    '00000007.seg',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a filter never misses, and of 10,000 threads takes at most 1 in 100 others to be there', () => {
  const filter = new ThreadFilter();
  const id = (n: number): string => `session-${n.toString(36)}-${n * 7}`;
  for (let n = 0; n < 10_000; n += 1) filter.add(id(n));
  let missed = 0;
  let wrong = 0;
  for (let n = 0; n < 10_000; n += 1) {
    if (!filter.mayHold(id(n))) missed += 1;
    if (filter.mayHold(id(n + 10_000))) wrong += 1;
  }
  process.stdout.write(`thread filter: ${wrong} of 10,000 others taken to be there among 10,000 threads\n`);
  expect([missed, wrong < 100]).toEqual([0, true]);
});
