// orchestrator.checkpoint.replay: a thread as it was at a checkpoint, and what was broadcast of it from there on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplayAnswer } from '../src/contract/wire.ts';
import { ndjson, post, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

const METHOD = 'orchestrator.checkpoint.replay';
const NOW = Date.now() - 60_000;
const EVENTS = [
  { type: 'agent.active', payload: { agent: 'writer', task: 'draft' } },
  {
    type: 'cost.updated',
    payload: { agent: 'writer', costCents: 10, budgetRemainingCents: 90 },
  },
  { type: 'checkpoint.saved', payload: { checkpointId: 'cp-1' } },
  {
    type: 'cost.updated',
    payload: { agent: 'writer', costCents: 25, budgetRemainingCents: 75 },
  },
  { type: 'checkpoint.saved', payload: { checkpointId: 'cp-2' } },
].map((event, at) => ({ ...event, threadId: 't', timestamp: NOW + 10 * at }));

let folder: string;
let running: RunningExporter;
let socket: TestSocket;
async function begin(config: object): Promise<void> {
  running = await runExporter({ data_dir: folder, ...config });
  await post(running.url, ndjson(EVENTS));
  socket = await new TestSocket(`${running.url}/v1/gateway`).opened();
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-replay-'));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

async function replay(params: object): Promise<ReplayAnswer> {
  const answer = (await socket.request('r', METHOD, {
    threadId: 't',
    ...params,
  })) as { ok: boolean; payload: ReplayAnswer };
  expect(answer).toMatchObject({ ok: true });
  return answer.payload;
}

test('from a checkpoint it tells the state there and what followed, with the numbers of the live broadcasts', async () => {
  await begin({});
  const { epoch, metrics, ...answer } = await replay({ checkpointId: 'cp-1' });
  expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
  expect(metrics).toMatchObject({
    status: 'running',
    totalCostCents: 10,
    budgetRemainingCents: 90,
    totalCheckpoints: 1,
  });
  expect(answer).toEqual({
    threadId: 't',
    checkpoint: {
      id: 'cp-1',
      timestamp: NOW + 20,
      nodeId: null,
      checkpointIndex: 1,
      costCents: 10,
      inputTokens: 0,
      outputTokens: 0,
    },
    agents: [{ agent: 'writer', state: 'running', sinceMs: NOW, costCents: 10 }],
    events: [
      {
        type: 'event',
        event: 'orchestrator.cost.updated',
        seq: 4 * 2_048,
        payload: {
          threadId: 't',
          timestamp: NOW + 30,
          costDeltaCents: 15,
          totalCostCents: 25,
          budgetRemainingCents: 75,
          inputTokensDelta: 0,
          outputTokensDelta: 0,
          agent: 'writer',
        },
      },
      {
        type: 'event',
        event: 'orchestrator.checkpoint.saved',
        seq: 5 * 2_048,
        payload: {
          threadId: 't',
          timestamp: NOW + 40,
          checkpointId: 'cp-2',
          checkpointIndex: 2,
          stepCount: 0,
        },
      },
    ],
    nextSeq: 5 * 2_048,
    more: false,
    complete: true,
  });
});

test('page by page it is the whole, each with the state where it begins', async () => {
  await begin({});
  const all = await replay({});
  const paged: unknown[] = [];
  const totals: unknown[] = [];
  for (let more = true, from = {}; more;) {
    const page = await replay({ ...from, limit: 1 });
    paged.push(...page.events);
    totals.push(page.metrics?.totalCostCents ?? null);
    ({ more } = page);
    from = { afterSeq: page.nextSeq };
  }
  expect(paged).toEqual(all.events);
  expect(all.events.map(({ seq }) => seq)).toEqual([2_048, 2_049, 4_096, 6_144, 8_192, 10_240]);
  expect(totals).toEqual([null, 0, 0, 10, 10, 25]);
  expect(await replay({ afterSeq: 10_240 })).toMatchObject({
    events: [],
    nextSeq: 10_240,
    more: false,
  });
});

test.each([
  {
    name: 'a checkpoint that there is none of',
    params: { checkpointId: 'cp-9' },
    code: 'unknown_checkpoint',
  },
  {
    name: 'a thread that there is none of',
    params: { threadId: '__proto__' },
    code: 'unknown_thread',
  },
  {
    name: 'a checkpoint and a number',
    params: { checkpointId: 'cp-1', afterSeq: 1 },
    code: 'invalid_params',
  },
  { name: 'a limit of 0', params: { limit: 0 }, code: 'invalid_params' },
  {
    name: 'a field that is not known',
    params: { checkpoint: 'cp-1' },
    code: 'invalid_params',
  },
])('$name: $code', async ({ params, code }) => {
  await begin({});
  expect(await socket.request('r', METHOD, { threadId: 't', ...params })).toMatchObject({ ok: false, error: { code } });
});

test('without a journal it says that nothing is stored', async () => {
  await begin({ data_dir: 'memory' });
  expect(await socket.request('r', METHOD, { threadId: 't' })).toMatchObject({
    ok: false,
    error: { code: 'not_stored' },
  });
});

test('what the client hears already it cannot resume: the two could not be told apart', async () => {
  await begin({});
  const subscribe = (threadId: string, seq?: number): Promise<unknown> =>
    socket.request('s', 'orchestrator.metrics.subscribe', {
      threadId,
      ...(seq === undefined ? {} : { resumeFrom: { epoch: 'another', seq } }),
    });
  expect(await subscribe('t', 1)).toMatchObject({
    ok: true,
    payload: { resume: 'gap' },
  });
  expect(await subscribe('t', 1)).toMatchObject({
    ok: false,
    error: { code: 'already_subscribed' },
  });
  expect(await subscribe('*', 1)).toMatchObject({
    ok: false,
    error: { code: 'already_subscribed' },
  });
  expect(await subscribe('*')).toMatchObject({ ok: true });
  expect(await subscribe('u', 1)).toMatchObject({
    ok: false,
    error: { code: 'already_subscribed' },
  });
});

test('who hears of all threads and of one hears each broadcast once, also when it gives all of them up again', async () => {
  await begin({});
  const heard: unknown[] = [];
  socket.socket.on('message', (data) => heard.push((JSON.parse((data as Buffer).toString()) as { seq?: number }).seq));
  const call = (name: string, threadId: string): Promise<unknown> =>
    socket.request(name, `orchestrator.metrics.${name}`, { threadId });
  const tell = (n: number): Promise<unknown> =>
    post(
      running.url,
      JSON.stringify([
        {
          type: 'node.start',
          threadId: 't',
          timestamp: NOW + n,
          payload: { nodeId: 'n' },
        },
      ]),
      {
        'content-type': 'application/json',
      }
    );
  await call('subscribe', 't');
  await tell(100);
  await call('subscribe', '*');
  await tell(101);
  await call('unsubscribe', '*');
  await tell(102);
  await call('unsubscribe', 't');
  await tell(103);
  await call('unsubscribe', 't');
  const seqs = heard.filter((seq) => typeof seq === 'number');
  expect(new Set(seqs).size).toBe(seqs.length);
  expect([...new Set(seqs.map((seq) => Math.floor(seq / 2_048)))]).toEqual([6, 7, 8]);
});
