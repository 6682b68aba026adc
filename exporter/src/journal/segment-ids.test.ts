import { compactList, entry, openOn } from '../../test/journal/entries.ts';
import { SimulatedDisk } from '../../test/journal/simulated-disk.ts';
import { hashId, ID_HASH_WORDS } from './id-hash.ts';
import { readIds } from './known-records.ts';
import { segmentHeads } from './recovery.ts';
import { decodeIds } from './segment-ids.ts';

const RECORDS = 120;

/** Segments of some records each, all but the last one with their ids beside them. */
async function journal(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const { journal: written } = await openOn(disk, { segmentBytes: 1_500 });
  for (let at = 1; at <= RECORDS; at += 4) {
    const sweep = { sweptMs: at, retentionMs: 1, silentRetentionMs: 1 };
    await written.append([entry(at), entry(at + 1), sweep, entry(at + 3)]);
  }
  await written.close();
  await compactList(disk);
  return disk;
}

interface Known {
  readonly hashes: string[];
  readonly scanned: number;
  readonly lost: number;
}

async function known(disk: SimulatedDisk, range: { from: number; until: number }): Promise<Known> {
  const hashes: string[] = [];
  let scanned = 0;
  const add = (words: Uint32Array, at: number): void => {
    hashes.push([...words.subarray(at, at + ID_HASH_WORDS)].join());
  };
  const damage = await readIds(disk, await segmentHeads(disk), {
    ...range,
    onId: (id, digest) => {
      const words = new Uint32Array(ID_HASH_WORDS);
      hashId(words, id, digest);
      add(words, 0);
      scanned += 1;
    },
    onHash: add,
  });
  return { hashes, scanned, lost: damage.reduce((sum, { records = 0 }) => sum + records, 0) };
}

const idsFiles = (disk: SimulatedDisk): string[] => [...disk.files.keys()].filter((name) => name.endsWith('.ids'));

const without = (disk: SimulatedDisk, pattern: RegExp): SimulatedDisk =>
  new SimulatedDisk(new Map([...disk.files].filter(([name]) => !pattern.test(name))));

test.each([
  { of: 'all records', from: 1, until: RECORDS + 1 },
  { of: 'some in the middle of segments', from: 18, until: 73 },
  { of: 'the last of a frame', from: 4, until: 5 },
  { of: 'none', from: 5, until: 5 },
])('ids of $of are the same from their files and from the segments', async (range) => {
  const disk = await journal();
  const fromSegments = await known(without(disk, /\.ids$/), range);
  const fromFiles = await known(disk, range);
  expect({ ...fromFiles, scanned: 0 }).toEqual({ ...fromSegments, scanned: 0 });
  expect(fromSegments.scanned).toBe(fromSegments.hashes.length);
});

test('only the segment that a snapshot does not cover is read', async () => {
  const disk = await journal();
  const heads = await segmentHeads(disk);
  const last = heads.at(-1)?.header?.first ?? 0;
  expect(idsFiles(disk)).toHaveLength(heads.length - 1);
  const { hashes, scanned } = await known(disk, { from: 1, until: last });
  expect([hashes.length > 60, scanned]).toEqual([true, 0]);
});

test('files that are cut off, changed anywhere, of another segment or empty are as good as none', async () => {
  const disk = await journal();
  const range = { from: 1, until: RECORDS + 1 };
  const { hashes } = await known(disk, range);
  const [one = '', two = ''] = idsFiles(disk);
  const whole = Buffer.from(disk.files.get(one) ?? '');
  const flipped = Array.from({ length: whole.length }, (_, at) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  });
  const others = [Buffer.alloc(0), whole.subarray(0, 71), whole.subarray(0, -1), disk.files.get(two) ?? whole];
  const [head] = await segmentHeads(disk);
  if (head === undefined) throw new Error('there is no segment');
  expect(decodeIds(whole, head)?.first).toBe(1);
  expect(decodeIds(whole, { ...head, bytes: head.bytes + 1 })).toBeUndefined();
  expect([...flipped, ...others].filter((bytes) => decodeIds(bytes, head) !== undefined)).toEqual([]);
  const damaged = new SimulatedDisk(new Map([...disk.files, [one, flipped[80] ?? whole]]));
  const read = await known(damaged, range);
  expect([read.hashes, read.lost]).toEqual([hashes, 0]);
});

test('a segment of which records are missing gets no file, so that its damage is met at every start', async () => {
  const whole = without(await journal(), /\.(ids|snapshot)$/);
  const bytes = Buffer.from(whole.files.get('00000002.seg') ?? '');
  bytes.fill(0, 300, 320);
  const disk = new SimulatedDisk(new Map([...whole.files, ['00000002.seg', bytes]]));
  await compactList(disk);
  expect(idsFiles(disk)).not.toContain('00000002.ids');
  expect((await known(disk, { from: 1, until: RECORDS + 1 })).lost).toBeGreaterThan(0);
});

test('files of segments that are gone, or lie before what must be recognised, are removed', async () => {
  const disk = new SimulatedDisk(new Map([...(await journal()).files, ['00009999.ids', Buffer.from('x')]]));
  await disk.remove('00000001.seg');
  const { journal: written } = await openOn(disk, { segmentBytes: 1_500 });
  for (let at = 0; at < 1_400; at += 50) {
    await written.append(Array.from({ length: 50 }, (_, more) => entry(1_000 + at + more)));
  }
  await written.close();
  await compactList(disk);
  const heads = await segmentHeads(disk);
  const next = heads.at(-1)?.header?.first ?? 0;
  const wanted = heads.filter((_, at) => (heads[at + 1]?.header?.first ?? 0) > next - 1_000);
  expect(idsFiles(disk).sort()).toEqual(wanted.map(({ name }) => name.replace('.seg', '.ids')));
});

test('what is written under this name is these hashes: another kind of hash takes another name', async () => {
  const disk = await journal();
  const [name = ''] = idsFiles(disk);
  expect(disk.files.get(name)?.subarray(0, 6).toString()).toBe('HXIDS3');
  const words = new Uint32Array(2 * ID_HASH_WORDS);
  const digest = 'AAECAwQFBgcICQoLDA0ODw';
  hashId(words, digest, digest);
  hashId(words.subarray(ID_HASH_WORDS), 'chosen', digest);
  expect(Buffer.from(words.buffer).toString('hex')).toBe(
    '000102030405060708090a0b0c0d0e0f08090a0b0c0d0e0f7be403e3cc82262248913b70f596a31b08090a0b0c0d0e0f'
  );
});
