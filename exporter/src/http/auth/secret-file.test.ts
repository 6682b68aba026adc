import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSmallFile } from './secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-file-'));
const at = (name: string): string => join(folder, name);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a file is read with its mode, through links as Kubernetes mounts them', () => {
  writeFileSync(at('token'), 'text');
  chmodSync(at('token'), 0o640);
  symlinkSync(at('token'), at('link'));
  expect(readSmallFile(at('link'))).toEqual({ text: 'text', mode: 0o640 });
});

test('what is no small file is refused at once: a pipe nobody writes to, a directory, a device, too much', () => {
  execFileSync('mkfifo', [at('pipe')]);
  writeFileSync(at('large'), Buffer.alloc(1_048_577));
  const refusals = [at('pipe'), folder, '/dev/zero', at('large'), at('none')].map((path) => {
    try {
      return readSmallFile(path);
    } catch (error) {
      return (error as Error).message.split(',')[0];
    }
  });
  expect(refusals).toEqual([
    'it is no regular file',
    'it is no regular file',
    'it is no regular file',
    'it is larger than 1048576 bytes',
    'ENOENT: no such file or directory',
  ]);
});
