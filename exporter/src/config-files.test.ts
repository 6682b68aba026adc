import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pricesOf, readText } from './config-files.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-files-'));
  path = join(folder, 'f.yml');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const good = (value: string): object => ({ ok: true, value });
const bad = (problem: string): object => ({ ok: false, problems: [`cannot be read: ${problem}`] });

test.each<{ name: string; bytes: Buffer; expected: object }>([
  { name: 'nothing', bytes: Buffer.alloc(0), expected: good('') },
  { name: 'text', bytes: Buffer.from('zürich 💶'), expected: good('zürich 💶') },
  { name: 'text behind a byte order mark', bytes: Buffer.from('\ufeff{}'), expected: good('{}') },
  { name: 'Latin-1', bytes: Buffer.from('z\u00fcrich', 'latin1'), expected: bad('it is not UTF-8') },
  { name: 'UTF-16', bytes: Buffer.from('\ufeffbudgets', 'utf16le'), expected: bad('it is not UTF-8') },
  { name: 'a character cut in two', bytes: Buffer.from('💶').subarray(0, 3), expected: bad('it is not UTF-8') },
  {
    name: 'more than is accepted',
    bytes: Buffer.alloc(16 * 1_048_576 + 1, 0x20),
    expected: bad('it has 16777217 bytes, at most 16777216 are accepted'),
  },
])('$name', ({ bytes, expected }) => {
  writeFileSync(path, bytes);
  expect(readText(path)).toEqual(expected);
});

test('what is no file is refused, without waiting for a writer', () => {
  execFileSync('mkfifo', [path]);
  expect([readText(path), readText(folder), readText(join(folder, 'none'))]).toEqual([
    bad('it is no regular file'),
    bad('it is no regular file'),
    bad('ENOENT'),
  ]);
});

test('of two published entries that are one label the first stands, and the other is named', () => {
  const name = 'm'.repeat(200);
  const result = pricesOf(
    JSON.stringify({ [`${name}1`]: { input_cost_per_token: 1e-6 }, [`${name}2`]: { input_cost_per_token: 2e-6 } })
  );
  if (!result.ok) throw new Error('refused');
  expect([...result.value.models.values()].map(({ prices }) => prices.input)).toEqual([10n ** 24n]);
  expect(result.value.leftOut).toEqual([
    expect.stringContaining('is left out: an entry before it has the same name once both are labels'),
  ]);
});
