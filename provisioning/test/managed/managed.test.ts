// The Grafana-managed form: nothing in it that Grafana would ignore, and the same alerts as Prometheus has.
import { parse } from 'yaml';
import { alertingRules } from '../../src/alerts.ts';
import { build } from '../../src/build.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { uidOf } from '../../src/managed/rules.ts';
import { budgets, dev, ENVIRONMENTS, prod } from '../environments.ts';
import { ALERTING_FILE, SETTINGS, unknownKeys } from './parser-fields.ts';

const FILES = ['contact-points', 'mute-timings', 'policies', 'rules', 'templates'];

interface Route {
  readonly receiver: string;
  readonly object_matchers: readonly (readonly string[])[];
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

/** Of the parts of a file those that are looked at here. */
interface File {
  readonly groups: readonly { readonly interval: string; readonly rules: readonly Rule[] }[];
  readonly contactPoints: readonly { readonly name: string; readonly receivers: readonly Integration[] }[];
  readonly policies: readonly [{ readonly receiver: string; readonly routes: readonly [Required<Route>] }];
  readonly muteTimes: readonly { readonly name: string }[];
  readonly templates: readonly { readonly name: string; readonly template: string }[];
}

const read = (environment: Environment, name: string): File => parse(textOf(environment, name)) as File;
const textOf = (environment: Environment, name: string): string =>
  build(environment, budgets).get(`grafana/alerting/${name}.yml`) ?? '';

interface Query {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly model: Readonly<Record<string, unknown>>;
}

interface Integration {
  readonly uid: string;
  readonly type: string;
  readonly settings: object;
}

interface Rule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly Query[];
  readonly noDataState: string;
  readonly execErrState: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const rulesOf = (environment: Environment): readonly Rule[] =>
  read(environment, 'rules').groups.flatMap(({ rules }) => rules);

/** What Grafana makes of `$` in a provisioned value: `$$` is a dollar, anything else a variable of its environment. */
const expanded = (text: string): string =>
  text
    .split('$$')
    .map((part) => part.replaceAll(/\$(\w+|\{\w+\})/g, ''))
    .join('$');

describe.each(ENVIRONMENTS)('Grafana-managed alerts of $name', (environment) => {
  test.each(FILES)('%s.yml has no key that Grafana ignores', (name) => {
    expect(unknownKeys(read(environment, name), ALERTING_FILE)).toEqual([]);
  });

  test('contact points have no setting that Grafana ignores', () => {
    const points = read(environment, 'contact-points').contactPoints;
    const unknown = points.flatMap(({ receivers }) =>
      receivers.flatMap(({ type, settings }) => Object.keys(settings).filter((key) => !SETTINGS[type]?.includes(key)))
    );
    expect(unknown).toEqual([]);
  });

  test('are the alerts of Prometheus: name, expression, for, labels', () => {
    const managed = rulesOf(environment).map(({ title, data, labels, for: wait }) => ({
      alert: title,
      expr: data[0]?.model['expr'],
      for: wait,
      // Grafana calls a label that is missing `[no value]`, so it is asked for first.
      labels: Object.fromEntries(
        Object.entries(labels).map(([name, value]) => [
          name,
          expanded(value).replace(/^\{\{ with (\S+) \}\}\{\{ \. \}\}\{\{ end \}\}$/, '{{ $1 }}'),
        ])
      ),
    }));
    const inOrder = (a: { alert: string }, b: { alert: string }) => (a.alert < b.alert ? -1 : 1);
    const prometheus = alertingRules(environment).map(({ alert, expr, for: wait = '0s', labels }) => ({
      alert,
      expr,
      for: wait,
      labels,
    }));
    expect([...managed].sort(inOrder)).toEqual([...prometheus].sort(inOrder));
  });

  test('tell the same: summary, description and links but for how values are asked for', () => {
    const inPrometheus = (text: string): string =>
      text
        .replaceAll(/\{\{ with \$values\.firing \}\}\{\{ \.Value \| ([^}]+) \}\}\{\{ end \}\}/g, '{{ $value | $1 }}')
        .replaceAll(/\$values\.\w+ \}\}/g, 'FIGURE }}')
        .replaceAll('{{ .Value |', '{{ . | first | value |');
    const withFigures = (text: string): string =>
      text.replaceAll(/printf "[^"]*" \$labels\.[^|]*\| query \}\}/g, 'FIGURE }}');
    const texts = new Map(alertingRules(environment).map(({ alert, annotations }) => [alert, annotations]));
    for (const { title, annotations } of rulesOf(environment)) {
      const expected = Object.entries(texts.get(title) ?? {}).map(([name, text]) => [name, withFigures(text)]);
      expect(Object.entries(annotations).map(([name, text]) => [name, inPrometheus(text)])).toEqual(expected);
    }
  });

  test('ask for every figure that their texts read, and for none that they do not', () => {
    for (const { data, annotations } of rulesOf(environment)) {
      const readers = Object.values(annotations).join('\n');
      const figures = data.map(({ refId }) => refId).filter((id) => !['firing', 'present', 'condition'].includes(id));
      const told = new Set([...readers.matchAll(/\$values\.(\w+) /g)].map(([, name]) => name));
      told.delete('firing');
      expect([...figures].sort()).toEqual([...told].sort());
    }
  });

  test('have figures that are never empty, which would make the alert silent', () => {
    const figures = rulesOf(environment).flatMap(({ data }) => data.slice(3));
    expect(figures.length).toBeGreaterThan(0);
    for (const { model } of figures) {
      expect(model['expr']).toMatch(/ or on \(\) label_replace\(vector\(0\), "figure", "none", "", ""\)$/);
    }
  });

  test('are well without a series, and say so when the query fails', () => {
    const states = rulesOf(environment).map(({ title, noDataState, execErrState }) => [
      title.replace('Orchestrator', ''),
      noDataState,
      execErrState,
    ]);
    expect(states.filter(([name]) => name !== 'ExporterDown').map(([, ...state]) => state.join())).toEqual(
      Array.from({ length: states.length - 1 }, () => 'OK,Error')
    );
    expect(states).toContainEqual(['ExporterDown', 'OK', 'Alerting']);
  });

  test('are evaluated in steps that Grafana takes', () => {
    const intervals = read(environment, 'rules').groups.map(({ interval }) => interval);
    expect(intervals.filter((interval) => Number(interval.slice(0, -1)) % 10 !== 0)).toEqual([]);
  });
});

