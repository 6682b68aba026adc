import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ingestUrl, postEventsTo, type PostOutcome } from './ingest-client.ts';

async function posted(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  events: readonly object[] = [{ a: 1 }, { b: '\n' }]
): Promise<{ outcome: PostOutcome; request: string; origin: string }> {
  let request = '';
  const server = createServer((incoming, response) => {
    request = `${incoming.method ?? ''} ${incoming.url ?? ''} ${incoming.headers['content-type'] ?? ''}\n`;
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => (request += chunk));
    incoming.on('end', () => {
      answer(incoming, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return { outcome: await postEventsTo(origin)(events), request, origin };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  posted((_request, response) => response.writeHead(status, headers).end(body));

test('events go as NDJSON, one a line, newlines inside escaped', async () => {
  const { request } = await answering(200, '{}');
  expect(request).toBe('POST /v1/events application/x-ndjson\n{"a":1}\n{"b":"\\n"}\n');
});

const full = { accepted: 1, duplicates: 2, rejected: [{ index: 3, reason: 'not_json', message: 'm' }] };

test.each<[string, Parameters<typeof answering>, object]>([
  ['an answer', [200, JSON.stringify(full)], { kind: 'answered', answer: full }],
  ['an empty 200', [200, ''], { kind: 'refused', message: 'ORIGIN answered 200: ' }],
  ['a 200 that is no answer', [200, 'null'], { kind: 'refused', message: 'ORIGIN answered 200: null' }],
  [
    'a 200 with a hostile list',
    [200, '{"accepted":1,"duplicates":0,"rejected":[null]}'],
    { kind: 'refused', message: 'ORIGIN answered 200: {"accepted":1,"duplicates":0,"rejected":[null]}' },
  ],
  ['413', [413, 'x'.repeat(1_000)], { kind: 'refused', message: `ORIGIN answered 413: ${'x'.repeat(200)}` }],
  ['404', [404, 'what?'], { kind: 'refused', message: 'ORIGIN answered 404: what?' }],
  [
    '503 with Retry-After',
    [503, 'not durable', { 'retry-after': '2' }],
    { kind: 'away', message: 'ORIGIN answered 503: not durable', retryAfterMs: 2_000 },
  ],
  [
    '429 with a Retry-After that is a date',
    [429, '', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }],
    { kind: 'away', message: 'ORIGIN answered 429: ', retryAfterMs: undefined },
  ],
])('%s is told apart', async (_name, answer, outcome) => {
  const result = await answering(...answer);
  expect(JSON.parse(JSON.stringify(result.outcome).replaceAll(result.origin, 'ORIGIN'))).toEqual(
    JSON.parse(JSON.stringify(outcome))
  );
});

test('a connection that breaks off, or that nobody accepts, is an exporter that is away', async () => {
  const broken = await posted((request) => request.socket.destroy());
  expect(broken.outcome).toEqual({
    kind: 'away',
    message: expect.stringContaining(broken.origin),
    retryAfterMs: undefined,
  });
  expect(await postEventsTo(broken.origin)([])).toEqual({
    kind: 'away',
    message: expect.stringContaining('ECONNREFUSED'),
    retryAfterMs: undefined,
  });
});

test.each([
  ['http://127.0.0.1:9847', 'http://127.0.0.1:9847/v1/events'],
  ['http://h/', 'http://h/v1/events'],
  ['https://h/base', 'https://h/base/v1/events'],
])('events for %s go to %s', (exporter, url) => {
  expect(ingestUrl(exporter).href).toBe(url);
});

test.each([[''], ['127.0.0.1:9847'], ['javascript:alert(1)'], ['file:///x']])('%p is no address', (exporter) => {
  expect(() => ingestUrl(exporter)).toThrow('is not an http(s) URL; expected e.g. http://127.0.0.1:9847');
});
