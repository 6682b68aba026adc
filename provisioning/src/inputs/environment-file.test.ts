import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { environmentJsonSchema, environmentOf } from './environment-file.ts';
import { parseSource, type Override } from './source-document.ts';

const LEAST = `name: dev
team: crew
exporter: { address: 'exporter:9847' }
alertmanager: { address: 'alertmanager:9093' }
prometheus: { url: 'http://prometheus:9090' }
links: { grafana: 'http://grafana:3000/', runbook: 'http://wiki/alerts.md' }
`;
const EVERYTHING = `${LEAST.replace("'exporter:9847'", "'exporter:9847', shards: ['[::1]:1', 'b:2']").replace('{ url:', "{ version: '2.53', scrape_interval: 1m30s, scrape_timeout: 1m, evaluation_interval: 30s, url:")}
dashboards: { directory: /d, time_from: now-6h, refresh: '' }
alerts: { down_for: 0s, node_failure_runs: 1, agent_usual_factor: 2.5 }
grouping: { wait: 0s, interval: 5m, repeat: 1d }
receivers:
  - { name: page, type: pagerduty, routing_key_file: /s/key }
  - { name: chat, type: slack, channel: '#c', url_file: /s/url }
  - { name: open hook, type: webhook, url: 'http://hook:1/x' }
  - { name: secret hook, type: webhook, url_file: /s/hook }
  - { name: mail, type: email, to: a@x.example, from: b@x.example, smarthost: 'm:25', username: u, password_file: /s/p }
  - { name: open mail, type: email, to: a@x.example, from: b@x.example, smarthost: '[::1]:25' }
default_receiver: chat
routes:
  - { severity: critical, team: lab, component: budget, receiver: page, mute: [nights], continue: true }
  - { team: lab, receiver: none }
mute_timings:
  - name: nights
    time_intervals:
      - times: [{ start_time: '22:00', end_time: '24:00' }]
        weekdays: ['monday:friday', sunday]
        days_of_month: ['1:5', '-1']
        months: [december, '1:3']
        years: ['2026:2027']
        location: Europe/Berlin
require_receivers: [page, chat]
kubernetes: { namespace: ns, image: 'r:5000/x@sha256:${'0'.repeat(64)}', storage: 5Gi, storage_class: fast, labels: { a/b: c } }
`;

const read = (text: string, overrides: readonly Override[] = []) => {
  const source = parseSource('e.yml', text, overrides);
  return source.ok ? environmentOf(source.document) : source;
};

const problemsOf = (text: string): readonly string[] => {
  const result = read(text);
  return result.ok ? [] : result.problems;
};

test('the least that an environment says has the numbers of production and sends to nobody', () => {
  const result = read(LEAST);
  expect(result).toMatchObject({
    ok: true,
    environment: {
      name: 'dev',
      operators: 'crew',
      exporter: 'exporter:9847',
      shards: [],
      exporterConfig: {},
      prometheusVersion: { major: 3, minor: 5 },
      scrapeIntervalSeconds: 15,
      links: { grafanaUrl: 'http://grafana:3000', runbookUrl: 'http://wiki/alerts.md' },
      grouping: { waitSeconds: 10, intervalSeconds: 60, repeatSeconds: 14_400 },
      alerts: { budgetCriticalRatio: 0.95, downSeconds: 60, agentSilentSeconds: 900, wastedUsd: 10 },
      receivers: [],
      defaultReceiver: 'none',
      routes: [],
      muteTimings: [],
    },
  });
});

