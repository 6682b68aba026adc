// The exporter on its journal, over HTTP and embedded: what it answers while it starts, when the disk fails, when another holds
// the directory, and what is back after a restart.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventEmitter, once } from 'node:events';
import express from 'express';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { parseConfig } from '../../src/config.ts';
import { openDirectory } from '../../src/journal/storage.ts';
import type { JournalStorage } from '../../src/journal/storage.ts';
import { createExporter } from '../../src/library.ts';
import { readSecurity } from '../../src/security.ts';
import { metricLines, ndjson, post, recordedRun, runExporter } from '../running-exporter.ts';
import { untilTrue } from '../until.ts';
import { totalsOf } from './exporter-process.ts';

let folder: string;
const closers: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-journal-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

const dataDir = (): string => join(folder, 'data');
const cost = (cents: number, id: string, timestamp = Date.now()): object => ({
  type: 'cost.updated',
  threadId: `thread-${id}`,
  timestamp,
  payload: { id, costCents: cents, agent: 'a' },
});
const JSON_TYPE = { 'content-type': 'application/json' };

interface Served {
  readonly app: App;
  readonly url: string;
  readonly tick: () => void;
  readonly log: readonly string[];
}

/** An app on a server of its own that listens at once, with timers that the test turns. */
async function serve(open: (directory: string) => Promise<JournalStorage>): Promise<Served> {
  const parsed = parseConfig({ environment: 'test', data_dir: dataDir() });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    every: (periodMs, tick) => (periodMs === 1_000 ? ticks.push(tick) : 0, () => undefined),
  };
  const log: string[] = [];
  const app = createApp({
    config: parsed.config,
    files: { budgets: undefined, prices: undefined },
    security: readSecurity(parsed.config),
    version: '0',
    clock,
    log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
    openStorage: open,
  });
  const server: Server = createServer(express().use(app.router));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => app.close(),
    () =>
      new Promise((resolve) => {
        server.close(resolve).closeAllConnections();
      })
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    app,
    url,
    log,
    tick: () => {
      ticks.forEach((tick) => {
        tick();
      });
    },
  };
}

const health = async (url: string): Promise<unknown> => {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, await response.json()];
};

test('a restart brings back every total, gauge and thread, and recognises repeats and conflicts', async () => {
  const now = Date.now();
  const runs = ndjson(['openai', 'langchain', 'smolagents'].flatMap((name) => recordedRun(name, now)));
  const open = JSON.stringify([
    { type: 'node.start', threadId: 'open', timestamp: now, payload: { nodeId: 'n', agent: 'planner' } },
    { ...cost(3, 'c-1', now), threadId: 'open' },
  ]);
  const first = await runExporter({ data_dir: dataDir() });
  await post(first.url, runs);
  await post(first.url, open, JSON_TYPE);
  const shown = async (url: string): Promise<string[]> =>
    (await (await fetch(`${url}/metrics`)).text())
      .split('\n')
      .filter((line) => /^orchestrator_(?!exporter_)/.test(line));
  const before = await shown(first.url);
  // An agent's task is free text and is not journalled.
  const threadsOf = async (url: string): Promise<string> =>
    (await (await fetch(`${url}/v1/threads`)).text()).replaceAll(/,"task":"[^"]*"/g, '');
  const threads = await threadsOf(first.url);
  expect(await metricLines(first.url, 'orchestrator_exporter_journal_durable')).toEqual([
    'orchestrator_exporter_journal_durable{environment="test"} 1',
  ]);
  await first.close();

  const second = await runExporter({ data_dir: dataDir() });
  closers.push(second.close);
  expect(before.length).toBeGreaterThan(100);
  expect(await shown(second.url)).toEqual(before);
  expect(await threadsOf(second.url)).toEqual(threads);
  expect(await metricLines(second.url, 'orchestrator_exporter_journal_records_total')).toEqual([
    'orchestrator_exporter_journal_records_total{environment="test"} 78',
  ]);
  expect(await post(second.url, runs)).toMatchObject({ answer: { accepted: 0, duplicates: 76, rejected: [] } });
  expect(await post(second.url, JSON.stringify({ ...cost(4, 'c-1', now), threadId: 'open' }), JSON_TYPE)).toMatchObject(
    {
      answer: { accepted: 0, duplicates: 0, rejected: [{ index: 0, reason: 'id_conflict' }] },
    }
  );
  expect(await shown(second.url)).toEqual(before);
});

