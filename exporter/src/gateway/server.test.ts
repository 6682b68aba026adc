import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { Gateway } from './server.ts';

test('a client that does not answer a ping is cut off at the next, one that does stays', async () => {
  const ticks: (() => void)[] = [];
  const tick = (): void => {
    for (const run of ticks) run();
  };
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    every: (_periodMs, run) => {
      ticks.push(run);
      return () => undefined;
    },
  };
  const gateway = new Gateway({
    model: { threads: new Map(), unpriced: new Map() },
    past: undefined,
    replay: undefined,
    epoch: () => 'epoch',
    clock,
    maxClients: 2,
    maxMessageBytes: 1024,
    maxQueuedBytes: 1024,
    maxSubscriptions: 1,
    maxResumeBytes: 0,
    resumeMs: 0,
    pingPeriodMs: 1,
    onSlice: () => undefined,
    onFrames: () => undefined,
    onError: () => undefined,
  });
  const server = createServer().on('upgrade', (request, socket, head) => {
    gateway.upgrade(request, socket, { head, stillAllowed: () => true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const quiet = new WebSocket(url, { autoPong: false });
  const lively = new WebSocket(url);
  await Promise.all([once(quiet, 'open'), once(lively, 'open')]);
  const third = new WebSocket(url);
  expect((await once(third, 'close'))[0]).toBe(1013);

  const pings = Promise.all([once(quiet, 'ping'), once(lively, 'ping')]);
  tick();
  await pings;
  // The server hears the pong before this: frames of one socket keep their order.
  lively.send('{}');
  await once(lively, 'message');
  const cut = once(quiet, 'close');
  tick();
  expect((await cut)[0]).toBe(1006);
  expect([gateway.clients, lively.readyState]).toEqual([1, lively.OPEN]);
  const goodbye = once(lively, 'close');
  await gateway.close();
  expect((await goodbye)[0]).toBe(1001);
  server.close();
});
