// One token that sends without end: the disk grows by its quota and no further, and the others are served as before.
import { readdirSync, statSync } from 'node:fs';
import type { Clock } from '../src/clock.ts';
import { metricLines, ndjson, runExporter, sumOf, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const GREEDY = 'greedy-token-0123456789';
const MODEST = 'modest-token-0123456789';
const QUOTA = 200_000;
const EVENTS_QUOTA = 1_000;
/** What an event takes in the journal for each byte it was sent as, at most: names are spelt out, and its id. */
const MOST_JOURNAL_BYTES_PER_BYTE = 4;
const DAY_MS = 86_400_000;

const folder = secretFolder();
let running: RunningExporter | undefined;
afterEach(() => running?.close());
afterAll(() => {
  folder.remove();
});

let nowMs = Date.now();
const clock: Clock = { now: () => nowMs, monotonic: () => performance.now(), every: () => () => undefined };

async function start(name: string): Promise<RunningExporter> {
  running = await runExporter(
    {
      data_dir: folder.path(name),
      auth: {
        ingest: [
          { name: 'greedy', token_file: folder.write('greedy', GREEDY), daily_quota_bytes: QUOTA },
          { name: 'counted', token_file: folder.write('counted', `${GREEDY}-2`), daily_quota_events: EVENTS_QUOTA },
          { name: 'modest', token_file: folder.write('modest', MODEST) },
        ],
      },
    },
    clock
  );
  return running;
}

let next = 0;
const events = (count: number): string =>
  ndjson(
    Array.from({ length: count }, () => ({
      type: 'cost.updated',
      threadId: `t${++next}`,
      timestamp: nowMs,
      payload: { costUsd: 0.001 },
    }))
  );

async function send(token: string, body: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${running?.url}/v1/events`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

function bytesIn(name: string): number {
  return readdirSync(folder.path(name))
    .map((file) => statSync(folder.path(`${name}/${file}`)))
    .filter((stat) => stat.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}

test('bytes: a hundred bodies at once and a socket beside them come to the quota and not past it', async () => {
  const { url } = await start('bytes');
  const before = bytesIn('bytes');
  const bodies = Array.from({ length: 100 }, () => events(100));
  const size = Buffer.byteLength(bodies[0] ?? '');
  const socket = await new TestSocket(`${url}/v1/ingest`, { headers: { authorization: `Bearer ${GREEDY}` } }).opened();
  const statuses = await Promise.all(bodies.map((body) => send(GREEDY, body)));
  const taken = statuses.filter((status) => status === 200).length;
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(taken * size).toBeLessThanOrEqual(QUOTA);
  expect((taken + 2) * size).toBeGreaterThan(QUOTA);
  socket.send(events(100));
  expect(await socket.next()).toMatchObject({ accepted: 0, rejected: [{ reason: 'quota_exceeded' }] });
  socket.socket.terminate();
  const grown = bytesIn('bytes') - before;
  process.stdout.write(`quota of ${QUOTA} bytes: ${100 * size} sent, the journal grew by ${grown} bytes\n`);
  expect(grown).toBeLessThan(QUOTA * MOST_JOURNAL_BYTES_PER_BYTE);
  // Whoever else sends does not notice.
  const others = await Promise.all(Array.from({ length: 20 }, () => send(MODEST, events(100))));
  expect(new Set(others)).toEqual(new Set([200]));
  expect(sumOf(await metricLines(url, 'orchestrator_cost_usd_total'))).toBeCloseTo((taken + 20) * 0.1, 9);
});

test('events: the quota is reached exactly, and comes anew at midnight UTC and not before', async () => {
  nowMs = Math.ceil(Date.now() / DAY_MS) * DAY_MS - 1;
  const { url } = await start('events');
  const token = `${GREEDY}-2`;
  const statuses = await Promise.all(Array.from({ length: 30 }, () => send(token, events(100))));
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(await send(token, events(1))).toBe(429);
  nowMs += 1;
  expect(await send(token, events(1_000))).toBe(200);
  expect(await send(token, events(1))).toBe(429);
  expect(sumOf(await metricLines(url, 'orchestrator_cost_usd_total'))).toBeCloseTo(2, 9);
});
