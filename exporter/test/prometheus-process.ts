// Debian's Prometheus as a process of its own, and what it has stored: for the tests here.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface PrometheusOptions {
  /** `scrape_configs`, as prometheus.yml has them; none unless told. */
  readonly scrapes?: readonly unknown[];
  readonly scrapeMs?: number;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** Where it listens; any free port unless told. */
  readonly port?: number;
  /** Where it keeps its data, which then outlasts it; a directory of its own unless told. */
  readonly folder?: string;
}

export interface Prometheus {
  readonly url: string;
  readonly log: () => string;
  /** Lines of its log that warn, or worse. */
  readonly warnings: () => readonly string[];
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Resolves when it answers queries. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { scrapes = [], scrapeMs = 1_000, flags = [], folder: given } = options;
  const folder = given ?? mkdtempSync(join(tmpdir(), 'exporter-prometheus-'));
  const config = {
    global: { scrape_interval: `${scrapeMs}ms`, scrape_timeout: `${scrapeMs}ms` },
    scrape_configs: scrapes,
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = options.port ?? (await freePort());
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] }
  );
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await until('Prometheus answers', async () => {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    return response?.ok === true ? true : undefined;
  });
  return {
    url,
    log: () => log,
    warnings: () => log.split('\n').filter((line) => /level=(warn|error)/.test(line)),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await exited;
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A scrape of the timeline under a consumer name. */
export function timelineScrape(target: string, consumer: string): unknown {
  return {
    job_name: 'timeline',
    metrics_path: '/metrics/timeline',
    params: { consumer: [consumer] },
    honor_timestamps: true,
    static_configs: [{ targets: [target.replace('http://', '')] }],
  };
}

/** [ms, value] of one series. */
export type Samples = readonly (readonly [number, string])[];

/** Raw samples of the last half hour by `thread/agent`; undefined while there is no answer. */
export async function rawSamples(url: string, metric: string): Promise<Map<string, Samples> | undefined> {
  const query = encodeURIComponent(`${metric}[30m]`);
  const response = await fetch(`${url}/api/v1/query?query=${query}`).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return new Map(
    data.result.map(({ metric: labels, values }) => [
      [labels['thread'], labels['agent']].filter((label) => label !== undefined).join('/'),
      values.map(([seconds, value]) => [Math.round(seconds * 1000), value] as const),
    ])
  );
}

/** Without the heartbeats, which repeat the value before them. */
export function changesOf(samples: Samples = []): Samples {
  return samples.filter(([, value], i) => samples[i - 1]?.[1] !== value);
}
