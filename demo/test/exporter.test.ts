// The demo and the replayer against the real exporter, over HTTP: nothing of what they send is refused.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForwarder } from 'orchestrator-exporter/forwarder';
import { postEventsTo } from '../src/ingest-client.ts';
import { MetricsEmitter } from '../src/metrics-emitter.ts';
import { orchestrate } from '../src/orchestrator.ts';
import { Random } from '../src/random.ts';
import { readRun } from '../src/recorded-run.ts';
import { replay } from '../src/replayer.ts';
import { VirtualTime } from './virtual-time.ts';

const ROOT = join(__dirname, '../..');
const RUNS = ['openai', 'langchain', 'smolagents', 'helix-stategraph'];

let folder: string;
let exporter: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const config = join(folder, 'exporter.yml');
  // JSON is YAML.
  const listen = { host: '127.0.0.1', port: 0 };
  await writeFile(config, JSON.stringify({ environment: 'test', listen, data_dir: join(folder, 'data') }));
  exporter = spawn(process.execPath, [join(ROOT, 'exporter/bin/orchestrator-exporter.js'), '--config', config]);
  url = await addressOf(exporter);
});

afterAll(async () => {
  exporter.kill('SIGTERM');
  if (exporter.exitCode === null && exporter.signalCode === null) await once(exporter, 'exit');
  await rm(folder, { recursive: true });
});

/** The address in what the exporter first prints; rejects with all of it when the exporter ends instead. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`the exporter ended: ${printed}`));
    });
  });
}

async function sumOf(metric: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf('}') + 1)), 0);
}

async function runOf(name: string) {
  const { events, problems } = readRun(name, await readFile(join(ROOT, `fixtures/runs/${name}.events.jsonl`), 'utf8'));
  expect(problems).toEqual([]);
  return events;
}

test('the recorded runs of both dialects are accepted whole and add up to the nano-dollar', async () => {
  const runs = await Promise.all(RUNS.map(runOf));
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  const options = { post: postEventsTo(url), clock, live: false, speed: 1, suffix: '' };
  expect(await replay(runs, options)).toEqual({
    accepted: 23 + 28 + 25 + 342,
    duplicates: 0,
    rejected: 0,
    undelivered: 0,
    problems: [],
  });
  expect(await sumOf('orchestrator_cost_usd_total')).toBeCloseTo(0.000544, 12);
  expect(await sumOf('orchestrator_tokens_total', 'direction="input"')).toBe(4_576);
  expect(await sumOf('orchestrator_tokens_total', 'direction="output"')).toBe(288);
});

test('an hour of the demo, through the forwarder, is accepted to the last event and costs what the emitter said', async () => {
  const before = await sumOf('orchestrator_cost_usd_total');
  const time = new VirtualTime(Date.now() - 61 * 60_000);
  const emitter = new MetricsEmitter(time.now);
  const said: string[] = [];
  let emitted = 0;
  const totalCents = new Map<string, number>();
  emitter.subscribe((event) => {
    emitted += 1;
    if (event.type === 'cost.updated') totalCents.set(event.threadId, event.payload.costCents);
  });
  const forwarder = createForwarder({ url, maxQueueBytes: 1e9, onWarning: (line) => said.push(line) });
  forwarder.attach(emitter);
  const end = new AbortController();
  const done = orchestrate({ emitter, clock: time, random: new Random(11), threads: 4, signal: end.signal });
  await time.advance(60 * 60_000);
  end.abort();
  await done;
  const { accepted, duplicates, rejected, undelivered } = await forwarder.close({ withinMs: 100_000 });
  expect({ accepted, duplicates, rejected, undelivered, said }).toEqual({
    accepted: emitted,
    duplicates: 0,
    rejected: 0,
    undelivered: 0,
    said: [],
  });
  const cents = [...totalCents.values()].reduce((sum, total) => sum + total, 0);
  expect((await sumOf('orchestrator_cost_usd_total')) - before).toBeCloseTo(cents / 100, 8);
});
