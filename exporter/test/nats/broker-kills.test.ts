// Events through a real JetStream whose broker is killed again and again, the exporter now and then too, while a tenth of the
// batches is stored twice: totals exact. NATS_KILLS=100 is the long run. Runs the built exporter: npm run build first.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '../../src/forwarder/delivery.ts';
import { createForwarder } from '../../src/forwarder/forwarder.ts';
import { natsDelivery } from '../../src/forwarder/nats-delivery.ts';
import { randomOf } from '../journal/entries.ts';
import { startExporter } from '../journal/exporter-process.ts';
import type { ExporterProcess } from '../journal/exporter-process.ts';
import { metricLines, sumOf } from '../running-exporter.ts';
import { untilTrue } from '../until.ts';
import { brokerAt } from './broker.ts';
import type { Broker } from './broker.ts';

const KILLS = Number(process.env['NATS_KILLS'] ?? 3);
const EXPORTER_KILL_EVERY = 3;

let folder: string;
let broker: Broker | undefined;
let running: ExporterProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-nats-'));
  mkdirSync(join(folder, 'broker'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  await broker?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The first batch, and of those behind it each tenth, is stored, told as lost, and so stored once more in halves, which the broker cannot know again. */
function storingTwice(delivery: Delivery, count: () => void): Delivery {
  let batches = 0;
  return {
    ...delivery,
    send: async (lines, signal) => {
      const outcome = await delivery.send(lines, signal);
      if (outcome.kind !== 'answered' || lines.length < 2 || (batches += 1) % 10 !== 1) return outcome;
      count();
      return { kind: 'refused', message: 'told as too large' };
    },
  };
}

async function metric(name: string, label = ''): Promise<number> {
  const lines = await metricLines(running?.url ?? '', name);
  return sumOf(lines.filter((line) => line.includes(label)));
}

test(
  `${KILLS} kills of the broker and some of the exporter, one batch of ten stored twice: totals exact`,
  async () => {
    const random = randomOf(KILLS);
    broker = await brokerAt(join(folder, 'broker'));
    const sections = {
      nats: {
        servers: [broker.url],
        subjects: ['helix.events.*'],
        stream_subjects: ['helix.events.*'],
        ack_wait: '2s',
      },
    };
    // The broker is not there yet: both must wait for it.
    running = await startExporter(folder, sections);
    const repeated = { batches: 0 };
    const forwarder = createForwarder({
      delivery: storingTwice(natsDelivery({ servers: [broker.url], timeoutMs: 1_000 }), () => {
        repeated.batches += 1;
      }),
      maxWaitMs: 5,
      minRetryMs: 10,
      maxRetryMs: 200,
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
          forwarder.offer({ ...event, type: 'cost.updated', payload: { agent: 'a', costUsd: nano / 1e9 } });
        } else {
          truth.nodeRuns += 1;
          forwarder.offer({ ...event, type: 'node.complete', payload: { nodeId: 'n', duration: 1 } });
        }
      }
    };
    emit(100);
    await untilTrue(
      'the exporter says that NATS is away',
      async () => (await metric('orchestrator_exporter_degraded', 'nats_unavailable')) === 1
    );
    await broker.start();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Killed while events flow, not while the clients wait for their next try.
      const { accepted } = forwarder.stats();
      while (forwarder.stats().accepted === accepted) await delay(10);
      for (let burst = 0; burst < 15; burst += 1) {
        emit(Math.floor(random() * 40));
        await delay(random() * 40);
      }
      await broker.kill();
      emit(50);
      if (kill % EXPORTER_KILL_EVERY === 0) {
        await running.end('SIGKILL');
        running = await startExporter(folder, sections);
      }
      await broker.start();
    }
    const stats = await forwarder.close({ withinMs: 60_000 });
    expect(stats).toMatchObject({ offered, undelivered: 0, rejected: 0 });
    const counted = async (): Promise<typeof truth> => ({
      nano: Math.round((await metric('orchestrator_cost_usd_total')) * 1e9),
      nodeRuns: await metric('orchestrator_node_runs_total'),
    });
    const closedMs = performance.now();
    const isDrained = async (): Promise<boolean> =>
      (await metric('orchestrator_exporter_nats_connected')) === 1 &&
      (await metricLines(running?.url ?? '', 'orchestrator_exporter_nats_pending_messages')).length === 1 &&
      (await metric('orchestrator_exporter_nats_pending_messages')) === 0 &&
      (await metric('orchestrator_exporter_nats_unacknowledged_messages')) === 0;
    const isThere = async (): Promise<boolean> => JSON.stringify(await counted()) === JSON.stringify(truth);
    // What the exporter knows of the backlog is up to 5 s old.
    await untilTrue('everything is counted and no backlog left', async () => (await isThere()) && (await isDrained()));
    const backAfterMs = Math.round(performance.now() - closedMs);
    // Whatever is sent again after this must not count.
    await delay(500);
    expect(await counted()).toEqual(truth);
    expect(await metric('orchestrator_exporter_degraded', 'nats_unavailable')).toBe(0);
    expect(await metric('orchestrator_exporter_events_rejected_total')).toBe(0);
    expect(repeated.batches).toBeGreaterThan(0);
    process.stdout.write(
      `nats: ${KILLS} kills of the broker, ${Math.floor(KILLS / EXPORTER_KILL_EVERY)} of the exporter, ${offered} events exact, ${repeated.batches} batches stored twice, backlog 0 after ${backAfterMs} ms\n`
    );
  },
  120_000 + KILLS * 20_000
);
