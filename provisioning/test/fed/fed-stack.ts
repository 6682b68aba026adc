// Everything that the dashboards ask about, for real and on loopback: the exporter with NATS, a receiver and a client of its
// gateway, fed with the demo's runs, and Prometheus on what is built for dev.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { BUDGETS } from 'orchestrator-exporter/contract/metrics';
import { WebSocket } from 'ws';
import { parse, stringify } from 'yaml';
import { build } from '../../src/build.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { addFiles } from '../../src/output.ts';
import { budgets, dev } from '../environments.ts';
import { zoneOfNoon } from '../noon.ts';
import { postEvents } from '../post-events.ts';
import { answers, eventually, freePort, start, startExporter, stop, type Running } from '../processes.ts';
import { temporaryDirectory } from '../tools.ts';
import { demoRun, LATE_MODEL, REFUSED, troubleOfLongAgo, troubleOfNow, type Event } from './events.ts';

const DEMO_MS = 50 * 60_000;
const BATCH = 5_000;

export interface FedStack {
  readonly prometheusUrl: string;
  readonly environment: Environment;
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

const fedBudgets = (timezone: string) => ({
  budgets: [
    // It runs out before the day does at the demo's rate.
    { name: 'all daily', limit_usd: 300, window: 'day', timezone, owner: 'platform', thresholds: [0.5, 0.8, 1] },
    { name: 'research', match: { team: 'research' }, limit_usd: 500, window: 'day', timezone, owner: 'research' },
  ],
});

const prices = (...models: readonly string[]) =>
  stringify({ prices: models.map((model) => ({ model, usd_per_million_tokens: { input: 1, output: 5 } })) });

/** What an exporter has that has been up for longer than a test: a snapshot is made after ten minutes. */
const OLDER_EXPORTER = `# TYPE orchestrator_exporter_build_info gauge
orchestrator_exporter_build_info{environment="dev",version="0.1.0",node_version="v20"} 1
# TYPE orchestrator_exporter_journal_snapshot_timestamp_seconds gauge
orchestrator_exporter_journal_snapshot_timestamp_seconds{environment="dev"} ${Math.floor(Date.now() / 1000) - 300}
`;

/** An hour of yesterday at this time of day, which the recorded usual hour is made of. */
function backfillYesterday(directory: string, data: string, nowMs: number): void {
  const from = Math.floor(nowMs / 1000) - 86_400 - 300;
  const lines = Array.from(
    { length: 41 },
    (_, step) =>
      `${BUDGETS.burnRate.name}{environment="dev",budget="all daily",lookback="1h",job="orchestrator-exporter",instance="yesterday"} 0.02 ${from + step * 30}`
  );
  const file = join(directory, 'yesterday.txt');
  writeFileSync(file, `# TYPE ${BUDGETS.burnRate.name} gauge\n${lines.join('\n')}\n# EOF\n`);
  const { status, stderr } = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, data], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`promtool: ${stderr}`);
}

async function postAll(url: string, events: readonly Event[]): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH);
    const { accepted, text } = await postEvents(url, batch);
    if (accepted !== batch.length) throw new Error(`the exporter took not all: ${text}`);
  }
}

function writePrometheus(directory: string, environment: Environment, olderExporter: string): void {
  addFiles(directory, build(environment, budgets));
  const path = 'prometheus/prometheus.yml';
  interface Config {
    scrape_configs: { job_name: string; static_configs: object[] }[];
  }
  const config = parse(readFileSync(join(directory, path), 'utf8')) as Config;
  config.scrape_configs[0]?.static_configs.push({ targets: [olderExporter] });
  addFiles(directory, new Map([[path, stringify(config)]]));
}

