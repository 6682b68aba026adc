// The whole chain on loopback: the exporter with one budget, Prometheus and Alertmanager on what is built for dev, a webhook.
// Only the parameters are others: addresses, receivers and intervals.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { build } from '../../src/build.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { addFiles } from '../../src/output.ts';
import { budgets, dev, prod } from '../environments.ts';
import { zoneOfNoon } from '../noon.ts';
import { postEvents } from '../post-events.ts';
import { answers, freePort, start, startExporter, stop } from '../processes.ts';
import { temporaryDirectory } from '../tools.ts';
import { startAlertmanager } from './alertmanager.ts';
import { startWebhook, type Webhook } from './webhook.ts';
import { TEAM, type Event } from './workload.ts';

const ROOT = join(__dirname, '../../..');

/** A scrape may take as long as its interval: of one that a standstill of the machine ends, all series are gone until the next. */
export const INTERVALS = { scrapeSeconds: 4, evaluationSeconds: 1, groupWaitSeconds: 2, groupIntervalSeconds: 3 };

export interface Chain {
  readonly environment: Environment;
  readonly directory: string;
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly exporterUrl: string;
  readonly webhook: Webhook;
  /** Resolves when the exporter has taken them all. */
  readonly send: (events: readonly Event[]) => Promise<void>;
  /** Another limit for the budget, as somebody writes it who edits budgets.yml and sends SIGHUP. */
  readonly setLimit: (usd: number) => void;
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

function budgetsFile(directory: string, limitUsd: number, timezone: string): string {
  const file = join(directory, 'budgets.yml');
  const budget = {
    name: 'lab daily',
    match: { team: TEAM },
    limit_usd: limitUsd,
    window: 'day',
    timezone,
    owner: TEAM,
  };
  writeFileSync(`${file}.new`, stringify({ budgets: [budget] }));
  renameSync(`${file}.new`, file);
  return file;
}

/** Starts everything; each program answers when it resolves. */
export async function startChain(limitUsd: number): Promise<Chain> {
  const directory = temporaryDirectory();
  const webhook = await startWebhook();
  const [exporterPort, prometheusPort, alertmanagerPort] = [await freePort(), await freePort(), await freePort()];
  const address = (port: number) => `127.0.0.1:${port}`;
  const url = (port: number) => `http://${address(port)}`;
  const environment: Environment = {
    ...dev,
    exporter: address(exporterPort),
    alertmanager: address(alertmanagerPort),
    prometheusUrl: url(prometheusPort),
    scrapeIntervalSeconds: INTERVALS.scrapeSeconds,
    scrapeTimeoutSeconds: INTERVALS.scrapeSeconds,
    evaluationIntervalSeconds: INTERVALS.evaluationSeconds,
    links: { ...dev.links, runbookUrl: `${url(prometheusPort)}/user/alerts.md` },
    grouping: {
      ...dev.grouping,
      waitSeconds: INTERVALS.groupWaitSeconds,
      intervalSeconds: INTERVALS.groupIntervalSeconds,
    },
    receivers: ['page', 'ticket'].map((name) => ({ name, type: 'webhook', url: webhook.url })),
    defaultReceiver: 'ticket',
    routes: prod.routes,
  };
  addFiles(directory, build(environment, budgets));

  const timezone = zoneOfNoon(new Date());
  mkdirSync(join(directory, 'data'));
  writeFileSync(
    join(directory, 'exporter.yml'),
    stringify({
      environment: environment.name,
      listen: { host: '127.0.0.1', port: exporterPort },
      data_dir: join(directory, 'data'),
      budgets_file: budgetsFile(directory, limitUsd, timezone),
    })
  );
  const exporter = startExporter(join(directory, 'exporter.yml'));
  const alertmanager = startAlertmanager(directory, address(alertmanagerPort));
  const prometheus = start(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus/prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'prometheus-data')}`,
      `--web.listen-address=${address(prometheusPort)}`,
      `--web.user-assets=${join(ROOT, 'docs')}`,
    ],
    directory
  );
  const all = [exporter, alertmanager, prometheus];
  const end = async (): Promise<void> => {
    for (const each of all) await stop(each);
    webhook.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await answers(`${url(exporterPort)}/health/ready`, exporter);
    await answers(`${url(alertmanagerPort)}/-/ready`, alertmanager);
    await answers(`${url(prometheusPort)}/-/ready`, prometheus);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    environment,
    directory,
    prometheusUrl: url(prometheusPort),
    alertmanagerUrl: url(alertmanagerPort),
    exporterUrl: url(exporterPort),
    webhook,
    send: async (events) => {
      const { accepted, text } = await postEvents(url(exporterPort), events);
      if (accepted !== events.length) throw new Error(`the exporter took not all: ${text}`);
    },
    setLimit: (usd) => {
      budgetsFile(directory, usd, timezone);
      exporter.process.kill('SIGHUP');
    },
    logs: () => all.map(({ output }) => output()).join('\n'),
    stop: end,
  };
}
