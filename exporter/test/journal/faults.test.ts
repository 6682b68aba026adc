// The disk fails at every single call in turn: nothing acknowledged is lost, nothing counts twice, and the journal takes
// events again as soon as the disk does.
import { NotDurableError } from '../../src/journal/disk-journal.ts';
import { entries, idOf, openOn, recovered } from './entries.ts';
import { readHighWater } from '../../src/journal/high-water.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Fault } from './simulated-disk.ts';

const CALLS = ['write', 'sync', 'create', 'sync-directory', 'overwrite', 'truncate', 'remove', 'close'] as const;
const SEGMENT_BYTES = 2_000;
const BATCHES = 25;

interface Outcome {
  readonly acknowledged: readonly string[];
  readonly refused: number;
  readonly unexpected: readonly unknown[];
  readonly healedAfter: number;
}

/** 25 batches, each sent again until it is taken, on a disk that fails as told. */
async function ingest(disk: SimulatedDisk): Promise<Outcome> {
  const { journal } = await openOn(disk, { segmentBytes: SEGMENT_BYTES });
  const acknowledged: string[] = [];
  const unexpected: unknown[] = [];
  let refused = 0;
  let healedAfter = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const sent = entries(1 + batch * 3, 3);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await journal.append(sent);
        acknowledged.push(...sent.map(idOf));
        await journal.mark();
        healedAfter = Math.max(healedAfter, attempt);
        break;
      } catch (error) {
        if (!(error instanceof NotDurableError)) unexpected.push(error);
        refused += 1;
        if (attempt > 20) throw error;
      }
    }
  }
  await journal.close();
  return { acknowledged, refused, unexpected, healedAfter };
}

const EVERY_ID = entries(1, BATCHES * 3).map(idOf);

async function expectExact(disk: SimulatedDisk): Promise<void> {
  const { entries: found, recovery } = await recovered(new SimulatedDisk(disk.files));
  expect(found.map(idOf)).toEqual(EVERY_ID);
  expect(recovery.damage).toEqual([]);
}

async function callsOf(): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const disk = new SimulatedDisk();
  disk.faults = (what) => {
    counts[what] = (counts[what] ?? 0) + 1;
    return undefined;
  };
  await ingest(disk);
  return counts;
}

test('a disk without faults takes every batch at once', async () => {
  const disk = new SimulatedDisk();
  expect(await ingest(disk)).toEqual({ acknowledged: EVERY_ID, refused: 0, unexpected: [], healedAfter: 1 });
  await expectExact(disk);
});

const FAULTS: Readonly<Record<string, Fault>> = {
  ENOSPC: { error: 'ENOSPC' },
  EIO: { error: 'EIO' },
  'a short write': { short: 7 },
  'a write of nothing': { short: 0 },
};

test.each(Object.entries(FAULTS))(
  '%s at every call in turn, once: nothing lost, nothing twice',
  async (_name, fault) => {
    const counts = await callsOf();
    let tried = 0;
    for (const what of 'short' in fault ? ['write'] : CALLS) {
      for (let call = 0; call < (counts[what] ?? 0); call += 1) {
        const disk = new SimulatedDisk();
        let at = 0;
        disk.faults = (called) => (called === what && at++ === call ? fault : undefined);
        const { acknowledged, unexpected, healedAfter } = await ingest(disk);
        expect([acknowledged, unexpected]).toEqual([EVERY_ID, []]);
        expect(healedAfter).toBeLessThanOrEqual(2);
        disk.faults = () => undefined;
        await expectExact(disk);
        tried += 1;
      }
    }
    process.stdout.write(`disk faults: ${_name} at each of ${tried} calls\n`);
    expect(tried).toBeGreaterThan(40);
  }
);

