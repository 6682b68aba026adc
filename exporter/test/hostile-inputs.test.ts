// Named hostile inputs through real HTTP and WebSocket. After each: the process lives, every sample is finite and of the
// catalogue, no prototype changed, and what was refused is counted under its reason and nowhere else.
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { REJECT_REASONS } from '../src/contract/event.ts';
import { ndjson, post, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { HOSTILE_EVENTS } from './hostile/events.ts';
import { prototypesAreUntouched, unsoundSamples } from './hostile/soundness.ts';

const LIMITS = { body_bytes: 300_000, events_per_body: 50, json_keys: 1_000, message_bytes: 20_000 };
let running: RunningExporter;
beforeAll(async () => {
  running = await runExporter({ limits: LIMITS, gateway: { origins: ['https://grafana.example'] } });
});
afterAll(() => running.close());

async function page(path: string): Promise<string> {
  const response = await fetch(running.url + path);
  expect(response.status).toBe(200);
  return response.text();
}

/** Counts by reason, of those that are not zero. */
function rejections(metrics: string): Record<string, number> {
  const found = metrics.matchAll(/^orchestrator_exporter_events_rejected_total\{reason="([a-z_]+)".*\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, reason = '', count]) => [reason, Number(count)]));
}

let before: Record<string, number> = {};
beforeEach(async () => {
  before = rejections(await page('/metrics'));
});

/** @returns what was rejected in this test, by reason; fails when anything is unsound. */
async function soundAfter(): Promise<Record<string, number>> {
  const metrics = await page('/metrics');
  expect(unsoundSamples(metrics)).toEqual([]);
  expect(unsoundSamples(await page('/metrics/timeline?consumer=hostile'))).toEqual([]);
  expect(prototypesAreUntouched()).toBe(true);
  expect(running.log.filter((line) => line.startsWith('error'))).toEqual([]);
  const after = rejections(metrics);
  expect(Object.keys(after)).toEqual([...REJECT_REASONS]);
  const rise = Object.entries(after).map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const);
  return Object.fromEntries(rise.filter(([, count]) => count !== 0));
}

let next = 0;
const fresh = (text: string): string => text.replaceAll('NOW', String(Date.now())).replaceAll('ID', `t${++next}`);

