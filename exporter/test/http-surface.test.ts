// Everything else over HTTP: pages, JSON endpoints, headers, unknown paths, and the exporter inside a host's app.
import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AGGREGATES, BUDGETS, PER_THREAD, SELF, TIMELINE } from '../src/contract/metrics.ts';
import type { MetricRow } from '../src/contract/metrics.ts';
import { createExporter } from '../src/library.ts';
import { metricLines, ndjson, post, recordedRun, runExporter, sumOf } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter;
beforeEach(async () => {
  running = await runExporter();
});
afterEach(() => running.close());

async function json(path: string): Promise<unknown> {
  return (await fetch(running.url + path)).json();
}

test('promtool finds nothing on /metrics, empty and full', async () => {
  const check = async (): Promise<string> => {
    const input = await (await fetch(`${running.url}/metrics`)).text();
    return execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  };
  expect(await check()).toBe('');
  await post(
    running.url,
    ndjson([...recordedRun('openai', Date.now()), ...recordedRun('helix-stategraph', Date.now())])
  );
  expect(await check()).toBe('');
});

const isOfNats = ({ source }: MetricRow): boolean => source === 'nats';

test('every family of the catalogue is on its page with HELP and TYPE, and every series carries the environment', async () => {
  await post(running.url, ndjson(recordedRun('smolagents', Date.now())));
  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  const timeline = await (await fetch(`${running.url}/metrics/timeline?consumer=c`)).text();
  for (const [text, tables] of [
    [metrics, [AGGREGATES, PER_THREAD, BUDGETS, SELF]],
    [timeline, [TIMELINE]],
  ] as const) {
    const rows: readonly MetricRow[] = tables.flatMap((table) => Object.values<MetricRow>(table));
    // Those of NATS stand there only where NATS is configured: test/nats holds them.
    const [nats, always] = [rows.filter(isOfNats), rows.filter((row) => !isOfNats(row))];
    for (const { name } of nats) expect(text).not.toContain(`# HELP ${name} `);
    for (const row of always) {
      expect(text).toContain(`# HELP ${row.name} ${row.help}\n# TYPE ${row.name} ${row.type}\n`);
    }
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(series.filter((line) => !line.includes('environment="test"'))).toEqual([]);
  }
});

test('a StateGraph attached through a Node EventEmitter: 57 node runs, 57 checkpoints, 3 completed threads', async () => {
  const emitter = new EventEmitter();
  const detach = running.exporter.attach(emitter);
  for (const event of recordedRun('helix-stategraph', Date.now())) emitter.emit('state-graph:event', event);
  // Emitted events go through the same queue as this request, which is answered after them.
  await post(running.url, ndjson([]));
  const { url } = running;
  expect(sumOf(await metricLines(url, 'orchestrator_node_runs_total'))).toBe(57);
  expect(await metricLines(url, 'orchestrator_checkpoints_total')).toEqual([
    'orchestrator_checkpoints_total{environment="test",workflow="default",outcome="failed"} 0',
    'orchestrator_checkpoints_total{environment="test",workflow="default",outcome="saved"} 57',
  ]);
  expect(await metricLines(url, 'orchestrator_threads')).toContain(
    'orchestrator_threads{environment="test",workflow="default",state="completed"} 3'
  );
  detach();
  expect(emitter.eventNames()).toEqual([]);
});

