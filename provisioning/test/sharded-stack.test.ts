// What docs/scale.md starts on one machine, started: nats-server, two exporters and Prometheus on the files of
// provisioning/sharded as they are but for the ports, and an orchestrator that emits through the broker.
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createForwarder } from 'orchestrator-exporter/forwarder';
import { natsDelivery } from 'orchestrator-exporter/forwarder/nats';
import { answers, DEADLINE_MS, eventually, freePort, start, startExporter, stop, type Running } from './processes.ts';
import { temporaryDirectory } from './tools.ts';

const ROOT = join(__dirname, '../..');
const SHARDED = join(ROOT, 'provisioning/sharded');
const THREADS = Array.from({ length: 24 }, (_, n) => `run-${n}`);
/** Of each thread, cents. */
const COST_CENTS = 12.5;
const TOTAL_USD = (THREADS.length * COST_CENTS) / 100;

let folder = '';
const port = { nats: 0, a: 0, b: 0, prometheus: 0 };
const running: Running[] = [];
const logs = (): string => running.map(({ output }) => output()).join('\n');
const instances = (): string[] => [`127.0.0.1:${port.a}`, `127.0.0.1:${port.b}`];

/** A file of provisioning/sharded with free ports, beside the folders that it names. */
function writeSharded(name: string): string {
  const ports = { 4222: port.nats, 9847: port.a, 9857: port.b, 9090: port.prometheus };
  const text = Object.entries(ports).reduce(
    (all, [shipped, free]) => all.replaceAll(new RegExp(`(?<=:\\s?)${shipped}\\b`, 'g'), String(free)),
    readFileSync(join(SHARDED, name), 'utf8')
  );
  const path = join(folder, name);
  writeFileSync(
    path,
    text
      .replaceAll('./provisioning/', `${ROOT}/provisioning/`)
      .replaceAll(/(?<=- )generated\//g, `${SHARDED}/generated/`)
  );
  return path;
}

beforeAll(async () => {
  folder = temporaryDirectory();
  for (const name of ['nats', 'a', 'b', 'prometheus'] as const) port[name] = await freePort();
  mkdirSync(join(folder, 'nats'));
  running.push(
    start('nats-server', ['-a', '127.0.0.1', '-p', String(port.nats), '-js', '-sd', join(folder, 'nats')], folder)
  );
  const exporters = ['exporter-a.yml', 'exporter-b.yml'].map((name) => startExporter(writeSharded(name)));
  running.push(...exporters);
  const flags = [`--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port.prometheus}`];
  running.push(start('prometheus', [`--config.file=${writeSharded('prometheus.yml')}`, ...flags], folder));
  for (const [at, exporter] of exporters.entries())
    await answers(`http://${instances()[at] ?? ''}/health/ready`, exporter);
});

afterAll(async () => {
  for (const each of running) await stop(each);
  rmSync(folder, { recursive: true, force: true });
});

async function emitRuns(): Promise<void> {
  const emitter = new EventEmitter();
  const delivery = natsDelivery({ servers: [`nats://127.0.0.1:${port.nats}`], partitions: 8 });
  const forwarder = createForwarder({ delivery, onWarning: () => undefined });
  forwarder.attach(emitter);
  for (const threadId of THREADS) {
    const timestamp = Date.now();
    emitter.emit('metrics', { type: 'agent.active', threadId, timestamp, payload: { agent: 'writer' } });
    const payload = {
      agent: 'writer',
      costCents: COST_CENTS,
      budgetRemainingCents: 500 - COST_CENTS,
      team: 'research',
    };
    emitter.emit('metrics', { type: 'cost.updated', threadId, timestamp, payload });
  }
  await forwarder.close({ withinMs: DEADLINE_MS });
}

async function fromPrometheus<T>(path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port.prometheus}/api/v1/${path}`);
  return ((await answer.json()) as { data: T }).data;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function query(text: string): Promise<readonly Sample[]> {
  return (await fromPrometheus<{ result: Sample[] }>(`query?query=${encodeURIComponent(text)}`)).result;
}

/** The value of a query that gives one series, once it is `expected`. */
async function expectOne(text: string, expected: number): Promise<void> {
  await eventually({
    what: text,
    read: async () => (await query(text)).map(({ value }) => Number(value[1])),
    until: (values) => values.length === 1 && Math.abs((values[0] ?? 0) - expected) < 1e-9,
    output: logs,
  });
}

interface Target {
  readonly labels: { readonly job: string; readonly instance: string };
  readonly health: string;
}

test('Prometheus scrapes both exporters, and what they counted adds up', async () => {
  await emitRuns();
  const targets = await eventually({
    what: 'targets up',
    read: async () => (await fromPrometheus<{ activeTargets: Target[] }>('targets')).activeTargets,
    until: (all) => all.length > 0 && all.every(({ health }) => health === 'up'),
    output: logs,
  });
  expect(targets.map(({ labels }) => `${labels.job} ${labels.instance}`).sort()).toEqual(
    [
      ...instances().flatMap((instance) => [`orchestrator-exporter ${instance}`, `orchestrator-timeline ${instance}`]),
      `prometheus 127.0.0.1:${port.prometheus}`,
    ].sort()
  );
  await expectOne('sum(orchestrator_cost_usd_total)', TOTAL_USD);
  await expectOne('environment_budget:orchestrator_budget_spent_usd:sum{budget="platform-daily"}', TOTAL_USD);
  await expectOne('environment_budget:orchestrator_budget_remaining_usd:sum{budget="platform-daily"}', 200 - TOTAL_USD);
  // Of a budget for each thread the largest, as no thread is in both.
  await expectOne('environment_budget:orchestrator_budget_spent_usd:sum{budget="per-thread"}', COST_CENTS / 100);
  // Each shard has a part of them, no thread is in both, and the timeline tells of all.
  for (const name of ['orchestrator_thread_cost_usd_total', 'orchestrator_timeline_agent_state']) {
    await expectOne(`count(count by (thread) (${name}))`, THREADS.length);
    await expectOne(`count(count by (instance) (${name}))`, 2);
    await expectOne(`max(count by (thread) (count by (thread, instance) (${name})))`, 1);
  }
});
