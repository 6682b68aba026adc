// A pair of real Prometheus servers over an exporter that is killed and started again, through a network that cuts answers off:
// both store every transition at its millisecond, and neither warns of anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { THREAD_STATE_CODE } from '../src/contract/states.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import { hostExporterBy } from './endurance/hosted-exporter.ts';
import type { HostedExporter } from './endurance/hosted-exporter.ts';
import { rawSamples, startPrometheus, timelineScrape } from './prometheus-process.ts';
import type { Prometheus } from './prometheus-process.ts';
import { randomOf } from './journal/entries.ts';
import { pausableClock } from './running-clock.ts';
import { sendTransitions, wrongTransitions } from './transitions.ts';
import { until } from './until.ts';

const SCRAPE_MS = 1_000;
const EVERY_MS = SCRAPE_MS / 20;
/** A busy machine needs some of it. */
const LATENESS_MS = 8_000;
const LATE_MS = 800;

let folder: string;
const clock = pausableClock();
let running: HostedExporter | undefined;
let proxy: CuttingProxy;
let pair: readonly Prometheus[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-exact-'));
  proxy = await startCuttingProxy(() => running?.url, 3);
  running = await start();
  pair = await Promise.all(
    ['left', 'right'].map((consumer) =>
      startPrometheus({ scrapeMs: SCRAPE_MS, scrapes: [timelineScrape(proxy.url, consumer)] })
    )
  );
});
afterAll(async () => {
  await Promise.all(pair.map((prometheus) => prometheus.stop()));
  await proxy.close();
  await running?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(): Promise<HostedExporter> {
  return hostExporterBy(clock, folder, { timeline: { lateness: `${LATENESS_MS}ms` } });
}

async function restart(signal: NodeJS.Signals): Promise<void> {
  const old = running;
  running = undefined;
  clock.stop();
  await old?.end(signal);
  running = await start();
}

test('transitions at a twentieth of the scrape interval, late and in pairs, over two restarts and cut scrapes', async () => {
  const truth = sendTransitions({
    thread: 'exact',
    agents: ['a', 'b', 'c'],
    everyMs: EVERY_MS,
    pairEvery: 7,
    forMs: 9_000,
    lateMs: LATE_MS,
    random: randomOf(1),
    url: () => running?.url,
    now: clock.now,
  });
  await delay(3_000);
  await restart('SIGKILL');
  await delay(3_000);
  await restart('SIGTERM');
  const { transitions, endMs } = await truth;
  for (const prometheus of pair) {
    await until('the end of the thread', async () => {
      const last = (await rawSamples(prometheus.url, 'orchestrator_timeline_thread_state'))?.get('exact')?.at(-1);
      return last?.[1] === String(THREAD_STATE_CODE.completed) && last[0] === endMs ? true : undefined;
    });
    const stored = (await rawSamples(prometheus.url, 'orchestrator_timeline_agent_state')) ?? new Map();
    expect(wrongTransitions({ transitions, endMs }, stored)).toEqual([]);
    expect(prometheus.warnings()).toEqual([]);
  }
  expect([...transitions.values()].map((each) => each.length)).toEqual([205, 205, 205]);
  // Without cuts this would show nothing of them.
  expect(proxy.cuts()).toBeGreaterThanOrEqual(3);
});