test.each(['write', 'sync', 'create', 'sync-directory'])(
  'a disk that fails every %s for a while, and the clean-up too: one refusal a try, and all is well afterwards',
  async (what) => {
    for (let from = 0; from < 20; from += 1) {
      const disk = new SimulatedDisk();
      let calls = 0;
      let failures = 0;
      disk.faults = (called) => {
        const isCleanUp = called === 'truncate' || called === 'remove';
        if (called === what) calls += 1;
        if (calls <= from || failures >= 5 || !(called === what || isCleanUp)) return undefined;
        if (called === what) failures += 1;
        return { error: 'ENOSPC' };
      };
      const { acknowledged, unexpected } = await ingest(disk);
      expect([acknowledged, unexpected]).toEqual([EVERY_ID, []]);
      await expectExact(disk);
    }
  }
);

test('a full disk: every append is refused with its reason, and without an event the journal notices the end of it', async () => {
  const disk = new SimulatedDisk();
  const heard: unknown[] = [];
  const { journal } = await openOn(disk, { onError: (error) => heard.push(String(error)) });
  await journal.append(entries(1, 2));
  disk.faults = (what) => (what === 'write' ? { error: 'ENOSPC' } : undefined);
  await expect(journal.append(entries(3, 1))).rejects.toThrow(
    'the journal could not be written; send the events again'
  );
  expect([journal.problem, journal.records]).toEqual(['ENOSPC: write 00000001.seg', 2]);
  await journal.probe();
  expect(journal.problem).toBe('ENOSPC: write 00000002.seg');
  expect(await disk.list()).toEqual(['00000001.seg', 'high-water']);
  disk.faults = () => undefined;
  await journal.probe();
  expect(journal.problem).toBeUndefined();
  await journal.append(entries(3, 1));
  await journal.close();
  const { entries: found, recovery } = await recovered(disk);
  expect(found.map(idOf)).toEqual(['e-1', 'e-2', 'e-3']);
  expect(recovery.damage).toEqual([]);
  expect(heard).toEqual(['Error: ENOSPC: write 00000001.seg', 'Error: ENOSPC: write 00000002.seg']);
});

test('a high-water mark that cannot be written costs no entry and refuses none', async () => {
  const disk = new SimulatedDisk();
  const heard: unknown[] = [];
  const { journal } = await openOn(disk, { onError: (error) => heard.push(String(error)) });
  await journal.append(entries(1, 1));
  disk.faults = (what) => (what === 'overwrite' ? { error: 'EIO' } : undefined);
  await journal.append(entries(2, 1));
  await journal.mark();
  expect(heard).toEqual(['Error: EIO: overwrite high-water']);
  disk.faults = () => undefined;
  await journal.close();
  expect((await recovered(disk)).entries.map(idOf)).toEqual(['e-1', 'e-2']);
});

test('the high-water mark is written with the first segment, then when it is behind and asked for, and at the end', async () => {
  const disk = new SimulatedDisk();
  const { journal } = await openOn(disk);
  const said = async (): Promise<number | undefined> => readHighWater(disk);
  await journal.mark();
  expect(await said()).toBeUndefined();
  await journal.append(entries(1, 3));
  expect(await said()).toBe(0);
  await Promise.all([journal.mark(), journal.mark()]);
  expect(await said()).toBe(3);
  disk.faults = (what) => (what === 'overwrite' ? { error: 'EIO' } : undefined);
  await journal.mark();
  disk.faults = () => undefined;
  await journal.append(entries(4, 1));
  expect(await said()).toBe(3);
  await journal.close();
  expect(await said()).toBe(4);
});

test('appends that wait while the disk hangs are refused past 64 MiB, and the others are written', async () => {
  const disk = new SimulatedDisk();
  const { journal } = await openOn(disk);
  const wide = entries(1, 20_000);
  const results = await Promise.allSettled(Array.from({ length: 16 }, () => journal.append(wide)));
  const refused = results.filter(({ status }) => status === 'rejected').length;
  expect(refused).toBeGreaterThan(0);
  expect(journal.records).toBe((16 - refused) * 20_000);
});
