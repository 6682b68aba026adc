// What ingest is compared with, each in a process of its own: `parse`, `discard` or `express`.
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { count } from './peer-metrics.ts';

const ANSWER = { 'Content-Type': 'application/json' };

function bodyOf(request: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    done(Buffer.concat(chunks).toString());
  });
}

const HANDLERS: Readonly<Record<string, () => RequestListener>> = {
  /** Nothing but JSON.parse on every line. */
  parse: () => (request, response) => {
    bodyOf(request, (text) => {
      let accepted = 0;
      for (const line of text.split('\n')) {
        if (line === '') continue;
        JSON.parse(line);
        accepted += 1;
      }
      response.writeHead(200, ANSWER).end(JSON.stringify({ accepted }));
    });
  },
  discard: () => (request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(200, ANSWER).end('{"accepted":1}');
    });
  },
  express: () => {
    const app = express();
    app.use(express.json({ limit: '10mb' }));
    app.post('/v1/events', (request, response) => {
      const events = (Array.isArray(request.body) ? request.body : [request.body]) as Readonly<
        Record<string, unknown>
      >[];
      for (const event of events) count(event);
      response.json({ accepted: events.length });
    });
    return app;
  },
};

const handler = HANDLERS[process.argv[2] ?? ''];
if (handler === undefined) throw new Error(`expected one of ${Object.keys(HANDLERS).join(', ')}`);
const server = createServer(handler());
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
