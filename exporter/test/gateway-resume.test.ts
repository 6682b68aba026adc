// Clients of the gateway that are cut off at random: none misses a broadcast, or hears one twice, without being told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayBroadcast } from '../src/contract/wire.ts';
import { ALL_THREADS } from '../src/contract/wire.ts';
import { Follower } from './gateway-follower.ts';
import type { Stretch } from './gateway-follower.ts';
import { bySeq, journalBroadcasts } from './journal-broadcasts.ts';
import { Random } from './random.ts';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let folder: string;
let running: RunningExporter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-resume-'));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

const THREADS = ['t-0', 't-1', 't-2', 't-3'];

class Sender {
  readonly #random: Random;
  #count = 0;
  #spent = new Map<string, number>();
  constructor(random: Random) {
    this.#random = random;
  }

  async send(): Promise<void> {
    const pick = (count: number): number => this.#random.int(0, count - 1);
    const events = Array.from({ length: 1 + pick(40) }, () => {
      const threadId = THREADS[pick(THREADS.length)] ?? '';
      this.#count += 1;
      const base = { threadId, timestamp: Date.now(), id: `e-${this.#count}` };
      const agent = `agent-${pick(3)}`;
      const spent = (this.#spent.get(threadId) ?? 0) + pick(3);
      this.#spent.set(threadId, spent);
      const cost = { agent, costCents: spent, budgetRemainingCents: 5_000 - spent };
      return [
        { ...base, type: 'agent.active', payload: { agent } },
        { ...base, type: 'node.start', payload: { nodeId: agent } },
        { ...base, type: 'node.complete', payload: { nodeId: agent, duration: pick(100) } },
        { ...base, type: 'cost.updated', payload: cost },
        { ...base, type: 'checkpoint.saved', payload: { checkpointId: `cp-${this.#count}` } },
      ][pick(5)];
    });
    const { answer } = await post(running.url, ndjson(events));
    expect(answer).toMatchObject({ accepted: events.length, rejected: [] });
  }
}

/** A stretch holds everything there was behind its beginning, up to its own end. */
function expectWhole({ after, heard }: Stretch, all: readonly GatewayBroadcast[], isLast: boolean): void {
  const end = isLast ? Number.POSITIVE_INFINITY : (heard.at(-1)?.seq ?? 0);
  expect(heard).toEqual(all.filter(({ seq }) => seq > after && seq <= end));
}

test.each([
  { name: 'a ring that holds it all', resume_bytes: 8_388_608, seed: 1, gaps: 'restarts only' },
  { name: 'a ring that overflows', resume_bytes: 20_000, seed: 2, gaps: 'many' },
  { name: 'no ring at all', resume_bytes: 0, seed: 3, gaps: 'many' },
])('with $name every client hears everything once, through cuts and restarts', async ({ resume_bytes, seed }) => {
  const random = new Random(seed);
  const config = { data_dir: folder, gateway: { resume_bytes } };
  running = await runExporter(config);
  const sender = new Sender(random);
  await sender.send();
  const clients = [[ALL_THREADS], ['t-0'], ['t-1', 't-2'], THREADS].map((threads) => ({
    threads,
    follower: new Follower(),
  }));
  for (const { threads, follower } of clients) await follower.connect(running.url, threads);
  for (let round = 0; round < 26; round += 1) {
    const cut = clients.filter(() => random.chance(0.4));
    // In the middle of what is being sent, or of what was missed.
    const sending = sender.send();
    for (const { follower } of cut) follower.cut();
    await sending;
    const isRestart = round % 9 === 8;
    if (isRestart) {
      for (const { follower } of clients) follower.cut();
      await running.close();
      running = await runExporter(config);
    }
    for (let n = random.int(0, 2); n > 0; n -= 1) await sender.send();
    const reconnecting = isRestart ? clients : cut;
    await Promise.all(
      reconnecting.map(async ({ threads, follower }) => {
        const connecting = follower.connect(running.url, threads);
        if (random.chance(0.3)) {
          await sender.send();
          follower.cut();
          await connecting;
          await follower.connect(running.url, threads);
        } else await connecting;
      })
    );
  }
  await sender.send();
  const all = new Map<string, GatewayBroadcast[]>();
  for (const threadId of THREADS) all.set(threadId, await journalBroadcasts(running.url, threadId));
  all.set(ALL_THREADS, [...all.values()].flat().sort(bySeq));
  const resumed = { complete: 0, gap: 0 };
  for (const { threads, follower } of clients) {
    for (const threadId of threads) {
      const told = all.get(threadId) ?? [];
      await follower.until(threadId, told.at(-1)?.seq ?? 0);
      const stretches = follower.stretches(threadId);
      for (const [at, stretch] of stretches.entries()) expectWhole(stretch, told, at === stretches.length - 1);
      // Of single threads the journal tells what the ring does not: one stretch, however often it was cut off.
      if (threadId !== ALL_THREADS) expect(stretches).toHaveLength(1);
    }
    expect(follower.repeats).toBe(0);
    resumed.complete += follower.resumed.complete;
    resumed.gap += follower.resumed.gap;
    follower.cut();
  }
  process.stdout.write(`resume, ring of ${resume_bytes} bytes: ${JSON.stringify(resumed)}\n`);
  expect(resumed.gap).toBeGreaterThan(0);
  if (resume_bytes > 1_000_000) expect(resumed.complete).toBeGreaterThan(resumed.gap);
  expect(await metricLines(running.url, 'orchestrator_exporter_gateway_frames_total')).toContain(
    'orchestrator_exporter_gateway_frames_total{environment="test",outcome="dropped"} 0'
  );
});
