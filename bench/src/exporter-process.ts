// The exporter as users run it: its own process, from its build, with its journal on a disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuSeconds, peakRssMiB, rssMiB } from './linux-process.ts';
import type { Blocks } from './loop-watch.ts';
import type { Word } from './watched-loop.ts';

export interface ExporterOptions {
  /** On the disk that is measured; what is made in it is removed again. */
  readonly folder: string;
  /** Root of the repository; its exporter is built. */
  readonly repository: string;
  /** Where the profile of its processor goes; none unless given. */
  readonly profile?: string | undefined;
  /** Whether it can be looked into, by a module imported before it: {@link RunningExporter.beginWatch} and what follows. */
  readonly isWatched?: boolean;
  /** Further sections of its configuration. */
  readonly sections?: Readonly<Record<string, unknown>>;
}

export interface RunningExporter {
  readonly pid: number;
  readonly url: string;
  readonly peakRssMiB: () => number;
  readonly rssMiB: () => number;
  readonly cpuSeconds: () => number;
  /** Watches its event loop until {@link endWatch}. */
  readonly beginWatch: () => Promise<void>;
  readonly endWatch: () => Promise<Blocks>;
  /** Heap and buffers after collection, bytes. */
  readonly heldBytes: () => Promise<number>;
  /** Ends it as an operator does, and removes its journal. @throws when it did not end well. */
  readonly stop: () => Promise<void>;
}

/** A budgets.yml with a window of every kind. */
export const BUDGETS = {
  budgets: [
    { name: 'everything', limit_usd: 1_000_000, window: 'month' },
    { name: 'team', match: { team: 'default' }, limit_usd: 50_000, window: 'day', timezone: 'Europe/Berlin' },
    { name: 'rolling', match: { workflow: 'default' }, limit_usd: 1_000, window: 'rolling:1h' },
    { name: 'agent', match: { agent: 'any_agent' }, limit_usd: 100_000, window: 'week' },
    { name: 'thread', match: { team: 'default' }, limit_usd: 5, window: 'thread' },
  ],
};

/** Resolves when it takes events. @throws when it ends before. */
export async function startExporter({
  folder,
  repository,
  profile,
  isWatched = false,
  sections,
}: ExporterOptions): Promise<RunningExporter> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(folder, 'exporter-'));
  const budgetsFile = join(home, 'budgets.yml');
  const config = join(home, 'exporter.yml');
  // JSON is YAML.
  writeFileSync(budgetsFile, JSON.stringify(BUDGETS));
  const listen = { host: '127.0.0.1', port: 0 };
  writeFileSync(
    config,
    JSON.stringify({
      environment: 'bench',
      listen,
      data_dir: join(home, 'journal'),
      budgets_file: budgetsFile,
      ...sections,
    })
  );
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const program = join(repository, 'exporter/bin/orchestrator-exporter.js');
  const watching = isWatched ? ['--expose-gc', '--import', join(import.meta.dirname, 'watched-loop.js')] : [];
  const child = spawn(process.execPath, [...profiling, ...watching, program, '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe', ...(isWatched ? (['ipc'] as const) : [])],
  });
  const ended = once(child, 'exit');
  const log: string[] = [];
  if (child.stderr === null) throw new Error('the exporter has no standard error');
  const lines = createInterface(child.stderr);
  const listening = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      log.push(line);
      if (log.length > 50) log.shift();
      const url = /"url":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => {
      reject(new Error(`the exporter ended before it listened:\n${log.join('\n')}`));
    });
  });
  const url = await listening;
  const pid = child.pid ?? 0;
  const told = async (word: Word): Promise<unknown> => {
    const answered = once(child, 'message');
    child.send(word);
    return ((await answered) as [unknown])[0];
  };
  return {
    pid,
    url,
    peakRssMiB: () => peakRssMiB(pid),
    rssMiB: () => rssMiB(pid),
    cpuSeconds: () => cpuSeconds(pid),
    beginWatch: async () => {
      await told('begin');
    },
    endWatch: async () => (await told('end')) as Blocks,
    heldBytes: async () => (await told('held')) as number,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      rmSync(home, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the exporter ended with code ${code}:\n${log.join('\n')}`);
    },
  };
}
