// How the cost of an event and the memory grow with threads and series: one exporter for each size, its threads running and
// all of them heard of in turn, measured once everything is there.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMeter } from './cpu-time.ts';
import { startExporter, type ExporterOptions } from './exporter-process.ts';
import { sumOf } from './exposition.ts';
import { median } from './latencies.ts';
import { chart } from './plot.ts';
import { fetchText } from './scraper.ts';
import { table, threeDigits } from './table.ts';

export interface GrowthOptions extends ExporterOptions {
  readonly events: number;
  readonly rounds: number;
}

interface Size {
  readonly threads: number;
  readonly series: number;
  readonly rssMiB: number;
  readonly cpuUs: number;
}

/** With 5 lanes each, so that the largest has the 50,000 lanes that the exporter tells apart. */
const THREADS = [1, 10, 100, 1_000, 10_000] as const;
const LANES = 5;
const BATCH = 100;
const SETTLED_MS = 2_700;
const STATES = ['running', 'waiting', 'idle'] as const;

export async function measureGrowth(options: GrowthOptions): Promise<{ readonly text: string; readonly svg: string }> {
  const sizes: Size[] = [];
  for (const threads of THREADS) sizes.push(await measureSize(threads, options));
  const rows = sizes.map(({ threads, series, rssMiB, cpuUs }) => [
    threads.toLocaleString('en-US'),
    series.toLocaleString('en-US'),
    threeDigits(cpuUs),
    rssMiB.toFixed(0),
  ]);
  return {
    text: table([['threads', 'series', 'CPU us/event', 'RSS MiB'], ...rows]),
    svg: chart({
      title: 'Cost of an event and memory over the number of series',
      x: 'series',
      lines: [
        { name: 'CPU us/event', points: sizes.map(({ series, cpuUs }) => [series, cpuUs]) },
        { name: 'RSS MiB', points: sizes.map(({ series, rssMiB }) => [series, rssMiB]) },
      ],
    }),
  };
}

async function measureSize(threads: number, options: GrowthOptions): Promise<Size> {
  const exporter = await startExporter({
    ...options,
    sections: { threads: { max: 10_000 }, limits: { series_per_family: 100_000 } },
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  try {
    let told = 0;
    const send = async (events: number): Promise<void> => {
      for (let left = events; left > 0; left -= BATCH * 4) {
        const bodies = [0, 1, 2, 3].map(() => Array.from({ length: BATCH }, () => eventOf(told++, threads)).join('\n'));
        await Promise.all(bodies.map((body) => post(`${exporter.url}/v1/events`, agent, body)));
      }
    };
    // Every lane twice, so that every series is there, and no less than makes the code warm.
    await send(Math.max(40_000, 2 * threads * LANES));
    await sleep(SETTLED_MS);
    const micros: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const stop = cpuMeter(exporter.pid);
      const before = told;
      await send(options.events);
      await sleep(SETTLED_MS);
      micros.push(stop() / 1_000 / (told - before));
    }
    const rssMiB = exporter.rssMiB();
    const text = await fetchText(`${exporter.url}/metrics`);
    return { threads, series: sumOf(text, 'orchestrator_exporter_series'), rssMiB, cpuUs: median(micros) };
  } finally {
    agent.destroy();
    await exporter.stop();
  }
}

function eventOf(n: number, threads: number): string {
  const lane = Math.floor(n / threads) % LANES;
  const state = STATES[Math.floor(n / threads / LANES) % STATES.length];
  const payload = { agent: `agent-${lane}`, state };
  return JSON.stringify({ type: 'agent.state', threadId: `thread-${n % threads}`, timestamp: Date.now(), payload });
}

function post(url: string, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'Content-Length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(answer));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
