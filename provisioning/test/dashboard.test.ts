// The dashboards as Grafana reads them: every query parses and names only what exists, every link leads somewhere, nothing
// overlaps, and what a person needs to read a panel is there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, ENVIRONMENT_LABEL, TIMELINE, type MetricRow } from 'orchestrator-exporter/contract/metrics';
import { stringify } from 'yaml';
import { alertingRules } from '../src/alerts.ts';
import { dashboards, prometheusDashboards } from '../src/dashboards/all.ts';
import { layOut, sized } from '../src/dashboards/layout.ts';
import { DASHBOARDS } from '../src/dashboards/links.ts';
import { instant, stat } from '../src/dashboards/panels.ts';
import { GRID_WIDTH } from '../src/dashboards/schema.ts';
import { recordingRules } from '../src/recording-rules.ts';
import { dev, ENVIRONMENTS } from './environments.ts';
import { dataLinksOf, panelsOf, substituted } from './panels.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const PROMETHEUS = prometheusDashboards(dev);
const ALL = [...dashboards(dev).values()];
const named = (uid: string) => PROMETHEUS.find((one) => one.uid === uid)!;
const panel = (uid: string, title: string) => panelsOf(named(uid)).find((one) => one.title === title)!;
const THREADS = '{environment="$environment", thread=~"$thread"}';

const SAMPLE_VALUES = {
  environment: 'dev',
  team: '(a|b)',
  workflow: '(triage|review)',
  thread: '(t-1|t-2)',
  budget: 'day',
  instance: '(a:1|b:2)',
};

/** Every `name{matchers}` of an expression as its name and the labels that it matches on. */
function selectors(expr: string): { name: string; labels: string[] }[] {
  const unquoted = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/([A-Za-z_:][\w:]*)\{([^}]*)\}/g)].map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

/** Labels that a scrape adds. */
const TARGET_LABELS = ['job', 'instance'];
const PROCESS_LABELS = [ENVIRONMENT_LABEL, ...TARGET_LABELS];

const ROWS: readonly MetricRow[] = CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows));
const LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ...ROWS.flatMap(({ name, type, labels }) =>
    (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]).map(
      (series): [string, readonly string[]] => [series, [...labels, ENVIRONMENT_LABEL, ...TARGET_LABELS]]
    )
  ),
  // Prometheus's own.
  ...['up', 'scrape_duration_seconds', 'scrape_samples_scraped'].map((name) => [name, TARGET_LABELS] as const),
  ['prometheus_build_info', ['version']],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'component', ENVIRONMENT_LABEL, 'budget', 'thread']],
  // prom-client's and Node's.
  ...['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes'].map(
    (name) => [name, PROCESS_LABELS] as const
  ),
]);

test.each([
  { uid: 'orchestrator', variables: ['datasource', 'environment', 'team', 'workflow'] },
  { uid: 'orchestrator-budget', variables: ['datasource', 'environment', 'budget', 'team', 'workflow'] },
  { uid: 'orchestrator-agents', variables: ['datasource', 'environment', 'team', 'workflow'] },
  { uid: 'orchestrator-thread', variables: ['datasource', 'environment', 'team', 'workflow', 'thread'] },
  { uid: 'orchestrator-exporter', variables: ['datasource', 'environment', 'instance'] },
  { uid: 'orchestrator-live', variables: ['datasource', 'environment', 'team', 'workflow', 'thread'] },
])('$uid loads as classic JSON under its fixed uid, with its variables in the order in which they depend', (row) => {
  const one = dashboards(dev).get(`${row.uid}.json`)!;
  expect(one).toMatchObject({ id: null, uid: row.uid, schemaVersion: 42, graphTooltip: 1, tags: ['orchestrator'] });
  expect(one.templating.list.map(({ name }) => name)).toEqual(row.variables);
});

test('variables list only what those before them leave', () => {
  const list = named('orchestrator-thread').templating.list;
  const known = '__name__=~"orchestrator_thread_info|orchestrator_cost_usd_total", environment="$environment"';
  expect(list.map(({ definition, query, multi, includeAll }) => [definition ?? query, multi, includeAll])).toEqual([
    ['prometheus', false, false],
    ['label_values(orchestrator_exporter_build_info, environment)', false, false],
    [`label_values({${known}}, team)`, true, true],
    [`label_values({${known}, team=~"$team"}, workflow)`, true, true],
    [
      'label_values(orchestrator_thread_info{environment="$environment", team=~"$team", workflow=~"$workflow"}, thread)',
      true,
      false,
    ],
  ]);
});

