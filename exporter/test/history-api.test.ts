// The reading paths over HTTP, on an exporter with a journal: pages, bounds, refusals.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, post, recordedRun, runExporter } from './running-exporter.ts';
import type { RawEvent, RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';
import { untilTrue } from './until.ts';

let folder: string;
let running: RunningExporter;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-history-'));
  running = await runExporter({ data_dir: folder });
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Page {
  readonly events: readonly { readonly seq: number; readonly event: { readonly type: string; readonly id: string } }[];
  readonly nextCursor: string;
  readonly more: boolean;
}

async function get(path: string): Promise<{ status: number; body: unknown; retryAfter: string | null }> {
  const response = await fetch(`${running.url}${path}`);
  return { status: response.status, body: await response.json(), retryAfter: response.headers.get('retry-after') };
}

async function pageOf(path: string): Promise<Page> {
  const { status, body } = await get(path);
  if (status !== 200) throw new Error(`${path} answers ${status}: ${JSON.stringify(body)}`);
  return body as Page;
}

const at = (ms: number): RawEvent => ({
  type: 'cost.updated',
  threadId: 'a/b "c"',
  timestamp: ms,
  payload: { costCents: ms % 1_000, agent: 'planner', id: `id-${ms}` },
});
const PATH = `/v1/threads/${encodeURIComponent('a/b "c"')}/events`;

test('an event is answered as it was accepted, amounts in nano-USD, with its number in the journal', async () => {
  const now = Date.now();
  const told = { costCents: 0.00317, budgetRemainingCents: 1, agent: 'planner', id: 'e1', inputTokensDelta: 5 };
  await post(running.url, ndjson([{ type: 'cost.updated', threadId: 't', timestamp: now, payload: told }]));
  expect(await get('/v1/threads/t/events')).toEqual({
    status: 200,
    retryAfter: null,
    body: {
      threadId: 't',
      events: [
        {
          seq: 1,
          source: 'http',
          event: {
            id: 'e1',
            type: 'cost.updated',
            threadId: 't',
            timestampMs: now,
            receivedMs: expect.any(Number),
            dialect: 'metrics-emitter',
            team: 'default',
            workflow: 'default',
            total: 31_700,
            remaining: 10_000_000,
            agent: 'planner',
            tokens: { input: 5 },
          },
        },
      ],
      nextCursor: '2',
      more: false,
      missing: [],
    },
  });
});

test('a recorded run is answered event for event, page by page, in the order of its arrival', async () => {
  const run = recordedRun('openai', Date.now());
  await post(running.url, ndjson(run));
  const found: Page['events'][number][] = [];
  let pages = 0;
  for (let cursor = '1', more = true; more; pages += 1) {
    const page = await pageOf(`/v1/threads/run-openai/events?limit=7&cursor=${cursor}`);
    expect(page.events.length).toBeLessThanOrEqual(7);
    found.push(...page.events);
    ({ nextCursor: cursor, more } = page);
  }
  expect(found.map(({ event }) => event.type)).toEqual(run.map(({ type }) => type));
  process.stdout.write(`history API: ${found.length} events of a recorded run in ${pages} pages of 7\n`);
});

describe('between two times', () => {
  const T = Date.now() - 60_000;
  test.each<{ name: string; query: string; ids: number[] }>([
    { name: 'without any, everything', query: '', ids: [1, 2, 3, 4] },
    { name: 'from is inclusive', query: `?from=${T + 3}`, ids: [3, 4] },
    { name: 'to is exclusive', query: `?to=${T + 3}`, ids: [1, 2] },
    { name: 'RFC 3339 in another zone', query: `?from=${encodeURIComponent(zoned(T + 2))}&to=${T + 4}`, ids: [2, 3] },
    { name: 'an empty span', query: `?from=${T + 3}&to=${T + 3}`, ids: [] },
    { name: 'a span that ends before it begins', query: `?from=${T + 4}&to=${T + 1}`, ids: [] },
    { name: 'the boundary of the page', query: `?limit=2&from=${T + 2}`, ids: [3, 4] },
  ])('$name', async ({ query, ids }) => {
    // The journal's order is not that of time.
    await post(running.url, ndjson([3, 1, 4, 2].map((n) => at(T + n))));
    const page = await pageOf(PATH + query);
    expect(page.events.map(({ event }) => event.id).sort()).toEqual(ids.map((n) => `id-${T + n}`).sort());
  });
});

/** The time in a zone 90 minutes east. */
function zoned(ms: number): string {
  return new Date(ms + 90 * 60_000).toISOString().replace('Z', '+01:30');
}

test.each([
  { query: 'limit=0', code: 'invalid_limit', says: 'from 1 to 10000' },
  { query: 'limit=10001', code: 'invalid_limit', says: '10001' },
  { query: 'limit=1e3', code: 'invalid_limit', says: '1e3' },
  { query: 'limit=5&limit=6', code: 'invalid_limit', says: 'once' },
  { query: 'cursor=0', code: 'invalid_cursor', says: 'from 1' },
  { query: 'cursor=-1', code: 'invalid_cursor', says: '-1' },
  { query: 'cursor=9007199254740993', code: 'invalid_cursor', says: '9007199254740993' },
  { query: 'cursor=3', code: 'invalid_cursor', says: 'the journal ends at 1' },
  { query: 'from=yesterday', code: 'invalid_from', says: 'yesterday' },
  { query: 'from=-5', code: 'invalid_from', says: 'milliseconds since the epoch or RFC 3339' },
  { query: 'to=2026-02-30', code: 'invalid_to', says: '2026-02-30' },
  { query: 'to=9999999999999999', code: 'invalid_to', says: '9999999999999999' },
  { query: 'form=1', code: 'unknown_parameter', says: 'known are from, to, cursor, limit' },
  { query: '__proto__=1', code: 'unknown_parameter', says: '__proto__' },
])('?$query is refused as $code', async ({ query, code, says }) => {
  await post(running.url, ndjson([at(Date.now())]));
  const { status, body } = await get(`${PATH}?${query}`);
  expect([status, body]).toEqual([400, { error: { code, message: expect.stringContaining(says) } }]);
});

test('a thread that no event names is an empty page, and so is one of hostile bytes', async () => {
  await post(running.url, ndjson([at(Date.now())]));
  const empty = { events: [], nextCursor: '2', more: false, missing: [] };
  expect((await get('/v1/threads/nobody/events')).body).toEqual({ threadId: 'nobody', ...empty });
  const path = '/v1/threads/%00%22%7D%0A/events';
  expect((await get(path)).body).toEqual({ threadId: '\0"}\n', ...empty });
  expect((await get(`/v1/threads/${'x'.repeat(129)}/events`)).status).toBe(400);
});

test('HEAD answers without reading', async () => {
  const response = await fetch(running.url + PATH, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/json; charset=utf-8',
    '',
  ]);
});

