// What a real Alertmanager on the built configuration sends of alerts that come to it in this order or that, now or at night.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ALERTS, type AlertName } from '../../src/alerting/names.ts';
import { alertingRules } from '../../src/alerts.ts';
import { build } from '../../src/build.ts';
import type { Environment, MuteTiming } from '../../src/environments/environment.ts';
import { addFiles } from '../../src/output.ts';
import { budgets, dev } from '../environments.ts';
import { answers, eventually, freePort, stop, type Running } from '../processes.ts';
import { temporaryDirectory } from '../tools.ts';
import { startAlertmanager } from './alertmanager.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const WAIT_SECONDS = 1;
/** A group has been looked at again after this long. */
const LOOKED_AT_MS = (2 * WAIT_SECONDS + 0.5) * 1_000;

const at = (name: string, interval: MuteTiming['timeIntervals'][number]): MuteTiming => ({
  name,
  timeIntervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }], ...interval }],
});

let directory = '';
let url = '';
let webhook: Webhook;
let alertmanager: Running | undefined;
let environment: Environment;

beforeAll(async () => {
  directory = temporaryDirectory();
  webhook = await startWebhook();
  const address = `127.0.0.1:${await freePort()}`;
  url = `http://${address}`;
  environment = {
    ...dev,
    grouping: { ...dev.grouping, waitSeconds: WAIT_SECONDS, intervalSeconds: WAIT_SECONDS },
    receivers: [{ name: 'hook', type: 'webhook', url: webhook.url }],
    defaultReceiver: 'hook',
    routes: [
      { receiver: 'hook', team: 'asleep', mute: ['always'], continue: false },
      { receiver: 'hook', team: 'awake', mute: ['long ago'], continue: false },
    ],
    muteTimings: [at('always', {}), at('long ago', { years: ['2001'] })],
  };
  addFiles(directory, build(environment, budgets));
  alertmanager = startAlertmanager(directory, address);
  await answers(`${url}/-/ready`, alertmanager);
});

afterAll(async () => {
  if (alertmanager !== undefined) await stop(alertmanager);
  webhook.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Told {
  readonly alert: AlertName;
  readonly labels: Readonly<Record<string, string>>;
  readonly ended?: boolean;
}

/** As Prometheus sends it when its rule was evaluated. */
async function tell({ alert, labels, ended = false }: Told): Promise<void> {
  const rule = alertingRules(environment).find((each) => each.alert === alert);
  const { severity = '', component = '' } = rule?.labels ?? {};
  const body = [
    {
      labels: { alertname: alert, environment: environment.name, severity, component, ...labels },
      annotations: rule?.annotations,
      ...(ended ? { endsAt: new Date().toISOString() } : {}),
    },
  ];
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

/** `status alertname`, of the alerts with the label, in the order in which they were sent. */
const sent = (label: string, value: string): readonly string[] =>
  webhook.posted.flatMap(({ alerts }) =>
    alerts
      .filter(({ labels }) => labels[label] === value)
      .map(({ status, labels }) => `${status} ${labels['alertname']}`)
  );

const waitFor = (label: string, value: string, count: number): Promise<readonly string[]> =>
  eventually({
    what: `notifications of ${value}`,
    read: () => Promise.resolve(sent(label, value)),
    until: ({ length }) => length >= count,
    output: () => alertmanager?.output() ?? '',
  });

test('while a mute timing is on nothing is sent, though the alert fires; before and after it is', async () => {
  for (const team of ['asleep', 'awake']) await tell({ alert: ALERTS.budgetWarning, labels: { budget: team, team } });
  expect(await waitFor('team', 'awake', 1)).toEqual([`firing ${ALERTS.budgetWarning}`]);
  await delay(LOOKED_AT_MS);
  expect(sent('team', 'asleep')).toEqual([]);
  const seen = (await (await fetch(`${url}/api/v2/alerts?filter=team="asleep"`)).json()) as object[];
  expect(seen).toMatchObject([{ labels: { alertname: ALERTS.budgetWarning }, status: { state: 'active' } }]);
});

/** How often Alertmanager has looked at a group with alerts: for each it asks its log of notifications. */
async function looks(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^alertmanager_nflog_queries_total (\S+)$/m.exec(text)?.[1]);
}

/** Resolves when Alertmanager has looked again at each of three groups: every second at all of them. */
async function lookedAt(): Promise<void> {
  const before = await looks();
  const until = (now: number): boolean => now >= before + 3 * 3;
  await eventually({ what: 'looks at the groups', read: looks, until, output: () => alertmanager?.output() ?? '' });
}

/** Both fire on one budget; then both end, in an order, and the groups are looked at in between. */
async function endInOrder(budget: string, order: readonly AlertName[]): Promise<readonly string[]> {
  const labels = { budget, team: 'lab' };
  for (const alert of [ALERTS.budgetCritical, ALERTS.budgetWarning]) await tell({ alert, labels });
  await waitFor('budget', budget, 1);
  await lookedAt();
  for (const alert of order) {
    await tell({ alert, labels, ended: true });
    await lookedAt();
  }
  return sent('budget', budget);
}

test('one budget is one notification and its end, if what is held back ends first; else it is sent in between', async () => {
  const { budgetCritical: critical, budgetWarning: warning } = ALERTS;
  const built = alertingRules(environment)
    .map(({ alert }) => alert)
    .filter((alert): alert is AlertName => [critical, warning].some((each) => each === alert));
  const [asBuilt, theOtherWay] = await Promise.all([
    endInOrder('as built', built),
    endInOrder('the other way', [...built].reverse()),
  ]);
  expect(asBuilt).toEqual([`firing ${critical}`, `resolved ${critical}`]);
  // This is why the order matters: were it nothing to Alertmanager, the test above would prove nothing.
  expect(theOtherWay).toContain(`firing ${warning}`);
});