test.each([
  { method: 'GET', status: 200 },
  { method: 'HEAD', status: 200 },
  { method: 'POST', status: 405 },
  { method: 'OPTIONS', status: 405 },
])('$method of /metrics is answered alike, $status, however the path is spelled', async ({ method, status }) => {
  const answers = await Promise.all(
    ['/metrics', '/metrics/', '/metrics?a=b', '/METRICS'].map(async (path) => {
      const response = await fetch(running.url + path, { method });
      const text = await response.text();
      const body = status === 200 ? text.split('\n').filter((line) => line.startsWith('# TYPE')) : text;
      const headers = [...response.headers].filter(([name]) => !['date', 'content-length'].includes(name));
      return { status: response.status, headers, body };
    })
  );
  expect(answers[0]).toMatchObject({ status });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test('threads, their checkpoints and budgets are answered as JSON', async () => {
  const now = Date.now();
  await post(running.url, ndjson(recordedRun('openai', now)));
  expect(await json('/v1/threads')).toMatchObject({
    total: 1,
    threads: [
      {
        threadId: 'run-openai',
        state: 'completed',
        endedMs: now,
        costUsd: 0.0001248,
        inputTokens: 1020,
        outputTokens: 76,
        agents: expect.arrayContaining([
          expect.objectContaining({ agent: 'tool:get_current_time', state: 'completed' }),
        ]),
      },
    ],
  });
  expect(await json('/v1/threads/run-openai/checkpoints?limit=1')).toMatchObject({
    threadId: 'run-openai',
    checkpoints: [{ id: expect.stringContaining('run-openai-cp-') }],
  });
  expect(await json('/v1/budgets')).toEqual({ budgets: [] });
});

test.each([
  { method: 'GET', path: '/nothing', status: 404, code: 'not_found' },
  { method: 'GET', path: '/__proto__', status: 404, code: 'not_found' },
  {
    method: 'GET',
    path: '/v1/threads/%2e%2e%2f%2e%2e%2fetc%2fpasswd/checkpoints',
    status: 404,
    code: 'unknown_thread',
  },
  { method: 'GET', path: '/v1/threads/x/events', status: 501, code: 'not_stored' },
  { method: 'GET', path: '/v1/threads/%zz/events', status: 400, code: 'bad_request' },
  { method: 'GET', path: '/v1/threads?limit=0', status: 400, code: 'invalid_limit' },
  { method: 'GET', path: '/v1/threads?limit=1&limit=2', status: 400, code: 'invalid_limit' },
  { method: 'GET', path: '/v1/threads?limt=1', status: 400, code: 'unknown_parameter' },
  { method: 'GET', path: '/v1/threads?cursor=yesterday', status: 400, code: 'invalid_cursor' },
  { method: 'GET', path: '/metrics/timeline', status: 400, code: 'invalid_consumer' },
  { method: 'GET', path: '/metrics/timeline?consumer=', status: 400, code: 'invalid_consumer' },
  { method: 'GET', path: `/metrics/timeline?consumer=${'x'.repeat(65)}`, status: 400, code: 'invalid_consumer' },
  { method: 'GET', path: '/metrics/timeline?consumer[]=a', status: 400, code: 'invalid_consumer' },
  { method: 'POST', path: '/metrics', status: 405, code: 'method_not_allowed' },
  { method: 'DELETE', path: '/v1/events', status: 405, code: 'method_not_allowed' },
  { method: 'PUT', path: '/', status: 405, code: 'method_not_allowed' },
])('$method $path is answered with $status and JSON', async ({ method, path, status, code }) => {
  const response = await fetch(running.url + path, { method });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: { code, message: expect.any(String) } });
  expect(response.headers.get('x-powered-by')).toBeNull();
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

test('events of a thread are not kept in memory, and that is said', async () => {
  await post(running.url, ndjson(recordedRun('openai', Date.now())));
  const response = await fetch(`${running.url}/v1/threads/run-openai/events`);
  expect([response.status, await response.json()]).toEqual([
    501,
    { error: { code: 'not_stored', message: expect.stringContaining('data_dir memory') } },
  ]);
});

test.each([
  { path: '/', type: 'text/html; charset=utf-8', holds: '<script src="landing.js" defer>' },
  { path: '/landing.css', type: 'text/css; charset=utf-8', holds: 'prefers-color-scheme: light' },
  { path: '/landing.js', type: 'text/javascript; charset=utf-8', holds: 'orchestrator.metrics.subscribe' },
])('$path is served under a policy that allows no inline code', async ({ path, type, holds }) => {
  const response = await fetch(running.url + path);
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(text).toContain(holds);
  expect(text).not.toMatch(/innerHTML|<script>|style="|onclick/);
});

test('it is alive, and ready until it is closed', async () => {
  expect(await json('/health/live')).toEqual({ status: 'ok' });
  expect(await json('/health/ready')).toEqual({
    status: 'ok',
    environment: 'test',
    version: '0.1.0',
    degraded: [{ reason: 'memory_only', message: 'state lives in memory only: it is lost when the exporter stops' }],
  });
});

test('a HEAD of the timeline moves no cursor', async () => {
  const head = await fetch(`${running.url}/metrics/timeline?consumer=h`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(await metricLines(running.url, 'orchestrator_exporter_timeline_consumers')).toEqual([
    'orchestrator_exporter_timeline_consumers{environment="test"} 0',
  ]);
});

test('inside a host`s app it serves its own paths and leaves the rest, headers included, to the host', async () => {
  const exporter = createExporter({ environment: 'host' }, { log: () => undefined });
  const app = express();
  app.use(exporter.router);
  app.get('/mine', (_request, response) => response.send('mine'));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await exporter.ready();
  const mine = await fetch(`${url}/mine`);
  expect([await mine.text(), mine.headers.get('content-security-policy')]).toEqual(['mine', null]);
  expect(await metricLines(url, 'orchestrator_exporter_journal_durable')).toEqual([
    'orchestrator_exporter_journal_durable{environment="host"} 0',
  ]);
  await exporter.close();
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  // Nothing is acknowledged that is not kept.
  const event = { type: 'node.start', threadId: 't', timestamp: Date.now(), payload: { nodeId: 'n' } };
  const late = await post(url, ndjson([event]));
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
  await new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
});

test('two scrapes of one consumer at once share nothing and lose nothing', async () => {
  await running.close();
  running = await runExporter({ timeline: { lateness: '0' } });
  await post(running.url, ndjson(recordedRun('langchain', Date.now() - 10)));
  const path = `${running.url}/metrics/timeline?consumer=twice`;
  const bodies = await Promise.all([1, 2, 3].map(async () => (await fetch(path)).text()));
  const samples = bodies.flatMap((body) => body.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
  expect(samples.length).toBeGreaterThan(20);
  expect(new Set(samples).size).toBe(samples.length);
});

test('a scrape that was broken off is made up by the next', async () => {
  await running.close();
  running = await runExporter({ timeline: { lateness: '0' } });
  const at = Date.now() - 5_000;
  // Long names: 13 MB of text cannot all wait in the sockets' buffers.
  const [threadId, agent] = ['t'.repeat(120), 'a'.repeat(120)];
  const events = Array.from({ length: 40_000 }, (_, i) => ({
    type: 'agent.state',
    threadId,
    timestamp: at - 60_000 + i,
    payload: { agent, state: i % 2 === 0 ? 'running' : 'waiting' },
  }));
  for (let i = 0; i < events.length; i += 2_500) await post(running.url, ndjson(events.slice(i, i + 2_500)));
  const path = `${running.url}/metrics/timeline?consumer=cut`;
  await new Promise<void>((resolve) => {
    const cut = request(path, (response) => {
      response.once('data', () => {
        response.destroy();
        resolve();
      });
    });
    cut.end();
  });
  const body = await (await fetch(path)).text();
  const samples = body.split('\n').filter((line) => line.startsWith('orchestrator_timeline_agent_state{'));
  // And the heartbeat.
  expect(samples.length).toBe(40_001);
});
