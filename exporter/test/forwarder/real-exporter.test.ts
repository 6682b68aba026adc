// The forwarder against the real exporter, which is killed, and as part of an orchestrator that is killed: money exact, nothing
// counted twice. FORWARDER_KILLS=200 is the long run. Runs the built exporter: npm run build first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '../../src/forwarder/delivery.ts';
import { createForwarder } from '../../src/forwarder/forwarder.ts';
import { HttpDelivery } from '../../src/forwarder/http-delivery.ts';
import { freePort } from '../free-port.ts';
import { randomOf } from '../journal/entries.ts';
import { startExporter } from '../journal/exporter-process.ts';
import type { ExporterProcess } from '../journal/exporter-process.ts';
import { metricLines, sumOf } from '../running-exporter.ts';

const KILLS = Number(process.env['FORWARDER_KILLS'] ?? 5);
const ORCHESTRATOR = join(__dirname, 'orchestrator.mjs');

let folder: string;
let running: ExporterProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forwarder-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The first answer and every tenth after it is lost on its way, so that what was counted is sent again in every run. */
function losingAnswers(url: string): Delivery {
  let answers = 0;
  const http = new HttpDelivery({ url: new URL(url), gzipBytes: 1_000, timeoutMs: 10_000, now: Date.now });
  return {
    name: url,
    send: async (lines, signal) => {
      const outcome = await http.send(lines, signal);
      if (outcome.kind !== 'answered') return outcome;
      answers += 1;
      return answers % 10 === 1 ? { kind: 'away', message: 'the answer is lost' } : outcome;
    },
    close: () => http.close(),
  };
}

/** Cost in nano-USD and node runs, as /metrics tells them. */
async function counted(): Promise<{ nano: number; nodeRuns: number }> {
  const url = running?.url ?? '';
  const cost = sumOf(await metricLines(url, 'orchestrator_cost_usd_total'));
  return { nano: Math.round(cost * 1e9), nodeRuns: sumOf(await metricLines(url, 'orchestrator_node_runs_total')) };
}

async function self(name: string, label = ''): Promise<number> {
  const lines = await metricLines(running?.url ?? '', `orchestrator_exporter_${name}`);
  return sumOf(lines.filter((line) => line.includes(label)));
}

test(
  `while the exporter is killed ${KILLS} times under load every event is counted once`,
  async () => {
    const random = randomOf(KILLS);
    const port = await freePort();
    const start = async (): Promise<void> => {
      running = await startExporter(folder, { listen: { port } });
    };
    await start();
    const forwarder = createForwarder({
      delivery: losingAnswers(`http://127.0.0.1:${port}`),
      maxWaitMs: 5,
      minRetryMs: 5,
      maxRetryMs: 50,
      onWarning: () => undefined,
    });
    const truth = { nano: 0, nodeRuns: 0 };
    let offered = 0;
    const emit = (count: number): void => {
      for (let n = 0; n < count; n += 1, offered += 1) {
        const event = { threadId: `t${offered % 20}`, timestamp: Date.now() };
        if (n % 3 === 0) {
          const nano = 1 + Math.floor(random() * 1e6);
          truth.nano += nano;
          const payload = { agent: 'a', model: 'm', provider: 'p', costUsd: nano / 1e9 };
          forwarder.offer({ ...event, type: 'cost.updated', payload });
        } else {
          truth.nodeRuns += 1;
          forwarder.offer({ ...event, type: 'node.complete', payload: { nodeId: 'n', duration: 1 } });
        }
      }
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      for (let burst = 0; burst < 20; burst += 1) {
        emit(Math.floor(random() * 60));
        await delay(random() * 8);
      }
      await running?.end('SIGKILL');
      emit(200);
      await start();
    }
    emit(100);
    const stats = await forwarder.close({ withinMs: 90_000 });
    expect(stats).toMatchObject({ offered, undelivered: 0, rejected: 0, shed: { state: 0, end: 0, money: 0 } });
    expect(stats.accepted + stats.duplicates).toBe(offered);
    expect(stats.duplicates).toBeGreaterThan(0);
    expect(await counted()).toEqual(truth);
    expect(await self('producer_seq_missing')).toBe(0);
    process.stdout.write(
      `forwarder: ${KILLS} exporters killed, ${offered} events exact, ${stats.failedAttempts} attempts failed, ${stats.duplicates} events came twice\n`
    );
  },
  90_000 + KILLS * 20_000
);

test('past its memory states are shed and seen as missing numbers by the exporter, and money stays exact', async () => {
  running = await startExporter(folder);
  const forwarder = createForwarder({ url: running.url, maxQueueBytes: 400_000, onWarning: () => undefined });
  let nano = 0;
  for (let n = 0; n < 40_000; n += 1) {
    const event = { threadId: `t${n % 20}`, timestamp: Date.now() };
    if (n % 40 === 0) {
      nano += n;
      forwarder.offer({ ...event, type: 'cost.updated', payload: { agent: 'a', costUsd: n / 1e9 } });
    } else forwarder.offer({ ...event, type: 'node.complete', payload: { nodeId: 'n', duration: 1 } });
  }
  const { shed, accepted, offered } = await forwarder.close({ withinMs: 90_000 });
  expect([shed.state > 30_000, shed.end, shed.money]).toEqual([true, 0, 0]);
  expect(accepted + shed.state).toBe(offered);
  expect(await counted()).toEqual({ nano, nodeRuns: accepted - 1_000 });
  expect(await self('event_anomalies_total', 'seq_gap')).toBeGreaterThan(0);
});

test('what an orchestrator had on disk when it was killed is delivered by its next start, once', async () => {
  running = await startExporter(folder);
  const { url } = running;
  const orchestrate = async (to: string, first: number): Promise<() => Promise<void>> => {
    const args = [ORCHESTRATOR, to, join(folder, 'spool'), '3000', String(first)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    return async () => {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    };
  };
  // Nobody listens at port 9: all of it stays on disk.
  await (
    await orchestrate('http://127.0.0.1:9', 1)
  )();
  await (
    await orchestrate('http://127.0.0.1:9', 3_001)
  )();
  // This one delivers and is killed while it does; the next one sends again what it had not removed.
  await (
    await orchestrate(url, 6_001)
  )();
  const last = createForwarder({ url, spool: { directory: join(folder, 'spool') }, onWarning: () => undefined });
  const stats = await last.close({ withinMs: 90_000 });
  expect(stats).toMatchObject({ offered: 0, rejected: 0, spooledBytes: 0 });
  expect((await counted()).nano).toBe((9_000 * 9_001) / 2);
});
