// What a connection may cost: slow senders, headers, idle peers, too many at once. Time limits are short here, waits are for events.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { metricLines, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter | undefined;
afterEach(() => running?.close());

async function start(limits: Readonly<Record<string, unknown>>): Promise<RunningExporter> {
  running = await runExporter({ limits });
  return running;
}

function open({ url }: RunningExporter): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
}

/** Everything that comes until the other end closes. */
async function answered(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
}

const refused = async ({ url }: RunningExporter): Promise<string[]> =>
  (await metricLines(url, 'orchestrator_exporter_connections_refused_total'))
    .filter((line) => !line.endsWith(' 0'))
    .map((line) => line.replace('orchestrator_exporter_connections_refused_total', ''));

/** Not so short that a hiccup of the machine cuts off who is served meanwhile. */
const FAST = { headers_timeout: '500ms', request_timeout: '1s' };

test.each([
  { name: 'headers that never end', sends: 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-', status: 408 },
  {
    name: 'a body that never comes',
    sends: 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[',
    status: 408,
  },
  {
    name: 'chunks that stop',
    sends:
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n',
    status: 408,
  },
])('$name: answered $status and closed, and others are served meanwhile', async ({ sends, status }) => {
  const exporter = await start(FAST);
  const slow = open(exporter);
  const answer = answered(slow);
  slow.write(sends);
  expect((await fetch(`${exporter.url}/health/live`)).status).toBe(200);
  expect(await answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"code":"timeout"`));
  expect(await refused(exporter)).toEqual(['{environment="test",reason="timeout"} 1']);
});

test('fifty half-open connections are all gone in the end, and none of them held a scrape up', async () => {
  const exporter = await start(FAST);
  const slow = Array.from({ length: 50 }, () => open(exporter));
  const gone = Promise.all(slow.map((socket) => answered(socket)));
  for (const socket of slow) socket.write('GET / HTTP/1.1\r\n');
  expect((await fetch(`${exporter.url}/metrics`)).status).toBe(200);
  expect((await gone).every((text) => text.startsWith('HTTP/1.1 408'))).toBe(true);
  expect(await refused(exporter)).toEqual(['{environment="test",reason="timeout"} 50']);
});

test('a connection on which nothing is ever sent is closed', async () => {
  const exporter = await start({ ...FAST, idle_timeout: '1500ms' });
  expect(await answered(open(exporter))).toMatch(/^(HTTP\/1.1 408 [^]*)?$/);
});

test('a body on which nothing moves any more is answered too, where the idle limit is the shorter one', async () => {
  const exporter = await start({ headers_timeout: '10s', request_timeout: '30s', idle_timeout: '500ms' });
  const slow = open(exporter);
  const answer = answered(slow);
  slow.write('POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[');
  expect(await answer).toMatch(/^HTTP\/1.1 408 [^]*"code":"timeout"/);
  expect(await refused(exporter)).toEqual(['{environment="test",reason="timeout"} 1']);
});

test('a connection that is kept and not used is closed without a word, and a refused upgrade that stays open too', async () => {
  const exporter = await start({ idle_timeout: '500ms' });
  const kept = open(exporter);
  const answer = answered(kept);
  kept.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await answer).toMatch(/^HTTP\/1.1 200 [^]*"ok"}$/);
  const stubborn = connect({ port: Number(new URL(exporter.url).port), host: '127.0.0.1', allowHalfOpen: true });
  stubborn.write('GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(stubborn.resume(), 'end');
  // The other side is gone, not half closed: what is written now fails.
  const failed = once(stubborn, 'error');
  const writing = setInterval(() => stubborn.write('x'), 5);
  await failed;
  clearInterval(writing);
  expect(await refused(exporter)).toEqual([]);
});

test.each([
  { name: 'a page with a name of its own', host: 'evil.example:9847', status: 403 },
  { name: 'localhost', host: 'localhost:9847', status: 200 },
  { name: 'a host of gateway.origins', host: 'grafana.example', status: 200 },
])('$name is answered with $status by an open exporter on loopback, HTTP and WebSocket alike', async (row) => {
  running = await runExporter({ gateway: { origins: ['https://grafana.example'] } });
  const ask = async (head: string): Promise<string> => {
    const socket = open(running as RunningExporter);
    socket.write(`${head}\r\nHost: ${row.host}\r\n\r\n`);
    const [answer] = (await once(socket.setEncoding('latin1'), 'data')) as [string];
    socket.destroy();
    return answer;
  };
  expect(await ask('GET /v1/threads HTTP/1.1')).toMatch(new RegExp(`^HTTP/1.1 ${row.status}`));
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
  expect(await ask(`GET /v1/gateway HTTP/1.1\r\n${upgrade}`)).toMatch(
    new RegExp(`^HTTP/1.1 ${row.status === 200 ? 101 : 403}`)
  );
});

test('an image or a link in a foreign page takes no samples of the timeline away', async () => {
  const { url } = await start({});
  const status = async (site: string): Promise<number> =>
    (await fetch(`${url}/metrics/timeline?consumer=prometheus`, { headers: { 'sec-fetch-site': site } })).status;
  expect([await status('cross-site'), await status('same-site')]).toEqual([403, 403]);
  expect([await status('same-origin'), await status('none')]).toEqual([200, 200]);
});

test('a content type of a hundred thousand spaces is looked at once, not over and over', async () => {
  const exporter = await start({ header_bytes: 1_048_576 });
  const socket = open(exporter);
  const type = `application/json; charset=${' '.repeat(100_000)}"x`;
  socket.write(`POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\n[]`);
  expect(String((await once(socket.setEncoding('latin1'), 'data'))[0])).toMatch(/^HTTP\/1.1 (200|415)/);
  socket.destroy();
});

test.each([
  { name: 'no HTTP', sends: 'hello\r\n\r\n', status: 400, code: 'bad_request' },
  {
    name: 'TLS on a plain port',
    sends: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'headers past the limit',
    sends: `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    status: 431,
    code: 'headers_too_large',
  },
  {
    name: 'two lengths',
    sends: 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a length and chunks',
    sends: 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a negative length',
    sends: 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a bad chunk size',
    sends:
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a header name with a space',
    sends: 'GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a folded header',
    sends: 'GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n d\r\nB\r\n\r\n',
    status: 400,
    code: 'bad_request',
  },
  {
    name: 'a NUL in a header',
    sends: 'GET / HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n',
    status: 400,
    code: 'bad_request',
  },
  { name: 'an unknown method', sends: 'HACK / HTTP/1.1\r\nHost: x\r\n\r\n', status: 400, code: 'bad_request' },
])('$name is answered with $status in JSON that quotes nothing, and counted', async ({ sends, status, code }) => {
  const exporter = await start({});
  const socket = open(exporter);
  const answer = answered(socket);
  socket.write(sends, 'latin1');
  const text = await answer;
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"code":"${code}"`));
  expect(text).not.toMatch(/hello|xxxx|HACK/);
  expect(await refused(exporter)).toEqual(['{environment="test",reason="bad_request"} 1']);
});

test('connections past the limit of one address are closed at once, and the others stay', async () => {
  const exporter = await start({ connections_per_address: 3 });
  const held = [open(exporter), open(exporter), open(exporter)];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await answered(open(exporter))).toBe('');
  const [first, ...others] = held;
  first?.end('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  if (first !== undefined) expect(await answered(first)).toMatch(/^HTTP\/1.1 200/);
  expect(await refused(exporter)).toEqual(['{environment="test",reason="too_many"} 1']);
  for (const socket of others) socket.destroy();
});

test('connections past the limit of all are closed at once, and counted', async () => {
  const exporter = await start({ connections: 2 });
  const held = [open(exporter), open(exporter)];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await answered(open(exporter))).toBe('');
  const [first, second] = held;
  first?.end('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  if (first !== undefined) expect(await answered(first)).toMatch(/^HTTP\/1.1 200/);
  expect(await refused(exporter)).toEqual(['{environment="test",reason="too_many"} 1']);
  second?.destroy();
});

test('a body of a gigabyte is refused from its announcement, before it is sent', async () => {
  const exporter = await start({});
  const socket = open(exporter);
  const answer = once(socket.setEncoding('latin1'), 'data');
  socket.write(
    `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${2 ** 30}\r\n\r\n[`
  );
  expect(String((await answer)[0])).toMatch(/^HTTP\/1.1 413 [^]*"code":"too_large"/);
  socket.destroy();
});

test('a body without an announced end is refused once it passes the limit', async () => {
  const exporter = await start({ body_bytes: 10_000 });
  const socket = open(exporter);
  const answer = once(socket.setEncoding('latin1'), 'data');
  socket.write(
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n'
  );
  for (let count = 0; count < 11; count++) socket.write(`3e8\r\n${'x'.repeat(1_000)}\r\n`);
  expect(String((await answer)[0])).toMatch(/^HTTP\/1.1 413 [^]*10000 bytes/);
  socket.destroy();
});

test('bodies that wait for their end hold no more memory together than they may; others are told to come back', async () => {
  const exporter = await start({ body_bytes: 10_000, bodies_bytes: 20_000 });
  const head =
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 10000\r\n\r\n';
  const ping = `${exporter.url}/v1/threads`;
  const held = [open(exporter), open(exporter)];
  for (const socket of held) socket.write(head + ' '.repeat(9_999));
  // Loopback keeps no order between sockets: another body is let in until both have arrived.
  let answer = '';
  for (let count = 0; count < 500 && !answer.startsWith('HTTP/1.1 503'); count++) {
    const next = open(exporter);
    next.end(head + ' '.repeat(10_000));
    answer = await answered(next);
  }
  expect(answer).toMatch(/^HTTP\/1.1 503 [^]*Retry-After: 1\r\n[^]*"code":"busy"/);
  expect((await fetch(ping)).status).toBe(200);
  for (const socket of held) socket.end(' ');
  expect(await Promise.all(held.map(answered))).toEqual([
    expect.stringMatching(/^HTTP\/1.1 200/),
    expect.stringMatching(/^HTTP\/1.1 200/),
  ]);
  const after = open(exporter);
  after.end(head + ' '.repeat(10_000));
  expect(await answered(after)).toMatch(/^HTTP\/1.1 200/);
});
