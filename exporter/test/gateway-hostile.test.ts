// Clients of the gateway that mean harm: each costs itself only, and who behaves is served meanwhile.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { metricLines, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter;
let polite: TestSocket;
beforeEach(async () => {
  running = await runExporter({ gateway: { queue_bytes: 16_384, max_subscriptions: 50 } });
  polite = await new TestSocket(`${running.url}/v1/gateway`).opened();
});
afterEach(async () => {
  expect(await polite.request('p', 'orchestrator.metrics.subscribe', { threadId: 'polite' })).toMatchObject({
    ok: true,
  });
  polite.socket.terminate();
  expect(running.log.filter((line) => line.startsWith('error'))).toEqual([]);
  await running.close();
});

const head = (length: number): Buffer =>
  length < 126 ? Buffer.from([0x80 | length]) : Buffer.from([0xfe, length >> 8, length & 255]);

/** As a client sends it, with a mask of zeros. */
function frame(first: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([first]), head(text.length), Buffer.alloc(4), Buffer.from(text)]);
}

const request = (method: string, params: object): string => JSON.stringify({ type: 'req', id: 'h', method, params });

/** An upgraded connection of which nothing is read any more. */
async function deaf(): Promise<Socket> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1').on('error', () => undefined);
  socket.write(
    `GET /v1/gateway HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`
  );
  await once(socket, 'data');
  socket.pause();
  return socket;
}

/** Sends as much as is taken until `isEnough`, or until the other end has had enough. */
async function flood(socket: Socket, bytes: Buffer, isEnough: () => Promise<boolean>): Promise<void> {
  const gone = once(socket, 'close');
  const packet = Buffer.concat(Array.from({ length: Math.ceil(60_000 / bytes.length) }, () => bytes));
  while (!socket.destroyed && !(await isEnough())) {
    const taken = new Promise((resolve) => socket.write(packet, resolve));
    // What is not taken is looked at again: it may be enough by now.
    await Promise.race([gone, taken, delay(200)]);
  }
  socket.destroy();
}

const dropped = async (): Promise<boolean> =>
  (await metricLines(running.url, 'orchestrator_exporter_gateway_frames_total'))
    .find((line) => line.includes('dropped'))
    ?.endsWith(' 0') === false;

async function isServedMeanwhile(): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    const answer = await polite.request(`${n}`, 'orchestrator.metrics.unsubscribe', { threadId: 't' });
    expect(answer).toMatchObject({ ok: true });
  }
}

test.each([
  { name: 'requests', bytes: frame(0x81, request('x'.repeat(128), {})) },
  { name: 'messages that are no JSON', bytes: frame(0x81, 'x'.repeat(120)) },
])(
  'who floods with $name and reads no answer lags and is closed, and others are served meanwhile',
  async ({ bytes }) => {
    const flooding = flood(await deaf(), bytes, dropped);
    await isServedMeanwhile();
    await flooding;
  }
);

test('who floods with pings and reads no pong is cut off, and others are served meanwhile', async () => {
  const socket = await deaf();
  const flooding = flood(socket, frame(0x89, 'x'.repeat(125)), () => Promise.resolve(false));
  await isServedMeanwhile();
  await flooding;
});

test.each([
  {
    name: 'half a frame',
    sends: frame(0x81, request('orchestrator.metrics.subscribe', { threadId: 't' })).subarray(0, 9),
  },
  { name: 'half a message, and pings in it', sends: Buffer.concat([frame(0x01, '{"type":'), frame(0x89, 'a')]) },
])('$name waits without harm', async ({ sends }) => {
  const socket = await deaf();
  socket.write(sends);
  expect(await polite.request('1', 'orchestrator.metrics.unsubscribe', { threadId: 't' })).toMatchObject({ ok: true });
  socket.destroy();
});

test('who subscribes to more and more threads gets as many as there may be', async () => {
  const greedy = await new TestSocket(`${running.url}/v1/gateway`).opened();
  const answers = [];
  for (let n = 0; n < 60; n += 1) {
    answers.push(
      await greedy.request(`${n}`, 'orchestrator.metrics.subscribe', { threadId: `${n}-${'x'.repeat(200)}` })
    );
  }
  expect(answers.filter((answer) => (answer as { ok: boolean }).ok)).toHaveLength(50);
  expect(answers.at(-1)).toMatchObject({ ok: false, error: { code: 'too_many_subscriptions' } });
  greedy.socket.terminate();
});

test.each([
  ['a list of threads', { threadId: ['a', 'b'] }],
  ['no thread', {}],
  ['a position without an epoch', { threadId: 't', resumeFrom: { seq: 1 } }],
  ['an empty epoch', { threadId: 't', resumeFrom: { epoch: '', seq: 1 } }],
  ['a number below 0', { threadId: 't', resumeFrom: { epoch: 'e', seq: -1 } }],
  ['half a number', { threadId: 't', resumeFrom: { epoch: 'e', seq: 1.5 } }],
  ['a number past what is exact', { threadId: 't', resumeFrom: { epoch: 'e', seq: 2 ** 53 } }],
  ['a number as text', { threadId: 't', resumeFrom: { epoch: 'e', seq: '1' } }],
  ['a field that is not known', { threadId: 't', resumeFrom: { epoch: 'e', seq: 1, __proto_: 1 } }],
])('a subscription with %s is refused by name', async (_name, params) => {
  const answer = await polite.request('1', 'orchestrator.metrics.subscribe', params);
  expect(answer).toMatchObject({
    ok: false,
    error: { code: 'invalid_params', message: expect.stringContaining('is refused') },
  });
});
