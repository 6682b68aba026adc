// How the files of a journal are open, as the system itself tells: it decides whether what was written is on the disk.
import { constants, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskJournal } from './disk-journal.ts';
import { recover } from './recovery.ts';
import { openDirectory } from './storage.ts';
import type { JournalStorage } from './storage.ts';

let directory: string;
let storage: JournalStorage;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'storage-'));
  storage = await openDirectory(directory);
});
afterEach(async () => {
  await storage.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Of every descriptor of this process for the file: the flags that it was opened with, proc(5). */
function flagsOf(name: string): readonly number[] {
  const found: number[] = [];
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`) !== join(directory, name)) continue;
      const [, flags = ''] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
      found.push(Number.parseInt(flags, 8));
    } catch {
      // The one that the folder was read by is closed by now.
    }
  }
  return found;
}

const syncsByWriting = (flags: number): boolean => (flags & constants.O_DSYNC) === constants.O_DSYNC;

test.each<[string, Parameters<JournalStorage['create']>[1], boolean]>([
  [
    'a file of pieces that are each synced is open so that a write is on the disk when it returns',
    'synced-pieces',
    true,
  ],
  ['a file that is written whole is synced once, at its end', 'whole', false],
  ['so is one of which nothing is said', undefined, false],
])('%s', async (_name, use, expected) => {
  const file = await storage.create('one', use);
  const flags = flagsOf('one');
  await file.close();
  expect(flags.map(syncsByWriting)).toEqual([expected]);
  expect(flags.map((each) => each & constants.O_APPEND)).toEqual([constants.O_APPEND]);
});

test('a file that exists is never written over, however it is opened', async () => {
  await (await storage.create('one', 'synced-pieces')).close();
  for (const use of ['whole', 'synced-pieces'] as const)
    await expect(storage.create('one', use)).rejects.toMatchObject({ code: 'EEXIST' });
});

test('what a journal acknowledges went through a file that syncs by writing, the next segment too', async () => {
  const recovery = await recover(storage, () => undefined);
  const journal = new DiskJournal({ storage, now: () => 0, monotonic: () => 0, segmentBytes: 1 }, recovery);
  for (const sweptMs of [1, 2]) {
    await journal.append([{ sweptMs, retentionMs: 1, silentRetentionMs: 1 }]);
    const { name } = journal.segments.at(-1) ?? { name: '' };
    expect(flagsOf(name).map(syncsByWriting)).toEqual([true]);
  }
  expect(journal.segments).toHaveLength(2);
  await journal.close();
});
