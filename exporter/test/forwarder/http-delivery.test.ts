// The forwarder's requests against real sockets: what is sent, and what comes of every kind of answer.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HttpDelivery } from '../../src/forwarder/http-delivery.ts';
import type { HttpDeliveryOptions } from '../../src/forwarder/http-delivery.ts';

let server: Server | undefined;
const open: HttpDelivery[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((delivery) => delivery.close()));
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(handler: RequestListener): Promise<URL> {
  const own = createServer(handler);
  server = own;
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(own.address() as AddressInfo).port}/base`);
}

function deliveryTo(url: URL, options: Partial<HttpDeliveryOptions> = {}): HttpDelivery {
  const delivery = new HttpDelivery({ url, gzipBytes: 1_000, timeoutMs: 10_000, now: () => 0, ...options });
  open.push(delivery);
  return delivery;
}

const never = new AbortController().signal;
const ok = { accepted: 1, duplicates: 2, rejected: [{ index: 0, reason: 'invalid_field', message: 'm' }] };
const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

test.each<[string, RequestListener, unknown]>([
  ['the answer of an exporter', answering(200, ok), { kind: 'answered', ...ok }],
  ['413', answering(413, 'x'), { kind: 'refused', message: 'ORIGIN answered 413: x' }],
  ['400', answering(400, 'x'), { kind: 'refused', message: 'ORIGIN answered 400: x' }],
  [
    '503 with Retry-After in seconds',
    answering(503, '', { 'retry-after': '7' }),
    { kind: 'away', message: 'ORIGIN answered 503: ', retryAfterMs: 7_000 },
  ],
  [
    '429 with Retry-After as a date',
    answering(429, '', { 'retry-after': 'Thu, 01 Jan 1970 00:01:00 GMT' }),
    { kind: 'away', message: 'ORIGIN answered 429: ', retryAfterMs: 60_000 },
  ],
  [
    '503 with a Retry-After of no kind',
    answering(503, '', { 'retry-after': 'soon' }),
    { kind: 'away', message: 'ORIGIN answered 503: ' },
  ],
  ['401', answering(401, 'who'), { kind: 'away', message: 'ORIGIN answered 401: who' }],
  [
    'a redirect, which is not followed with the token',
    answering(302, '', { location: 'http://elsewhere/' }),
    { kind: 'away', message: 'ORIGIN answered 302: ' },
  ],
  [
    "200 with a page that is no exporter's",
    answering(200, '<html>'),
    { kind: 'away', message: 'ORIGIN answered 200: <html> (not the answer of an exporter)' },
  ],
  [
    '200 with JSON that is no answer',
    answering(200, { accepted: 1, duplicates: 0, rejected: [{ index: 'x' }] }),
    expect.objectContaining({ kind: 'away' }),
  ],
  [
    'a connection that breaks before the answer',
    (request) => request.socket.destroy(),
    { kind: 'away', message: expect.stringMatching(/^ORIGIN: .*socket hang up$/) },
  ],
  [
    'a connection that breaks in the answer',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    },
    expect.objectContaining({ kind: 'away' }),
  ],
  [
    'an answer without an end',
    (_request, response) => {
      const chunk = 'x'.repeat(1_000_000);
      const more = (): void => {
        if (!response.destroyed) response.write(chunk, more);
      };
      more();
    },
    expect.objectContaining({ kind: 'away' }),
  ],
])('%s', async (_name, handler, expected) => {
  const url = await serve(handler);
  const outcome = await deliveryTo(url).send(['{}'], never);
  expect(JSON.parse(JSON.stringify(outcome).replaceAll(url.origin, 'ORIGIN'))).toEqual(expected);
});

test('an exporter that is not there, one that hangs, and one that is given up are away', async () => {
  const url = await serve(() => undefined);
  expect(await deliveryTo(url, { timeoutMs: 50 }).send(['{}'], never)).toEqual({
    kind: 'away',
    message: `${url.origin}: no answer within 50 ms`,
  });
  const stop = new AbortController();
  const given = deliveryTo(url).send(['{}'], stop.signal);
  setImmediate(() => {
    stop.abort();
  });
  expect(await given).toEqual({ kind: 'away', message: `${url.origin}: given up` });
  expect(await deliveryTo(url).send(['{}'], stop.signal)).toEqual({ kind: 'away', message: `${url.origin}: given up` });
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  expect(await deliveryTo(url).send(['{}'], never)).toEqual({
    kind: 'away',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('batches go as NDJSON over one kept connection, packed when large, with the token', async () => {
  const seen: unknown[] = [];
  const sockets = new Set<object>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { 'content-encoding': encoding, 'content-type': type, authorization } = request.headers;
      const body = Buffer.concat(parts);
      const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
      seen.push([request.method, request.url, type, authorization, encoding, text.length, text.slice(0, 8)]);
      response.end(JSON.stringify(ok));
    });
  });
  const delivery = deliveryTo(url, { token: 'secret' });
  await delivery.send(['{"a":1}', '{"ü":2}'], never);
  await delivery.send(Array<string>(500).fill('{"a":1}'), never);
  const type = 'application/x-ndjson';
  expect(seen).toEqual([
    ['POST', '/base/v1/events', type, 'Bearer secret', undefined, 16, '{"a":1}\n'],
    ['POST', '/base/v1/events', type, 'Bearer secret', 'gzip', 4_000, '{"a":1}\n'],
  ]);
  expect(sockets.size).toBe(1);
});

test('a token file is read again when the token is refused, and one that is missing keeps the events', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'forwarder-token-'));
  const tokenFile = join(folder, 'token');
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end(JSON.stringify(ok));
  });
  const delivery = deliveryTo(url, { tokenFile });
  expect((await delivery.send(['{}'], never)).kind).toBe('away');
  writeFileSync(tokenFile, 'old\n');
  expect((await delivery.send(['{}'], never)).kind).toBe('away');
  writeFileSync(tokenFile, 'new\n');
  expect((await delivery.send(['{}'], never)).kind).toBe('answered');
  expect(seen).toEqual(['Bearer old', 'Bearer new']);
  rmSync(folder, { recursive: true });
});