test('a key that Grafana does not know is found', () => {
  const file = {
    apiVersion: 1,
    groups: [{ name: 'g', rules: [{ uid: 'u', executionErrorState: 'OK' }] }],
    policys: [],
  };
  expect(unknownKeys(file, ALERTING_FILE)).toEqual(['.groups[0].rules[0].executionErrorState', '.policys']);
});

test.each([
  { name: 'a short name', of: 'prod', rule: 'BudgetWarning', uid: 'prod-BudgetWarning' },
  {
    name: 'a name of 40 characters',
    of: 'p'.repeat(26),
    rule: 'BudgetWarning',
    uid: `${'p'.repeat(26)}-BudgetWarning`,
  },
  {
    name: 'a longer one',
    of: 'p'.repeat(27),
    rule: 'BudgetWarning',
    uid: expect.stringMatching(/^orchestrator-[0-9a-f]{24}$/),
  },
  { name: 'one with a slash', of: 'a/b', rule: 'X', uid: expect.stringMatching(/^orchestrator-[0-9a-f]{24}$/) },
])('the uid of $name', ({ of, rule, uid }) => {
  expect(uidOf(of, rule)).toEqual(uid);
});

const ROUTED: Environment = {
  ...dev,
  receivers: [
    { name: 'page $1', type: 'pagerduty', routingKeyFile: '/s/key' },
    { name: 'hook', type: 'webhook', url: 'http://hook/?a=$b' },
    { name: 'secret hook', type: 'webhook', urlFile: '/s/hook' },
    { name: 'mail', type: 'email', to: 'a@x.example', from: 'b@x.example', smarthost: 'm:25' },
  ],
  defaultReceiver: 'none',
  routes: [
    { severity: 'critical', receiver: 'page $1', mute: ['nights'], continue: true },
    { team: 'lab', component: 'budget', receiver: 'hook', mute: [], continue: false },
    { component: 'exporter', receiver: 'none', mute: [], continue: false },
  ],
  muteTimings: [{ name: 'nights', timeIntervals: [{ times: [{ start_time: '00:00', end_time: '08:00' }] }] }],
};

test('receivers become contact points, secrets come from files, dollars are escaped', () => {
  const points = read(ROUTED, 'contact-points').contactPoints;
  const [title, message] = ['title', 'message'].map((name) => `{{ template "dev-orchestrator.${name}" . }}`);
  const text = { title, message };
  expect(points.map(({ name, receivers }) => [name, receivers])).toMatchObject([
    ['dev-page $$1', [{ type: 'pagerduty', settings: { integrationKey: '$__file{/s/key}', summary: text.title } }]],
    ['dev-hook', [{ type: 'webhook', settings: { url: 'http://hook/?a=$$b', httpMethod: 'POST', ...text } }]],
    ['dev-secret hook', [{ type: 'webhook', settings: { url: '$__file{/s/hook}' } }]],
    [
      'dev-mail',
      [{ type: 'email', settings: { addresses: 'a@x.example', subject: text.title, message: text.message } }],
    ],
    ['dev-none', [{ type: 'webhook', settings: { url: 'grafana://noop' } }]],
  ]);
});