/** Feeds, waits for scrapes, feeds again: panels show what was gained meanwhile. */
export async function startFedStack(): Promise<FedStack> {
  const directory = temporaryDirectory();
  const ports = { exporter: await freePort(), prometheus: await freePort(), nats: await freePort() };
  const address = (name: keyof typeof ports) => `127.0.0.1:${ports[name]}`;
  const exporterUrl = `http://${address('exporter')}`;
  const prometheusUrl = `http://${address('prometheus')}`;
  const older = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(OLDER_EXPORTER);
  }).listen(0, '127.0.0.1');
  await once(older, 'listening');
  const olderAddress = older.address();

  const environment: Environment = {
    ...dev,
    exporter: address('exporter'),
    alertmanager: '127.0.0.1:9',
    prometheusUrl,
    scrapeIntervalSeconds: 1,
    scrapeTimeoutSeconds: 1,
    evaluationIntervalSeconds: 1,
    // Said at once, so that alerts about an exporter and a budget fire too.
    alerts: { ...dev.alerts, degradedSeconds: 1, budgetInvalidSeconds: 1 },
  };
  const olderPort = typeof olderAddress === 'object' && olderAddress !== null ? olderAddress.port : 0;
  writePrometheus(directory, environment, `127.0.0.1:${olderPort}`);
  writeFileSync(join(directory, 'budgets.yml'), stringify(fedBudgets(zoneOfNoon(new Date()))));
  writeFileSync(join(directory, 'prices.yml'), prices('m-other'));
  const data = join(directory, 'prometheus-data');
  mkdirSync(data);
  backfillYesterday(directory, data, Date.now());
  writeFileSync(
    join(directory, 'exporter.yml'),
    stringify({
      environment: dev.name,
      listen: { host: '127.0.0.1', port: ports.exporter },
      data_dir: join(directory, 'data'),
      budgets_file: join(directory, 'budgets.yml'),
      prices_file: join(directory, 'prices.yml'),
      nats: { servers: [`nats://${address('nats')}`], stream_subjects: ['helix.events.>'] },
      remote_write: [{ url: `${prometheusUrl}/api/v1/write`, name: 'itself' }],
    })
  );

  const nats = start(
    'nats-server',
    ['-a', '127.0.0.1', '-p', String(ports.nats), '-js', '-sd', join(directory, 'nats')],
    directory
  );
  const exporter = startExporter(join(directory, 'exporter.yml'));
  const prometheus = start(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus/prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address('prometheus')}`,
      '--web.enable-remote-write-receiver',
    ],
    directory
  );
  const all = [prometheus, exporter, nats];
  const logs = () => all.map(({ output }) => output()).join('\n');
  let socket: WebSocket | undefined;
  const end = async () => {
    socket?.terminate();
    for (const each of all) await stop(each);
    older.closeAllConnections();
    older.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await answers(`${exporterUrl}/health/live`, exporter);
    await answers(`${prometheusUrl}/-/ready`, prometheus);
    const nowMs = Date.now();
    await postAll(exporterUrl, [...(await demoRun(nowMs, DEMO_MS)), ...troubleOfLongAgo(nowMs)]);
    writeFileSync(join(directory, 'prices.yml'), prices('m-other', LATE_MODEL));
    exporter.process.kill('SIGHUP');
    socket = new WebSocket(`ws://${address('exporter')}/v1/gateway`);
    await once(socket, 'open');
    const params = { threadId: '*' };
    socket.send(JSON.stringify({ type: 'req', id: '1', method: 'orchestrator.metrics.subscribe', params }));
    for (let round = 0; round < 3; round += 1) {
      await postAll(exporterUrl, troubleOfNow(Date.now(), round));
      await postEvents(exporterUrl, REFUSED);
      await scrapes(prometheusUrl, 3, prometheus);
    }
    return { prometheusUrl, environment, logs, stop: end };
  } catch (error) {
    const said = logs();
    await end();
    throw new Error(`the stack does not come up:\n${said.slice(-4_000)}`, { cause: error });
  }
}

/** Waits until Prometheus has scraped the exporter `count` times more. */
async function scrapes(prometheusUrl: string, count: number, { output }: Running): Promise<void> {
  const query = encodeURIComponent('max(count_over_time(up{job="orchestrator-exporter"}[10m]))');
  const read = async (): Promise<number> => {
    const answer = (await (await fetch(`${prometheusUrl}/api/v1/query?query=${query}`)).json()) as {
      data: { result: { value: [number, string] }[] };
    };
    return Number(answer.data.result[0]?.value[1] ?? 0);
  };
  const before = await read();
  await eventually({
    what: `${count} scrapes`,
    read,
    until: (now) => now >= before + count,
    output,
  });
}
