import { parse } from 'yaml';
import { build } from './build.ts';
import { dev } from './environments/dev.ts';
import type { Environment } from './environments/environment.ts';
import { ENVIRONMENTS } from './environments/known.ts';
import { prod } from './environments/prod.ts';

const PATHS = [
  'alertmanager/alertmanager.yml',
  'grafana/dashboards/orchestrator.json',
  'grafana/dashboards/threads-live.json',
  'grafana/provisioning/alerting/none.yml',
  'grafana/provisioning/dashboards/orchestrator.yml',
  'grafana/provisioning/datasources/prometheus.yml',
  'grafana/provisioning/plugins/none.yml',
  'prometheus/prometheus.yml',
  'prometheus/rules/alerts.yml',
  'prometheus/rules/recording.yml',
];

const file = (environment: Environment, path: string): string => build(environment).get(path) ?? '';

describe.each(ENVIRONMENTS)('build of $name', (environment) => {
  test('gives these files, sorted, and the same text every time', () => {
    expect([...build(environment).keys()]).toEqual(PATHS);
    expect([...build(environment)]).toEqual([...build({ ...environment })]);
  });

  test.each(PATHS.filter((path) => path.endsWith('.yml')))('%s begins with a line that forbids editing', (path) => {
    expect(file(environment, path).split('\n')[0]).toMatch(/^# Generated .* Do not edit/);
  });

  test.each(PATHS)('%s ends in one newline and holds no tab', (path) => {
    expect(file(environment, path)).toMatch(/[^\n]\n$/);
    expect(file(environment, path)).not.toContain('\t');
  });

  test('the scrape does not take longer than its interval', () => {
    expect(environment.scrapeTimeoutSeconds).toBeLessThanOrEqual(environment.scrapeIntervalSeconds);
  });
});

test.each([
  { major: 2, minor: 42, key: undefined },
  { major: 2, minor: 47, key: undefined },
  { major: 2, minor: 48, key: true },
  { major: 3, minor: 0, key: true },
])('track_timestamps_staleness for Prometheus $major.$minor is $key', ({ major, minor, key }) => {
  const config = parse(file({ ...dev, prometheusVersion: { major, minor } }, 'prometheus/prometheus.yml'));
  const jobs = config.scrape_configs as Record<string, unknown>[];
  expect(jobs.map((job) => job['track_timestamps_staleness'])).toEqual([undefined, key, undefined]);
});

test('prometheus.yml of dev is the compose network', () => {
  expect(parse(file(dev, 'prometheus/prometheus.yml'))).toEqual({
    global: { scrape_interval: '5s', scrape_timeout: '4s', evaluation_interval: '5s' },
    rule_files: ['rules/*.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
    scrape_configs: [
      {
        job_name: 'orchestrator-exporter',
        metrics_path: '/metrics',
        static_configs: [{ targets: ['exporter:9847'] }],
      },
      {
        job_name: 'orchestrator-timeline',
        metrics_path: '/metrics/timeline',
        params: { consumer: ['prometheus'] },
        honor_timestamps: true,
        static_configs: [{ targets: ['exporter:9847'] }],
      },
      { job_name: 'prometheus', static_configs: [{ targets: ['prometheus:9090'] }] },
    ],
  });
});

test.each([
  { name: 'no receiver', receiver: { kind: 'none' } as const, config: { name: 'warning' } },
  {
    name: 'a webhook',
    receiver: { kind: 'webhook', url: 'http://127.0.0.1:1/' } as const,
    config: { name: 'warning', webhook_configs: [{ url: 'http://127.0.0.1:1/', send_resolved: true }] },
  },
])('alertmanager.yml with $name', ({ receiver, config }) => {
  const environment = { ...dev, receivers: { ...dev.receivers, warning: receiver } };
  expect(parse(file(environment, 'alertmanager/alertmanager.yml')).receivers[0]).toEqual(config);
});

test('production pages on critical and writes to the channel on warning, with secrets from files', () => {
  const { receivers, route } = parse(file(prod, 'alertmanager/alertmanager.yml'));
  expect(route.receiver).toBe('warning');
  expect(route.routes).toEqual([{ receiver: 'critical', matchers: ['severity="critical"'] }]);
  expect(receivers[0].slack_configs[0].api_url_file).toBe('/etc/alertmanager/secrets/slack-api-url');
  expect(receivers[1].pagerduty_configs[0].routing_key_file).toBe('/etc/alertmanager/secrets/pagerduty-routing-key');
});

test('of the alerts on one budget only the most telling speaks', () => {
  const { inhibit_rules: rules } = parse(file(prod, 'alertmanager/alertmanager.yml'));
  expect((rules as unknown[]).slice(0, 7)).toEqual(
    [
      ['Exhausted', 'Critical|BurningFast|ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual'],
      ['Critical', 'BurningFast|ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual'],
      ['BurningFast', 'ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual'],
      ['ExhaustionProjected', 'BurningSlowly|Warning|AheadOfTime|SpendUnusual'],
      ['BurningSlowly', 'Warning|AheadOfTime|SpendUnusual'],
      ['Warning', 'AheadOfTime|SpendUnusual'],
      ['AheadOfTime', 'SpendUnusual'],
    ].map(([source, targets]) => ({
      source_matchers: [`alertname="OrchestratorBudget${source}"`],
      target_matchers: [`alertname=~"${targets?.replace(/\w+/g, 'OrchestratorBudget$&')}"`],
      equal: ['environment', 'budget'],
    }))
  );
});

test('the data source has a fixed uid and the scrape interval as its floor', () => {
  expect(parse(file(prod, 'grafana/provisioning/datasources/prometheus.yml'))).toEqual({
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        type: 'prometheus',
        uid: 'prometheus',
        access: 'proxy',
        orgId: 1,
        url: 'http://prometheus.prod.example.com:9090',
        isDefault: true,
        editable: false,
        version: 1,
        jsonData: { timeInterval: '15s', httpMethod: 'POST', prometheusType: 'Prometheus' },
      },
    ],
  });
});

test('the dashboard provider reads a folder, keeps deletions off and never writes back', () => {
  expect(parse(file(dev, 'grafana/provisioning/dashboards/orchestrator.yml'))).toEqual({
    apiVersion: 1,
    providers: [
      {
        name: 'orchestrator',
        orgId: 1,
        type: 'file',
        folder: 'Orchestrator',
        folderUid: 'orchestrator',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: '/etc/grafana/dashboards', foldersFromFilesStructure: false },
      },
    ],
  });
});
