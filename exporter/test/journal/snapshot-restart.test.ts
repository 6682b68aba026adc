// The exporter restarted from a snapshot that the real thread made: everything that anybody is shown is what it was.
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseConfig } from '../../src/config.ts';
import type { Compaction } from '../../src/journal/compaction.ts';
import { openDirectory } from '../../src/journal/storage.ts';
import type { SnapshotTask } from '../../src/snapshot-task.ts';
import { snapshotThread } from '../../src/snapshot-thread.ts';
import { stateConfigOf } from '../../src/state.ts';
import { stoppedClock } from '../running-clock.ts';
import { ndjson, post, recordedRun, runExporter } from '../running-exporter.ts';
import type { RunningExporter } from '../running-exporter.ts';

const WORKER = pathToFileURL(join(__dirname, '../../dist/snapshot-worker.js'));
const JSON_TYPE = { 'content-type': 'application/json' };
const RUNS = ['openai', 'langchain', 'smolagents', 'helix-stategraph'];

const clock = stoppedClock();
let folder: string;
let running: RunningExporter | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-snapshot-'));
});
afterEach(async () => {
  await running?.close();
  rmSync(folder, { recursive: true, force: true });
});

const dataDir = (): string => join(folder, 'data');
const files = (): readonly string[] => readdirSync(dataDir()).filter((name) => /\.(seg|snapshot)$/.test(name));

async function start(): Promise<string> {
  const file = join(folder, 'budgets.yml');
  const budgets = [
    { name: 'day', window: 'day', limit_usd: 1 },
    { name: 'sliding', window: 'rolling:2h', limit_usd: 0.001 },
    { name: 'each', window: 'thread', limit_usd: 0.01 },
  ];
  writeFileSync(file, JSON.stringify({ budgets }));
  running = await runExporter({ data_dir: dataDir(), budgets_file: file }, clock);
  return running.url;
}

async function stop(): Promise<void> {
  await running?.close();
  running = undefined;
}

async function snapshot(): Promise<Compaction> {
  const parsed = parseConfig({ environment: 'test' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const task: SnapshotTask = {
    directory: dataDir(),
    config: stateConfigOf(parsed.config),
    budgets: [],
    madeBy: 'test',
  };
  return snapshotThread(() => task, WORKER).run();
}

/** A text without what goes on with the clock. */
const steady = (text: string): string =>
  text
    .replaceAll(/"(periodStartMs|periodEndMs|exhaustionMs)":[\d.]+/g, '"$1":0')
    .replaceAll(/^orchestrator_budget_(period|exhaustion|burn_rate).*$/gm, '')
    .replaceAll(/,"task":"[^"]*"/g, '');

async function shown(url: string): Promise<Record<string, string>> {
  const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
  const page = (await text('/metrics')).split('\n').filter((line) => /^orchestrator_(?!exporter_)/.test(line));
  const threads = await text('/v1/threads?limit=1000');
  const ids = (JSON.parse(threads) as { threads: { threadId: string }[] }).threads.map(({ threadId }) => threadId);
  const checkpoints = await Promise.all(ids.map((id) => text(`/v1/threads/${encodeURIComponent(id)}/checkpoints`)));
  return {
    // A restart lays the series of a thread together, whatever order they came in.
    page: steady(page.sort().join('\n')),
    threads: steady(threads),
    checkpoints: checkpoints.join('\n'),
    budgets: steady(await text('/v1/budgets')),
  };
}

test('three lives with snapshots between, the first segments deleted: the fourth shows the same and knows every repeat', async () => {
  const now = clock.now();
  const bodies = RUNS.map((name) => ndjson(recordedRun(name, now)));
  const own = {
    type: 'cost.updated',
    threadId: 'own',
    timestamp: now,
    payload: { id: 'x', costUsd: 0.25, agent: 'a' },
  };
  let before: Record<string, string> = {};
  const safe: number[] = [];
  for (const [life, body] of [...bodies, JSON.stringify([own])].entries()) {
    const url = await start();
    expect((await post(url, body, life === bodies.length ? JSON_TYPE : undefined)).status).toBe(200);
    before = await shown(url);
    await stop();
    safe.push((await snapshot()).safe);
  }
  expect(safe).toEqual([0, 0, 1, 2, 3]);
  expect(files().filter((name) => name.endsWith('.snapshot'))).toEqual(['00000003.snapshot', '00000004.snapshot']);
  const url = await start();
  expect(await shown(url)).toEqual(before);
  expect(running?.log.find((line) => line.includes('journal read'))).toContain('"snapshot":"00000004.snapshot"');
  for (const body of bodies) expect(await post(url, body)).toMatchObject({ answer: { accepted: 0, rejected: [] } });
  const conflict = { ...own, payload: { ...own.payload, costUsd: 0.26 } };
  expect(await post(url, JSON.stringify([own, conflict]), JSON_TYPE)).toMatchObject({
    answer: { accepted: 0, duplicates: 1, rejected: [{ reason: 'id_conflict' }] },
  });
  expect(await shown(url)).toEqual(before);
  await stop();

  // What two snapshots cover is not needed to come to the same.
  for (const name of ['00000001.seg', '00000002.seg', '00000003.seg']) unlinkSync(join(dataDir(), name));
  expect(await shown(await start())).toEqual(before);
  await stop();
  unlinkSync(join(dataDir(), '00000004.snapshot'));
  expect(await shown(await start())).toEqual(before);
});

test('a snapshot of version 1 is taken up: fixtures/snapshot/v1', async () => {
  // Made by this version, or an earlier one, from the golden journal with one more segment behind it.
  const golden = join(__dirname, '../../fixtures/snapshot/v1');
  const parsed = parseConfig({ environment: 'test' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const names = readdirSync(golden);
  expect(names).toEqual(['00000001.seg', '00000001.snapshot', '00000002.seg', 'high-water']);
  const shownFrom = async (left: readonly string[]): Promise<object> => {
    rmSync(dataDir(), { recursive: true, force: true });
    await openDirectory(dataDir());
    for (const name of left) writeFileSync(join(dataDir(), name), readFileSync(join(golden, name)));
    const all = await shown(await start());
    const { log = [] } = running ?? {};
    await stop();
    return { ...all, errors: log.filter((line) => line.startsWith('error')) };
  };
  const whole = await shownFrom(names.filter((name) => !name.endsWith('.snapshot')));
  expect(await shownFrom(names)).toEqual(whole);
  // The ids of its records are gone with the segment: that is said.
  const lessened = await shownFrom(names.filter((name) => name !== '00000001.seg'));
  expect(lessened).toEqual({ ...whole, errors: [expect.stringContaining('repeats of some events may not be')] });
});

test('the thread that ends without an answer is an error, and one that is stopped too', async () => {
  const missing = snapshotThread(() => ({ directory: '' }) as SnapshotTask, pathToFileURL(join(folder, 'no.js')));
  await expect(missing.run()).rejects.toThrow('no.js');
  const silent = join(folder, 'silent.mjs');
  writeFileSync(silent, 'setInterval(() => undefined, 1000);');
  const stopped = snapshotThread(() => ({ directory: '' }) as SnapshotTask, pathToFileURL(silent));
  const run = expect(stopped.run()).rejects.toThrow('the thread that makes snapshots ended');
  await stopped.stop();
  await run;
});
