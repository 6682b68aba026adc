// Snapshots as a restart meets them: whole, damaged in every byte, gone, of another version, of another journal; and segments
// that were deleted behind them.
import { crc32 } from 'node:zlib';
import { expired } from '../../src/journal/retention.ts';
import { readKept } from '../../src/journal/restart.ts';
import { setAside } from '../../src/journal/compaction.ts';
import { compactList, entries, idOf, openOn, recovered, T } from './entries.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Files } from './simulated-disk.ts';

const MAX_IDS = 6;
const COUNT = 30;
const ALL = entries(1, COUNT).map(idOf);

/** Thirty records in ten segments, and snapshots as after each of two compactions; the last one is some segments behind. */
async function journal({ deletes }: { readonly deletes: boolean }): Promise<Files> {
  const disk = new SimulatedDisk();
  const { journal: written } = await openOn(disk, { segmentBytes: 500 });
  let safe = 0;
  for (let n = 1; n <= COUNT; n += 3) {
    await written.append(entries(n, 3));
    if (n === 10 || n === 16) ({ safe } = await compactList(disk));
  }
  const needs = { nowMs: T, safe, firstId: written.next - MAX_IDS };
  const left = expired(written.segments, { retentionMs: 0, maxBytes: 0 }, needs);
  for (let segment = 0; deletes && segment < left; segment += 1) await written.removeOldest();
  await written.close();
  return disk.files;
}

interface Found {
  readonly ids: readonly string[];
  readonly from: string | undefined;
  readonly damage: readonly string[];
  readonly recognised: readonly string[];
}

async function found(files: Files): Promise<Found> {
  const { recovery, entries: all, ids } = await recovered(new SimulatedDisk(files), { maxIds: MAX_IDS });
  return {
    ids: all.map(idOf),
    from: recovery.snapshot?.name,
    damage: [...recovery.damage, ...recovery.behind].map(
      ({ file, kind, records }) => `${file} ${kind} ${records ?? '?'}`
    ),
    recognised: ids.slice(-MAX_IDS),
  };
}

const without = (files: Files, ...names: readonly string[]): Files =>
  new Map([...files].filter(([name]) => !names.includes(name)));

function changed(files: Files, name: string, change: (bytes: Buffer) => void): Files {
  const bytes = Buffer.from(files.get(name)!);
  change(bytes);
  return new Map([...files, [name, bytes]]);
}

/** As a later version would write it, with its checksum right. */
function newer(bytes: Buffer): void {
  bytes.writeUInt16LE(2, 6);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
}

/** Its header says that another segment came before it. */
function otherPrevious(bytes: Buffer): void {
  bytes.fill(7, 24, 56);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
}

const [OLDER, NEWEST] = ['00000003.snapshot', '00000005.snapshot'];
const WHOLE: Found = { ids: ALL, from: NEWEST, damage: [], recognised: ALL.slice(-MAX_IDS) };

test('what is kept after two compactions and a deletion', async () => {
  expect([...(await journal({ deletes: true })).keys()].sort()).toEqual([
    '00000003.snapshot',
    '00000004.ids',
    '00000004.seg',
    '00000005.ids',
    '00000005.seg',
    '00000005.snapshot',
    ...['6', '7', '8', '9'].map((n) => `0000000${n}.seg`),
    '00000010.seg',
    'high-water',
  ]);
});

test.each<{ name: string; deletes: boolean; change: (files: Files) => Files; finds: Partial<Found> }>([
  { name: 'nothing changed', deletes: true, change: (files) => files, finds: {} },
  {
    name: 'no snapshot, all segments',
    deletes: false,
    change: (files) => without(files, OLDER, NEWEST),
    finds: { from: undefined },
  },
  {
    name: 'the newest snapshot gone',
    deletes: true,
    change: (files) => without(files, NEWEST),
    finds: { from: OLDER },
  },
  { name: 'the older snapshot gone', deletes: true, change: (files) => without(files, OLDER), finds: {} },
  {
    name: 'the newest snapshot damaged',
    deletes: true,
    change: (files) => changed(files, NEWEST, (bytes) => bytes.fill(0, 300, 310)),
    finds: { from: OLDER, damage: [`${NEWEST} snapshot 0`] },
  },
  {
    name: 'both damaged, all segments',
    deletes: false,
    change: (files) =>
      changed(
        changed(files, NEWEST, (bytes) => bytes.fill(0, 300, 310)),
        OLDER,
        (bytes) => bytes.fill(0, 0, 9)
      ),
    finds: { from: undefined, damage: [`${NEWEST} snapshot 0`, `${OLDER} snapshot 0`] },
  },
  {
    name: 'both damaged, and their segments deleted: loud, and the rest is there',
    deletes: true,
    change: (files) =>
      changed(
        changed(files, NEWEST, (bytes) => bytes.fill(0, 300, 310)),
        OLDER,
        (bytes) => bytes.fill(0, 300, 310)
      ),
    finds: {
      from: undefined,
      ids: ALL.slice(9),
      damage: [`${NEWEST} snapshot 0`, `${OLDER} snapshot 0`, '00000004.seg missing_records 9'],
    },
  },
  {
    name: 'the newest one of a later version',
    deletes: true,
    change: (files) => changed(files, NEWEST, newer),
    finds: { from: OLDER },
  },
  {
    name: 'one more, with a name that is not its own',
    deletes: true,
    change: (files) => new Map([...files, ['00000006.snapshot', files.get(NEWEST)!]]),
    finds: { damage: ['00000006.snapshot snapshot 0'] },
  },
  {
    name: 'one that does not go before the segment that follows',
    deletes: true,
    change: (files) => changed(files, '00000006.seg', otherPrevious),
    finds: {
      from: OLDER,
      damage: [`${NEWEST} snapshot 0`, '00000006.seg chain ?', '00000006.seg footer ?'],
    },
  },
  {
    name: 'an unfinished one and one set aside',
    deletes: true,
    change: (files) =>
      new Map([...files, ['00000009.snapshot.tmp', Buffer.from('x')], ['00000001.snapshot.bad', Buffer.from('y')]]),
    finds: {},
  },
  {
    name: 'a segment that the newest covers damaged, with ids that are not needed',
    deletes: true,
    change: (files) => changed(files, '00000005.seg', (bytes) => bytes.fill(0, 100, 140)),
    finds: {},
  },
  {
    name: 'a segment behind the newest gone',
    deletes: true,
    change: (files) => without(files, '00000006.seg'),
    finds: { ids: [...ALL.slice(0, 15), ...ALL.slice(18)], damage: ['00000007.seg missing_records 3'] },
  },
])('$name', async ({ deletes, change, finds }) => {
  expect(await found(change(await journal({ deletes })))).toEqual({ ...WHOLE, ...finds });
});

