// How long a restart takes: writes a journal as an exporter does, 100 events to a batch, and starts an exporter on it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createExporter } from 'orchestrator-exporter';
import { DirectoryJournal } from '../../exporter/dist/journal/directory-journal.js';
import { parseEvent } from '../../exporter/dist/source/parse.js';
import { threeDigits } from './table.ts';

const BATCH = 100;
const THREADS = 400;

export interface Replay {
  readonly events: number;
  readonly mib: number;
  readonly writeSeconds: number;
  readonly readySeconds: number;
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

/** @param folder on the disk that is measured; what is made in it is removed again. */
export async function measureReplay(events: number, folder: string): Promise<Replay> {
  mkdirSync(folder, { recursive: true });
  const directory = mkdtempSync(join(folder, 'replay-'));
  try {
    const written = await writeJournal(events, directory);
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    const exporter = createExporter({ environment: 'bench', data_dir: directory }, { log: () => undefined });
    await exporter.ready();
    const readySeconds = (performance.now() - startedMs) / 1_000;
    const { user, system } = process.cpuUsage(startedCpu);
    const rssMiB = process.memoryUsage.rss() / 2 ** 20;
    await exporter.close();
    return { events, ...written, readySeconds, cpuSeconds: (user + system) / 1e6, rssMiB };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function replayText({ events, mib, writeSeconds, readySeconds, cpuSeconds, rssMiB }: Replay): string {
  return (
    `${events} events, ${threeDigits(mib)} MiB: written in ${threeDigits(writeSeconds)} s one batch of ${BATCH} at a time, ` +
    `ready after ${threeDigits(readySeconds)} s of which ${threeDigits(cpuSeconds)} s of processor, rss ${threeDigits(rssMiB)} MiB`
  );
}

async function writeJournal(
  events: number,
  directory: string
): Promise<{ readonly mib: number; readonly writeSeconds: number }> {
  const journal = new DirectoryJournal({ directory, now: () => Date.now(), monotonic: () => performance.now() });
  await journal.start(() => undefined);
  const startedMs = performance.now();
  for (let n = 0; n < events; n += BATCH) {
    await journal.append(Array.from({ length: Math.min(BATCH, events - n) }, (_, at) => entry(n + at)));
  }
  const mib = journal.bytes / 2 ** 20;
  await journal.close();
  return { mib, writeSeconds: (performance.now() - startedMs) / 1_000 };
}

function entry(n: number) {
  const threadId = `thread-${n % THREADS}`;
  const timestamp = Date.now();
  const agent = `agent-${n % 12}`;
  const cost = { agent, model: 'mistral-small', provider: 'mistral', costUsd: 0.000012345, inputTokensDelta: 812 };
  const kinds = [
    { type: 'node.start', payload: { nodeId: agent, n } },
    { type: 'cost.updated', payload: { ...cost, outputTokensDelta: 64, id: `cost-${n}` } },
    { type: 'node.complete', payload: { nodeId: agent, duration: 812.5, n } },
  ];
  const raw = { ...kinds[n % kinds.length], threadId, timestamp };
  const parsed = parseEvent(raw, { receivedMs: timestamp, team: 'search', workflow: 'rank' });
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  return { event: parsed.event, digest: parsed.digest, source: 'http' as const };
}
