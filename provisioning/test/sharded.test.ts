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
import { held, type AlertCase } from './cases/alert-case.ts';
import { thresholdCases } from './cases/threshold-cases.ts';
import { dev } from './environments.ts';
import { panelsOf } from './panels.ts';
import { runSuites } from './promtool-suite.ts';
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

const [ENVIRONMENT, OTHER] = ['environment="dev"', 'environment="elsewhere"'];
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

interface Exporter {
  readonly instance: string;
  readonly spent: number;
  readonly hour?: number;
  readonly up?: number;
}

/** A budget of 100 USD as two exporters tell it, at the same moment. */
function told(exporters: readonly Exporter[], { window = 'day', of = ENVIRONMENT } = {}): Record<string, string> {
  return Object.assign(
    {},
    ...exporters.map(({ instance, spent, hour = 0, up = 1 }) => {
      const target = `job="orchestrator-exporter", instance="${instance}"`;
      const labels = `${of}, ${target}, budget="b"`;
      const all = {
        [`orchestrator_budget_info{${labels}, owner="lab", window="${window}", timezone="UTC"}`]: 1,
        [`orchestrator_budget_limit_usd{${labels}}`]: 100,
        [`orchestrator_budget_spent_usd{${labels}}`]: spent,
        [`orchestrator_budget_remaining_usd{${labels}}`]: 100 - spent,
        [`orchestrator_budget_used_ratio{${labels}}`]: spent / 100,
        [`orchestrator_budget_threshold_ratio{${labels}, threshold="1"}`]: 0.95,
        [`orchestrator_budget_burn_rate_usd_per_second{${labels}, lookback="1h"}`]: hour / 3_600,
        [`orchestrator_budget_period_end_timestamp_seconds{${labels}}`]: 86_400,
        [`orchestrator_budget_valid{${labels}}`]: 1,
        [`up{${target}}`]: up,
      };
      return Object.fromEntries(Object.entries(all).map(([series, value]) => [series, held(value)]));
    })
  ) as Record<string, string>;
}

interface Case {
  readonly name: string;
  readonly environment: Environment;
  readonly series: Readonly<Record<string, string>>;
  /** Of the alert that 95 of 100 USD are reached; empty where it is quiet. */
  readonly critical: readonly { readonly instance?: string; readonly window?: string; readonly told: string }[];
}

const sixty = [
  { instance: 'a', spent: 60, hour: 3 },
  { instance: 'b', spent: 36, hour: 1 },
];
const both = (spent: number) => ['a', 'b'].map((instance) => ({ instance, spent }));
const text = (used: number): string =>
  `Used ${used}.00 of 100.00 USD (${used}%, threshold 95%), remaining ${100 - used}.00 USD.`;
const rest = ' Owner: lab. Period ends 1970-01-02 00:00:00 +0000 UTC.';

const CASES: readonly Case[] = [
  {
    name: 'what two shards spent adds up, and so do their rates, by which it runs out',
    environment: shards,
    series: told(sixty),
    critical: [
      { told: `${text(96)} Last hour: 4.00 USD. Runs out 1970-01-01 01:01:00 +0000 UTC at that rate.${rest}` },
    ],
  },
  { name: 'two shards that spent less together are quiet', environment: shards, series: told(both(47)), critical: [] },
  {
    name: 'of a budget for each thread the largest counts, as no thread is in two shards',
    environment: shards,
    series: told(both(96), { window: 'thread' }),
    critical: [{ window: 'thread', told: `${text(96)} Last hour: 0.00 USD.${rest}` }],
  },
  {
    name: 'two threads in two shards are not one',
    environment: shards,
    series: told(both(60), { window: 'thread' }),
    critical: [],
  },
  {
    name: 'while a shard cannot be scraped nothing is told rather than too little',
    environment: shards,
    series: told([...both(96).slice(0, 1), { instance: 'b', spent: 60, up: 0 }]),
    critical: [],
  },
  {
    name: 'shards of another environment are not ours',
    environment: shards,
    series: told(both(96), { of: OTHER }),
    critical: [],
  },
  { name: 'no budget is none', environment: shards, series: {}, critical: [] },
  {
    name: 'a pair of exporters that get the same events is not added up',
    environment: dev,
    series: told(both(60)),
    critical: [],
  },
  {
    name: 'and each of such a pair speaks for itself',
    environment: dev,
    series: told(both(96)),
    critical: ['a', 'b'].map((instance) => ({ instance, told: `${text(96)} Last hour: 0.00 USD.${rest}` })),
  },
];

test.each(CASES)('promtool: $name', async ({ environment, series, critical }) => {
  const rule = alertingRules(environment).find(({ alert }) => alert === ALERTS.budgetCritical);
  const alertCase: AlertCase = {
    alert: ALERTS.budgetCritical,
    name: 'is told',
    series,
    atSeconds: 60,
    fires: critical.map(({ instance, window = 'day', told: description }) => ({
      labels: {
        budget: 'b',
        owner: 'lab',
        window,
        timezone: 'UTC',
        threshold: '1',
        ...(instance === undefined ? {} : { instance, job: 'orchestrator-exporter' }),
      },
      summary: 'Budget b has used 96% of its limit (threshold 95%)',
      description,
    })),
  };
  const recordings = recordingRules(environment);
  const [result] = await runSuites(temporaryDirectory(), environment, [
    { name: 'shards', ...(rule === undefined ? {} : { rule }), recordings, cases: [alertCase] },
  ]);
  expect(result).toEqual({ name: 'shards', passed: true, output: '' });
});

/** Each list of thresholds at each share, of one exporter: what it spent and its share are in accord in these. */
const LISTED = thresholdCases(shards).filter(({ name }) => /^(fires|stays quiet) for /.test(name));

test('promtool: thresholds over shards mean what they mean in one exporter', async () => {
  const suites = alertingRules(shards)
    .map((rule) => ({
      name: rule.alert,
      rule,
      recordings: recordingRules(shards),
      cases: LISTED.filter(({ alert }) => alert === rule.alert),
    }))
    .filter(({ cases }) => cases.length > 0);
  expect(suites).toHaveLength(4);
  const results = await runSuites(temporaryDirectory(), shards, suites);
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
}, 60_000);