test('everything that an environment can say is understood', () => {
  expect(read(EVERYTHING)).toMatchObject({
    ok: true,
    environment: {
      shards: ['[::1]:1', 'b:2'],
      prometheusVersion: { major: 2, minor: 53 },
      scrapeIntervalSeconds: 90,
      dashboard: { directory: '/d', timeFrom: 'now-6h', refresh: '' },
      alerts: { downSeconds: 0, nodeFailureRuns: 1, agentUsualFactor: 2.5 },
      grouping: { waitSeconds: 0, intervalSeconds: 300, repeatSeconds: 86_400 },
      receivers: [
        { name: 'page', type: 'pagerduty', routingKeyFile: '/s/key' },
        { name: 'chat', type: 'slack', channel: '#c', urlFile: '/s/url' },
        { name: 'open hook', type: 'webhook', url: 'http://hook:1/x' },
        { name: 'secret hook', type: 'webhook', urlFile: '/s/hook' },
        {
          name: 'mail',
          type: 'email',
          to: 'a@x.example',
          from: 'b@x.example',
          smarthost: 'm:25',
          username: 'u',
          passwordFile: '/s/p',
        },
        { name: 'open mail', type: 'email', to: 'a@x.example', from: 'b@x.example', smarthost: '[::1]:25' },
      ],
      defaultReceiver: 'chat',
      routes: [
        { severity: 'critical', team: 'lab', component: 'budget', receiver: 'page', mute: ['nights'], continue: true },
        { team: 'lab', receiver: 'none', mute: [], continue: false },
      ],
      muteTimings: [
        {
          name: 'nights',
          timeIntervals: [
            {
              times: [{ start_time: '22:00', end_time: '24:00' }],
              weekdays: ['monday:friday', 'sunday'],
              days_of_month: ['1:5', '-1'],
              months: ['december', '1:3'],
              years: ['2026:2027'],
              location: 'Europe/Berlin',
            },
          ],
        },
      ],
      kubernetes: {
        namespace: 'ns',
        image: `r:5000/x@sha256:${'0'.repeat(64)}`,
        storage: '5Gi',
        storageClass: 'fast',
        labels: { 'a/b': 'c' },
      },
    },
  });
});

const NAME = 'a name of letters, digits, dots, dashes and underscores, at most 63';
const DURATION = 'a duration from 0s to 30d, such as 90s, 15m or 1h30m';
const URL_ACCEPTS = 'an http or https URL without query and fragment, such as https://grafana.example.com';

