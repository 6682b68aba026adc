import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addFiles, differences, replaceFiles } from './output.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'provisioning-output-'));
const files = (entries: Record<string, string>) => new Map(Object.entries(entries));

test.each([
  { name: 'nothing against nothing', there: {}, built: {}, found: [] },
  { name: 'equal files', there: { 'a/b.yml': 'x' }, built: { 'a/b.yml': 'x' }, found: [] },
  {
    name: 'one of each kind, a last newline included',
    there: { 'a/b.yml': 'x', 'old/c.yml': 'y' },
    built: { 'a/b.yml': 'x\n', 'new.yml': '' },
    found: [
      { path: 'a/b.yml', kind: 'changed' },
      { path: 'new.yml', kind: 'missing' },
      { path: 'old/c.yml', kind: 'surplus' },
    ],
  },
])('differences of $name', ({ there, built, found }) => {
  const directory = fresh();
  addFiles(directory, files(there));
  expect(differences(directory, files(built))).toEqual(found);
});

test('a directory that does not exist is empty', () => {
  expect(differences(join(fresh(), 'none'), files({ a: '1' }))).toEqual([{ path: 'a', kind: 'missing' }]);
});

test('replacing deletes what is not built any more', () => {
  const directory = fresh();
  addFiles(directory, files({ 'gone/a.yml': '1', 'kept.yml': '2' }));
  expect(replaceFiles(directory, files({ 'kept.yml': '2' }))).toEqual([{ path: 'gone/a.yml', kind: 'surplus' }]);
  expect(differences(directory, files({ 'kept.yml': '2' }))).toEqual([]);
});

test('adding leaves the files of others alone and does not touch what is right', () => {
  const directory = fresh();
  writeFileSync(join(directory, 'mine.txt'), 'mine');
  addFiles(directory, files({ 'a.yml': '1' }));
  const before = statSync(join(directory, 'a.yml')).mtimeMs;
  expect(addFiles(directory, files({ 'a.yml': '1' }))).toEqual([]);
  expect(statSync(join(directory, 'a.yml')).mtimeMs).toBe(before);
  expect(readFileSync(join(directory, 'mine.txt'), 'utf8')).toBe('mine');
});
