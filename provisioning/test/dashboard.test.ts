// The dashboard as Grafana and the preview host read it: every query parses, names only what exists, and nothing overlaps.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, ENVIRONMENT_LABEL, TIMELINE, type MetricRow } from 'orchestrator-exporter/contract/metrics';
import { stringify } from 'yaml';
import { alertingRules } from '../src/alerts.ts';
import { orchestratorDashboard } from '../src/dashboards/orchestrator.ts';
import { GRID_WIDTH, type Panel } from '../src/dashboards/panels.ts';
import { recordingRules } from '../src/recording-rules.ts';
import { ENVIRONMENTS, dev } from './environments.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const dashboard = orchestratorDashboard(dev);
const panel = (id: number): Panel => dashboard.panels.find((one) => one.id === id)!;
const THREADS = '{environment="$environment", thread=~"$thread"}';
const BUDGETS = '{environment="$environment"}';

/** As Grafana would: a range of 15 minutes, one thread or several. */
const substituted = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '20s')
    .replaceAll('${__range_ms}', '900000')
    .replaceAll('$environment', 'dev')
    .replaceAll('$workflow', '(triage|review)')
    .replaceAll('$thread', '(t-1|t-2)');

/** Every `name{matchers}` of an expression as its name and the labels that it matches on. */
function selectors(expr: string): { name: string; labels: string[] }[] {
  const unquoted = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...unquoted.matchAll(/([A-Za-z_:][\w:]*)\{([^}]*)\}/g)].map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

const ROWS: readonly MetricRow[] = CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows));
const LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ...ROWS.flatMap(({ name, type, labels }) =>
    (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]).map(
      (series): [string, readonly string[]] => [series, [...labels, ENVIRONMENT_LABEL]]
    )
  ),
  // Prometheus's own.
  ['up', ['job', 'instance']],
  ['prometheus_build_info', ['version']],
]);

test('is identified by a fixed uid and loads as classic JSON', () => {
  const { id, uid, title, schemaVersion, graphTooltip, refresh, time } = dashboard;
  expect({ id, uid, title, schemaVersion, graphTooltip, refresh, time }).toEqual({
    id: null,
    uid: 'orchestrator',
    title: 'Orchestrator',
    schemaVersion: 42,
    graphTooltip: 1,
    refresh: '5s',
    time: { from: 'now-15m', to: 'now' },
  });
});

test('has the variables data source, environment, workflow and thread, in the order in which they depend', () => {
  expect(
    dashboard.templating.list.map(({ name, type, definition, query, multi }) => [
      name,
      type,
      definition ?? query,
      multi,
    ])
  ).toEqual([
    ['datasource', 'datasource', 'prometheus', false],
    ['environment', 'query', 'label_values(orchestrator_exporter_build_info, environment)', false],
    ['workflow', 'query', 'label_values(orchestrator_thread_info{environment="$environment"}, workflow)', true],
    [
      'thread',
      'query',
      'label_values(orchestrator_thread_info{environment="$environment", workflow=~"$workflow"}, thread)',
      true,
    ],
  ]);
});

test('the thread panel asks for the exact timeline and for the sampled series', () => {
  const { type, title, options, gridPos, targets } = panel(7);
  expect({ type, title, options, gridPos }).toEqual({
    type: 'helix-orchestrator-panel',
    title: 'Agents and budget: $thread',
    options: { bands: 'both' },
    gridPos: { x: 0, y: 4, w: 24, h: 18 },
  });
  expect(targets.map(({ expr, instant, range, format }) => [expr, instant, range, format])).toEqual([
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

test('the panel type is the id of the plugin, which compose mounts and lets load', () => {
  const root = join(__dirname, '..', '..');
  const plugin = JSON.parse(readFileSync(join(root, 'grafana-plugin/src/plugin.json'), 'utf8')) as { id: string };
  const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  expect(panel(7).type).toBe(plugin.id);
  expect(compose).toContain(`GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: ${plugin.id}\n`);
  expect(compose).toContain(`./grafana-plugin/dist:/var/lib/grafana/plugins/${plugin.id}:ro\n`);
});

test('the budget panel asks for what a burn-down needs', () => {
  const { type, options, targets } = panel(8);
  expect({ type, options }).toEqual({ type: 'helix-orchestrator-panel', options: { bands: 'burn-down' } });
  expect(targets.map(({ expr, instant, range }) => [expr, instant, range])).toEqual([
    [`orchestrator_budget_remaining_usd${BUDGETS}`, false, true],
    [`orchestrator_budget_limit_usd${BUDGETS}`, false, true],
    [`orchestrator_budget_threshold_ratio${BUDGETS}`, false, true],
    [`orchestrator_budget_period_start_timestamp_seconds${BUDGETS}`, false, true],
    [`orchestrator_budget_period_end_timestamp_seconds${BUDGETS}`, false, true],
    [`orchestrator_budget_exhaustion_timestamp_seconds${BUDGETS}`, false, true],
    [`orchestrator_cost_usd_total${BUDGETS}`, false, true],
  ]);
});

describe.each(ENVIRONMENTS)('dashboard of $name', (environment) => {
  const { panels } = orchestratorDashboard(environment);
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  test('panel ids and the refIds of a panel are unique', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets } of panels) expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  test('every panel has a title, a description and queries', () => {
    expect(panels.filter((one) => one.title === '' || one.description === '' || one.targets.length === 0)).toEqual([]);
  });

  test('panels lie inside the grid and none overlaps another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`)
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > GRID_WIDTH)).toEqual([]);
  });

  test('every query is about the chosen environment and the chosen data source', () => {
    expect(expressions.filter((expr) => !expr.includes('environment="$environment"'))).toEqual([]);
    const sources = panels.flatMap((one) => [one.datasource, ...one.targets.map(({ datasource }) => datasource)]);
    expect(new Set(sources.map(({ uid }) => uid))).toEqual(new Set(['${datasource}']));
  });

  test('promtool parses every query once its variables are substituted', () => {
    const file = join(temporaryDirectory(), 'queries.yml');
    const rules = expressions.map((expr, index) => {
      const text = substituted(expr);
      expect(text).not.toContain('$');
      // A rule may not be a range vector, a query may.
      return { record: `query:${index}`, expr: text.endsWith(']') ? `last_over_time(${text})` : text };
    });
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
    const { status, output } = runTool('promtool', ['check', 'rules', file]);
    expect(output).toContain(`SUCCESS: ${expressions.length} rules found`);
    expect(status).toBe(0);
  });

  test('only metrics and labels of the catalogue are asked for, in the dashboard as in the rules', () => {
    const recorded = recordingRules(environment);
    const rules = [...recorded, ...alertingRules(environment)].map(({ expr }) => expr);
    const used = [...expressions, ...rules].flatMap(selectors);
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