test('the thread panel asks for the exact timeline and for the sampled series', () => {
  const { type, options, targets } = panel('orchestrator-thread', 'Agents and budget: $thread');
  expect({ type, options }).toEqual({ type: 'helix-orchestrator-panel', options: { bands: 'both' } });
  expect(targets.map(({ expr, instant: now, range, format }) => [expr, now, range, format])).toEqual([
    [`orchestrator_timeline_agent_state${THREADS}[2m\${__range_ms}ms]`, true, false, 'time_series'],
    [`orchestrator_timeline_thread_state${THREADS}[2m\${__range_ms}ms]`, true, false, 'time_series'],
    [`orchestrator_timeline_thread_cost_usd${THREADS}[2m\${__range_ms}ms]`, true, false, 'time_series'],
    [`orchestrator_timeline_checkpoint${THREADS}[2m\${__range_ms}ms]`, true, false, 'time_series'],
    [`orchestrator_thread_budget_limit_usd${THREADS}`, false, true, 'time_series'],
    [`orchestrator_thread_budget_remaining_usd${THREADS}`, false, true, 'time_series'],
    [`orchestrator_thread_cost_usd_total${THREADS}`, false, true, 'time_series'],
    [`orchestrator_agent_state${THREADS}`, false, true, 'time_series'],
  ]);
});

test('the budget panel asks for what a burn-down needs', () => {
  const { type, options, targets } = panel('orchestrator-budget', 'Burn-down of $budget');
  const budget = '{environment="$environment", budget="$budget"}';
  expect({ type, options }).toEqual({ type: 'helix-orchestrator-panel', options: { bands: 'burn-down' } });
  expect(targets.map(({ expr, range }) => [expr, range])).toEqual([
    [`orchestrator_budget_remaining_usd${budget}`, true],
    [`orchestrator_budget_limit_usd${budget}`, true],
    [`orchestrator_budget_threshold_ratio${budget}`, true],
    [`orchestrator_budget_period_start_timestamp_seconds${budget}`, true],
    [`orchestrator_budget_period_end_timestamp_seconds${budget}`, true],
    [`orchestrator_budget_exhaustion_timestamp_seconds${budget}`, true],
    ['orchestrator_cost_usd_total{environment="$environment"}', true],
  ]);
});

test('the panel type is the id of the plugin, which compose mounts and lets load', () => {
  const root = join(__dirname, '..', '..');
  const plugin = JSON.parse(readFileSync(join(root, 'grafana-plugin/src/plugin.json'), 'utf8')) as { id: string };
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  expect(panel('orchestrator-thread', 'Agents and budget: $thread').type).toBe(plugin.id);
  expect(compose).toContain(`GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: ${plugin.id}\n`);
  expect(compose).toContain(`./grafana-plugin/dist:/var/lib/grafana/plugins/${plugin.id}:ro\n`);
});

describe('layout', () => {
  const of = (title: string) => stat({ title, description: 'd', unit: 'none', noValue: '-', queries: [instant('1')] });

  test('an empty dashboard has no panels', () => {
    expect(layOut([])).toEqual([]);
  });

  test('a collapsed section takes one line and keeps its panels, whose ids go on', () => {
    const placed = layOut([
      { title: 'shut', collapsed: true, panels: sized(12, 5, [of('a'), of('b')]) },
      { title: 'open', panels: sized(24, 4, [of('c')]) },
    ]);
    const brief = placed.map(({ id, title, gridPos }) => [id, title, gridPos.x, gridPos.y]);
    expect(brief).toEqual([
      [1, 'shut', 0, 0],
      [4, 'open', 0, 1],
      [5, 'c', 0, 2],
    ]);
    expect(panelsOf({ panels: placed }).map(({ id, gridPos }) => [id, gridPos.x, gridPos.y])).toEqual([
      [2, 0, 1],
      [3, 12, 1],
      [5, 0, 2],
    ]);
  });

  test.each([
    { what: 'is not full', panels: sized(12, 4, [of('a')]), says: 'the line of "a" is not full' },
    { what: 'is too full', panels: sized(16, 4, [of('a'), of('b')]), says: '"b" does not fit into its line' },
    {
      what: 'has two heights',
      panels: [...sized(12, 4, [of('a')]), ...sized(12, 5, [of('b')])],
      says: '"b" is 5 high, its line 4',
    },
  ])('a line that $what is refused', ({ panels, says }) => {
    expect(() => layOut([{ panels }])).toThrow(says);
  });
});

