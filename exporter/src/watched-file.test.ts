import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WatchedFile } from './watched-file.ts';

let folder: string;
let path: string;
let ticks = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-file-'));
  path = join(folder, 'f.yml');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Each write has another time of modification, however quick the test is. */
function write(text: string, file = path): void {
  writeFileSync(file, text);
  ticks += 1;
  utimesSync(file, 1_000 + ticks, 1_000 + ticks);
}

function watch(): { file: WatchedFile; taken: string[]; attempts: (readonly string[])[] } {
  write('first');
  const taken: string[] = [];
  const attempts: (readonly string[])[] = [];
  const file = new WatchedFile({
    file: path,
    text: 'first',
    take: (text) => {
      if (text.startsWith('bad')) return { ok: false, problems: [`${text} is bad`] };
      taken.push(text);
      return { ok: true, value: undefined };
    },
    onAttempt: (problems) => attempts.push(problems),
  });
  file.look();
  file.look();
  attempts.length = 0;
  return { file, taken, attempts };
}

test('a file that stays as it is is not read again', () => {
  const { file, taken, attempts } = watch();
  for (let look = 0; look < 5; look++) file.look();
  expect({ taken, attempts }).toEqual({ taken: [], attempts: [] });
});

test('a change is taken once it has stayed the same from one look to the next', () => {
  const { file, taken } = watch();
  write('half');
  file.look();
  write('whole');
  file.look();
  expect(taken).toEqual([]);
  file.look();
  file.look();
  expect(taken).toEqual(['whole']);
});

test('a change between the start and the first look is not lost', () => {
  const { taken, file } = watch();
  expect(taken).toEqual([]);
  write('second');
  const early = new WatchedFile({
    file: path,
    text: 'first',
    take: (text) => (taken.push(text), { ok: true, value: undefined }),
    onAttempt: () => undefined,
  });
  early.look();
  early.look();
  expect([taken, file.problems]).toEqual([['second'], []]);
});

test.each<[string, () => void, string]>([
  [
    'bad',
    () => {
      write('bad one');
    },
    'bad one is bad',
  ],
  [
    'empty',
    () => {
      write(' \n');
    },
    'it is empty; an empty list takes everything back',
  ],
  [
    'gone',
    () => {
      unlinkSync(path);
    },
    'cannot be read: ENOENT',
  ],
  [
    'a folder',
    () => {
      unlinkSync(path);
      mkdirSync(path);
    },
    'cannot be read: it is no regular file',
  ],
  [
    'too long',
    () => {
      write('x'.repeat(16 * 1_048_576 + 1));
    },
    'cannot be read: it has 16777217 bytes, at most 16777216 are accepted',
  ],
])('a file that is %s is refused once, and taken when it is good again', (_name, spoil, problem) => {
  const { file, taken, attempts } = watch();
  spoil();
  for (let look = 0; look < 4; look++) file.look();
  expect({ taken, attempts, problems: file.problems }).toEqual({
    taken: [],
    attempts: [[problem]],
    problems: [problem],
  });
  rmSync(path, { recursive: true, force: true });
  write('good');
  for (let look = 0; look < 4; look++) file.look();
  expect({ taken, attempts, problems: file.problems }).toEqual({
    taken: ['good'],
    attempts: [[problem], []],
    problems: [],
  });
});

test('going back to what is in force ends the refusal', () => {
  const { file, taken } = watch();
  write('bad one');
  expect(file.reload()).toBe(false);
  write('first');
  expect([file.reload(), file.problems, taken]).toEqual([true, [], []]);
});

test('reading on demand does not wait', () => {
  const { file, taken, attempts } = watch();
  write('now');
  expect(file.reload()).toBe(true);
  file.look();
  file.look();
  expect({ taken, attempts }).toEqual({ taken: ['now'], attempts: [[]] });
});

test('a swapped link is a change, as Kubernetes updates what it mounts', () => {
  const versions = ['a', 'b'].map((name) => join(folder, name));
  for (const [at, file] of versions.entries()) write(`version ${at}`, file);
  symlinkSync(versions[0] ?? '', path);
  const taken: string[] = [];
  const file = new WatchedFile({
    file: path,
    text: 'version 0',
    take: (text) => (taken.push(text), { ok: true, value: undefined }),
    onAttempt: () => undefined,
  });
  file.look();
  file.look();
  symlinkSync(versions[1] ?? '', `${path}.new`);
  renameSync(`${path}.new`, path);
  file.look();
  file.look();
  expect(taken).toEqual(['version 1']);
});

test('a file that cannot be read is tried again until it can, and the same trouble is said once', () => {
  const { file, taken, attempts } = watch();
  rmSync(path);
  mkdirSync(path);
  for (let look = 0; look < 5; look++) file.look();
  expect(attempts).toEqual([['cannot be read: it is no regular file']]);
  rmSync(path, { recursive: true });
  write('good');
  for (let look = 0; look < 5; look++) file.look();
  expect([taken, attempts.slice(1)]).toEqual([['good'], [[]]]);
});

test('a file of which only the mode has changed is looked at again', () => {
  const { file, attempts } = watch();
  chmodSync(path, 0o640);
  for (let look = 0; look < 3; look++) file.look();
  expect(attempts).toEqual([[]]);
});
