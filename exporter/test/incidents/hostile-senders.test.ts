// Incidents in which a request did harm: to the process, to others' requests, or to whoever looked at the page.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { hashSync } from 'bcryptjs';
import { BasicUsers } from '../../src/http/auth/basic-users.ts';
import { heldArrayBuffers } from '../collected-garbage.ts';
import { post, runExporter } from '../running-exporter.ts';
import type { RunningExporter } from '../running-exporter.ts';

let running: RunningExporter;
beforeAll(async () => {
  running = await runExporter();
});
afterAll(() => running.close());

const GZIP = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
const event = (payload: object, threadId = 't'): object => ({
  type: 'cost.updated',
  threadId,
  timestamp: Date.now(),
  payload,
});
const MARKUP = '<img src=x onerror=alert(1)>';

test('OTel GHSA-c74f-6mfw-mm4v: a small body unpacked to gigabytes - does not happen here', async () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000, 32));
  const before = await heldArrayBuffers();
  const { status } = await post(running.url, bomb, GZIP);
  expect([status, process.memoryUsage().arrayBuffers - before < 20_000_000]).toEqual([413, true]);
});

test('Prometheus CVE-2026-42154: a length that was only declared was allocated - does not happen here', async () => {
  const forged = Buffer.from(gzipSync(JSON.stringify([event({ costUsd: 1 })])));
  forged.writeUInt32LE(0xffff_fff0, forged.length - 4);
  const before = await heldArrayBuffers();
  const { status } = await post(running.url, forged, GZIP);
  expect([status, process.memoryUsage().arrayBuffers - before < 50_000_000]).toEqual([400, true]);
});

test('OTel core#13954: a shared decoder mixed the bodies of requests up - does not happen here', async () => {
  const bodies = Array.from({ length: 24 }, (_, at) => ({
    at,
    events: Array.from({ length: at + 1 }, (_each, n) => event({ costUsd: 0.5, agent: `mixed-${at}`, n }, `m${at}`)),
  }));
  const answers = await Promise.all(
    bodies.map(({ events }) => post(running.url, gzipSync(JSON.stringify(events)), GZIP))
  );
  expect(answers.map(({ answer }) => answer)).toEqual(
    bodies.map(({ at }) => ({ accepted: at + 1, duplicates: 0, rejected: [] }))
  );
  const page = await (await fetch(`${running.url}/metrics`)).text();
  for (const { at } of bodies)
    expect(page).toMatch(new RegExp(`^orchestrator_cost_usd_total\\{.*agent="mixed-${at}".*\\} ${(at + 1) / 2}$`, 'm'));
});

test('Prometheus CVE-2026-40179: names with markup ran in the page that showed them - does not happen here', async () => {
  await post(running.url, JSON.stringify(event({ costUsd: 1, agent: MARKUP })), { 'content-type': 'application/json' });
  const answers = await Promise.all(
    ['/metrics', '/metrics/timeline?consumer=x', '/v1/threads'].map((path) => fetch(running.url + path))
  );
  for (const answer of answers) {
    expect(answer.headers.get('content-type')).toMatch(/^(text\/plain|application\/(json|openmetrics-text));/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  const page = await fetch(running.url);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect([await page.text(), policy]).toEqual([
    expect.not.stringContaining('onerror'),
    expect.stringContaining("default-src 'none'"),
  ]);
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval/);
});

test('Grafana CVE-2025-41117: a stack trace was shown as HTML - does not happen here', async () => {
  const error = {
    type: 'node.error',
    threadId: 'stack',
    timestamp: Date.now(),
    payload: { nodeId: 'n', error: { message: MARKUP, stack: `${MARKUP}-stack` } },
  };
  await post(running.url, JSON.stringify([error, { ...error, type: 5 }]), { 'content-type': 'application/json' });
  const paths = [
    '/metrics',
    '/metrics/timeline?consumer=y',
    '/v1/threads',
    '/v1/threads/stack/checkpoints',
    '/v1/threads/stack/events',
    '/health/ready',
    '/',
  ];
  const texts = await Promise.all(paths.map(async (path) => (await fetch(running.url + path)).text()));
  expect([...texts, ...running.log].filter((text) => text.includes('-stack'))).toEqual([]);
});

test('Grafana CVE-2021-43798: a path went out of its folder - does not happen here', async () => {
  for (const path of [
    '/../../../../etc/passwd',
    '/landing.js/../../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
  ]) {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toMatch(/root:|"dependencies"/);
  }
});

test('Express (its last handler): an error was answered with a stack - does not happen here', async () => {
  const answer = await raw('GET /v1/threads/%E0%A4%A/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).not.toMatch(/\n\s+at |node_modules|URIError|X-Powered-By/i);
});

test('exporter-toolkit CVE-2022-46146: two logins had one key in the cache - does not happen here', async () => {
  const users = new BasicUsers(
    new Map([
      ['a', hashSync('right', 4)],
      ['a:', hashSync('other', 4)],
    ])
  );
  expect(await users.check('a', 'right')).toBe('right');
  const forged = [
    ['', 'aright'],
    ['ar', 'ight'],
    ['a:', 'right'],
    ['a', ''],
    ['a"', '"right'],
    ['a', 'right '],
  ] as const;
  expect(await Promise.all(forged.map(([user, password]) => users.check(user, password)))).toEqual(
    Array(6).fill('wrong')
  );
  expect(forged.map(([user, password]) => users.recalls(user, password))).toEqual(Array(6).fill(false));
});

test('ws CVE-2024-37890: an upgrade with more headers than node takes ended the process - does not happen here', async () => {
  const key = createHash('sha1').update('k').digest('base64').slice(0, 24);
  const many = Array.from({ length: 2_500 }, (_, at) => `a${at}:`).join('\r\n');
  for (const path of ['/v1/gateway', '/v1/ingest']) {
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
    await raw(`${head}\r\n${many}\r\n\r\n`, 300);
    await raw(`${many}\r\n${head}\r\n\r\n`, 300);
    await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 300);
  }
  expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
});

test('Prometheus CVE-2026-42151: secrets stood on the page of the configuration - does not happen here', async () => {
  const paths = ['/config', '/-/config', '/api/v1/status/config', '/debug/pprof', '/debug/vars', '/.env', '/flags'];
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(running.url + path)).status));
  expect(statuses).toEqual(paths.map(() => 404));
});

/** Bytes as they stand; what came back until the other side closed, or until it had been quiet for `quietMs`. */
async function raw(text: string, quietMs?: number): Promise<string> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  if (quietMs !== undefined) socket.setTimeout(quietMs, () => socket.destroy());
  socket.write(text);
  await once(socket, 'close');
  return answer;
}
