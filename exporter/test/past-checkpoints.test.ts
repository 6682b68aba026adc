// Checkpoints that memory does not hold: older than the latest 1,000, and of threads that were forgotten.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, post, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { untilTrue } from './until.ts';

const COUNT = 2_500;
const NOW = Date.now() - 60_000;

let folder: string;
let running: RunningExporter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-past-'));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A thread that spends one cent and saves, `COUNT` times. */
function events(threadId: string, count = COUNT): object[] {
  return Array.from({ length: count }, (_, n) => [
    { type: 'cost.updated', threadId, timestamp: NOW + n, payload: { costCents: n + 1, agent: 'a' } },
    { type: 'checkpoint.saved', threadId, timestamp: NOW + n, payload: { checkpointId: `cp-${n + 1}` } },
  ]).flat();
}

const end = (threadId: string): object => ({
  type: 'graph.complete',
  threadId,
  timestamp: NOW + COUNT,
  payload: { status: 'success' },
});

interface Answer {
  readonly checkpoints: readonly {
    readonly id: string;
    readonly checkpointIndex: number;
    readonly costCents: number;
  }[];
  readonly total: number;
  readonly nextCursor?: string;
}

/** Every checkpoint page by page, and how many pages that took. */
async function pages(threadId: string, limit: number): Promise<{ found: Answer['checkpoints']; count: number }> {
  const found: Answer['checkpoints'][number][] = [];
  for (let cursor = '', count = 1; ; count += 1) {
    const response = await fetch(`${running.url}/v1/threads/${threadId}/checkpoints?limit=${limit}${cursor}`);
    const answer = (await response.json()) as Answer;
    if (response.status !== 200) throw new Error(JSON.stringify(answer));
    found.push(...answer.checkpoints);
    if (answer.nextCursor === undefined) return { found, count };
    cursor = `&cursor=${answer.nextCursor}`;
  }
}

const newestFirst = (count: number): unknown[] =>
  Array.from({ length: count }, (_, n) => [`cp-${count - n}`, count - n, count - n]);
const told = (found: Answer['checkpoints']): unknown[] =>
  found.map(({ id, checkpointIndex, costCents }) => [id, checkpointIndex, costCents]);

async function forgotten(): Promise<void> {
  await untilTrue('the thread is forgotten', async () => {
    const { total } = (await (await fetch(`${running.url}/v1/threads`)).json()) as { total: number };
    return total === 0;
  });
}

test('2,500 checkpoints of a running thread page through memory and journal as one list', async () => {
  running = await runExporter({ data_dir: folder });
  await post(running.url, ndjson(events('t')));
  const { found, count } = await pages('t', 300);
  expect(told(found)).toEqual(newestFirst(COUNT));
  process.stdout.write(`past checkpoints: ${found.length} in ${count} pages, 1,000 of them held in memory\n`);
});

test.each([
  { name: 'of a running thread', ends: false },
  { name: 'of a forgotten thread', ends: true },
])('the gateway answers history and list $name beyond what is held', async ({ ends }) => {
  running = await runExporter({ data_dir: folder, threads: { retention: '1s' } });
  await post(running.url, ndjson(ends ? [...events('t'), end('t')] : events('t')));
  if (ends) await forgotten();
  const socket = await new TestSocket(`${running.url}/v1/gateway`).opened();
  const params = { threadId: 't', minutes: 1440, limit: 2, offset: COUNT - 1_400 };
  expect(await socket.request('h', 'orchestrator.metrics.history', params)).toMatchObject({
    id: 'h',
    ok: true,
    payload: {
      threadId: 't',
      total: COUNT,
      metrics: [
        { checkpointId: `cp-${COUNT - 1_399}`, costCents: COUNT - 1_399, timestamp: NOW + COUNT - 1_400 },
        { checkpointId: `cp-${COUNT - 1_398}` },
      ],
    },
  });
  expect(await socket.request('l', 'orchestrator.checkpoint.list', { threadId: 't', limit: 2 })).toMatchObject({
    ok: true,
    payload: { checkpoints: [{ id: `cp-${COUNT}` }, { id: `cp-${COUNT - 1}` }] },
  });
  expect(await socket.request('x', 'orchestrator.checkpoint.list', { threadId: 'nobody' })).toMatchObject({
    ok: false,
    error: { code: 'unknown_thread' },
  });
  socket.socket.close();
});

test('a forgotten thread that comes back is told as it was and as it is, over HTTP too', async () => {
  running = await runExporter({ data_dir: folder, threads: { retention: '1s' } });
  await post(running.url, ndjson([...events('t', 5), end('t')]));
  await forgotten();
  expect(told((await pages('t', 2)).found)).toEqual(newestFirst(5));
  const again = { type: 'checkpoint.saved', threadId: 't', timestamp: Date.now(), payload: { checkpointId: 'new' } };
  await post(running.url, ndjson([again]));
  // A new life counts anew; the one before stays with the events.
  expect((await pages('t', 2)).found.map(({ id, checkpointIndex }) => [id, checkpointIndex])).toEqual([['new', 1]]);
  await post(running.url, ndjson([{ ...end('t'), timestamp: Date.now() }]));
  await forgotten();
  expect((await pages('t', 4)).found.map(({ id, checkpointIndex }) => [id, checkpointIndex])).toEqual([
    ['new', 1],
    ...[5, 4, 3, 2, 1].map((n) => [`cp-${n}`, n]),
  ]);
  expect((await fetch(`${running.url}/v1/threads/nobody/checkpoints`)).status).toBe(404);
});

test('many that ask at once are told that others read', async () => {
  running = await runExporter({ data_dir: folder });
  await post(running.url, ndjson(events('t')));
  const socket = await new TestSocket(`${running.url}/v1/gateway`).opened();
  const params = { threadId: 't', minutes: 1440 };
  for (let n = 0; n < 10; n += 1)
    socket.send({ type: 'req', id: `${n}`, method: 'orchestrator.metrics.history', params });
  const codes: unknown[] = [];
  for (let n = 0; n < 10; n += 1) {
    const { ok, error } = (await socket.next()) as { ok: boolean; error?: { code: string } };
    codes.push(ok ? 'ok' : error?.code);
  }
  expect(new Set(codes)).toEqual(new Set(['busy', 'ok']));
  // Nothing hangs on for a client that left.
  socket.send({ type: 'req', id: 'last', method: 'orchestrator.metrics.history', params });
  socket.socket.terminate();
  expect(running.log.filter((line) => line.startsWith('error'))).toEqual([]);
});