describe.each(ALL)('links of $uid', (one) => {
  const uids: string[] = Object.values(DASHBOARDS).map(({ uid }) => uid);
  const variablesOf = (uid: string) =>
    dashboards(dev)
      .get(`${uid}.json`)!
      .templating.list.map(({ name }) => name);

  test('lead to every other dashboard, with the variables', () => {
    expect(one.links.map(({ url }) => url)).toEqual(uids.filter((uid) => uid !== one.uid).map((uid) => `/d/${uid}`));
    expect(
      one.links.filter(({ includeVars, title, tooltip }) => !includeVars || title === '' || tooltip === '')
    ).toEqual([]);
  });

  test('those of values lead to a dashboard that is there, keep time and data source, and set variables that it has', () => {
    for (const { url, title } of dataLinksOf(one)) {
      const { path, query } = /^\/d\/(?<path>[^?]+)\?(?<query>.+)$/.exec(url)!.groups as {
        path: string;
        query: string;
      };
      const parameters = query.split('&');
      expect(parameters.slice(0, 3)).toEqual([
        '${__url_time_range}',
        '${datasource:queryparam}',
        '${environment:queryparam}',
      ]);
      expect(title).not.toBe('');
      const set = parameters
        .slice(1)
        .map((part) => (/^var-(\w+)=/.exec(part) ?? /^\$\{(\w+):queryparam\}$/.exec(part))?.[1]);
      expect(uids).toContain(path);
      expect(set.filter((name) => !variablesOf(path).includes(name ?? ''))).toEqual([]);
      // What is handed on has to be there.
      const handed = parameters.flatMap((part) => /^\$\{(\w+):queryparam\}$/.exec(part)?.[1] ?? []);
      expect(handed.filter((name) => !one.templating.list.some((variable) => variable.name === name))).toEqual([]);
    }
  });
});

test.each([
  { uid: 'orchestrator', of: '{environment="$environment", severity!="info"}' },
  { uid: 'orchestrator-exporter', of: '{environment="$environment", component="exporter", severity!="info"}' },
])('the alerts that fire are listed on $uid whoever evaluates them', ({ uid, of }) => {
  const { type, options, targets } = panel(uid, 'Alerts firing');
  const { alertInstanceLabelFilter, stateFilter } = options as Readonly<Record<string, unknown>>;
  expect({ type, targets, alertInstanceLabelFilter }).toEqual({
    type: 'alertlist',
    targets: [],
    alertInstanceLabelFilter: of,
  });
  // No data source and no folder, else only one of both would be asked.
  expect(Object.keys(options).filter((key) => ['datasource', 'folder'].includes(key))).toEqual([]);
  expect(stateFilter).toMatchObject({ firing: true, error: true, pending: false, normal: false });
});

test('links of values are there from fleet to budget, agents, thread and exporter, and from agents to thread', () => {
  const targets = (uid: string) => [
    ...new Set(dataLinksOf(named(uid)).map(({ url }) => url.slice(3, url.indexOf('?')))),
  ];
  expect(targets('orchestrator').sort()).toEqual([
    'orchestrator-agents',
    'orchestrator-budget',
    'orchestrator-exporter',
    'orchestrator-thread',
  ]);
  expect(targets('orchestrator-agents').sort()).toEqual(['orchestrator-agents', 'orchestrator-thread']);
  expect(targets('orchestrator-budget').sort()).toEqual(['orchestrator-agents', 'orchestrator-thread']);
});

