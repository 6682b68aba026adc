// Named hostile inputs through real HTTP and WebSocket. After each: the process lives, every sample is finite and of the
// catalogue, no prototype changed, and what was refused is counted under its reason and nowhere else.
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { REJECT_REASONS } from '../src/contract/event.ts';
import type { IngestAnswer } from '../src/contract/wire.ts';
import { problemOfAnswer } from './fuzz/answer-rules.ts';
import { ndjson, post, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { HOSTILE_EVENTS } from './hostile/events.ts';
import { BODIES, FRAMES, MESSAGES, ORIGINS, PATHS, TYPES } from './hostile/requests.ts';
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
  const found = metrics.matchAll(/^orchestrator_exporter_events_rejected_total\{.*reason="([a-z_]+)"\} (\d+)$/gm);
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

const GOOD = '{"type":"cost.updated","threadId":"ID","timestamp":NOW,"payload":{"costUsd":0.25,"team":"bystanders"}}';
let bystanders = 0;

test.each(HOSTILE_EVENTS)('$name: $is', async ({ text, is }) => {
  const lines = [GOOD, text, GOOD].map(fresh);
  const { status, answer } = await post(running.url, lines.join('\n'));
  expect(status).toBe(200);
  const rejected = is === 'accepted' ? [] : [{ index: 1, reason: is, message: expect.any(String) }];
  expect(answer).toEqual({ accepted: 3 - rejected.length, duplicates: 0, rejected });
  // What was refused and what would have been taken: one pattern for each reason.
  expect(problemOfAnswer(answer as IngestAnswer, lines.map(parsedOr))).toBeUndefined();
  expect(await soundAfter()).toEqual(is === 'accepted' ? {} : { [is]: 1 });
  // What came before and behind it in the same body counts.
  bystanders += 0.5;
  const metrics = await page('/metrics');
  expect(
    metrics.split('\n').find((line) => line.includes('cost_usd_total{') && line.includes('team="bystanders"'))
  ).toMatch(new RegExp(` ${bystanders}$`));
});

function parsedOr(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
const LINES_TYPE = { 'content-type': 'application/x-ndjson' };

test.each(BODIES)('$name is answered with $status', async ({ body, encoding, status, is }) => {
  const { status: got, answer } = await post(running.url, body, { ...JSON_TYPE, 'content-encoding': encoding });
  expect([got, await soundAfter()]).toEqual([status, is]);
  expect(JSON.stringify(answer).length).toBeLessThan(1_000);
});

test.each(TYPES)('a body with $name is answered with 415 in few words', async ({ headers }) => {
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

test.each(PATHS)('GET %s is answered with %i', async (path, status) => {
  expect(await rawGet(encodeURI(path).replaceAll('%25', '%').replaceAll('%5C', '\\'))).toBe(status);
  expect(await soundAfter()).toEqual({});
});

const HOST = (): string => new URL(running.url).host;
test.each(ORIGINS)('no WebSocket for a page of %p', async (origin) => {
  const { socket } = new TestSocket(`${running.url}/v1/gateway`, {
    headers: { origin: origin.replaceAll('HOST', HOST()) },
  });
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(403);
  socket.on('error', () => undefined).terminate();
});

test.each(FRAMES)('the sockets answer $name by closing with $code', async ({ send, code }) => {
  for (const path of ['/v1/gateway', '/v1/ingest']) {
    const socket = await new TestSocket(running.url + path).opened();
    socket.socket.send(send);
    expect((await socket.closed()).code).toBe(code);
  }
  expect(await soundAfter()).toEqual({});
});

test.each(MESSAGES)('the gateway answers $name with an error and goes on', async ({ text }) => {
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
