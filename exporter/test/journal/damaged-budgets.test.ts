// Budgets over a journal that was really damaged: the windows that may miss spend say so, and no other.
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { HEADER_BYTES } from '../../src/journal/format.ts';
import { HIGH_WATER_FILE } from '../../src/journal/high-water.ts';
import { metricLines, ndjson, post, runExporter } from '../running-exporter.ts';
import type { RunningExporter } from '../running-exporter.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Wednesday; the month began six days ago, the week on Monday. */
const NOW = Date.UTC(2026, 0, 7, 12);

let folder: string;
let nowMs: number;
let running: RunningExporter;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-damaged-'));
});
afterEach(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const WINDOWS = ['hour', 'day', 'week', 'month', 'rolling:2h', 'rolling:30h', 'thread'];
const dataDir = (): string => join(folder, 'data');
const start = async (): Promise<void> => {
  const budgets = WINDOWS.map((window) => ({ name: window, window, limit_usd: 10 }));
  writeFileSync(join(folder, 'budgets.yml'), JSON.stringify({ budgets }));
  running = await runExporter(
    { data_dir: dataDir(), budgets_file: join(folder, 'budgets.yml') },
    { ...systemClock, now: () => nowMs, every: () => () => undefined }
  );
};
const segment = (): string => join(dataDir(), readdirSync(dataDir()).findLast((name) => name.endsWith('.seg')) ?? '');
const spend = async (threadId: string): Promise<void> => {
  const event = { type: 'cost.updated', threadId, timestamp: nowMs, payload: { costUsd: 1, agent: 'a' } };
  expect((await post(running.url, ndjson([event]))).status).toBe(200);
};

/** Journals spend two days, one day, one hour and no time ago; where each frame begins and the last one ends. */
async function written(): Promise<readonly number[]> {
  nowMs = NOW - 2 * DAY_MS;
  await start();
  const offsets: number[] = [HEADER_BYTES];
  for (const agoMs of [2 * DAY_MS, DAY_MS, 1.2 * HOUR_MS, 0]) {
    nowMs = NOW - agoMs;
    await spend(`thread-${agoMs / HOUR_MS}h`);
    offsets.push(readFileSync(segment()).length);
  }
  await running.close();
  return offsets;
}

async function invalid(): Promise<readonly string[]> {
  const lines = await metricLines(running.url, 'orchestrator_budget_valid');
  expect(lines).toHaveLength(WINDOWS.length);
  return WINDOWS.filter((window) => lines.some((line) => line.includes(`"${window}"`) && line.endsWith(' 0')));
}

const overwrite = (from: number, to: number): void => {
  const bytes = readFileSync(segment());
  bytes.fill(0x2a, from, to);
  writeFileSync(segment(), bytes);
};

test.each<{ name: string; damage: (frames: readonly number[]) => void; doubted: readonly string[] }>([
  { name: 'nothing is damaged', damage: () => undefined, doubted: [] },
  {
    name: 'the record of one day ago is gone: what began before the one after it',
    damage: ([, from = 0, to = 0]) => {
      overwrite(from, to);
    },
    doubted: ['day', 'week', 'month', 'rolling:2h', 'rolling:30h', 'thread'],
  },
  {
    name: 'the record of two days ago is gone: not today',
    damage: ([from = 0, to = 0]) => {
      overwrite(from, to);
    },
    doubted: ['week', 'month', 'rolling:30h', 'thread'],
  },
  {
    name: 'the newest record is gone: all of it',
    damage: (frames) => {
      truncateSync(segment(), frames[3]);
    },
    doubted: WINDOWS,
  },
  {
    name: 'the mark that tells whether the end is missing is gone: all of it',
    damage: () => {
      unlinkSync(join(dataDir(), HIGH_WATER_FILE));
    },
    doubted: WINDOWS,
  },
])('$name', async ({ damage, doubted }) => {
  const frames = await written();
  damage(frames);
  nowMs = NOW + 60_000;
  await start();
  expect(await invalid()).toEqual(doubted);
});

test('the next window is whole again, and threads that begin later are', async () => {
  const frames = await written();
  truncateSync(segment(), frames[3]);
  nowMs = NOW + 60_000;
  await start();
  nowMs = NOW + DAY_MS;
  await spend('later');
  expect(await invalid()).toEqual(['week', 'month', 'rolling:30h', 'thread']);
  const ends = ['48h', '24h', '1.2h'].map((name) => ({
    type: 'graph.complete',
    threadId: `thread-${name}`,
    timestamp: nowMs,
    payload: { status: 'success', duration: 1 },
  }));
  await post(running.url, ndjson(ends));
  expect(await invalid()).toEqual(['week', 'month', 'rolling:30h']);
});