test('a journal whose beginning only a snapshot of a later version holds is refused', async () => {
  const files = await journal({ deletes: true });
  const both = changed(changed(files, NEWEST, newer), OLDER, newer);
  await expect(found(both)).rejects.toThrow('00000005.snapshot is of format 2, and this version reads');
});

test('every byte of a snapshot flipped, and every length of it: all records are there, from the one before', async () => {
  const files = await journal({ deletes: true });
  const bytes = files.get(NEWEST)!;
  const wrong: string[] = [];
  const expected = JSON.stringify({ ...WHOLE, from: OLDER, damage: [`${NEWEST} snapshot 0`] });
  const tries = { flips: 0, cuts: 0 };
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
    for (const [what, damaged] of [
      ['flips', flipped],
      ['cuts', bytes.subarray(0, at)],
    ] as const) {
      tries[what] += 1;
      const result = await found(new Map([...files, [NEWEST, damaged]]));
      if (JSON.stringify(result) !== expected) wrong.push(`${what} ${at}: ${JSON.stringify(result)}`);
    }
  }
  process.stdout.write(`snapshots: ${tries.flips} bytes flipped, ${tries.cuts} lengths, ${wrong.length} violations\n`);
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(tries.flips).toBeGreaterThan(2_000);
}, 600_000);

test('a damaged snapshot is set aside, and the next compaction writes anew', async () => {
  const files = changed(await journal({ deletes: true }), NEWEST, (bytes) => bytes.fill(0, 300, 310));
  const disk = new SimulatedDisk(files);
  await recovered(disk, { maxIds: MAX_IDS, setAside: (name) => setAside(disk, name) });
  expect(disk.files.has('00000005.snapshot.bad')).toBe(true);
  expect(await compactList(disk)).toMatchObject({ written: { name: '00000009.snapshot' }, segment: 9, safe: 3 });
  expect(await found(disk.files)).toEqual({ ...WHOLE, from: '00000009.snapshot' });
  expect(await compactList(disk)).toMatchObject({ written: undefined, segment: 9, safe: 3 });
});

test.each(['create', 'write', 'sync', 'rename', 'sync-directory', 'remove'])(
  'a disk that fails at every %s while a snapshot is made: it is not made, and nothing else is lost',
  async (failing) => {
    const disk = new SimulatedDisk(await journal({ deletes: true }));
    disk.faults = (what) => (what === failing ? { error: 'ENOSPC' } : undefined);
    const made = await compactList(disk).then(
      () => true,
      () => false
    );
    disk.faults = () => undefined;
    expect({ ...(await found(disk.files)), from: undefined }).toEqual({ ...WHOLE, from: undefined });
    expect(made).toBe(failing === 'remove');
    await compactList(disk);
    expect(await found(disk.files)).toEqual({ ...WHOLE, from: '00000009.snapshot' });
  }
);

test('for looking only, deleted segments that a snapshot covers are not missing', async () => {
  const files = await journal({ deletes: true });
  const kept = await readKept(new SimulatedDisk(files), () => undefined);
  expect([kept.records, kept.damage, kept.snapshots.map(({ name, state, next }) => [name, state, next])]).toEqual([
    21,
    [],
    [
      [OLDER, 'whole', 10],
      [NEWEST, 'whole', 16],
    ],
  ]);
  const bare = await readKept(new SimulatedDisk(without(files, OLDER, NEWEST)), () => undefined);
  expect(bare.damage).toEqual([expect.objectContaining({ kind: 'missing_records', records: 9 })]);
});
