// One round of the durable-throughput bench: a load at a fixed rate on an exporter whose journal syncs, and what came of it.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { usdText } from 'orchestrator-exporter/contract/money';
import type { NanoUsd } from 'orchestrator-exporter/contract/money';
import { startExporter, type ExporterOptions } from './exporter-process.ts';
import { bucketOf, sumOf, valuesOf } from './exposition.ts';
import { machineCpuSeconds } from './linux-process.ts';
import { quantiles, type Quantiles } from './latencies.ts';
import type { LoadOptions, LoadResult } from './load.ts';
import { fetchText, PATHS, scrapeEvery } from './scraper.ts';

export interface RoundOptions extends Omit<LoadOptions, 'patterns' | 'url'>, ExporterOptions {
  readonly scrapePeriodMs: number;
}

export interface Round {
  readonly wantedRate: number;
  /** Acknowledged events over the time from the due time of the first body after the warm-up to the last acknowledgement. */
  readonly rate: number;
  readonly ackMs: Quantiles;
  /** p99 of how late the load itself was. */
  readonly loadDelayP99Ms: number;
  readonly peakRssMiB: number;
  /** Of the exporter, in percent of one core. */
  readonly cpuPercent: number;
  readonly cpuMicrosPerEvent: number;
  readonly scrapeMs: Quantiles;
  readonly timelineMs: Quantiles;
  readonly lagP99Ms: number;
  /** Mean time of a commit, written and synced, and how many there were. */
  readonly commitMs: number;
  readonly commits: number;
  readonly bytesPerEvent: number;
  readonly sent: number;
  readonly threads: number;
  readonly retries: number;
  /** What the exporter and the load count otherwise than each other; empty when every event and every nano-dollar agrees. */
  readonly differences: readonly string[];
  readonly spendUsd: string;
  /** What other processes took of the machine meanwhile, in percent of one core. */
  readonly othersPercent: number;
}

export async function runRound(options: RoundOptions): Promise<Round> {
  const { folder, profile, repository, scrapePeriodMs, ...load } = options;
  const exporter = await startExporter({ folder, profile, repository });
  try {
    const cpuBefore = exporter.cpuSeconds();
    const machineBefore = machineCpuSeconds();
    const stopScraping = scrapeEvery(exporter.url, scrapePeriodMs);
    const result = await loadFrom({ ...load, url: exporter.url }, repository);
    const cpu = exporter.cpuSeconds() - cpuBefore;
    const machineCpu = machineCpuSeconds() - machineBefore;
    const scrapes = await stopScraping();
    const text = await fetchText(`${exporter.url}/metrics`);
    const wallSeconds = result.elapsedMs / 1_000 + load.warmUpSeconds;
    const commits = sumOf(text, 'orchestrator_exporter_journal_fsync_seconds_count');
    return {
      wantedRate: load.rate,
      rate: result.measured / (result.elapsedMs / 1_000),
      ackMs: quantiles(result.latenciesMs),
      loadDelayP99Ms: quantiles(result.delaysMs).p99,
      peakRssMiB: exporter.peakRssMiB(),
      cpuPercent: (100 * cpu) / wallSeconds,
      cpuMicrosPerEvent: (1e6 * cpu) / result.accepted,
      scrapeMs: quantiles(scrapes.ms[PATHS[0]]),
      timelineMs: quantiles(scrapes.ms[PATHS[1]]),
      lagP99Ms: 1_000 * bucketOf(text, 'orchestrator_exporter_event_loop_lag_seconds', 0.99),
      commitMs: (1_000 * sumOf(text, 'orchestrator_exporter_journal_fsync_seconds_sum')) / commits,
      commits,
      bytesPerEvent: sumOf(text, 'orchestrator_exporter_journal_bytes') / result.accepted,
      sent: result.sent,
      threads: result.threads,
      retries: result.retries,
      differences: [...differences(result, text), ...(scrapes.failed > 0 ? [`${scrapes.failed} scrapes failed`] : [])],
      spendUsd: usdText(result.spendNano as NanoUsd),
      othersPercent: (100 * Math.max(0, machineCpu - cpu - result.cpuSeconds)) / wallSeconds,
    };
  } finally {
    await exporter.stop();
  }
}

/** What the exporter shows against what was sent and acknowledged, to the last event and the last nano-dollar. */
export function differences(result: LoadResult, exposition: string): readonly string[] {
  const events = sumOf(exposition, 'orchestrator_exporter_events_total');
  // Every value is a whole number of nano-dollars in decimal text, so this sum is exact.
  const spend = valuesOf(exposition, 'orchestrator_cost_usd_total').reduce((sum, usd) => sum + nanoOf(usd), 0n);
  const compared: readonly (readonly [string, number | bigint, number | bigint])[] = [
    ['accepted events', result.accepted, result.sent],
    ['counted events', events, result.accepted],
    ['rejected events', result.rejected, 0],
    ['nano-dollars', spend, BigInt(result.spendNano)],
  ];
  return compared.filter(([, is, want]) => is !== want).map(([what, is, want]) => `${what}: ${is}, expected ${want}`);
}

function nanoOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function loadFrom(options: Omit<LoadOptions, 'patterns'>, repository: string): Promise<LoadResult> {
  const argument = JSON.stringify({ ...options, fixtures: join(repository, 'fixtures/runs') });
  const child = fork(join(repository, 'bench/dist/load-process.js'), [argument]);
  return new Promise((resolve, reject) => {
    child.once('message', (result) => {
      resolve(result as LoadResult);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the load ended with code ${code} and left no result`));
    });
  });
}
