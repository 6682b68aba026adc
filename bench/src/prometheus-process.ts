// Debian's Prometheus in a folder of its own, for what the exporter's samples become in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export interface Prometheus {
  readonly url: string;
  /** Lines of its log that warn, or worse. */
  readonly warnings: () => readonly string[];
  readonly stop: () => Promise<void>;
}

export interface PrometheusOptions {
  readonly folder: string;
  readonly scrapeMs: number;
  /** `scrape_configs`, as prometheus.yml has them. */
  readonly scrapes: readonly unknown[];
  readonly flags?: readonly string[];
}

const START_MS = 60_000;

/** Resolves when it is ready. @throws when it is not within a minute. */
export async function startPrometheus({
  folder,
  scrapeMs,
  scrapes,
  flags = [],
}: PrometheusOptions): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(folder, 'prometheus-'));
  const interval = `${scrapeMs}ms`;
  const config = { global: { scrape_interval: interval, scrape_timeout: interval }, scrape_configs: scrapes };
  // JSON is YAML.
  writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(home, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] }
  );
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    rmSync(home, { recursive: true, force: true });
  };
  for (let waitedMs = 0; ; waitedMs += 100) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (response?.ok === true) break;
    if (waitedMs > START_MS) {
      await stop();
      throw new Error(`Prometheus was not ready within ${START_MS / 1_000} s:\n${log}`);
    }
    await delay(100);
  }
  const warnings = (): readonly string[] => log.split('\n').filter((line) => /level=(warn|error)/.test(line));
  return { url, warnings, stop };
}

/** [ms, value] of each series of the selector, by `thread/agent`. */
export async function rawSamples(
  url: string,
  selector: string
): Promise<ReadonlyMap<string, readonly (readonly [number, number])[]>> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(selector)}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return new Map(
    data.result.map(({ metric, values }) => [
      `${metric['thread'] ?? ''}/${metric['agent'] ?? ''}`,
      values.map(([seconds, value]) => [Math.round(1_000 * seconds), Number(value)] as const),
    ])
  );
}
