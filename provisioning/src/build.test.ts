import { parse } from 'yaml';
import { budgets, dev, ENVIRONMENTS, prod, staging } from '../test/environments.ts';
import { build } from './build.ts';
import type { Environment, Receiver } from './environments/environment.ts';

const PATHS = [
  'alertmanager/alertmanager.yml',
  'exporter/budgets.yml',
  'exporter/exporter.yml',
  'grafana/alerting/contact-points.yml',
  'grafana/alerting/mute-timings.yml',
  'grafana/alerting/policies.yml',
  'grafana/alerting/rules.yml',
  'grafana/alerting/templates.yml',
  'grafana/dashboards/orchestrator-agents.json',
  'grafana/dashboards/orchestrator-budget.json',
  'grafana/dashboards/orchestrator-exporter.json',
  'grafana/dashboards/orchestrator-live.json',
  'grafana/dashboards/orchestrator-thread.json',
  'grafana/dashboards/orchestrator.json',
  'grafana/provisioning/alerting/none.yml',
  'grafana/provisioning/dashboards/orchestrator.yml',
  'grafana/provisioning/datasources/prometheus.yml',
  'grafana/provisioning/plugins/none.yml',
  'kubernetes/base/kustomization.yaml',
  'kubernetes/base/service.yaml',
  'kubernetes/base/statefulset.yaml',
  'kubernetes/prometheus-rule.yaml',
  'kubernetes/service-monitor.yaml',
  'kubernetes/storage.yaml',
  'kustomization.yaml',
  'prometheus/prometheus.yml',
  'prometheus/rules/alerts.yml',
  'prometheus/rules/recording.yml',
  'prometheus/scrape/orchestrator.yml',
];

const file = (environment: Environment, path: string): string => build(environment, budgets).get(path) ?? '';