test('without a read token nothing is told, with one it is', async () => {
  await running.close();
  const secrets = secretFolder();
  const token_file = secrets.write('reader', 'a-token-of-enough-length-for-a-reader');
  running = await runExporter({ data_dir: join(folder, 'data'), auth: { read: [{ name: 'r', token_file }] } });
  await post(running.url, ndjson([at(Date.now())]));
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(running.url + PATH, { headers })).status;
  expect([await ask({}), await ask({ authorization: 'Bearer wrong' })]).toEqual([401, 401]);
  expect(await ask({ authorization: 'Bearer a-token-of-enough-length-for-a-reader' })).toBe(200);
  secrets.remove();
});

describe('many at once', () => {
  const events = Array.from({ length: 12_000 }, (_, n) => at(Date.now() - 14_000 + n));

  test('50 clients that page everything: two are served at a time, the others are told when to come again, and events go on', async () => {
    for (let from = 0; from < events.length; from += 4_000) {
      expect((await post(running.url, ndjson(events.slice(from, from + 4_000)))).status).toBe(200);
    }
    const answers = Promise.all(Array.from({ length: 50 }, () => get(`${PATH}?limit=10000`)));
    expect((await post(running.url, ndjson([at(Date.now() + 1)]))).answer).toMatchObject({ accepted: 1 });
    const found = await answers;
    const busy = found.filter(({ status }) => status === 429);
    expect(busy.every(({ retryAfter }) => retryAfter === '1')).toBe(true);
    const served = found.filter(({ status }) => status === 200).map(({ body }) => (body as Page).events.length);
    expect(served.length + busy.length).toBe(50);
    expect(served.length).toBeGreaterThanOrEqual(2);
    expect(new Set(served)).toEqual(new Set([10_000]));
    process.stdout.write(`history API: of 50 at once ${served.length} were served and ${busy.length} told to wait\n`);
  });

  test('a client that goes away makes room for the next', async () => {
    for (let from = 0; from < events.length; from += 4_000)
      await post(running.url, ndjson(events.slice(from, from + 4_000)));
    for (let n = 0; n < 20; n += 1) {
      await new Promise<void>((resolve) => {
        const asked = httpRequest(`${running.url}${PATH}?limit=10000`, () => undefined);
        asked.on('error', () => undefined);
        asked.on('close', resolve);
        asked.end();
        asked.once('socket', (socket) => {
          socket.once('connect', () => setImmediate(() => asked.destroy()));
        });
      });
    }
    await untilTrue('there is room', async () => (await get(`${PATH}?limit=10000`)).status === 200);
    expect(running.log.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('threads and checkpoints', () => {
  test('every thread stands on exactly one page, newest activity first', async () => {
    const now = Date.now();
    // Groups of three threads of the same time.
    const events = Array.from({ length: 25 }, (_, n) => ({
      ...at(now - Math.floor(n / 3)),
      threadId: `t-${n}:x`,
      payload: { costCents: 1 },
    }));
    await post(running.url, ndjson(events));
    const pages: string[][] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const body = (await get(`/v1/threads?limit=4${query}`)).body as {
        threads: { threadId: string }[];
        total: number;
        nextCursor?: string;
      };
      expect(body.total).toBe(25);
      pages.push(body.threads.map(({ threadId }) => threadId));
      cursor = body.nextCursor;
    }
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 4, 1]);
    const groups = pages.flat().map((id) => Math.floor(Number(/\d+/.exec(id)?.[0]) / 3));
    expect(groups).toEqual([...groups].sort((a, b) => a - b));
    expect(new Set(pages.flat()).size).toBe(25);
  });

  test('checkpoints page from the newest to the oldest, whatever is saved meanwhile', async () => {
    const save = (n: number): RawEvent => ({
      type: 'checkpoint.saved',
      threadId: 'c',
      timestamp: Date.now(),
      payload: { checkpointId: `cp-${n}`, checkpointIndex: n },
    });
    await post(running.url, ndjson([1, 2, 3, 4, 5].map(save)));
    const ask = async (query: string): Promise<unknown> => {
      const body = (await get(`/v1/threads/c/checkpoints${query}`)).body as {
        checkpoints: { checkpointIndex: number }[];
        nextCursor?: string;
      };
      return [body.checkpoints.map(({ checkpointIndex }) => checkpointIndex), body.nextCursor];
    };
    expect(await ask('?limit=2')).toEqual([[5, 4], '4']);
    await post(running.url, ndjson([save(6)]));
    expect(await ask('?limit=2&cursor=4')).toEqual([[3, 2], '2']);
    expect(await ask('?limit=2&cursor=2')).toEqual([[1], undefined]);
    expect(await ask('?limit=2&cursor=1')).toEqual([[], undefined]);
    expect((await get('/v1/threads/c/checkpoints?cursor=8')).status).toBe(400);
  });
});
