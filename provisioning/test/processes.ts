// Starts real servers on loopback and ends them by pid.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const EXPORTER = join(__dirname, '../../exporter/bin/orchestrator-exporter.js');

export interface Running {
  readonly process: ChildProcess;
  /** What it has printed so far, for the message of a failure. */
  readonly output: () => string;
}

/**
 * A port that was free a moment ago: Prometheus has to know its own before it starts. Not one of those that the system gives
 * to outgoing connections, of which any may take it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => {
        resolve(false);
      });
      server.listen(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

export function start(tool: string, args: readonly string[], cwd: string): Running {
  const process = spawn(tool, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  process.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  process.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  process.on('error', (error) => (text += `cannot run ${tool}: ${error.message}`));
  return { process, output: () => text };
}

/** The built exporter on this configuration, in the folder of it. */
export function startExporter(config: string): Running {
  return start(process.execPath, [EXPORTER, '--config', config], dirname(config));
}

export async function stop({ process }: Running): Promise<void> {
  if (process.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGKILL');
  await once(process, 'exit');
}

/**
 * For whatever comes within seconds on an idle machine: one that is shared stands still for seconds at times, and what never
 * comes is found all the same.
 */
export const DEADLINE_MS = 120_000;

interface Wait<T> {
  readonly what: string;
  readonly read: () => Promise<T>;
  readonly until: (value: T) => boolean;
  readonly timeoutMs?: number;
  /** Added to the failure. */
  readonly output?: () => string;
}

/** Asks again and again until the answer is right; the last answer or error is in the failure. */
export async function eventually<T>({ what, read, until, timeoutMs = DEADLINE_MS, output }: Wait<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await read();
      if (until(value)) return value;
      last = value;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (Date.now() > deadline) break;
    await delay(200);
  }
  throw new Error(`${what}: not within ${timeoutMs} ms; last: ${JSON.stringify(last)}\n${output?.() ?? ''}`);
}

/** Resolves when the address answers well. */
export async function answers(url: string, { output }: Running): Promise<void> {
  await eventually({
    what: `an answer of ${url}`,
    read: async () => (await fetch(url)).ok,
    until: (ok) => ok,
    output,
  });
}
