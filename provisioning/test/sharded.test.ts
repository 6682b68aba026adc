// The files for several exporters: taken by the exporter, and rules that add up what it counted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ALERTS } from '../src/alerting/names.ts';
import { alertingRules } from '../src/alerts.ts';
import { prometheusDashboards } from '../src/dashboards/all.ts';
import type { Environment } from '../src/environments/environment.ts';
import { prometheusConfig } from '../src/files.ts';
import { recordingRules } from '../src/recording-rules.ts';
import type { AlertCase } from './cases/alert-case.ts';
import { both, criticalCase, REST, shardedCases, shardedRecordings, told, usedText } from './cases/sharded-cases.ts';
import { dev } from './environments.ts';
import { panelsOf } from './panels.ts';
import { runSuites, type Suite } from './promtool-suite.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const ROOT = join(__dirname, '../..');
const SHARDED = join(__dirname, '..', 'sharded');

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
    rules: ['generated/prometheus/rules/*.yml'],
    isAlerting: false,
  },
  {
    file: 'compose-prometheus.yml',
    exporters: ['exporter-a:9847', 'exporter-b:9847'],
    prometheus: 'prometheus-nats:9090',
    rules: ['rules/*.yml'],
    isAlerting: true,
  },
])('$file is what is generated for dev, but for both exporters as targets and the rules of shards', (variant) => {
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

const shards: Environment = { ...dev, exporter: 'a:1', shards: ['b:1'] };

test('both exporters are scraped, and our panel gets its series by the names that it knows', () => {
  const { scrape_configs: jobs } = prometheusConfig(shards) as Prometheus;
  expect(jobs[0]?.static_configs).toEqual([{ targets: ['a:1', 'b:1'] }]);
  const queries = (environment: Environment) =>
    prometheusDashboards(environment).flatMap((one) =>
      panelsOf(one).flatMap(({ type, targets }) => targets.map(({ expr }) => ({ type, expr })))
    );
  const raw = /(?<![\w:"])orchestrator_budget_\w+/;
  expect(queries(shards).filter(({ expr }) => raw.test(expr))).toEqual([]);
  const ofPanel = (environment: Environment) =>
    queries(environment).filter(({ type, expr }) => type === 'helix-orchestrator-panel' && expr.includes('_budget_'));
  expect(ofPanel(shards).map(({ expr }) => /"__name__", "(\w+)"/.exec(expr)?.[1] ?? expr)).toEqual(
    ofPanel(dev).map(({ expr }) => (expr.startsWith('orchestrator_budget_') ? expr.replace(/\{.*/, '') : expr))
  );
});

const suitesOf = (environment: Environment, cases: readonly AlertCase[]): readonly Suite[] =>
  alertingRules(environment)
    .map((rule) => ({
      name: rule.alert,
      rule,
      recordings: recordingRules(environment),
      cases: cases.filter(({ alert }) => alert === rule.alert),
    }))
    .filter((suite) => suite.cases.length > 0);

test('promtool: what two exporters tell of parts of a budget means what one would tell of the whole', async () => {
  const suites = suitesOf(shards, shardedCases(shards));
  expect(suites.map(({ name }) => name).sort()).toEqual(
    [
      ...[ALERTS.budgetNotice, ALERTS.budgetWarning, ALERTS.budgetCritical, ALERTS.budgetExhausted],
      ...[ALERTS.budgetBurningFast, ALERTS.budgetBurningSlowly, ALERTS.budgetExhaustionProjected],
      ...[ALERTS.budgetAheadOfTime, ALERTS.budgetSpendUnusual],
    ].sort()
  );
  const results = await runSuites(temporaryDirectory(), shards, suites);
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
});

test('promtool: what is recorded of two exporters ends where it must', async () => {
  const suite = { name: 'recordings', recordings: recordingRules(shards), cases: shardedRecordings(shards) };
  expect(await runSuites(temporaryDirectory(), shards, [suite])).toEqual([
    { name: 'recordings', passed: true, output: '' },
  ]);
});

test('promtool: exporters that get the same events are not added up, and each speaks for itself', async () => {
  const suites = suitesOf(dev, [
    criticalCase('a pair is not added up', told(both(60))),
    criticalCase(
      'each of a pair speaks for itself',
      told(both(96)),
      ['a', 'b'].map((instance) => ({ instance, told: `${usedText(96)} Last hour: 0.00 USD.${REST}` }))
    ),
  ]);
  const results = await runSuites(temporaryDirectory(), dev, suites);
  expect(results.map(({ passed, output }) => ({ passed, output }))).toEqual([{ passed: true, output: '' }]);
});
