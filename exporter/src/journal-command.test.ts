import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from './errors.ts';
import { runJournalCommand } from './journal-command.ts';

const GOLDEN = join(__dirname, '../fixtures/journal');
const V1 = join(GOLDEN, 'v1');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const code = await runJournalCommand(args, (more) => {
    text += more;
    return Promise.resolve();
  });
  return { code, text };
}

/** A copy of the golden journal with bytes of its first segment changed. */
function damaged(change: (bytes: Buffer) => Buffer): string {
  cpSync(V1, folder, { recursive: true });
  const segment = join(folder, '00000001.seg');
  writeFileSync(segment, change(readFileSync(segment)));
  return folder;
}

test('verify names the segments of a sound journal', async () => {
  expect(await run('verify', V1)).toEqual({
    code: 0,
    text: [
      '00000001.seg  1198 bytes  2 frames  4 records  sealed',
      '00000002.seg  416 bytes  1 frames  2 records  sealed',
      '6 records in 1614 bytes: sound',
      '',
    ].join('\n'),
  });
});

test('verify names every damage of a damaged one, with exit code 1', async () => {
  expect(
    await run(
      'verify',
      damaged((bytes) => bytes.fill(0, 70, 80))
    )
  ).toEqual({
    code: 1,
    text: [
      '00000001.seg  1198 bytes  1 frames  3 records  sealed',
      '00000002.seg  416 bytes  1 frames  2 records  sealed',
      '00000001.seg  gap at 64, 262 bytes: an unknown number of records lost',
      '00000001.seg  missing_records at 326, 0 bytes: 1 records lost',
      '5 records in 1614 bytes: damaged',
      '',
    ].join('\n'),
  });
});

test('an empty directory is a sound journal of nothing', async () => {
  expect(await run('verify', folder)).toEqual({ code: 0, text: '0 records in 0 bytes: sound\n' });
  expect((await run('stats', folder)).text).toBe(
    'segments: 0\nsnapshots: 0\nbytes: 0\nrecords: 0\nthreads: 0\ndamage: 0\n'
  );
  expect(await run('export', folder)).toEqual({ code: 0, text: '' });
});

test('stats counts events by type', async () => {
  expect((await run('stats', V1)).text.trim().split('\n')).toEqual([
    'segments: 2',
    'snapshots: 0',
    'bytes: 1614',
    'records: 6',
    'threads: 1',
    'first event: 2027-01-15T08:00:00.000Z',
    'last event: 2027-01-15T08:00:00.005Z',
    'agent.active: 1',
    'checkpoint.saved: 1',
    'cost.updated: 1',
    'graph.complete: 1',
    'node.start: 1',
    'sweep: 1',
    'damage: 0',
  ]);
});

test('export writes every entry as a line', async () => {
  expect(await run('export', V1)).toEqual({ code: 0, text: readFileSync(join(GOLDEN, 'v1.entries.jsonl'), 'utf8') });
});

test('export of a damaged journal writes what there is and says that it is not all', async () => {
  let text = '';
  const failure = await runJournalCommand(['export', damaged((bytes) => bytes.fill(0, 70, 80))], (more) => {
    text += more;
    return Promise.resolve();
  }).catch((error: unknown) => error);
  expect(text.trim().split('\n')).toHaveLength(5);
  expect((failure as StartupError).problems).toEqual([expect.stringContaining('not everything could be exported')]);
});

test.each([
  { args: [], says: 'expected one of verify, stats, export and a directory' },
  { args: ['verify'], says: 'expected one of verify, stats, export and a directory' },
  { args: ['repair', 'x'], says: 'journal ["repair","x"]: expected one of' },
  { args: ['verify', 'x', 'y'], says: 'expected one of' },
  { args: ['verify', '/nowhere/at/all'], says: 'the journal in "/nowhere/at/all" cannot be read:' },
])('$args is refused with what is expected', async ({ args, says }) => {
  const failure = await run(...args).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect((failure as StartupError).message).toContain(says);
});