test.each([
  {
    name: 'an empty file',
    text: '',
    problems: [
      `e.yml:1:1: name is missing; expected ${NAME}`,
      'e.yml:1:1: team is missing; expected the name of a team, without braces',
      'e.yml:1:1: exporter is missing; expected a mapping',
      'e.yml:1:1: alertmanager is missing; expected a mapping',
      'e.yml:1:1: prometheus is missing; expected a mapping',
      'e.yml:1:1: links is missing; expected a mapping',
    ],
  },
  { name: 'a list', text: '- a\n', problems: ['e.yml:1:1: the file: ["a"] is refused; expected a mapping'] },
  { name: 'a text', text: 'a\n', problems: ['e.yml:1:1: the file: "a" is refused; expected a mapping'] },
  {
    name: 'a misspelt key of the file and one of the alerts',
    text: `${LEAST}alets: {}\nalerts:\n  down_fro: 1s\n`,
    problems: [
      'e.yml:7:1: "alets" is not known here; did you mean alerts?',
      'e.yml:9:3: "down_fro" is not known here; did you mean down_for?',
    ],
  },
  {
    name: 'a key of the prototype',
    text: `${LEAST}links2: 1\n__proto__: { name: x }\n`.replace('links2: 1\n', ''),
    problems: [
      'e.yml:7:1: "__proto__" is not known here; known are name, team, exporter, alertmanager, prometheus, links, dashboards, alerts, grouping, receivers, default_receiver, routes, mute_timings, require_receivers, kubernetes',
    ],
  },
  {
    name: 'a name that is a path',
    text: LEAST.replace('dev', '../etc'),
    problems: [`e.yml:1:1: name: "../etc" is refused; expected ${NAME}`],
  },
  {
    name: 'a script for an address',
    text: LEAST.replace('http://grafana:3000/', 'javascript:alert(1)'),
    problems: [`e.yml:6:10: links.grafana: "javascript:alert(1)" is refused; expected ${URL_ACCEPTS}`],
  },
  {
    name: 'a shard that is the exporter itself, and one that is there twice',
    text: LEAST.replace("'exporter:9847'", "'exporter:9847', shards: ['a:1', 'exporter:9847', 'a:1']"),
    problems: [
      'e.yml:3:55: exporter.shards[1]: "exporter:9847" is refused; expected an exporter that is not named before',
      'e.yml:3:72: exporter.shards[2]: "a:1" is refused; expected an exporter that is not named before',
    ],
  },
  {
    name: 'a port that does not exist',
    text: LEAST.replace('9847', '70000'),
    problems: ['e.yml:3:13: exporter.address: "exporter:70000" is refused; expected HOST:PORT, such as exporter:9847'],
  },
  {
    name: 'durations in words, without a unit and past the end',
    text: `${LEAST}alerts:\n  down_for: soon\n  degraded_for: 5\n  projection_for: 31d\n`,
    problems: [
      `e.yml:8:3: alerts.down_for: "soon" is refused; expected ${DURATION}`,
      `e.yml:9:3: alerts.degraded_for: 5 is refused; expected ${DURATION}`,
      `e.yml:10:3: alerts.projection_for: "31d" is refused; expected ${DURATION}`,
    ],
  },
  {
    name: 'numbers out of bounds and not numbers',
    text: `${LEAST}alerts: { ahead_ratio: 1.01, wasted_usd: .nan, node_failure_runs: 1.5 }\n`,
    problems: [
      'e.yml:7:11: alerts.ahead_ratio: 1.01 is refused; expected a number from 0 to 1',
      'e.yml:7:30: alerts.wasted_usd: NaN is refused; expected a number from 0 to 1000000000',
      'e.yml:7:48: alerts.node_failure_runs: 1.5 is refused; expected a whole number from 1 to 1000000',
    ],
  },
  {
    name: 'a warning above what is critical',
    text: `${LEAST}alerts: { budget_warning_ratio: 0.96 }\n`,
    problems: [
      'e.yml:7:11: alerts.budget_warning_ratio: 0.96 is refused; expected no more than budget_critical_ratio, 0.95',
    ],
  },
  {
    name: 'a template for a team',
    text: LEAST.replace('crew', "'{{ $labels.x }}'"),
    problems: ['e.yml:2:1: team: "{{ $labels.x }}" is refused; expected the name of a team, without braces'],
  },
  {
    name: 'names that Kubernetes does not have',
    text: `${LEAST}kubernetes: { namespace: My_Space, image: '-x', storage: much, labels: { a: 'b c' } }\n`,
    problems: [
      'e.yml:7:15: kubernetes.namespace: "My_Space" is refused; expected a name of lower-case letters, digits and dashes, at most 63',
      'e.yml:7:36: kubernetes.image: "-x" is refused; expected an image, such as registry.example.com/name:1.0',
      'e.yml:7:49: kubernetes.storage: "much" is refused; expected a size such as 20Gi',
      'e.yml:7:74: kubernetes.labels.a: "b c" is refused; expected the value of a label',
    ],
  },
  {
    name: 'a scrape that takes longer than its interval',
    text: LEAST.replace('{ url:', '{ scrape_interval: 5s, url:'),
    problems: ['e.yml:5:1: prometheus.scrape_timeout: 10s is refused; expected no more than scrape_interval, 5s'],
  },
  {
    name: 'an environment in the configuration of the exporter',
    text: LEAST.replace("'exporter:9847' }", "'exporter:9847', config: { environment: x } }"),
    problems: [
      'e.yml:3:49: exporter.config.environment is refused; expected nothing: it is the name of the environment',
    ],
  },
  {
    name: 'a type of receiver that does not exist',
    text: `${LEAST}receivers:\n  - { name: a, type: pigeon }\n`,
    problems: [
      'e.yml:8:16: receivers[0].type: "pigeon" is refused; expected a receiver of type slack, pagerduty, webhook or email',
    ],
  },
  {
    name: 'a secret in the file, by its key',
    text: `${LEAST}receivers:\n  - name: a\n    type: slack\n    channel: '#c'\n    url: https://hooks.example/T0KEN\n`,
    problems: [
      'e.yml:8:5: receivers[0].url_file is missing; expected the absolute path of a file that holds the secret, as the reading server sees it',
      'e.yml:11:5: "url" is not known here; known are name, type, channel, url_file',
    ],
  },
  {
    name: 'a webhook with no address, one with two, and half a login',
    text: `${LEAST}receivers:
  - { name: a, type: webhook }
  - { name: b, type: webhook, url: 'http://x', url_file: /x }
  - { name: c, type: email, to: a@b, from: a@b, smarthost: 'm:25', username: u }
`,
    problems: [
      'e.yml:8:5: receivers[0]: expected one of url and url_file',
      'e.yml:9:5: receivers[1]: expected one of url and url_file',
      'e.yml:10:5: receivers[2]: expected username and password_file together',
    ],
  },
  {
    name: 'a receiver that is declared twice and one that takes the name of none',
    text: `${LEAST}receivers:
  - { name: a, type: webhook, url: 'http://x' }
  - { name: a, type: webhook, url: 'http://x' }
  - { name: none, type: webhook, url: 'http://x' }
`,
    problems: [
      'e.yml:9:7: receivers[1].name: "a" is refused; expected a name that receivers[0] has not taken',
      'e.yml:10:7: receivers[2].name: "none" is refused; expected another name: that one sends nothing',
    ],
  },
  {
    name: 'routes to nobody, with a mute timing that is not there, and for every alert',
    text: `${LEAST}default_receiver: chat\nroutes:\n  - { severity: critical, receiver: page, mute: [nights] }\n  - { receiver: none }\n`,
    problems: [
      'e.yml:7:1: default_receiver: "chat" is no receiver; expected one of them: "none"',
      'e.yml:9:27: routes[0].receiver: "page" is no receiver; expected one of them: "none"',
      'e.yml:9:50: routes[0].mute[0]: "nights" is no mute timing; expected one of them: none is declared',
      'e.yml:10:5: routes[1] matches every alert; expected severity, team or component, or default_receiver instead',
    ],
  },
  {
    name: 'a required receiver that is missing, in production as anywhere',
    text: EVERYTHING.replace(/ {2}- \{ name: page.*\n/, ''),
    problems: [
      'e.yml:19:57: routes[0].receiver: "page" is no receiver; expected one of them: "chat", "open hook", "secret hook", "mail", "open mail", "none"',
      'e.yml:30:21: require_receivers[0]: "page" is not declared; expected it under receivers: "chat", "open hook", "secret hook", "mail", "open mail"',
    ],
  },
  {
    name: 'a required receiver that gets no alert, and alerts that nobody gets',
    text: `${LEAST}receivers:\n  - { name: page, type: webhook, url: 'http://x' }\nrequire_receivers: [page]\n`,
    problems: [
      'e.yml:1:1: default_receiver is missing; expected a receiver, since require_receivers says that alerts matter here: "page"',
      'e.yml:9:21: require_receivers[0]: "page" gets no alert; expected it in a route or as default_receiver',
    ],
  },
  {
    name: 'times that do not exist',
    text: `${LEAST}mute_timings:
  - name: n
    time_intervals:
      - times: [{ start_time: '25:00', end_time: 24:00 }]
        weekdays: [funday]
        location: Mars/Base
`,
    problems: [
      "e.yml:10:19: mute_timings[0].time_intervals[0].times[0].start_time: \"25:00\" is refused; expected a time of day from '00:00' to '24:00', in quotes",
      'e.yml:11:20: mute_timings[0].time_intervals[0].weekdays[0]: "funday" is refused; expected a weekday or a range, such as saturday or monday:friday',
      'e.yml:12:9: mute_timings[0].time_intervals[0].location: "Mars/Base" is refused; expected an IANA time zone such as Europe/Berlin',
    ],
  },
  {
    name: 'what is wrong with a number and what is wrong with a route, together',
    text: `${LEAST}alerts: { wasted_usd: -1 }\ndefault_receiver: chat\n`,
    problems: [
      'e.yml:7:11: alerts.wasted_usd: -1 is refused; expected a number from 0 to 1000000000',
      'e.yml:8:1: default_receiver: "chat" is no receiver; expected one of them: "none"',
    ],
  },
  {
    name: 'a key twice and a bracket that is left open',
    text: 'name: a\nname: b\nteam: [\n',
    problems: [
      'e.yml:2:1: no valid YAML: Map keys must be unique',
      expect.stringMatching(/^e\.yml:\d:\d: no valid YAML: Flow sequence/),
    ],
  },
  {
    name: 'two documents',
    text: 'name: a\n---\nname: b\n',
    problems: [expect.stringContaining('e.yml:2:1: no valid YAML: Source contains multiple documents')],
  },
  {
    name: 'aliases that unfold without end',
    text: `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]\n`,
    problems: ['e.yml: Excessive alias count indicates a resource exhaustion attack'],
  },
])('refuses $name', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});

const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(environmentJsonSchema());

test.each([
  { name: 'the least', text: LEAST, ok: true },
  { name: 'everything', text: EVERYTHING, ok: true },
  { name: 'an unknown key', text: `${LEAST}x: 1\n`, ok: false },
  { name: 'a duration without a unit', text: `${LEAST}alerts: { down_for: 5 }\n`, ok: false },
  { name: 'a share past one', text: `${LEAST}alerts: { ahead_ratio: 2 }\n`, ok: false },
  { name: 'a pigeon', text: `${LEAST}receivers: [{ name: a, type: pigeon }]\n`, ok: false },
  { name: 'nothing', text: '{}', ok: false },
])('the published schema says of $name what the command says', ({ text, ok }) => {
  expect(accepts(parse(text))).toBe(ok);
  expect(read(text).ok).toBe(ok);
});
