// Places for a journal that can be full: a small file system of its own where one may be mounted, and a process that may write
// no file past a size, which works for everybody.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  readonly directory: string;
  /** Leaves the exporter of this process id next to nothing to write to; how little is up to `random`. */
  readonly fill: (pid: number, random: () => number) => void;
  readonly free: (pid: number) => void;
  readonly remove: () => void;
}

const SIZE_MB = 6;
const PAGE_BYTES = 4_096;

function run(command: string, ...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

function fillUp(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc((SIZE_MB + 1) * 1_048_576));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
    throw error;
  }
  throw new Error(`${file} was written whole on a file system of ${SIZE_MB} MiB`);
}

/** A mounted tmpfs, filled by another file: ENOSPC. @throws when none may be mounted, with the reason. */
export function mountedDisk(folder: string): SmallDisk {
  const directory = join(folder, 'disk');
  mkdirSync(directory);
  const problem = run('mount', '-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', directory);
  if (problem !== undefined) throw new Error(`no file system could be mounted: ${problem}`);
  const filler = join(directory, 'filler');
  return {
    directory,
    fill: (_pid, random) => {
      fillUp(filler);
      truncateSync(filler, Math.max(0, statSync(filler).size - Math.floor(random() * 3) * PAGE_BYTES));
    },
    free: () => {
      rmSync(filler);
    },
    remove: () => {
      const left = run('umount', directory);
      if (left !== undefined) throw new Error(`the file system could not be unmounted: ${left}`);
    },
  };
}

/** An ordinary directory; the process is told to write no file past a size: EFBIG, also in the middle of a write. */
export function limitedDisk(folder: string): SmallDisk {
  const limit = (pid: number, bytes: string): void => {
    const problem = run('prlimit', '--pid', String(pid), `--fsize=${bytes}:unlimited`);
    if (problem !== undefined) throw new Error(`the size of files could not be limited: ${problem}`);
  };
  return {
    directory: join(folder, 'disk'),
    fill: (pid, random) => {
      limit(pid, String(Math.floor(random() * 1_500)));
    },
    free: (pid) => {
      limit(pid, 'unlimited');
    },
    remove: () => undefined,
  };
}

/** Why no small file system can be had here; undefined when it can. */
export function mountProblem(folder: string): string | undefined {
  try {
    mountedDisk(folder).remove();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
