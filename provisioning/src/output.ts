// The directory that the built files go to: what differs from it, and making it so.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export interface Difference {
  /** Relative to the directory, with slashes. */
  readonly path: string;
  readonly kind: 'missing' | 'changed' | 'surplus';
}

function filesBelow(directory: string): readonly string[] {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** What has to change for the directory to hold exactly `files`; empty when it does. A directory that is not there is empty. */
export function differences(directory: string, files: ReadonlyMap<string, string>): readonly Difference[] {
  const present = filesBelow(directory);
  const there = new Set(present);
  const built = [...files].flatMap(([path, text]): Difference[] => {
    if (!there.has(path)) return [{ path, kind: 'missing' }];
    return readFileSync(join(directory, path), 'utf8') === text ? [] : [{ path, kind: 'changed' }];
  });
  const surplus = present.filter((path) => !files.has(path)).map((path): Difference => ({ path, kind: 'surplus' }));
  return [...built, ...surplus];
}

function write(directory: string, path: string, text: string): void {
  const target = join(directory, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Writes what is missing or changed and leaves every other file alone: the directory may be somebody else's. */
export function addFiles(directory: string, files: ReadonlyMap<string, string>): readonly Difference[] {
  const changes = differences(directory, files).filter(({ kind }) => kind !== 'surplus');
  for (const { path } of changes) write(directory, path, files.get(path) ?? '');
  return changes;
}

/** Makes the directory hold exactly `files`: what is not built any more is deleted. */
export function replaceFiles(directory: string, files: ReadonlyMap<string, string>): readonly Difference[] {
  const surplus = differences(directory, files).filter(({ kind }) => kind === 'surplus');
  for (const { path } of surplus) rmSync(join(directory, path));
  return [...surplus, ...addFiles(directory, files)];
}
