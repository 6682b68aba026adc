// Prometheus and Alertmanager, started on the files generated for dev, against a target that serves fixed text: rules load and
// run without an error, a crossed budget reaches Alertmanager once, timestamps of the timeline survive to the millisecond.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { run } from '../src/command.ts';
import { BUDGETS_FILE, environmentFile } from './environments.ts';
import { eventually, freePort, start, stop, type Running } from './processes.ts';
import { temporaryDirectory } from './tools.ts';

const DOCS = join(__dirname, '..', '..', 'docs');
const START_MS = Date.now() - 60_000;
/** Three changes, one of them 3 ms after the other. */
const TIMELINE: readonly [value: number, atMs: number][] = [
  [0, START_MS],
  [2, START_MS + 10],
  [5, START_MS + 13],
];

const METRICS = `# TYPE orchestrator_budget_info gauge
orchestrator_budget_info{environment="dev",budget="b \\"1\\"",owner="lab",window="day",timezone="UTC"} 1
# TYPE orchestrator_budget_limit_usd gauge
orchestrator_budget_limit_usd{environment="dev",budget="b \\"1\\""} 200
# TYPE orchestrator_budget_spent_usd gauge
orchestrator_budget_spent_usd{environment="dev",budget="b \\"1\\""} 210.5
# TYPE orchestrator_budget_remaining_usd gauge
orchestrator_budget_remaining_usd{environment="dev",budget="b \\"1\\""} -10.5
# TYPE orchestrator_budget_used_ratio gauge
orchestrator_budget_used_ratio{environment="dev",budget="b \\"1\\""} 1.0525
# TYPE orchestrator_budget_threshold_ratio gauge
orchestrator_budget_threshold_ratio{environment="dev",budget="b \\"1\\"",threshold="1"} 0.33
orchestrator_budget_threshold_ratio{environment="dev",budget="b \\"1\\"",threshold="2"} 0.9
orchestrator_budget_threshold_ratio{environment="dev",budget="b \\"1\\"",threshold="3"} 1.2
# TYPE orchestrator_budget_valid gauge
orchestrator_budget_valid{environment="dev",budget="b \\"1\\""} 1
`;
const timelineText = `# TYPE orchestrator_timeline_agent_state gauge
${TIMELINE.map(([value, atMs]) => `orchestrator_timeline_agent_state{environment="dev",thread="t",agent="a"} ${value} ${(atMs / 1000).toFixed(3)}`).join('\n')}
# EOF
`;

let out = '';
let target: Server;
let prometheus: Running;
let alertmanager: Running;
const port = { exporter: 0, prometheus: 0, alertmanager: 0 };

async function json<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

async function fromPrometheus<T>(path: string): Promise<T> {
  return (await json<{ data: T }>(`http://127.0.0.1:${port.prometheus}/api/v1/${path}`)).data;
}

