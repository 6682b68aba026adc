import { encodeFooter, encodeFrame, encodeHeader, SegmentDigest } from './format.ts';
import { writeHighWater } from './high-water.ts';
import { NewerJournalError, recover } from './recovery.ts';
import type { ReadableStorage } from './storage.ts';

const ZERO: Buffer = Buffer.alloc(32);

interface Made {
  readonly bytes: Buffer;
  readonly digest: Buffer;
}

/** A segment with one frame a number in `counts`, each line a sweep at its own number. */
function segment(first: number, counts: readonly number[], { previous = ZERO, sealed = true, tail = '' } = {}): Made {
  const digest = new SegmentDigest();
  const parts = [encodeHeader({ createdMs: 1, first, previous })];
  let next = first;
  for (const count of counts) {
    const lines = Array.from({ length: count }, (_, at) => `{"w":[${next + at},0,0]}\n`).join('');
    parts.push(encodeFrame({ seq: next, count, body: Buffer.from(lines) }));
    next += count;
  }
  for (const part of parts) digest.add(part);
  const footer = { frames: counts.length, first, last: next - 1, digest: digest.value() };
  return {
    bytes: Buffer.concat([...parts, ...(sealed ? [encodeFooter(footer)] : []), Buffer.from(tail)]),
    digest: digest.value(),
  };
}

async function highWater(seq: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  const unused = (): never => {
    throw new Error('not used');
  };
  const overwrite = (_name: string, written: Buffer): Promise<void> => {
    bytes = written;
    return Promise.resolve();
  };
  await writeHighWater(
    {
      list: unused,
      read: unused,
      open: unused,
      cache: unused,
      readHead: unused,
      size: unused,
      create: unused,
      remove: unused,
      rename: unused,
      syncDirectory: unused,
      close: unused,
      overwrite,
    },
    seq
  );
  return bytes;
}

async function found(segments: readonly Buffer[], mark: Buffer | undefined) {
  const files = new Map(segments.map((bytes, at) => [`0000000${at + 1}.seg`, bytes]));
  if (mark !== undefined) files.set('high-water', mark);
  const storage: ReadableStorage = {
    list: () => Promise.resolve([...files.keys()].sort()),
    read: (name) => Promise.resolve(files.get(name) ?? Buffer.alloc(0)),
    readHead: (name, length) => Promise.resolve((files.get(name) ?? Buffer.alloc(0)).subarray(0, length)),
    size: (name) => Promise.resolve(files.get(name)?.length ?? 0),
  };
  const numbers: number[] = [];
  const { damage, next } = await recover(storage, (entry, seq) => {
    numbers.push('sweptMs' in entry && entry.sweptMs === seq ? seq : -1);
  });
  return {
    numbers,
    next,
    damage: damage.map(({ file, kind, records }) => [file.slice(0, 8), kind, records ?? '?'].join(' ')),
  };
}

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
};

const one = segment(1, [2, 1]);
const open = segment(1, [2, 1], { sealed: false });
const two = segment(4, [2], { previous: one.digest });
/** After one whose third record was never acknowledged. */
const over = segment(3, [2], { previous: segment(1, [2], { sealed: false }).digest });
const torn = one.bytes.subarray(0, 30);

