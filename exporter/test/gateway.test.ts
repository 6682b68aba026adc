// The WebSockets over a real server: Helix's methods, broadcasts, bounds, and /v1/ingest.
import { AGENT_STATES } from '../src/contract/states.ts';
import { metricLines, ndjson, post, recordedRun, runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter;
beforeEach(async () => {
  running = await runExporter({ gateway: { max_subscriptions: 2, origins: ['https://grafana.example.com'] } });
});
afterEach(() => running.close());

const gateway = (origin?: string): TestSocket =>
  new TestSocket(`${running.url}/v1/gateway`, origin === undefined ? {} : { origin });

test('a subscriber gets a snapshot, then the broadcasts of its thread and of no other', async () => {
  const now = Date.now();
  await post(running.url, ndjson(recordedRun('openai', now - 1_000)));
  const socket = await gateway().opened();
  expect(await socket.request('1', 'orchestrator.metrics.subscribe', { threadId: 'run-openai' })).toEqual({
    type: 'res',
    id: '1',
    ok: true,
    payload: {
      subscribed: true,
      stream: { epoch: expect.stringMatching(/^[0-9a-f-]{36}$/), seq: expect.any(Number) },
      currentMetrics: {
        threadId: 'run-openai',
        status: 'completed',
        currentNode: expect.any(String),
        stepCount: expect.any(Number),
        totalCheckpoints: 3,
        totalCostCents: 0.01248,
        totalInputTokens: 1020,
        totalOutputTokens: 76,
        budgetRemainingCents: 0.98752,
        avgStepDurationMs: expect.any(Number),
        executionStartedAt: now - 1_000 - 1_227,
      },
    },
  });
  const cost = { costCents: 0.5, budgetRemainingCents: 0.5, agent: 'a', inputTokensDelta: 7, outputTokensDelta: 3 };
  await post(
    running.url,
    ndjson([
      { type: 'node.start', threadId: 'other', timestamp: now, payload: { nodeId: 'n' } },
      { type: 'agent.active', threadId: 'run-openai', timestamp: now, payload: { agent: 'a', task: 'think' } },
      { type: 'cost.updated', threadId: 'run-openai', timestamp: now + 1, payload: cost },
    ])
  );
  const base = { threadId: 'run-openai', timestamp: now };
  const heard = [await socket.next(), await socket.next(), await socket.next()] as { readonly seq: number }[];
  const seqs = heard.map(({ seq }) => seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  expect(new Set(seqs).size).toBe(3);
  expect(heard).toEqual([
    {
      type: 'event',
      event: 'orchestrator.agent.active',
      seq: seqs[0],
      payload: { ...base, agent: 'a', task: 'think' },
    },
    {
      type: 'event',
      event: 'orchestrator.agent.state',
      seq: seqs[1],
      payload: { ...base, agent: 'a', state: 'running' },
    },
    {
      type: 'event',
      event: 'orchestrator.cost.updated',
      seq: seqs[2],
      payload: {
        threadId: 'run-openai',
        timestamp: now + 1,
        costDeltaCents: 0.48752,
        totalCostCents: 0.5,
        budgetRemainingCents: 0.5,
        inputTokensDelta: 7,
        outputTokensDelta: 3,
        agent: 'a',
      },
    },
  ]);
});

test('a StateGraph`s route to END is broadcast as the end of the graph, to who listens to all threads', async () => {
  const socket = await gateway().opened();
  expect(await socket.request('all', 'orchestrator.metrics.subscribe', { threadId: '*' })).toEqual({
    type: 'res',
    id: 'all',
    ok: true,
    payload: { subscribed: true, currentMetrics: null, stream: { epoch: expect.any(String), seq: 0 } },
  });
  const now = Date.now();
  const route = { type: 'route:next', threadId: 's', timestamp: now, stepCount: 4, nodeId: 'a', nextNodeId: 'END' };
  await post(running.url, ndjson([{ type: 'node:start', threadId: 's', timestamp: now - 5, nodeId: 'a' }, route]));
  const names: unknown[] = [];
  for (let i = 0; i < 5; i += 1) names.push(await socket.next());
  expect(names).toEqual([
    expect.objectContaining({ event: 'orchestrator.node.start' }),
    expect.objectContaining({ event: 'orchestrator.agent.state' }),
    {
      type: 'event',
      event: 'orchestrator.state.changed',
      seq: 2 * 2_048,
      payload: { threadId: 's', timestamp: now, from: 'a', to: 'END', stepCount: 4 },
    },
    expect.objectContaining({ event: 'orchestrator.agent.state' }),
    {
      type: 'event',
      event: 'orchestrator.graph.complete',
      seq: 2 * 2_048 + 2,
      payload: expect.objectContaining({ status: 'success' }),
    },
  ]);
  expect(await metricLines(running.url, 'orchestrator_exporter_gateway_subscriptions')).toEqual([
    'orchestrator_exporter_gateway_subscriptions{environment="test"} 1',
  ]);
});

test('history is oldest first and paged, checkpoints newest first, the burn rate is by event time', async () => {
  const now = Date.now();
  await post(running.url, ndjson(recordedRun('openai', now)));
  const socket = await gateway().opened();
  const threadId = 'run-openai';
  expect(
    await socket.request('h', 'orchestrator.metrics.history', { threadId, minutes: 5, limit: 1, offset: 1 })
  ).toEqual({
    type: 'res',
    id: 'h',
    ok: true,
    payload: {
      threadId,
      total: 3,
      limit: 1,
      offset: 1,
      metrics: [expect.objectContaining({ checkpointId: 'run-openai-cp-2', threadId, costCents: expect.any(Number) })],
    },
  });
  expect(await socket.request('c', 'orchestrator.checkpoint.list', { threadId, limit: 2 })).toMatchObject({
    ok: true,
    payload: { checkpoints: [{ id: 'run-openai-cp-3' }, { id: 'run-openai-cp-2' }] },
  });
  expect(await socket.request('b', 'orchestrator.cost.burn_rate', { threadId })).toMatchObject({
    ok: true,
    payload: { threadId, burnRatePerHour: expect.any(Number), recentCostCents: expect.any(Number) },
  });
});

test.each([
  { name: 'no JSON', message: '{', id: '', code: 'bad_request', says: 'not JSON' },
  { name: 'no request', message: { id: 'x', type: 'event' }, id: 'x', code: 'bad_request', says: 'expected' },
  { name: 'an array', message: [], id: '', code: 'bad_request', says: '[]' },
  {
    name: 'an unknown method',
    message: { type: 'req', id: '1', method: 'constructor', params: {} },
    id: '1',
    code: 'unknown_method',
    says: 'orchestrator.metrics.subscribe',
  },
  {
    name: 'no params',
    message: { type: 'req', id: '1', method: 'orchestrator.cost.burn_rate' },
    id: '1',
    code: 'invalid_params',
    says: 'threadId',
  },
  {
    name: 'minutes past the limit',
    message: { type: 'req', id: '1', method: 'orchestrator.metrics.history', params: { threadId: 't', minutes: 1441 } },
    id: '1',
    code: 'invalid_params',
    says: 'minutes: 1441',
  },
  {
    name: 'an unknown thread',
    message: { type: 'req', id: '1', method: 'orchestrator.checkpoint.list', params: { threadId: '__proto__' } },
    id: '1',
    code: 'unknown_thread',
    says: '"__proto__"',
  },
])('$name is answered with $code', async ({ message, id, code, says }) => {
  const socket = await gateway().opened();
  socket.send(message);
  expect(await socket.next()).toEqual({
    type: 'res',
    id,
    ok: false,
    error: { code, message: expect.stringContaining(says) },
  });
});

test('subscriptions are bounded; the same one again, or one given up, does not count', async () => {
  const socket = await gateway().opened();
  const subscribe = (threadId: string): Promise<unknown> =>
    socket.request(threadId, 'orchestrator.metrics.subscribe', { threadId });
  expect(await subscribe('a')).toMatchObject({ ok: true });
  expect(await subscribe('b')).toMatchObject({ ok: true });
  expect(await subscribe('b')).toMatchObject({ ok: true });
  expect(await subscribe('c')).toMatchObject({ ok: false, error: { code: 'too_many_subscriptions' } });
  expect(await socket.request('u', 'orchestrator.metrics.unsubscribe', { threadId: 'a' })).toMatchObject({
    payload: { subscribed: false },
  });
  expect(await subscribe('c')).toMatchObject({ ok: true });
});

test.each([
  { origin: undefined, opens: true },
  { origin: 'https://grafana.example.com', opens: true },
  { origin: 'https://evil.example.com', opens: false },
  { origin: 'https://grafana.example.com.evil.com', opens: false },
  { origin: 'null', opens: false },
])('a page of origin $origin may open a socket: $opens', async ({ origin, opens }) => {
  const { socket } = gateway(origin);
  const outcome = await new Promise((resolve) => {
    socket.once('open', () => {
      resolve('open');
    });
    socket.once('error', (error) => {
      resolve(error.message);
    });
  });
  expect(outcome).toBe(opens ? 'open' : 'Unexpected server response: 403');
});

test('the page of the exporter itself may open one; another path is no WebSocket', async () => {
  await gateway(running.url).opened();
  const { socket } = new TestSocket(`${running.url}/v1/nothing`);
  const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
  expect(error.message).toBe('Unexpected server response: 404');
});

test('binary frames and frames past the limit close the socket', async () => {
  const binary = await gateway().opened();
  binary.socket.send(Buffer.from([1]));
  expect(await binary.closed()).toEqual({ code: 1003, reason: 'expected text frames with JSON' });
  const large = await gateway().opened();
  large.send('x'.repeat(70_000));
  expect((await large.closed()).code).toBe(1009);
});

test('a client that does not read is closed with 1013 while others are served on', async () => {
  await running.close();
  running = await runExporter({ gateway: { queue_bytes: 65_536 } });
  const [slow, quick] = [await gateway().opened(), await gateway().opened()];
  await slow.request('1', 'orchestrator.metrics.subscribe', { threadId: '*' });
  await quick.request('1', 'orchestrator.metrics.subscribe', { threadId: '*' });
  slow.socket.pause();
  let heard = 0;
  quick.socket.on('message', () => (heard += 1));
  const long = 'x'.repeat(10_000);
  let sent = 0;
  const dropped = async (): Promise<string[]> =>
    (await metricLines(running.url, 'orchestrator_exporter_gateway_frames_total')).filter((l) => l.includes('dropped'));
  // The sockets' own buffers take some megabytes before anything waits in the exporter.
  while (sent < 4_000 && (await dropped())[0]?.endsWith(' 0') === true) {
    const events = Array.from({ length: 5 }, (_, i) => ({
      type: 'agent.state',
      threadId: 't',
      timestamp: Date.now(),
      seq: sent + i,
      id: `${sent + i}`,
      payload: { agent: 'a', state: AGENT_STATES[(sent + i) % 3], task: long },
    }));
    await post(running.url, ndjson(events));
    sent += events.length;
    // One that reads at once never lags.
    while (heard < sent) await new Promise(setImmediate);
  }
  expect((await dropped())[0]).toMatch(/ [1-9]\d*$/);
  slow.socket.resume();
  expect((await slow.closed()).code).toBe(1013);
  expect(heard).toBe(sent);
  expect(quick.socket.readyState).toBe(quick.socket.OPEN);
});

test('/v1/ingest answers every message in order, also one that is no JSON', async () => {
  const socket = await new TestSocket(`${running.url}/v1/ingest`).opened();
  const event = { type: 'node.start', threadId: 't', timestamp: Date.now(), payload: { nodeId: 'n' } };
  socket.send(event);
  socket.send([event, { type: 'nothing' }]);
  socket.send('oops');
  expect([await socket.next(), await socket.next(), await socket.next()]).toEqual([
    { accepted: 1, duplicates: 0, rejected: [] },
    {
      accepted: 0,
      duplicates: 1,
      rejected: [{ index: 1, reason: 'unknown_type', message: expect.stringContaining('"nothing"') }],
    },
    {
      accepted: 0,
      duplicates: 0,
      rejected: [{ index: 0, reason: 'not_json', message: expect.stringContaining('oops') }],
    },
  ]);
  expect(
    (await metricLines(running.url, 'orchestrator_exporter_events_total')).filter((line) => line.endsWith(' 1'))
  ).toEqual(['orchestrator_exporter_events_total{environment="test",type="node.start",source="websocket"} 1']);
});

test('closing says goodbye to every socket', async () => {
  const [one, two] = [await gateway().opened(), await new TestSocket(`${running.url}/v1/ingest`).opened()];
  const goodbyes = Promise.all([one.closed(), two.closed()]);
  await running.close();
  expect((await goodbyes).map(({ code }) => code)).toEqual([1001, 1001]);
});