describe.each(ENVIRONMENTS)('build of $name', (environment) => {
  test('gives these files, sorted, and the same text every time', () => {
    expect([...build(environment, budgets).keys()]).toEqual(PATHS);
    expect([...build(environment, budgets)]).toEqual([...build({ ...environment }, budgets)]);
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

const TEXTS = { title: expect.stringContaining('.Status'), text: expect.stringContaining('runbook_url') };

test.each<{ receiver: Receiver; config: object }>([
  {
    receiver: { name: 'r', type: 'webhook', url: 'http://127.0.0.1:1' },
    config: { webhook_configs: [{ url: 'http://127.0.0.1:1', send_resolved: true }] },
  },
  {
    receiver: { name: 'r', type: 'webhook', urlFile: '/secrets/url' },
    config: { webhook_configs: [{ url_file: '/secrets/url', send_resolved: true }] },
  },
  {
    receiver: { name: 'r', type: 'slack', channel: '#c', urlFile: '/secrets/url' },
    config: { slack_configs: [{ channel: '#c', api_url_file: '/secrets/url', send_resolved: true, ...TEXTS }] },
  },
  {
    receiver: { name: 'r', type: 'pagerduty', routingKeyFile: '/secrets/key' },
    config: {
      pagerduty_configs: [
        {
          routing_key_file: '/secrets/key',
          send_resolved: true,
          description: TEXTS.title,
          details: { alerts: TEXTS.text },
        },
      ],
    },
  },
  {
    receiver: {
      name: 'r',
      type: 'email',
      to: 'a@x.example',
      from: 'b@x.example',
      smarthost: 'mail.x.example:587',
      username: 'b',
      passwordFile: '/secrets/password',
    },
    config: {
      email_configs: [
        {
          to: 'a@x.example',
          from: 'b@x.example',
          smarthost: 'mail.x.example:587',
          auth_username: 'b',
          auth_password_file: '/secrets/password',
          send_resolved: true,
          headers: { Subject: TEXTS.title },
          text: TEXTS.text,
          html: '',
        },
      ],
    },
  },
])('alertmanager.yml with a receiver of type $receiver.type', ({ receiver, config }) => {
  const { receivers } = parse(file({ ...dev, receivers: [receiver] }, 'alertmanager/alertmanager.yml'));
  expect(receivers).toEqual([{ name: 'none' }, { name: 'r', ...config }]);
});

test('without receivers alerts go to one that sends nothing', () => {
  const { route, receivers } = parse(file(dev, 'alertmanager/alertmanager.yml'));
  expect(route).toEqual({
    receiver: 'none',
    group_by: ['alertname'],
    routes: [
      {
        receiver: 'none',
        matchers: ['environment="dev"', 'component=~"budget|orchestrator|exporter"'],
        group_by: ['environment', 'alertname', 'budget'],
        group_wait: '10s',
        group_interval: '1m',
        repeat_interval: '4h',
        routes: [],
      },
    ],
  });
  expect(receivers).toEqual([{ name: 'none' }]);
});

test('production pages on critical and writes a ticket for everything else, with secrets from files', () => {
  const { receivers, route } = parse(file(prod, 'alertmanager/alertmanager.yml'));
  expect(route.receiver).toBe('ticket');
  expect(route.routes[0].routes).toEqual([
    { receiver: 'page', matchers: ['severity="critical"'] },
    { receiver: 'none', matchers: ['severity="info"'] },
  ]);
  expect(receivers[1].pagerduty_configs[0].routing_key_file).toBe('/etc/alertmanager/secrets/pagerduty-routing-key');
  expect(receivers[2].slack_configs[0].api_url_file).toBe('/etc/alertmanager/secrets/slack-api-url');
});

test('staging holds warnings back at night and on weekends', () => {
  const { route, time_intervals: intervals } = parse(file(staging, 'alertmanager/alertmanager.yml'));
  expect(route.routes[0].routes).toEqual([
    { receiver: 'channel', matchers: ['severity="warning"'], mute_time_intervals: ['nights-and-weekends'] },
    { receiver: 'none', matchers: ['severity="info"'] },
  ]);
  expect(intervals).toEqual([
    {
      name: 'nights-and-weekends',
      time_intervals: [
        { weekdays: ['saturday', 'sunday'], location: 'Europe/Berlin' },
        {
          times: [
            { start_time: '00:00', end_time: '08:00' },
            { start_time: '18:00', end_time: '24:00' },
          ],
          location: 'Europe/Berlin',
        },
      ],
    },
  ]);
});

test('a route matches on what it names, quoted, and may go on', () => {
  const routes = [
    { receiver: 'none', team: 'a"b\\', component: 'budget' as const, mute: [], continue: true },
    { receiver: 'none', severity: 'critical' as const, team: 'x', mute: [], continue: false },
  ];
  expect(parse(file({ ...dev, routes }, 'alertmanager/alertmanager.yml')).route.routes[0].routes).toEqual([
    { receiver: 'none', matchers: ['team="a\\"b\\\\"', 'component="budget"'], continue: true },
    { receiver: 'none', matchers: ['severity="critical"', 'team="x"'] },
  ]);
});

test('the exporter is configured with the name of the environment, its own keys go above', () => {
  const exporterConfig = { data_dir: 'memory', threads: { max: 9 } };
  expect(parse(file({ ...dev, exporterConfig }, 'exporter/exporter.yml'))).toEqual({
    environment: 'dev',
    listen: { host: '0.0.0.0', port: 9847 },
    data_dir: 'memory',
    budgets_file: '/etc/orchestrator-exporter/budgets.yml',
    threads: { max: 9 },
  });
});

test('a Prometheus that has other jobs takes the same two from a file of their own', () => {
  const own = parse(file(prod, 'prometheus/scrape/orchestrator.yml'));
  const { scrape_configs: all } = parse(file(prod, 'prometheus/prometheus.yml'));
  expect(own).toEqual({ scrape_configs: (all as unknown[]).slice(0, 2) });
});

test('of the alerts on one budget only the most telling speaks', () => {
  const { inhibit_rules: rules } = parse(file(prod, 'alertmanager/alertmanager.yml'));
  expect((rules as unknown[]).slice(0, 8)).toEqual(
    [
      ['Exhausted', 'Critical|BurningFast|ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual|Notice'],
      ['Critical', 'BurningFast|ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual|Notice'],
      ['BurningFast', 'ExhaustionProjected|BurningSlowly|Warning|AheadOfTime|SpendUnusual|Notice'],
      ['ExhaustionProjected', 'BurningSlowly|Warning|AheadOfTime|SpendUnusual|Notice'],
      ['BurningSlowly', 'Warning|AheadOfTime|SpendUnusual|Notice'],
      ['Warning', 'AheadOfTime|SpendUnusual|Notice'],
      ['AheadOfTime', 'SpendUnusual|Notice'],
      ['SpendUnusual', 'Notice'],
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
        jsonData: { timeInterval: '15s', httpMethod: 'POST', prometheusType: 'Prometheus', manageAlerts: true },
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