test.each([
  { name: 'nothing at all', files: [], mark: undefined, numbers: [], next: 1, damage: [] },
  { name: 'an empty file', files: [Buffer.alloc(0)], mark: 0, numbers: [], next: 1, damage: ['00000001 torn_tail ?'] },
  { name: 'one sealed segment', files: [one.bytes], mark: 3, numbers: [1, 2, 3], next: 4, damage: [] },
  { name: 'a lagging mark', files: [one.bytes], mark: 1, numbers: [1, 2, 3], next: 4, damage: [] },
  { name: 'two segments', files: [one.bytes, two.bytes], mark: 5, numbers: [1, 2, 3, 4, 5], next: 6, damage: [] },
  {
    name: 'a torn write at the end',
    files: [segment(1, [2], { sealed: false, tail: 'HXFR torn' }).bytes],
    mark: 2,
    numbers: [1, 2],
    next: 3,
    damage: ['00000001 torn_tail ?'],
  },
  {
    name: 'a torn write before a segment that follows',
    files: [segment(1, [2, 1], { sealed: false, tail: 'HXFR torn' }).bytes, two.bytes],
    mark: 5,
    numbers: [1, 2, 3, 4, 5],
    next: 6,
    damage: [],
  },
  {
    name: 'a frame whose sync failed, and its record again in the next segment',
    files: [open.bytes, over.bytes],
    mark: 4,
    numbers: [1, 2, 3, 4],
    next: 5,
    damage: [],
  },
  {
    name: 'the same, with a segment between them that was never begun',
    files: [open.bytes, torn, over.bytes],
    mark: 4,
    numbers: [1, 2, 3, 4],
    next: 5,
    damage: [],
  },
  {
    name: 'the same, with the header of the next one unreadable',
    files: [open.bytes, flip(over.bytes, 9)],
    mark: 4,
    numbers: [1, 2, 3, 4],
    next: 5,
    damage: ['00000002 header ?'],
  },
  {
    name: 'the first segment gone',
    files: [two.bytes],
    mark: 5,
    numbers: [4, 5],
    next: 6,
    damage: ['00000001 missing_records 3'],
  },
  {
    name: 'the last segment gone',
    files: [one.bytes],
    mark: 5,
    numbers: [1, 2, 3],
    next: 6,
    damage: ['high-wat missing_records 2'],
  },
  {
    name: 'every segment gone',
    files: [],
    mark: 5,
    numbers: [],
    next: 6,
    damage: ['high-wat missing_records 5'],
  },
  {
    name: 'a last segment cut on the edge of a frame',
    files: [segment(1, [2], { sealed: false }).bytes],
    mark: 3,
    numbers: [1, 2],
    next: 4,
    damage: ['high-wat missing_records 1'],
  },
  {
    name: 'a bit of the first frame flipped',
    files: [flip(one.bytes, 100), two.bytes],
    mark: 5,
    numbers: [3, 4, 5],
    next: 6,
    damage: ['00000001 gap ?', '00000001 missing_records 2'],
  },
  {
    name: 'a footer flipped',
    files: [flip(one.bytes, one.bytes.length - 20)],
    mark: 3,
    numbers: [1, 2, 3],
    next: 4,
    damage: ['00000001 torn_tail ?'],
  },
  {
    name: 'a segment of another journal in the place of the first',
    files: [segment(1, [1, 2]).bytes, two.bytes],
    mark: 5,
    numbers: [1, 2, 3, 4, 5],
    next: 6,
    damage: ['00000002 chain ?'],
  },
  {
    name: 'no mark',
    files: [one.bytes],
    mark: undefined,
    numbers: [1, 2, 3],
    next: 4,
    damage: ['high-wat high_water ?'],
  },
])('$name', async ({ files, mark, numbers, next, damage }) => {
  const bytes = mark === undefined ? undefined : await highWater(mark);
  expect(await found(files, bytes)).toEqual({ numbers, next, damage });
});

test('a whole frame with a line that is no record is named, and its other lines are taken', async () => {
  const body = Buffer.from('{"w":[1,0,0]}\nrubbish\n{"w":[3,0,0]}\n');
  const bytes = Buffer.concat([
    encodeHeader({ createdMs: 1, first: 1, previous: ZERO }),
    encodeFrame({ seq: 1, count: 3, body }),
  ]);
  expect(await found([bytes], await highWater(3))).toEqual({
    numbers: [1, 3],
    next: 4,
    damage: ['00000001 unreadable_record 1'],
  });
});

test('a segment of a later version stops it', async () => {
  const { crc32 } = await import('node:zlib');
  const bytes = Buffer.from(one.bytes);
  bytes.writeUInt16LE(9, 6);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  await expect(found([bytes], undefined)).rejects.toThrow(NewerJournalError);
});
