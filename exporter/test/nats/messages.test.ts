// What comes of single messages in a real JetStream, and which partition a thread belongs to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { createForwarder } from '../../src/forwarder/forwarder.ts';
import { byPartition, natsDelivery, partitionOf } from '../../src/forwarder/nats-delivery.ts';
import { metricLines, runExporter } from '../running-exporter.ts';
import type { RunningExporter } from '../running-exporter.ts';
import { untilTrue } from '../until.ts';
import { brokerAt } from './broker.ts';
import type { Broker } from './broker.ts';

let folder: string;
let broker: Broker;
let connection: NatsConnection | undefined;
const exporters: RunningExporter[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-nats-'));
  const mapped = join(folder, 'nats.conf');
  writeFileSync(mapped, 'mappings = { "thread.*": "mapped.{{partition(8,1)}}.{{wildcard(1)}}" }\n');
  broker = await brokerAt(join(folder, 'broker'), '-c', mapped);
  await broker.start();
  connection = await connect({ servers: broker.url });
});
afterEach(async () => {
  await Promise.all(exporters.splice(0).map((exporter) => exporter.close()));
});
afterAll(async () => {
  await connection?.close();
  await broker.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function exporterOf(stream: string, subjects: readonly string[]): Promise<RunningExporter> {
  const nats = { servers: [broker.url], stream, subjects, stream_subjects: [`${stream}.*`] };
  const exporter = await runExporter({ nats });
  exporters.push(exporter);
  return exporter;
}

const count = async (exporter: RunningExporter, outcome: string): Promise<number> => {
  const lines = await metricLines(exporter.url, 'orchestrator_exporter_nats_messages_total');
  return Number(
    lines
      .find((line) => line.includes(`"${outcome}"`))
      ?.split(' ')
      .at(-1)
  );
};
const event = (n: number): object => ({
  type: 'node.start',
  threadId: 't',
  timestamp: Date.now(),
  payload: { nodeId: 'n', n },
});

test('a message is acknowledged with what it holds, or refused for good; none comes again', async () => {
  const exporter = await exporterOf('HOSTILE', ['HOSTILE.*']);
  await untilTrue(
    'the exporter is connected',
    async () => (await metricLines(exporter.url, 'orchestrator_exporter_nats_connected'))[0]?.endsWith(' 1') ?? false
  );
  const stream = jetstream(connection!);
  const first = JSON.stringify(event(1));
  const bodies: [string | Uint8Array, 'acknowledged' | 'refused'][] = [
    [first, 'acknowledged'],
    [JSON.stringify([event(2), event(3)]), 'acknowledged'],
    [`${JSON.stringify(event(4))}\n{"type":\n${JSON.stringify(event(5))}\n`, 'acknowledged'],
    [JSON.stringify({ type: 'no.such', threadId: 't', timestamp: 1 }), 'acknowledged'],
    ['[]', 'acknowledged'],
    ['', 'refused'],
    ['{"type":', 'refused'],
    [new Uint8Array([0xff, 0xfe, 0x00, 0x80]), 'refused'],
    [JSON.stringify(Array.from({ length: 10_001 }, () => 0)), 'refused'],
    // A repeat that the broker could not know.
    [`[${first}]`, 'acknowledged'],
  ];
  for (const [body] of bodies) await stream.publish('HOSTILE.0', body);
  const wanted = (outcome: string): number => bodies.filter(([, expected]) => expected === outcome).length;
  await untilTrue(
    'every message is decided',
    async () => (await count(exporter, 'acknowledged')) + (await count(exporter, 'refused')) >= bodies.length
  );
  expect([
    await count(exporter, 'acknowledged'),
    await count(exporter, 'refused'),
    await count(exporter, 'sent_back'),
  ]).toEqual([wanted('acknowledged'), wanted('refused'), 0]);
  const [accepted] = await metricLines(exporter.url, 'orchestrator_exporter_events_total').then((lines) =>
    lines.filter((line) => line.includes('node.start') && line.includes('nats'))
  );
  expect(accepted).toMatch(/ 5$/);
  const manager = await jetstreamManager(connection!);
  // The acknowledgements are on their way to the broker, on another connection than this question.
  await untilTrue('the broker knows', async () => {
    const { num_ack_pending, num_pending } = await manager.consumers.info('HOSTILE', 'exporter-HOSTILE_any');
    return num_ack_pending === 0 && num_pending === 0;
  });
});

test('two exporters share a stream by partition: every thread is whole in one of them, and none misses a number', async () => {
  const [left, right] = [
    await exporterOf('SHARED', ['SHARED.0', 'SHARED.1']),
    await exporterOf('SHARED', ['SHARED.2', 'SHARED.3']),
  ];
  const delivery = natsDelivery({ servers: [broker.url], subject: 'SHARED', partitions: 4 });
  const forwarder = createForwarder({ delivery, maxWaitMs: 5, onWarning: () => undefined });
  await untilTrue(
    'each partition has its consumer',
    async () =>
      (
        await (
          await jetstreamManager(connection!)
        ).consumers
          .list('SHARED')
          .next()
          .catch(() => [])
      ).length === 4
  );
  for (let n = 0; n < 2_000; n += 1) {
    forwarder.offer({
      type: 'cost.updated',
      threadId: `thread-${n % 40}`,
      timestamp: Date.now(),
      payload: { costUsd: 0.000000001 },
    });
  }
  await forwarder.close({ withinMs: 20_000 });
  const nano = async (exporter: RunningExporter): Promise<number> =>
    Math.round(
      1e9 * Number((await metricLines(exporter.url, 'orchestrator_cost_usd_total'))[0]?.split(' ').at(-1) ?? 0)
    );
  await untilTrue('every event is counted', async () => (await nano(left)) + (await nano(right)) === 2_000);
  const expected = (partitions: readonly number[]): number =>
    50 *
    Array.from({ length: 40 }, (_, n) => partitionOf(`thread-${n}`, 4)).filter((at) => partitions.includes(at)).length;
  expect([await nano(left), await nano(right)]).toEqual([expected([0, 1]), expected([2, 3])]);
  for (const exporter of [left, right]) {
    expect(await metricLines(exporter.url, 'orchestrator_exporter_producer_seq_missing')).toEqual([
      expect.stringMatching(/ 0$/),
    ]);
  }
});

test('a thread is in the partition that the broker itself would give it', async () => {
  const own = connection!;
  const threads = ['t', 'thread-1', 'ünicode', 'a-long-name-of-a-thread-0123456789', 'Z'];
  const mapped: string[] = [];
  const subscription = own.subscribe('mapped.*.*', {
    callback: (_error, message) => void mapped.push(message.subject),
  });
  for (const thread of threads) own.publish(`thread.${thread}`);
  await own.flush();
  await untilTrue('every message has come', () => mapped.length === threads.length);
  subscription.unsubscribe();
  expect(mapped).toEqual(threads.map((thread) => `mapped.${partitionOf(thread, 8)}.${thread}`));
});

test('lines go to the partition of their thread, wherever the dialect keeps it, in their order', () => {
  const lines = [
    { threadId: 'a', n: 1 },
    { type: 'event', payload: { threadId: 'a' }, n: 2 },
    { n: 3 },
    { threadId: 7, n: 4 },
    { threadId: 'a', payload: null, n: 5 },
  ].map((line) => JSON.stringify(line));
  const found = [...byPartition(lines, 1_000)].map(([partition, part]) => [
    partition,
    part.map((line) => (JSON.parse(line) as { n: number }).n),
  ]);
  expect(found).toEqual([
    [partitionOf('a', 1_000), [1, 2, 5]],
    [partitionOf(undefined, 1_000), [3, 4]],
  ]);
});
