// The real exporter as a process of its own, on a directory of its own, which tests kill and start again.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BIN = join(__dirname, '../../bin/orchestrator-exporter.js');
/** A long journal on a busy machine takes its time. */
const START_MS = 120_000;

export interface ExporterProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  /** Sends the signal and resolves with how it ended: an exit code or a signal. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>;
}

export interface ProcessOptions {
  /** Options of node itself. */
  readonly nodeOptions?: readonly string[];
  /** Whether it can be sent messages. */
  readonly ipc?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Started when the port is bound; rejects with the log when it ends before. */
export async function startExporter(
  folder: string,
  sections: Readonly<Record<string, unknown>> = {},
  { nodeOptions = [], ipc = false, env = {} }: ProcessOptions = {}
): Promise<ExporterProcess> {
  const config = join(folder, 'exporter.yml');
  const document = { environment: 'test', listen: { port: 0 }, data_dir: join(folder, 'data'), ...sections };
  writeFileSync(config, JSON.stringify(document));
  const child = spawn(process.execPath, [...nodeOptions, BIN, '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe', ...(ipc ? ['ipc' as const] : [])],
    env: { ...process.env, ...env },
  });
  // `close` comes after `exit`, when the last line of its log has been read.
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const log: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the exporter did not start in ${START_MS} ms: ${log.join('\n')}`));
    }, START_MS);
    if (child.stderr === null) throw new Error('the exporter has no stderr');
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      const found = /"url":"([^"]+)"/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
    void exited.then(([code]) => {
      clearTimeout(late);
      reject(new Error(`the exporter ended with ${code}: ${log.join('\n')}`));
    });
  });
  return {
    url,
    child,
    log,
    end: async (signal) => {
      child.kill(signal);
      const [code, by] = await exited;
      return by ?? code;
    },
  };
}

/** Runs a journal command on the folder's directory. */
export async function journalCommand(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [BIN, 'journal', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString('utf8')));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Values by series, of what must never fall: every counter and histogram but the exporter's own and per-thread ones. */
export async function totalsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`);
  const totals = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (!/^orchestrator_[a-z_]+_(total|bucket|count|sum)[{ ]/.test(line)) continue;
    if (line.startsWith('orchestrator_exporter_') || line.includes('thread="')) continue;
    const at = line.lastIndexOf(' ');
    totals.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return totals;
}
