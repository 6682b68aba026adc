// What one would write first: events by POST on the bare server, nothing kept, and `send` of its JSON text to each client.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { LoopWatch } from './loop-watch.ts';

const clients = new WebSocketServer({ noServer: true, perMessageDeflate: false });
/** How long each broadcast held the loop, ms. */
let blocks: number[] = [];

const watch = new LoopWatch();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const events = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      readonly type: string;
      readonly threadId: string;
      readonly timestamp: number;
      readonly payload: object;
    }[];
    for (const { type, threadId, timestamp, payload } of events) {
      const broadcast = { type: 'event', event: `orchestrator.${type}`, payload: { threadId, timestamp, ...payload } };
      const startedMs = performance.now();
      for (const client of clients.clients) client.send(JSON.stringify(broadcast));
      blocks.push(performance.now() - startedMs);
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ accepted: events.length }));
  });
});
// The connections of the load outlast its pauses.
server.keepAliveTimeout = 0;
server.on('upgrade', (request, socket, head) => {
  clients.handleUpgrade(request, socket, head, (client) => {
    client.on('error', () => undefined);
    client.on('message', () => {
      client.send('{"type":"res","id":"s","ok":true,"payload":{}}');
    });
  });
});
process.on('message', (word) => {
  if (word === 'begin') {
    blocks = [];
    watch.begin();
  } else {
    process.send?.({ blocks, held: watch.end() });
  }
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on('disconnect', () => {
  for (const client of clients.clients) client.terminate();
  server.close();
  server.closeAllConnections();
});