test('policies are the routes of Alertmanager in one for the environment, with one notification per budget', () => {
  const ofBudget = { object_matchers: [['component', '=', 'budget']], group_by: ['environment', 'budget'] };
  const mute = { mute_time_intervals: ['dev-nights'] };
  expect(read(ROUTED, 'policies').policies).toEqual([
    {
      orgId: 1,
      receiver: 'dev-none',
      group_by: ['grafana_folder', 'alertname'],
      routes: [
        {
          receiver: 'dev-none',
          object_matchers: [
            ['environment', '=', 'dev'],
            ['component', '=~', 'budget|orchestrator|exporter'],
          ],
          group_by: ['environment', 'alertname', 'budget'],
          group_wait: '10s',
          group_interval: '1m',
          repeat_interval: '4h',
          routes: [
            {
              receiver: 'dev-none',
              object_matchers: [['alertname', '=', 'DatasourceError']],
              group_by: ['environment', 'alertname'],
              group_wait: '5m',
            },
            {
              receiver: 'dev-page $$1',
              object_matchers: [['severity', '=', 'critical']],
              ...mute,
              continue: true,
              routes: [{ receiver: 'dev-page $$1', ...ofBudget, ...mute }],
            },
            {
              receiver: 'dev-hook',
              object_matchers: [
                ['team', '=', 'lab'],
                ['component', '=', 'budget'],
              ],
              group_by: ['environment', 'budget'],
            },
            { receiver: 'dev-none', object_matchers: [['component', '=', 'exporter']] },
            { receiver: 'dev-none', ...ofBudget },
          ],
        },
      ],
    },
  ]);
});

/** Every name that Grafana keeps once in an organisation. */
function namesOf(environment: Environment): readonly string[] {
  const { contactPoints } = read(environment, 'contact-points');
  const { templates } = read(environment, 'templates');
  const defined = templates.flatMap(({ template }) =>
    [...template.matchAll(/define "([^"]+)"/g)].map(([, name]) => name)
  );
  return [
    ...contactPoints.flatMap(({ name, receivers }) => [name, ...receivers.map(({ uid }) => uid)]),
    ...read(environment, 'mute-timings').muteTimes.map(({ name }) => name),
    ...templates.map(({ name }) => name),
    ...defined.flatMap((name) => name ?? []),
    ...rulesOf(environment).map(({ uid }) => uid),
  ];
}

test('two environments in one Grafana have no name in common', () => {
  const other = { ...ROUTED, name: 'a/b c' };
  const own = new Set(namesOf(ROUTED));
  expect(own.size).toBeGreaterThan(30);
  expect(namesOf(other).filter((name) => own.has(name))).toEqual([]);
});

test('policies name contact points and mute timings that are there', () => {
  const named = (route: Route): readonly string[] => [
    route.receiver,
    ...(route.mute_time_intervals ?? []),
    ...(route.routes ?? []).flatMap(named),
  ];
  const [{ receiver, routes }] = read(ROUTED, 'policies').policies;
  const there = [
    ...read(ROUTED, 'contact-points').contactPoints.map(({ name }) => name),
    ...read(ROUTED, 'mute-timings').muteTimes.map(({ name }) => name),
  ];
  expect([receiver, ...routes.flatMap(named)].filter((name) => !there.includes(name))).toEqual([]);
});

test('a rule that could not be evaluated is told as that, and not by the text of its alert', () => {
  expect(textOf(prod, 'templates')).toContain(
    '{{ if eq .Labels.alertname "DatasourceError" }}{{ .Labels.rulename }} could not be evaluated: {{ .Annotations.Error }}\n'
  );
});

test('policies and alertmanager.yml have the same routes', () => {
  const [own] = parse(build(prod, budgets).get('alertmanager/alertmanager.yml') ?? '').route.routes;
  const [policy] = read(prod, 'policies').policies[0].routes;
  const { receiver, group_by, group_wait, group_interval, repeat_interval } = own;
  expect(policy).toMatchObject({ receiver: `prod-${receiver}`, group_by, group_wait, group_interval, repeat_interval });
  const matchers = (route: Route): readonly string[] =>
    route.object_matchers.map(([label, operator, value]) => `${label}${operator}"${value}"`);
  expect(matchers(policy)).toEqual(own.matchers);
  const routes = own.routes as { receiver: string; matchers: string[] }[];
  // The first and the last are Grafana's own.
  expect(policy.routes.slice(1, -1).map((route) => [route.receiver, matchers(route)])).toEqual(
    routes.map(({ receiver: to, matchers: of }) => [`prod-${to}`, of])
  );
});
