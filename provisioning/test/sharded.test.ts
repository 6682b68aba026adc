// The files for several exporters: taken by the exporter, and rules that add up what it counted.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runTool } from './tools.ts';

const ROOT = join(__dirname, '../..');
const SHARDED = join(__dirname, '..', 'sharded');
const RULES = join(SHARDED, 'budgets.rules.yml');

interface Configuration {
  readonly nats: { readonly subjects: readonly string[] };
}

test.each(['exporter', 'compose'])('the two %s configurations take each of eight partitions once', (kind) => {
  const subjects = readdirSync(SHARDED)
    .filter((name) => [`${kind}-a.yml`, `${kind}-b.yml`].includes(name))
    .flatMap((name) => (parse(readFileSync(join(SHARDED, name), 'utf8')) as Configuration).nats.subjects);
  expect(subjects).toEqual(Array.from({ length: 8 }, (_, partition) => `helix.events.${partition}`));
});

test('the exporter accepts the configurations for one machine', () => {
  const program = join(ROOT, 'exporter/bin/orchestrator-exporter.js');
  for (const name of ['exporter-a.yml', 'exporter-b.yml']) {
    const args = [program, '--check-config', '--config', join(SHARDED, name)];
    expect(runTool(process.execPath, args, ROOT).status).toBe(0);
  }
});

interface Prometheus {
  readonly rule_files: readonly string[];
  readonly alerting: unknown;
  readonly scrape_configs: readonly { readonly job_name: string; readonly static_configs: unknown }[];
}

const readPrometheus = (path: string): Prometheus => parse(readFileSync(join(ROOT, path), 'utf8')) as Prometheus;

test.each([
  {
    file: 'prometheus.yml',
    exporters: ['127.0.0.1:9847', '127.0.0.1:9857'],
    prometheus: '127.0.0.1:9090',
    rules: ['../generated/dev/prometheus/rules/*.yml', 'budgets.rules.yml'],
    isAlerting: false,
  },
  {
    file: 'compose-prometheus.yml',
    exporters: ['exporter-a:9847', 'exporter-b:9847'],
    prometheus: 'prometheus-nats:9090',
    rules: ['rules/*.yml', 'sharded/*.yml'],
    isAlerting: true,
  },
])('$file is what is generated for dev, but for both exporters as targets and more rules', (variant) => {
  const generated = readPrometheus('provisioning/generated/dev/prometheus/prometheus.yml');
  const { alerting, ...rest } = generated;
  const expected = {
    ...rest,
    ...(variant.isAlerting ? { alerting } : {}),
    rule_files: variant.rules,
    scrape_configs: generated.scrape_configs.map((scrape) => ({
      ...scrape,
      static_configs: [{ targets: scrape.job_name === 'prometheus' ? [variant.prometheus] : variant.exporters }],
    })),
  };
  expect(readPrometheus(`provisioning/sharded/${variant.file}`)).toEqual(expected);
  const { status, output } = runTool('promtool', ['check', 'config', join(SHARDED, variant.file)]);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
});

const series = (name: string, instance: string, values: string): string =>
  `{series: '${name}{job="orchestrator-exporter",instance="${instance}",budget="b"}', values: '${values}'}`;

test('promtool: spends of two exporters add up, the alert fires at the sum, and a missing exporter gives nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sharded-'));
  const tests = `
rule_files: ['${RULES}']
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - ${series('orchestrator_budget_spent_usd', 'a', '40 60 60')}
      - ${series('orchestrator_budget_spent_usd', 'b', '30 40 _')}
      - ${series('orchestrator_budget_limit_usd', 'a', '100 100 100')}
      - ${series('orchestrator_budget_limit_usd', 'b', '100 100 _')}
      - ${series('orchestrator_budget_valid', 'a', '1 1 1')}
      - ${series('orchestrator_budget_valid', 'b', '1 1 1')}
      - {series: 'up{job="orchestrator-exporter",instance="a"}', values: '1 1 1'}
      - {series: 'up{job="orchestrator-exporter",instance="b"}', values: '1 1 0'}
    promql_expr_test:
      - {expr: orchestrator:sharded_budget_spent_usd, eval_time: 0m, exp_samples: [{labels: 'orchestrator:sharded_budget_spent_usd{job="orchestrator-exporter",budget="b"}', value: 70}]}
      - {expr: orchestrator:sharded_budget_used_ratio, eval_time: 1m, exp_samples: [{labels: 'orchestrator:sharded_budget_used_ratio{job="orchestrator-exporter",budget="b"}', value: 1}]}
      - {expr: orchestrator:sharded_budget_spent_usd, eval_time: 2m, exp_samples: []}
    alert_rule_test:
      - {alertname: ShardedBudgetExhausted, eval_time: 0m, exp_alerts: []}
      - alertname: ShardedBudgetExhausted
        eval_time: 1m
        exp_alerts:
          - exp_labels: {severity: critical, job: orchestrator-exporter, budget: b}
            exp_annotations: {summary: Budget b is used up over all exporters}
`;
  const file = join(folder, 'test.yml');
  writeFileSync(file, tests);
  const { status, output } = runTool('promtool', ['test', 'rules', file], folder);
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  rmSync(folder, { recursive: true });
}, 30_000);
