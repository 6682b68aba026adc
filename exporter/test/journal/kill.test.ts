// The real process is killed and stopped while it takes events over HTTP, again and again in one directory.
// KILL_RUNS=1000 and TERM_RUNS=500 are the long runs. Runs the built exporter: npm run build first.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
/** Then a directory of its own begins: every start reads the journal of all runs before. */
const RUNS_OF_DIRECTORY = 50;
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
  readonly folder: string;
  readonly runs: number;
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly ended: (how: number | string | null, tookMs: number) => void;
}

/** Ends the exporter `runs` times under load; returns the truth, and every total that ever fell. */
async function endUnderLoad({
  folder: ownFolder,
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
    running = await startExporter(ownFolder, SECTIONS);
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
    running = await startExporter(ownFolder, SECTIONS);
    target.url = running.url;
    await scrape(running.url);
    await Promise.all(sending);
    await scrape(running.url);
    await end(running);
    target.url = undefined;
  }
  running = await startExporter(ownFolder, SECTIONS);
  await scrape(running.url);
  return { truth, falls, scrapes };
}

/** The runs in directories of a few each: folder and number of runs. */
function* directories(runs: number): Iterable<[string, number]> {
  for (let first = 0; first < runs; first += RUNS_OF_DIRECTORY) {
    const own = join(folder, `from-${first}`);
    mkdirSync(own);
    yield [own, Math.min(RUNS_OF_DIRECTORY, runs - first)];
  }
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
    const sum = { events: 0, repeats: 0, scrapes: 0 };
    for (const [own, runs] of directories(KILL_RUNS)) {
      const { truth, falls, scrapes } = await endUnderLoad({
        folder: own,
        runs,
        signal: 'SIGKILL',
        ended: () => undefined,
      });
      await expectExact(truth);
      expect(falls.slice(0, 5)).toEqual([]);
      await running?.end('SIGKILL');
      sum.events += truth.events;
      sum.repeats += truth.repeats;
      sum.scrapes += scrapes;
    }
    process.stdout.write(
      `kill -9: ${2 * KILL_RUNS} kills, ${sum.events} events exact, ${sum.repeats} batches repeated, ${sum.scrapes} scrapes without a fall\n`
    );
    expect(sum.repeats).toBeGreaterThan(0);
  },
  KILL_RUNS * 40_000
);

test(
  `${TERM_RUNS} runs stopped with SIGTERM under load: nothing acknowledged is lost, and each ends by itself with a sealed journal`,
  async () => {
    const ends: (number | string | null)[] = [];
    const tookMs: number[] = [];
    let events = 0;
    for (const [own, runs] of directories(TERM_RUNS)) {
      const { truth, falls } = await endUnderLoad({
        folder: own,
        runs,
        signal: 'SIGTERM',
        ended: (how, ms) => {
          ends.push(how);
          tookMs.push(ms);
        },
      });
      await expectExact(truth);
      expect(falls.slice(0, 5)).toEqual([]);
      ends.push(await running!.end('SIGTERM'));
      running = undefined;
      const { code, stdout } = await journalCommand('verify', join(own, 'data'));
      expect([code, stdout.includes('not sealed'), stdout.trim().endsWith('sound')]).toEqual([0, false, true]);
      events += truth.events;
    }
    expect(ends).toEqual(ends.map(() => 0));
    expect(tookMs).toHaveLength(2 * TERM_RUNS);
    process.stdout.write(
      `SIGTERM: ${ends.length} stops, ${events} events exact, p99 from the signal to the exit ${percentile(tookMs, 0.99)} ms\n`
    );
  },
  TERM_RUNS * 40_000
);
