// The machine that a figure was measured on.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** In a few words, without names of hosts or paths. */
export function environmentText(folder: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const disk = diskOf(folder);
  return `${availableParallelism()} cores (${model}), ${memory}, ${disk}, Linux ${release().split('-')[0] ?? ''}, Node ${process.versions.node}`;
}

/** One, five and fifteen minutes. */
export function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');
}

/** Type of the file system and name of its device. */
function diskOf(folder: string): string {
  const [, row = ''] = execFileSync('df', ['--output=fstype,source', folder], { encoding: 'utf8' }).split('\n');
  const [type = 'unknown', device = ''] = row.trim().split(/\s+/);
  return `${type} on ${device.startsWith('/dev/') ? device : 'no disk'}`;
}