beforeAll(async () => {
  let served = false;
  target = createServer((request, response) => {
    if (request.url === '/metrics') {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8').end(METRICS);
    } else {
      // Each sample once, as the exporter's cursor does.
      response.setHeader('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      response.end(served ? '# EOF\n' : timelineText);
      served = true;
    }
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const address = target.address();
  port.exporter = typeof address === 'object' && address !== null ? address.port : 0;
  port.prometheus = await freePort();
  port.alertmanager = await freePort();

  out = temporaryDirectory();
  const prometheusUrl = `http://127.0.0.1:${port.prometheus}`;
  const argv = [
    ...['build', '--budgets', BUDGETS_FILE, '--env', environmentFile('dev'), '--out', out],
    ...['--set', `exporter.address=127.0.0.1:${port.exporter}`],
    ...['--set', `prometheus.url=${prometheusUrl}`, '--set', `links.runbook=${prometheusUrl}/user/alerts.md`],
    ...['--set', `alertmanager.address=127.0.0.1:${port.alertmanager}`],
  ];
  expect(run(argv, { out: () => undefined, err: () => undefined })).toBe(0);

  alertmanager = start(
    'prometheus-alertmanager',
    [
      `--config.file=${join(out, 'alertmanager/alertmanager.yml')}`,
      `--storage.path=${join(out, 'alertmanager-data')}`,
      `--web.listen-address=127.0.0.1:${port.alertmanager}`,
      '--cluster.listen-address=',
    ],
    out
  );
  prometheus = start(
    'prometheus',
    [
      `--config.file=${join(out, 'prometheus/prometheus.yml')}`,
      `--storage.tsdb.path=${join(out, 'prometheus-data')}`,
      `--web.listen-address=127.0.0.1:${port.prometheus}`,
      `--web.user-assets=${DOCS}`,
    ],
    out
  );
});

afterAll(async () => {
  await stop(prometheus);
  await stop(alertmanager);
  target.closeAllConnections();
  target.close();
  rmSync(out, { recursive: true, force: true });
});

interface Targets {
  readonly activeTargets: readonly { readonly labels: { readonly job: string }; readonly health: string }[];
}

test('all three targets are up', async () => {
  const targets = await eventually({
    what: 'targets up',
    read: async () => (await fromPrometheus<Targets>('targets')).activeTargets,
    until: (all) => all.length > 0 && all.every(({ health }) => health !== 'unknown'),
    output: prometheus.output,
  });
  expect(targets.map(({ labels, health }) => [labels.job, health]).sort()).toEqual([
    ['orchestrator-exporter', 'up'],
    ['orchestrator-timeline', 'up'],
    ['prometheus', 'up'],
  ]);
});

test('every rule is evaluated without an error', async () => {
  interface Rule {
    readonly name: string;
    readonly health: string;
    readonly lastError?: string;
  }
  const rules = await eventually({
    what: 'rules evaluated',
    read: async () =>
      (await fromPrometheus<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap(({ rules: own }) => own),
    until: (all) => all.length > 0 && all.every(({ health }) => health !== 'unknown'),
    output: prometheus.output,
  });
  expect(rules).toHaveLength(36);
  expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError !== undefined)).toEqual([]);
});

test('an exhausted budget speaks once in Alertmanager, with its figures and working links', async () => {
  interface Alert {
    readonly labels: { readonly alertname: string };
    readonly status: { readonly state: string };
    readonly annotations: { readonly description: string; readonly runbook_url: string };
  }
  const alerts = await eventually({
    what: 'three alerts, two of them inhibited',
    read: () => json<Alert[]>(`http://127.0.0.1:${port.alertmanager}/api/v2/alerts?filter=budget!=""`),
    until: (all) => all.length === 3 && all.filter(({ status }) => status.state === 'active').length === 1,
    output: alertmanager.output,
  });
  const states = alerts.map(({ labels, status }) => [labels.alertname, status.state]).sort();
  expect(states).toEqual([
    ['OrchestratorBudgetExhausted', 'active'],
    ['OrchestratorBudgetNotice', 'suppressed'],
    ['OrchestratorBudgetWarning', 'suppressed'],
  ]);
  const [exhausted] = alerts.filter(({ status }) => status.state === 'active');
  expect(exhausted?.annotations.description).toBe(
    'Used 210.50 of 200.00 USD (105.2%), remaining -10.50 USD. Next threshold 120%. Owner: lab.'
  );
  const runbook = await fetch(exhausted?.annotations.runbook_url ?? '');
  expect(await runbook.text()).toContain('## OrchestratorBudgetExhausted');
});

interface Matrix {
  readonly resultType: string;
  readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[];
}

test('an instant query on a range gives the samples of the timeline back, each at its millisecond', async () => {
  const query = encodeURIComponent('orchestrator_timeline_agent_state{environment="dev", thread=~"t"}[900s]');
  const { resultType, result } = await eventually({
    what: 'timeline samples',
    read: () => fromPrometheus<Matrix>(`query?query=${query}`),
    until: ({ result: series }) => series.length > 0,
    output: prometheus.output,
  });
  expect(resultType).toBe('matrix');
  expect(result.map(({ values }) => values)).toEqual([TIMELINE.map(([value, atMs]) => [atMs / 1000, String(value)])]);
});
