// What cannot be relied on: the gauge and the health pages say the same, reason by reason, and stop saying it.
import { Agent, get } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { DEGRADED_REASONS } from '../src/contract/degraded.ts';
import type { DegradedFinding, DegradedReason } from '../src/contract/degraded.ts';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let folder: string;
let running: RunningExporter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-degraded-'));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

/** With everything that can go wrong, and nothing that does. */
async function start(overrides: Readonly<Record<string, unknown>> = {}): Promise<void> {
  writeFileSync(at('budgets.yml'), 'budgets: [{name: daily, limit_usd: 10, window: day}]');
  writeFileSync(at('prices.yml'), 'prices: [{model: m, usd_per_million_tokens: {input: 1}}]');
  writeFileSync(at('token'), 'a-token-of-some-length', { mode: 0o600 });
  running = await runExporter(
    {
      data_dir: at('data'),
      budgets_file: at('budgets.yml'),
      prices_file: at('prices.yml'),
      auth: { ingest: [{ name: 'i', token_file: at('token') }] },
      ...overrides,
    },
    { ...systemClock, every: () => () => undefined }
  );
}

async function send(...payloads: readonly object[]): Promise<void> {
  const timestamp = Date.now();
  const events = payloads.map((payload, index) => ({
    type: 'cost.updated',
    timestamp,
    threadId: `t${index}`,
    payload: { costUsd: 0.01, ...payload },
  }));
  const { status } = await post(running.url, ndjson(events), {
    'content-type': 'application/x-ndjson',
    authorization: 'Bearer a-token-of-some-length',
  });
  expect(status).toBe(200);
}

/** From both pages and the gauge, which must agree. */
async function reasons(): Promise<readonly DegradedReason[]> {
  const pages = await Promise.all(
    ['/health', '/health/ready'].map(async (path) => {
      const response = await fetch(running.url + path);
      return [response.status, await response.json()] as [number, { readonly degraded: readonly DegradedFinding[] }];
    })
  );
  expect(pages[0]).toEqual(pages[1]);
  const findings = pages[0]?.[1].degraded ?? [];
  expect(findings.filter(({ message }) => !/^\S.*[^.\s]$/s.test(message))).toEqual([]);
  const told = [...new Set(findings.map(({ reason }) => reason))];
  expect(await metricLines(running.url, 'orchestrator_exporter_degraded')).toEqual(
    // The page sorts its lines.
    [...DEGRADED_REASONS]
      .sort()
      .map(
        (reason) =>
          `orchestrator_exporter_degraded{environment="test",reason="${reason}"} ${told.includes(reason) ? 1 : 0}`
      )
  );
  return told;
}

test('of an exporter that lacks nothing every reason is there, at 0', async () => {
  await start();
  expect(await reasons()).toEqual([]);
});

test('without a journal that is said from the start', async () => {
  await start({ data_dir: 'memory' });
  expect(await reasons()).toEqual(['memory_only']);
});

test.each<{ name: string; file: string; bad: string; good: string; reason: DegradedReason }>([
  { name: 'budgets', file: 'budgets.yml', bad: 'budgets: 5', good: 'budgets: []', reason: 'budgets_file_refused' },
  { name: 'prices', file: 'prices.yml', bad: '', good: 'prices: []', reason: 'prices_file_refused' },
  {
    name: 'tokens',
    file: 'token',
    bad: 'short',
    good: 'another-token-of-some-length',
    reason: 'security_files_refused',
  },
])('a bad file of $name is said until it is good', async ({ file, bad, good, reason }) => {
  await start();
  const refused = async (): Promise<readonly string[]> =>
    (await metricLines(running.url, 'orchestrator_exporter_config_last_reload_successful'))
      .filter((line) => line.endsWith(' 0'))
      .map((line) => /file="(\w+)"/.exec(line)?.[1] ?? '');
  expect(await refused()).toEqual([]);
  writeFileSync(at(file), bad);
  expect(running.exporter.reload()).toBe(false);
  expect([await reasons(), await refused()]).toEqual([[reason], [reason.replace('_refused', '')]]);
  writeFileSync(at(file), good);
  expect(running.exporter.reload()).toBe(true);
  expect([await reasons(), await refused()]).toEqual([[], []]);
});

test('files that are asked for at the start only: a change of TLS is said until it is taken back', async () => {
  writeFileSync(at('web.yml'), '');
  await start({ web_config_file: at('web.yml') });
  expect(await reasons()).toEqual([]);
  mkdirSync(at('tls'));
  const { execFileSync } = await import('node:child_process');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('k'), '-out', at('c')];
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=localhost', '-days', '2'], { stdio: 'ignore' });
  writeFileSync(at('web.yml'), 'tls_server_config: {cert_file: c, key_file: k}');
  for (let look = 0; look < 2; look++) {
    running.exporter.reload();
    expect(await reasons()).toEqual(['restart_needed']);
  }
  writeFileSync(at('web.yml'), 'tls_server_config: {cert_file: c, key_file: none}');
  running.exporter.reload();
  expect(await reasons()).toEqual(['security_files_refused', 'restart_needed']);
  writeFileSync(at('web.yml'), '');
  running.exporter.reload();
  expect(await reasons()).toEqual([]);
});

test('usage without a price, and the budget that it belongs to', async () => {
  await start();
  await send({ costUsd: undefined, model: 'unheard-of', inputTokensDelta: 5 });
  expect(await reasons()).toEqual(['budget_invalid', 'unpriced_usage']);
});

test('labels and threads past their caps', async () => {
  await start({ threads: { max: 1 }, limits: { label_values: 2 } });
  await send({ model: 'a' }, { model: 'b' });
  expect(await reasons()).toEqual(['threads_over_cap']);
  await send({ model: 'c' });
  expect(await reasons()).toEqual(['series_folded', 'threads_over_cap']);
});

test('two clients that take turns under one consumer name', async () => {
  await start({});
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
  const fetched = (agent: Agent | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${running.url}/metrics/timeline?consumer=prometheus`, { agent }, (response) => {
        response.resume().once('end', () => {
          // The connection is free for the next request when this has been handled.
          setImmediate(resolve);
        });
      }).once('error', reject);
    });
  const found: (readonly string[])[] = [];
  for (const n of [0, 0, 1, 0, 1]) {
    await fetched(agents[n]);
    found.push(await reasons());
  }
  for (const agent of agents) agent.destroy();
  expect(found).toEqual([[], [], [], [], ['timeline_consumer_shared']]);
  expect(running.log.filter((line) => line.startsWith('warn several clients'))).toHaveLength(1);
});

test('which files are bad, and which budgets, is not said to those who may not read', async () => {
  await start({ auth: { read: [{ name: 'r', token_file: at('token') }] } });
  writeFileSync(at('budgets.yml'), 'budgets: 5');
  running.exporter.reload();
  const body = async (path: string, headers = {}): Promise<unknown> =>
    (await fetch(running.url + path, { headers })).json();
  for (const path of ['/health', '/health/ready']) {
    expect(await body(path)).toEqual({ status: 'ok' });
    expect(await body(path, { authorization: 'Bearer a-token-of-some-length' })).toMatchObject({
      degraded: [{ reason: 'budgets_file_refused' }],
    });
  }
});
