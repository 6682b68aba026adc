// The real process is killed and stopped while it takes events over HTTP, again and again in one directory.
// KILL_RUNS=1000 and TERM_RUNS=500 are the long runs. Runs the built exporter: npm run build first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomOf } from './entries.ts';
import { journalCommand, startExporter, totalsOf } from './exporter-process.ts';
import type { ExporterProcess } from './exporter-process.ts';
import { produce } from './producers.ts';
import type { Target, Truth } from './producers.ts';

const KILL_RUNS = Number(process.env['KILL_RUNS'] ?? 30);
const TERM_RUNS = Number(process.env['TERM_RUNS'] ?? 20);
const SENDERS = 4;
/** Of threads after their end: short, so that threads are forgotten and come back while the test runs. */
const SECTIONS = { threads: { retention: '1s' } };

let folder: string;
let running: ExporterProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-kill-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Story {
  readonly runs: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly ended: (how: number | string | null, tookMs: number) => void;
}

/** Ends the exporter `runs` times under load; returns the truth, and every total that ever fell. */
async function endUnderLoad({
  runs,
  signal,
  ended,
}: Story): Promise<{ truth: Truth; falls: string[]; scrapes: number }> {
  const truth: Truth = { spent: new Map(), nodeRuns: 0, events: 0, repeats: 0 };
  const target: Target = { url: undefined };
  const random = randomOf(runs);
  const highest = new Map<string, number>();
  const falls: string[] = [];
  let scrapes = 0;
  const end = async (exporter: ExporterProcess): Promise<void> => {
    const startedMs = performance.now();
    const how = await exporter.end(signal);
    ended(how, performance.now() - startedMs);
  };
  const scrape = async (url: string): Promise<void> => {
    const totals = await totalsOf(url);
    scrapes += 1;
    for (const [series, value] of highest) {
      const now = totals.get(series);
      if (now === undefined || now < value) falls.push(`${series} ${value} -> ${now}`);
    }
    for (const [series, value] of totals) highest.set(series, Math.max(value, highest.get(series) ?? 0));
  };
  for (let run = 0; run < runs; run += 1) {
    running = await startExporter(folder, SECTIONS);
    await scrape(running.url);
    target.url = running.url;
    const names = Array.from({ length: SENDERS }, (_, sender) => `r${run}-s${sender}`);
    const sending = names.map((name) => produce({ target, truth, random, name, batches: 4 }));
    await delay(Math.floor(random() * 60));
    await scrape(running.url).catch(() => undefined);
    const { url } = running;
    target.url = random() < 0.5 ? undefined : url;
    await end(running);
    // The senders go on to the next life of the exporter.
    running = await startExporter(folder, SECTIONS);
    target.url = running.url;
    await scrape(running.url);
    await Promise.all(sending);
    await scrape(running.url);
    await end(running);
    target.url = undefined;
  }
  running = await startExporter(folder, SECTIONS);
  await scrape(running.url);
  return { truth, falls, scrapes };
}

function percentile(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return Math.round(ascending[Math.ceil(share * ascending.length) - 1] ?? Number.NaN);
}

async function expectExact(truth: Truth): Promise<void> {
  const totals = await totalsOf(running?.url ?? '');
  const sumOf = (name: string, label = ''): number =>
    [...totals].reduce(
      (sum, [series, value]) => sum + (series.startsWith(name) && series.includes(label) ? value : 0),
      0
    );
  const spent = [...truth.spent.keys()].map((agent) => [
    agent,
    Math.round(sumOf('orchestrator_cost_usd_total{', `agent="${agent}"`) * 1e9),
  ]);
  expect(spent).toEqual([...truth.spent]);
  expect(sumOf('orchestrator_node_runs_total{')).toBe(truth.nodeRuns);
}

test(
  `${KILL_RUNS} runs killed with SIGKILL twice each while they take events: totals exact, no total ever falls`,
  async () => {
    const { truth, falls, scrapes } = await endUnderLoad({
      runs: KILL_RUNS,
      signal: 'SIGKILL',
      ended: () => undefined,
    });
    await expectExact(truth);
    expect(falls.slice(0, 5)).toEqual([]);
    process.stdout.write(
      `kill -9: ${2 * KILL_RUNS} kills, ${truth.events} events exact, ${truth.repeats} batches repeated, ${scrapes} scrapes without a fall\n`
    );
    expect(truth.repeats).toBeGreaterThan(0);
  },
  KILL_RUNS * 20_000
);

test(
  `${TERM_RUNS} runs stopped with SIGTERM under load: nothing acknowledged is lost, and each ends by itself with a sealed journal`,
  async () => {
    const ends: (number | string | null)[] = [];
    const tookMs: number[] = [];
    const { truth, falls } = await endUnderLoad({
      runs: TERM_RUNS,
      signal: 'SIGTERM',
      ended: (how, ms) => {
        ends.push(how);
        tookMs.push(ms);
      },
    });
    await expectExact(truth);
    expect(falls.slice(0, 5)).toEqual([]);
    expect(ends).toEqual(Array.from({ length: 2 * TERM_RUNS }, () => 0));
    ends.push(await running!.end('SIGTERM'));
    running = undefined;
    const { code, stdout } = await journalCommand('verify', join(folder, 'data'));
    expect([code, stdout.includes('not sealed'), stdout.trim().endsWith('sound')]).toEqual([0, false, true]);
    process.stdout.write(
      `SIGTERM: ${ends.length} stops, ${truth.events} events exact, p99 from the signal to the exit ${percentile(tookMs, 0.99)} ms\n`
    );
  },
  TERM_RUNS * 20_000
);
