// One step of the restart's measurement, in a process of its own so that its memory is its own: `write DIR EVENTS` makes a
// journal as an exporter does, `snapshot DIR` makes a snapshot of it, `restart DIR` starts an exporter on it. Prints JSON.
import { performance } from 'node:perf_hooks';
import { createExporter } from 'orchestrator-exporter';
import { parseConfig } from '../../exporter/dist/config.js';
import { DirectoryJournal } from '../../exporter/dist/journal/directory-journal.js';
import { openDirectory } from '../../exporter/dist/journal/storage.js';
import { makeSnapshot } from '../../exporter/dist/snapshot-task.js';
import { parseEvent } from '../../exporter/dist/source/parse.js';
import { stateConfigOf } from '../../exporter/dist/state.js';

const BATCH = 100;
/** At once; each does 2,500 events and is followed by the next. */
const THREADS = 400;
const EVENTS_A_THREAD = 2_500;
const MIB = 2 ** 20;
const clocks = { now: () => Date.now(), monotonic: () => performance.now() };

function entry(n: number) {
  const threadId = `thread-${n % THREADS}-${Math.floor(n / (THREADS * EVENTS_A_THREAD))}`;
  const timestamp = Date.now();
  const step = Math.floor(n / THREADS);
  const agent = `agent-${Math.floor(step / 5) % 12}`;
  const cost = { agent, model: 'mistral-small', provider: 'mistral', costUsd: 0.000012345, inputTokensDelta: 812 };
  const kinds = [
    { type: 'node.start', payload: { nodeId: agent, n } },
    { type: 'cost.updated', payload: { ...cost, outputTokensDelta: 64, id: `cost-${n}` } },
    { type: 'cost.updated', payload: { ...cost, outputTokensDelta: 31, id: `cost-${n}` } },
    { type: 'node.complete', payload: { nodeId: agent, duration: 812.5, n } },
    step % 3 === 0
      ? { type: 'checkpoint.saved', payload: { checkpointId: `cp-${n}`, checkpointIndex: step } }
      : { type: 'agent.active', payload: { agent, n } },
  ];
  const raw = { ...kinds[step % kinds.length], threadId, timestamp };
  const parsed = parseEvent(raw, { receivedMs: timestamp, team: 'search', workflow: 'rank' });
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  return { event: parsed.event, digest: parsed.digest, source: 'http' as const };
}

async function write(directory: string, events: number) {
  const journal = new DirectoryJournal({
    directory,
    ...clocks,
    maxIds: 1,
    retention: { retentionMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER },
  });
  const nobody = { stateVersion: 0, load: () => undefined, know: () => undefined, entry: () => undefined };
  await journal.start(nobody);
  const startedMs = performance.now();
  for (let n = 0; n < events; n += BATCH) {
    await journal.append(Array.from({ length: Math.min(BATCH, events - n) }, (_, at) => entry(n + at)));
  }
  const mib = journal.bytes / MIB;
  await journal.close();
  return { mib, seconds: (performance.now() - startedMs) / 1_000 };
}

async function snapshot(directory: string) {
  const parsed = parseConfig({ environment: 'bench' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const storage = await openDirectory(directory);
  const task = { config: stateConfigOf(parsed.config), budgets: [], madeBy: 'bench' };
  const { written, seconds, fixedSeconds } = await makeSnapshot(task, { storage, ...clocks });
  await storage.close();
  return { mib: (written?.bytes ?? 0) / MIB, seconds, fixedSeconds };
}

async function restart(directory: string) {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const exporter = createExporter({ environment: 'bench', data_dir: directory }, { log: () => undefined });
  await exporter.ready();
  const readySeconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(startedCpu);
  const rssMiB = process.memoryUsage.rss() / MIB;
  await exporter.close();
  return { readySeconds, cpuSeconds: (user + system) / 1e6, rssMiB };
}

const [what, directory = '', events = ''] = process.argv.slice(2);
const steps = {
  write: () => write(directory, Number(events)),
  snapshot: () => snapshot(directory),
  restart: () => restart(directory),
};
if (what !== 'write' && what !== 'snapshot' && what !== 'restart') throw new Error(`${what ?? 'nothing'} is no step`);
process.stdout.write(`${JSON.stringify(await steps[what]())}\n`);
