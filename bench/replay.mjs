// @ts-check
// How long a restart takes: node bench/replay.mjs [events, 1,000,000 unless told]. Build the exporter first.
// Writes a journal of that many events as an exporter does, 100 to a batch, and starts an exporter on it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DirectoryJournal } from '../exporter/dist/journal/directory-journal.js';
import { createExporter } from '../exporter/dist/library.js';
import { parseEvent } from '../exporter/dist/source/parse.js';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const BATCH = 100;
const THREADS = 400;
const clocks = { now: () => Date.now(), monotonic: () => performance.now() };

/** @param {number} n */
function entry(n) {
  const threadId = `thread-${n % THREADS}`;
  const timestamp = Date.now();
  const agent = `agent-${n % 12}`;
  const cost = { agent, model: 'mistral-small', provider: 'mistral', costUsd: 0.000012345, inputTokensDelta: 812 };
  const kinds = [
    { type: 'node.start', payload: { nodeId: agent, n } },
    { type: 'cost.updated', payload: { ...cost, outputTokensDelta: 64, id: `cost-${n}` } },
    { type: 'node.complete', payload: { nodeId: agent, duration: 812.5, n } },
  ];
  const raw = { ...kinds[n % 3], threadId, timestamp };
  const parsed = parseEvent(raw, { receivedMs: timestamp, team: 'search', workflow: 'rank' });
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  return { event: parsed.event, digest: parsed.digest, source: /** @type {const} */ ('http') };
}

const directory = mkdtempSync(join(tmpdir(), 'bench-replay-'));
try {
  const journal = new DirectoryJournal({ directory, ...clocks });
  await journal.start(() => undefined);
  const writtenMs = performance.now();
  for (let n = 0; n < EVENTS; n += BATCH) {
    await journal.append(Array.from({ length: Math.min(BATCH, EVENTS - n) }, (_, at) => entry(n + at)));
  }
  const bytes = journal.bytes;
  await journal.close();
  const writeSeconds = (performance.now() - writtenMs) / 1_000;

  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const exporter = createExporter({ environment: 'bench', data_dir: directory }, { log: () => undefined });
  await exporter.ready();
  const readySeconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(startedCpu);
  const rss = process.memoryUsage.rss() / 1_048_576;
  await exporter.close();
  console.log(
    `${EVENTS} events, ${(bytes / 1_048_576).toFixed(0)} MiB: written in ${writeSeconds.toFixed(1)} s one batch of ${BATCH} at a time, ` +
      `ready after ${readySeconds.toFixed(2)} s of which ${((user + system) / 1e6).toFixed(2)} s of processor, rss ${rss.toFixed(0)} MiB`
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
