// The disk of the real process is full again and again: senders hear 503 and when to come back, scrapes are answered all the
// while, and as soon as there is room everything goes on without a restart, nothing lost and nothing twice.
// DISK_CYCLES=100 is the long run. Runs the built exporter: npm run build first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomOf } from '../journal/entries.ts';
import { journalCommand, startExporter, totalsOf } from '../journal/exporter-process.ts';
import type { ExporterProcess } from '../journal/exporter-process.ts';
import { produce } from '../journal/producers.ts';
import type { Target, Truth } from '../journal/producers.ts';
import { runningClock } from '../running-clock.ts';
import { limitedDisk, mountedDisk, mountProblem } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';

const CYCLES = Number(process.env['DISK_CYCLES'] ?? 10);
const HEAL_MS = 5_000;
/** A standstill of the machine is no healing of the exporter's. */
const clock = runningClock();

let folder: string;
let disk: SmallDisk | undefined;
let running: ExporterProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-full-disk-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  disk?.remove();
  disk = undefined;
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {
  clock.stop();
});

const DISKS: [string, (folder: string) => SmallDisk][] = [['no file may grow', limitedDisk]];
const probeFolder = mkdtempSync(join(tmpdir(), 'exporter-mount-'));
const cannotMount = mountProblem(probeFolder);
rmSync(probeFolder, { recursive: true, force: true });
// Who may not mount has the limit on files, which stops the same calls with another error.
if (cannotMount === undefined) DISKS.push(['the file system is full', mountedDisk]);
else process.stdout.write(`disk full: not tried on a file system of its own: ${cannotMount}\n`);

interface Refusal {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: unknown;
}

/** Sends single events until one is refused. What is taken on the way counts. */
async function untilRefused(url: string, truth: Truth, name: string): Promise<Refusal> {
  for (let n = 0; n < 1_000; n += 1) {
    const event = costOf(`${name}-${n}`);
    const response = await post(url, event);
    if (response.status !== 200) {
      const { error } = (await response.json()) as { readonly error?: { readonly code: unknown } };
      return { status: response.status, retryAfter: response.headers.get('retry-after'), code: error?.code };
    }
    await response.text();
    truth.spent.set('filler', (truth.spent.get('filler') ?? 0) + 1_000);
  }
  throw new Error('the disk does not get full');
}

const costOf = (id: string): object => ({
  type: 'cost.updated',
  threadId: 'filler',
  timestamp: Date.now(),
  payload: { id, agent: 'filler', costUsd: 0.000001 },
});

function post(url: string, event: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(event), headers });
}

/** Sends one event until it is taken and the exporter calls itself ready: without a restart, by its own doing. */
async function msUntilHealed(url: string, truth: Truth, name: string): Promise<number> {
  const startedMs = clock.now();
  const tookMs = (): number => clock.now() - startedMs;
  const event = costOf(name);
  while ((await post(url, event)).status !== 200 && tookMs() < 2 * HEAL_MS) await delay(20);
  truth.spent.set('filler', (truth.spent.get('filler') ?? 0) + 1_000);
  while ((await fetch(`${url}/health/ready`)).status !== 200 && tookMs() < 2 * HEAL_MS) await delay(20);
  return tookMs();
}

test.each(DISKS)(
  `${CYCLES} times %s: 503 with Retry-After, /metrics served, healed without a restart, totals exact`,
  async (name, make) => {
    disk = make(folder);
    const sections = { data_dir: disk.directory };
    const truth: Truth = { spent: new Map(), nodeRuns: 0, events: 0, repeats: 0 };
    running = await startExporter(folder, sections);
    const { url, child } = running;
    const target: Target = { url };
    const random = randomOf(CYCLES);
    const refusals: Refusal[] = [];
    const whileFull: number[] = [];
    const healedMs: number[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const sending = ['a', 'b'].map((each) =>
        produce({ target, truth, random, name: `${cycle}-${each}`, batches: 2 })
      );
      await delay(Math.floor(random() * 10));
      disk.fill(child.pid ?? 0, random);
      refusals.push(await untilRefused(url, truth, `full-${cycle}`));
      whileFull.push((await fetch(`${url}/metrics`)).status);
      await delay(Math.floor(random() * 300));
      disk.free(child.pid ?? 0);
      healedMs.push(await msUntilHealed(url, truth, `healed-${cycle}`));
      await Promise.all(sending);
    }
    expect(refusals).toEqual(refusals.map(() => ({ status: 503, retryAfter: '1', code: 'not_durable' })));
    expect(whileFull).toEqual(refusals.map(() => 200));
    expect(healedMs.filter((ms) => ms > HEAL_MS)).toEqual([]);
    await expectExact(url, truth);
    await running.end('SIGKILL');
    running = await startExporter(folder, sections);
    await expectExact(running.url, truth);
    await running.end('SIGTERM');
    running = undefined;
    const { code, stdout } = await journalCommand('verify', disk.directory);
    expect([code, stdout.trim().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/sound$/)]);
    process.stdout.write(
      `disk full: ${CYCLES} times ${name}, ${truth.events} events exact, ${truth.repeats} batches sent again, healed after ${Math.round(Math.max(...healedMs))} ms at most\n`
    );
  },
  60_000 + CYCLES * 10_000
);

async function expectExact(url: string, truth: Truth): Promise<void> {
  const totals = [...(await totalsOf(url))].filter(([series]) => series.startsWith('orchestrator_cost_usd_total{'));
  const spent = [...truth.spent.keys()].map((agent) => [
    agent,
    totals.reduce((sum, [series, usd]) => sum + (series.includes(`agent="${agent}"`) ? Math.round(usd * 1e9) : 0), 0),
  ]);
  expect(spent).toEqual([...truth.spent]);
}