describe.each(ENVIRONMENTS)('dashboards of $name', (environment) => {
  const all = prometheusDashboards(environment);
  const panels = all.flatMap((one) => panelsOf(one));
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const annotations = all.flatMap((one) => one.annotations.list.map(({ expr = '' }) => expr));

  test('panel ids of a dashboard and the refIds of a panel are unique', () => {
    for (const one of all) {
      const ids = [...one.panels, ...panelsOf(one).filter(({ id }) => !one.panels.some((top) => top.id === id))];
      expect(new Set(ids.map(({ id }) => id)).size).toBe(ids.length);
    }
    for (const { targets } of panels) expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  test('every panel has a title, a description of a sentence, and queries', () => {
    expect(
      panels.filter((one) => one.title === '' || !/^[A-Z0-9].*\.$/.test(one.description)).map(({ title }) => title)
    ).toEqual([]);
    expect(panels.filter(({ type, targets }) => (targets.length === 0) !== (type === 'alertlist'))).toEqual([]);
  });

  test('every value has a unit, and every panel says what it means that nothing is there', () => {
    const own = panels.filter(({ type }) => !['helix-orchestrator-panel', 'alertlist'].includes(type));
    const silent = own.filter(({ type, fieldConfig: { defaults } }) => type !== 'table' && defaults.unit === undefined);
    expect(silent.map(({ title }) => title)).toEqual([]);
    const alwaysThere = [
      'Threads by state',
      'Agents by state',
      'Burn rate by lookback',
      'Used and elapsed',
      'This hour and the usual one',
    ];
    expect(
      own
        .filter(
          ({ title, fieldConfig: { defaults } }) => defaults.noValue === undefined && !alwaysThere.includes(title)
        )
        .map(({ title }) => title)
    ).toEqual([]);
  });

  test('panels lie inside the grid and none overlaps another', () => {
    for (const { panels: top } of all) {
      const cells = top.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`)
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(top.filter(({ gridPos }) => gridPos.x + gridPos.w > GRID_WIDTH)).toEqual([]);
    }
  });

  test('every query is about the chosen environment or the chosen exporters, and the chosen data source', () => {
    const chosen = /environment="\$environment"|instance=~"\$instance"/;
    expect([...expressions, ...annotations].filter((expr) => !chosen.test(expr))).toEqual([]);
    const sources = panels.flatMap((one) => [one.datasource, ...one.targets.map(({ datasource }) => datasource)]);
    expect(new Set(sources.map(({ uid }) => uid))).toEqual(new Set(['${datasource}']));
  });

  test('promtool parses every query once its variables are substituted', () => {
    const file = join(temporaryDirectory(), 'queries.yml');
    const rules = [...expressions, ...annotations].map((expr, index) => {
      const text = substituted(expr, SAMPLE_VALUES);
      expect(text.replaceAll(/"(?:values of )?\$1"/g, '')).not.toContain('$');
      // A rule may not be a range vector, a query may.
      return { record: `query:${index}`, expr: text.endsWith(']') ? `last_over_time(${text})` : text };
    });
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
    const { status, output } = runTool('promtool', ['check', 'rules', file]);
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(status).toBe(0);
  });

  test('only metrics and labels of the catalogue are asked for, in the dashboards as in the rules', () => {
    const recorded = recordingRules(environment);
    const rules = [...recorded, ...alertingRules(environment)].map(({ expr }) => expr);
    const used = [...expressions, ...annotations, ...rules].flatMap(selectors);
    // What a rule records has the labels that its name begins with: level:metric:operation.
    const known = new Map([
      ...LABELS,
      ...recorded.map(({ record }) => [record, (record.split(':')[0] ?? '').split('_')] as const),
    ]);
    expect(used.length).toBeGreaterThan(expressions.length);
    expect(used.filter(({ name }) => !known.has(name))).toEqual([]);
    expect(used.filter(({ name, labels }) => labels.some((label) => !known.get(name)?.includes(label)))).toEqual([]);
  });

  test('every timeline series is drawn', () => {
    const used = new Set(expressions.flatMap(selectors).map(({ name }) => name));
    expect(Object.values(TIMELINE).filter(({ name }) => !used.has(name))).toEqual([]);
  });

  test('no alert takes the increase of money, and those that count events are known', () => {
    const taken = alertingRules(environment).flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b(?:increase|rate|irate|delta)\(([a-z_]+)/g)].map(([, metric]) => `${alert}: ${metric}`)
    );
    expect([...new Set(taken)]).toEqual([
      'OrchestratorNodesFailing: orchestrator_node_runs_total',
      'OrchestratorLabelsFolded: orchestrator_exporter_label_overflow_total',
      'OrchestratorAuthFailures: orchestrator_exporter_auth_failures_total',
    ]);
  });
});