test('the list has a name for each of its 300 and more events, none twice', () => {
  const names = HOSTILE_EVENTS.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(300);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(HOSTILE_EVENTS)('$name: $is', async ({ text, is }) => {
  const body = fresh(text);
  const { status, answer } = await post(running.url, body);
  expect(status).toBe(200);
  const good = { accepted: 1, duplicates: 0, rejected: [] };
  const bad = { accepted: 0, duplicates: 0, rejected: [{ index: 0, reason: is, message: expect.any(String) }] };
  expect(answer).toEqual(is === 'accepted' ? good : bad);
  expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  expect(await soundAfter()).toEqual(is === 'accepted' ? {} : { [is]: 1 });
});

const JSON_TYPE = { 'content-type': 'application/json' };
const LINES_TYPE = { 'content-type': 'application/x-ndjson' };
const spaces = (bytes: number): Buffer => Buffer.alloc(bytes, 32);
const noise = (bytes: number): Buffer => {
  // A fixed generator: what does not compress, the same in every run.
  let state = 1;
  return Buffer.from(Uint8Array.from({ length: bytes }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
};

const BODIES = [
  {
    name: 'a gzip bomb of 100 MB',
    body: gzipSync(spaces(100_000_000)),
    encoding: 'gzip',
    status: 413,
    is: { too_large: 1 },
  },
  {
    name: 'a gzip bomb below the size limit',
    body: gzipSync(spaces(290_000)),
    encoding: 'gzip',
    status: 413,
    is: { too_large: 1 },
  },
  {
    name: 'a brotli bomb of 100 MB',
    body: brotliCompressSync(spaces(100_000_000)),
    encoding: 'br',
    status: 413,
    is: { too_large: 1 },
  },
  {
    name: 'a deflate bomb of 100 MB',
    body: deflateSync(spaces(100_000_000)),
    encoding: 'deflate',
    status: 413,
    is: { too_large: 1 },
  },
  {
    name: 'a gzip bomb in gzip',
    body: gzipSync(gzipSync(spaces(100_000_000))),
    encoding: 'gzip',
    status: 413,
    is: { too_large: 1 },
  },
  { name: 'gzip in gzip', body: gzipSync(gzipSync('[]')), encoding: 'gzip', status: 400, is: { not_json: 1 } },
  { name: 'stacked encodings', body: gzipSync(gzipSync('[]')), encoding: 'gzip, gzip', status: 415, is: {} },
  { name: 'an encoding that every object has', body: '[]', encoding: '__proto__', status: 415, is: {} },
  { name: 'zstd', body: '[]', encoding: 'zstd', status: 415, is: {} },
  { name: 'compress', body: '[]', encoding: 'compress', status: 415, is: {} },
  {
    name: 'gzip that ends in the middle',
    body: gzipSync('[1,2,3]').subarray(0, 15),
    encoding: 'gzip',
    status: 400,
    is: { not_json: 1 },
  },
  {
    name: 'gzip with a wrong checksum',
    body: Buffer.concat([gzipSync('[]').subarray(0, -8), Buffer.alloc(8)]),
    encoding: 'gzip',
    status: 400,
    is: { not_json: 1 },
  },
  { name: 'noise said to be gzip', body: noise(1_000), encoding: 'gzip', status: 400, is: { not_json: 1 } },
  { name: 'noise said to be brotli', body: noise(1_000), encoding: 'br', status: 400, is: { not_json: 1 } },
  { name: 'nothing said to be gzip', body: '', encoding: 'gzip', status: 400, is: { not_json: 1 } },
  { name: 'noise', body: noise(1_000), encoding: 'identity', status: 400, is: { not_json: 1 } },
  {
    name: 'noise of the largest size, some lines of which are digits',
    body: noise(300_000),
    encoding: 'identity',
    status: 413,
    is: { too_many_events: 1 },
  },
  {
    name: 'one byte past the largest size',
    body: spaces(300_001),
    encoding: 'identity',
    status: 413,
    is: { too_large: 1 },
  },
  { name: '51 events', body: `[${'1,'.repeat(50)}1]`, encoding: 'identity', status: 413, is: { too_many_events: 1 } },
  {
    name: '300,000 opening brackets',
    body: '['.repeat(300_000),
    encoding: 'identity',
    status: 400,
    is: { not_json: 1 },
  },
  {
    name: 'an array 140,000 deep',
    body: '['.repeat(140_000) + ']'.repeat(140_000),
    encoding: 'identity',
    status: 200,
    is: { too_complex: 1 },
  },
  { name: 'only a byte order mark', body: '\ufeff', encoding: 'identity', status: 400, is: { not_json: 1 } },
  { name: 'UTF-16', body: Buffer.from('[]', 'utf16le'), encoding: 'identity', status: 400, is: { not_json: 1 } },
  {
    name: 'UTF-8 that is broken',
    body: Buffer.from([0x5b, 0x22, 0xc3, 0x28, 0x22, 0x5d]),
    encoding: 'identity',
    status: 200,
    is: { not_an_object: 1 },
  },
  { name: 'a number', body: '1', encoding: 'identity', status: 200, is: { not_an_object: 1 } },
];

test.each(BODIES)('$name is answered with $status', async ({ body, encoding, status, is }) => {
  const { status: got, answer } = await post(running.url, body, { ...JSON_TYPE, 'content-encoding': encoding });
  expect([got, await soundAfter()]).toEqual([status, is]);
  expect(JSON.stringify(answer).length).toBeLessThan(1_000);
});

test.each([
  { name: 'no type', headers: {} },
  { name: 'a form', headers: { 'content-type': 'multipart/form-data; boundary=a' } },
  { name: 'a type that every object has', headers: { 'content-type': 'constructor' } },
  { name: 'plain text, which pages may send anywhere', headers: { 'content-type': 'text/plain' } },
  { name: 'another charset', headers: { 'content-type': 'application/json; charset=utf-16' } },
  { name: 'a charset that runs code elsewhere', headers: { 'content-type': 'application/json; charset=utf-7' } },
  { name: 'two types', headers: { 'content-type': 'text/plain, application/json' } },
  { name: 'a type of 8,000 characters', headers: { 'content-type': `application/${'x'.repeat(8_000)}` } },
])('a body with $name is answered with 415 in few words', async ({ headers }) => {
  const { status, answer } = await post(running.url, Buffer.from('[]'), headers);
  expect([status, await soundAfter()]).toEqual([415, {}]);
  expect(JSON.stringify(answer).length).toBeLessThan(500);
});

test('one bad event among good ones costs no other, at any place', async () => {
  const good = (): string => fresh('{"type":"agent.active","threadId":"ID","timestamp":NOW,"payload":{"agent":"a"}}');
  const bad = ['nonsense', '{}', '1', '['.repeat(1_000) + ']'.repeat(1_000)];
  const body = bad.flatMap((line) => [good(), line, good()]).join('\n');
  const { answer } = await post(running.url, body);
  expect(answer).toMatchObject({ accepted: 8, rejected: [{ index: 1 }, { index: 4 }, { index: 7 }, { index: 10 }] });
  expect(await soundAfter()).toEqual({ not_json: 1, missing_field: 1, not_an_object: 1, too_complex: 1 });
});

/** Sent as it stands: fetch would tidy the path up. */
async function rawGet(path: string): Promise<number> {
  const { hostname, port } = new URL(running.url);
  const asked = request({ hostname, port, path, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

test.each([
  ['/../../etc/passwd', 404],
  ['/..%2f..%2fetc%2fpasswd', 404],
  ['/%2e%2e/%2e%2e/etc/passwd', 404],
  ['/....//....//etc/passwd', 404],
  ['/..\\..\\windows\\win.ini', 404],
  ['/landing.js/../../config.ts', 404],
  ['/landing.js%00.html', 404],
  ['//evil.example/metrics', 404],
  ['/\\evil.example', 404],
  ['/http://evil.example/', 404],
  ['http://evil.example/metrics', 200],
  ['/metrics;a=b', 404],
  ['/metrics%20', 404],
  ['/metrics?x=%ff', 200],
  ['/metrics?__proto__[polluted]=1&constructor[prototype][polluted]=1', 200],
  ['/v1/threads/__proto__/checkpoints', 404],
  ['/v1/threads/constructor/checkpoints', 404],
  ['/v1/threads/..%2f..%2f..%2fetc%2fpasswd/events', 501],
  ['/v1/threads/%00/events', 501],
  ['/v1/threads/%c0%ae%c0%ae/events', 400],
  ['/v1/threads/%/events', 400],
  ['/v1/threads/%u002e/events', 400],
  [`/v1/threads/${'x'.repeat(10_000)}/events`, 501],
  ['/v1/threads//events', 404],
  ['/v1/threads?limit=__proto__', 400],
  ['/v1/threads?limit[]=0', 400],
  ['/v1/threads?limit=1e3', 400],
  ['/v1/threads?limit=-1', 400],
  ['/v1/threads?limit=99999999999999999999', 400],
  ['/v1/threads?limit=٥', 400],
  ['/metrics/timeline?consumer=../../a', 400],
  ['/metrics/timeline?consumer=__proto__', 200],
  ['/metrics/timeline?consumer=a%0ab', 400],
  ['/metrics/timeline?consumer=a&consumer=b', 400],
  [`/?${'a=b&'.repeat(3_000)}`, 200],
])('GET %s is answered with %i', async (path, status) => {
  expect(await rawGet(encodeURI(path).replaceAll('%25', '%').replaceAll('%5C', '\\'))).toBe(status);
  expect(await soundAfter()).toEqual({});
});

const HOST = (): string => new URL(running.url).host;
test.each([
  'https://evil.example',
  'http://evil.example',
  'null',
  '',
  'file://',
  'https://grafana.example.evil.example',
  'https://evilgrafana.example',
  'https://grafana.example:8443',
  'http://grafana.example',
  'https://grafana.example.',
  'https://GRAFANA.example',
  'https://grafana.example/',
  'https://grafana.example@evil.example',
  'https://evil.example#https://grafana.example',
  'https://grafana.example%00.evil.example',
  'https://grafana.example, https://evil.example',
  'chrome-extension://abcdef',
  'http://HOST.evil.example',
  'http://evil.example/HOST',
  'http://user@HOST@evil.example',
  'ftp://HOST',
  'javascript://HOST',
  'http://[::1]',
  'http://localhost',
  'http://127.0.0.1',
  'http://2130706433',
  'http://0x7f.1',
  '__proto__',
  'x'.repeat(5_000),
  'https://grafana.example\u00a0',
])('no WebSocket for a page of %p', async (origin) => {
  const { socket } = new TestSocket(`${running.url}/v1/gateway`, {
    headers: { origin: origin.replaceAll('HOST', HOST()) },
  });
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(403);
  socket.on('error', () => undefined).terminate();
});

test.each([
  { name: 'a frame past the limit', send: 'x'.repeat(20_001), code: 1009 },
  { name: 'a binary frame', send: Buffer.from('{}'), code: 1003 },
])('the sockets answer $name by closing with $code', async ({ send, code }) => {
  for (const path of ['/v1/gateway', '/v1/ingest']) {
    const socket = await new TestSocket(running.url + path).opened();
    socket.socket.send(send);
    expect((await socket.closed()).code).toBe(code);
  }
  expect(await soundAfter()).toEqual({});
});

test.each([
  { name: 'no JSON', text: 'hello' },
  { name: 'null', text: 'null' },
  { name: 'an array', text: '[]' },
  { name: 'a request without an id', text: '{"type":"req","method":"orchestrator.metrics.subscribe"}' },
  { name: 'a method that every object has', text: '{"type":"req","id":"1","method":"__proto__","params":{}}' },
  { name: 'constructor as a method', text: '{"type":"req","id":"1","method":"constructor","params":{}}' },
  {
    name: 'parameters that are text',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.subscribe","params":"x"}',
  },
  {
    name: 'a thread that is an object',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.history","params":{"threadId":{"$gt":""}}}',
  },
  {
    name: 'a thread that every object has',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.history","params":{"threadId":"__proto__"}}',
  },
  {
    name: 'a limit past any',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.history","params":{"threadId":"a","limit":1e9}}',
  },
  {
    name: 'minutes that are none',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.history","params":{"threadId":"a","minutes":-1}}',
  },
  {
    name: 'parameters with __proto__',
    text: '{"type":"req","id":"1","method":"orchestrator.metrics.subscribe","params":{"threadId":"a","__proto__":{"polluted":1}}}',
  },
  { name: '9,000 levels', text: `${'['.repeat(9_000)}${']'.repeat(9_000)}` },
])('the gateway answers $name with an error and goes on', async ({ text }) => {
  const socket = await new TestSocket(`${running.url}/v1/gateway`).opened();
  socket.send(text);
  expect(await socket.next()).toMatchObject({
    type: 'res',
    ok: text.includes('polluted') ? expect.any(Boolean) : false,
  });
  expect(await socket.request('2', 'orchestrator.metrics.subscribe', { threadId: 'a' })).toMatchObject({
    id: '2',
    ok: true,
  });
  socket.socket.terminate();
  expect(await soundAfter()).toEqual({});
});

test('keys that others would join stay two series', async () => {
  const pairs = [
    ['1,b:2', '3'],
    ['1', '2,b:3'],
    ['x|y', 'z'],
    ['x', 'y|z'],
    ['a","b', 'c'],
    ['a', 'b","c'],
  ];
  const events = pairs.map(([agent, model]) => ({
    type: 'cost.updated',
    threadId: 'pairs',
    timestamp: Date.now(),
    payload: { costUsd: 0.25, team: 'pairs', agent, model },
  }));
  expect((await post(running.url, ndjson(events), LINES_TYPE)).answer).toMatchObject({ accepted: 6 });
  const lines = (await page('/metrics'))
    .split('\n')
    .filter((line) => line.startsWith('orchestrator_cost_usd_total') && line.includes('team="pairs"'));
  expect(lines.map((line) => line.slice(line.lastIndexOf(' ')))).toEqual(Array<string>(6).fill(' 0.25'));
  expect(await soundAfter()).toEqual({});
});
