// A real Prometheus with a configuration of the test's, in a folder of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './child-program.ts';
import { DEADLINE_MS, eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface RunningPrometheus {
  readonly url: string;
  /** The value of an instant query's first series; undefined while there is none. */
  value(expr: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** `config` is the text of prometheus.yml. */
export async function startPrometheus(config: string): Promise<RunningPrometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'preview-prometheus-'));
  const configFile = join(dir, 'prometheus.yml');
  writeFileSync(configFile, config);
  const url = `http://127.0.0.1:${await freePort()}`;
  const program = await startProgram({
    command: 'prometheus',
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    ready: () =>
      fetch(`${url}/-/ready`).then(
        (response) => (response.ok ? true : undefined),
        () => undefined
      ),
  });
  return {
    url,
    value: (expr) => instantValue(url, expr),
    stop: async () => {
      await program.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function instantValue(url: string, expr: string): Promise<number | undefined> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`);
  const { data } = (await response.json()) as { data?: { result: { value: [number, string] }[] } };
  const value = data?.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

/** Waits until the expression gives a value that satisfies `accept`. */
export async function untilValue(
  prometheus: RunningPrometheus,
  { expr, accept, deadlineMs = DEADLINE_MS }: { expr: string; accept: (value: number) => boolean; deadlineMs?: number }
): Promise<number> {
  const attempt = async (): Promise<number | undefined> => {
    const value = await prometheus.value(expr);
    return value !== undefined && accept(value) ? value : undefined;
  };
  return eventually(attempt, { deadlineMs, what: expr });
}