test('threads past their retention stay forgotten after a restart, and a thread that comes back goes on from its total', async () => {
  const config = { data_dir: dataDir(), threads: { retention: '1s' } };
  const at = Date.now() - 5_000;
  const end = { type: 'graph.complete', threadId: 'thread-a', timestamp: at, payload: { status: 'success' } };
  const first = await runExporter(config);
  closers.push(first.close);
  await post(first.url, JSON.stringify([cost(5, 'a', at), end]), JSON_TYPE);
  await untilTrue(
    'the thread is forgotten',
    async () => (await metricLines(first.url, 'orchestrator_thread_info')).length === 0
  );
  await post(first.url, JSON.stringify([{ ...cost(7, 'a2'), threadId: 'thread-a' }]), JSON_TYPE);
  const before = await totalsOf(first.url);
  await first.close();
  const second = await runExporter(config);
  closers.push(second.close);
  expect([...(await totalsOf(second.url))]).toEqual([...before]);
  expect(
    before.get(
      'orchestrator_cost_usd_total{environment="test",team="default",workflow="default",agent="a",provider="unknown",model="unknown"}'
    )
  ).toBe(0.07);
});

test('while the journal is read nothing is counted and no total is shown; a mounted router says so', async () => {
  let open = (): void => undefined;
  const mayOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const served = await serve(async (directory) => {
    // By the journal and by the timeline's cursors.
    await mayOpen;
    return openDirectory(directory);
  });
  const emitter = new EventEmitter();
  served.app.attach(emitter);
  emitter.emit('metrics', cost(2, 'early'));
  expect(await health(served.url)).toEqual([
    503,
    { error: { code: 'not_ready', message: 'the exporter is starting: it reads its journal' }, degraded: [] },
  ]);
  const refused = await post(served.url, JSON.stringify(cost(1, 'x')), JSON_TYPE);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  for (const path of ['/metrics', '/metrics/timeline?consumer=a', '/v1/threads', '/v1/budgets']) {
    expect((await fetch(served.url + path)).status).toBe(503);
  }
  expect((await fetch(`${served.url}/health/live`)).status).toBe(200);
  open();
  await served.app.ready;
  expect(await post(served.url, JSON.stringify(cost(1, 'x')), JSON_TYPE)).toMatchObject({ status: 200 });
  // The emitter of the same process does not have to wait.
  expect(await metricLines(served.url, 'orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 0\.03$/)]);
});

test('a disk that is full: 503 with Retry-After, totals stand, health says why, and all is well by itself when it takes bytes again', async () => {
  let isFull = false;
  const served = await serve(async (directory) => {
    const storage = await openDirectory(directory);
    const full = (): Promise<never> => Promise.reject(new Error('ENOSPC: no space left on device, write'));
    return {
      ...storage,
      create: async (name) => {
        const file = await storage.create(name);
        return { ...file, write: (bytes) => (isFull ? full() : file.write(bytes)) };
      },
    };
  });
  await served.app.ready;
  await post(served.url, JSON.stringify(cost(1, 'a')), JSON_TYPE);
  isFull = true;
  const refused = await post(served.url, JSON.stringify(cost(2, 'b')), JSON_TYPE);
  expect([refused.status, refused.headers.get('retry-after'), refused.answer]).toEqual([
    503,
    '1',
    {
      error: {
        code: 'not_durable',
        message: 'the events could not be stored and none of them counts; send them again',
      },
    },
  ]);
  expect(await health(served.url)).toEqual([
    503,
    {
      error: { code: 'not_ready', message: 'the journal cannot be written: ENOSPC: no space left on device, write' },
      degraded: [
        {
          reason: 'journal_unwritable',
          message: 'the journal cannot be written: ENOSPC: no space left on device, write',
        },
      ],
    },
  ]);
  expect(await metricLines(served.url, 'orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 0\.01$/)]);
  isFull = false;
  served.tick();
  await untilTrue('it is ready', async () => ((await health(served.url)) as [number])[0] === 200);
  expect(await health(served.url)).toMatchObject([200, { status: 'ok', degraded: [] }]);
  expect(await post(served.url, JSON.stringify(cost(2, 'b')), JSON_TYPE)).toMatchObject({ answer: { accepted: 1 } });
  expect(await metricLines(served.url, 'orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 0\.03$/)]);
});

test('a directory that another exporter holds is refused by name, at listen and at ready', async () => {
  const first = await runExporter({ data_dir: dataDir() });
  closers.push(first.close);
  const second = createExporter({ environment: 'test', data_dir: dataDir() }, { log: () => undefined });
  closers.push(second.close);
  await expect(second.ready()).rejects.toThrow(
    `the directory ${JSON.stringify(dataDir())} is in use by process ${process.pid}`
  );
  await expect(second.listen()).rejects.toThrow('data_dir');
});

test('damage found at the start is logged, counted and in health, and the exporter serves', async () => {
  const first = await runExporter({ data_dir: dataDir() });
  await post(first.url, JSON.stringify(cost(1, 'a')), JSON_TYPE);
  await post(first.url, JSON.stringify(cost(2, 'b')), JSON_TYPE);
  await first.close();
  const segment = join(dataDir(), readdirSync(dataDir()).find((name) => name.endsWith('.seg')) ?? '');
  const bytes = readFileSync(segment);
  bytes.fill(0, 100, 140);
  writeFileSync(segment, bytes);
  const second = await runExporter({ data_dir: dataDir() });
  closers.push(second.close);
  expect(await health(second.url)).toMatchObject([
    200,
    {
      degraded: [
        {
          reason: 'journal_damaged',
          message: expect.stringContaining('00000001.seg: 1 records are known to be missing'),
        },
      ],
    },
  ]);
  const counted = await metricLines(second.url, 'orchestrator_exporter_journal_damage_total');
  expect(counted.filter((line) => !line.endsWith(' 0'))).toEqual([
    'orchestrator_exporter_journal_damage_total{environment="test",kind="gap"} 1',
    'orchestrator_exporter_journal_damage_total{environment="test",kind="missing_records"} 1',
  ]);
  expect(second.log.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringContaining('"kind":"gap"'),
    expect.stringContaining('"kind":"missing_records"'),
  ]);
  expect(await metricLines(second.url, 'orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 0\.02$/)]);
});

test('a journal of a later format is refused, and nothing of it is touched', async () => {
  const golden = join(__dirname, '../../fixtures/journal/v1/00000001.seg');
  const { crc32 } = await import('node:zlib');
  const bytes = readFileSync(golden);
  bytes.writeUInt16LE(2, 6);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  await openDirectory(dataDir());
  writeFileSync(join(dataDir(), '00000001.seg'), bytes);
  const exporter = createExporter({ environment: 'test', data_dir: dataDir() }, { log: () => undefined });
  closers.push(exporter.close);
  await expect(exporter.ready()).rejects.toThrow(
    '00000001.seg is of journal format 2, and this version reads journals up to format 1'
  );
  expect(readdirSync(dataDir())).toEqual(['00000001.seg']);
  expect(readFileSync(join(dataDir(), '00000001.seg')).equals(bytes)).toBe(true);
});

test('embedded without data_dir nothing is written, and health says that nothing is kept', async () => {
  const running = await runExporter();
  closers.push(running.close);
  expect(await health(running.url)).toMatchObject([
    200,
    {
      degraded: [{ reason: 'memory_only', message: 'state lives in memory only: it is lost when the exporter stops' }],
    },
  ]);
  expect(await metricLines(running.url, 'orchestrator_exporter_journal_durable')).toEqual([
    'orchestrator_exporter_journal_durable{environment="test"} 0',
  ]);
});
