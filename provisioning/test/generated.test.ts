// The committed output: current, and accepted by the tools that will load it.
import { join } from 'node:path';
import { INHIBITIONS } from '../src/alerting/inhibition.ts';
import { alertingRules } from '../src/alerts.ts';
import { build } from '../src/build.ts';
import { run } from '../src/command.ts';
import { addFiles } from '../src/output.ts';
import { budgets, ENVIRONMENTS, environmentFile, BUDGETS_FILE } from './environments.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const GENERATED = join(__dirname, '..', 'generated');

test.each(ENVIRONMENTS)('generated/$name is what the command builds', ({ name }) => {
  const text = { out: '', err: '' };
  const argv = ['build', '--budgets', BUDGETS_FILE, '--env', environmentFile(name), '--out', join(GENERATED, name)];
  const code = run([...argv, '--check'], { out: (more) => (text.out += more), err: (more) => (text.err += more) });
  expect({ code, err: text.err }).toEqual({ code: 0, err: '' });
});

describe.each(ENVIRONMENTS)('$name', (environment) => {
  const directory = join(GENERATED, environment.name);

  test.each(['alerts', 'recording'])('promtool finds nothing in the rules of %s', (name) => {
    const { status, output } = runTool('promtool', [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      join(directory, `prometheus/rules/${name}.yml`),
    ]);
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test('an alert that another one holds back is evaluated before it', () => {
    const order = alertingRules(environment).map(({ alert }) => alert);
    const late = INHIBITIONS.flatMap(({ source, targets }) =>
      targets
        .filter((target) => order.indexOf(target) > order.indexOf(source))
        .map((target) => `${target} after ${source}`)
    );
    expect(late).toEqual([]);
  });

  // The installed promtool may be older than the environment's Prometheus: what it loads is the variant for its own version.
  test('promtool accepts prometheus.yml', () => {
    const variant = temporaryDirectory();
    addFiles(variant, build({ ...environment, prometheusVersion: { major: 2, minor: 42 } }, budgets));
    const { status, output } = runTool('promtool', ['check', 'config', join(variant, 'prometheus/prometheus.yml')]);
    expect(output).toContain('SUCCESS: 2 rule files found');
    expect(status).toBe(0);
  });

  test('prometheus.yml differs from the one for 2.42 in the staleness key at most', () => {
    const lines = (version: typeof environment.prometheusVersion) =>
      build({ ...environment, prometheusVersion: version }, budgets)
        .get('prometheus/prometheus.yml')
        ?.split('\n') ?? [];
    const own = lines(environment.prometheusVersion);
    const older = lines({ major: 2, minor: 42 });
    expect(own.filter((line) => line !== '    track_timestamps_staleness: true')).toEqual(older);
    expect(own.length - older.length).toBe(environment.prometheusVersion.major >= 3 ? 1 : 0);
  });

  test('amtool accepts alertmanager.yml', () => {
    const { status, output } = runTool('amtool', ['check-config', join(directory, 'alertmanager/alertmanager.yml')]);
    expect(output).toContain('SUCCESS');
    expect(output).toContain('12 inhibit rules');
    expect(status).toBe(0);
  });
});

test.each([
  { name: 'dev', labels: ['severity=critical'], receivers: 'none' },
  { name: 'staging', labels: ['severity=critical'], receivers: 'channel' },
  { name: 'staging', labels: ['severity=warning'], receivers: 'channel' },
  { name: 'prod', labels: ['severity=critical', 'team=research'], receivers: 'page' },
  { name: 'prod', labels: ['severity=warning', 'team=research'], receivers: 'ticket' },
  { name: 'prod', labels: ['severity=info'], receivers: 'none' },
  { name: 'prod', labels: ['severity=other'], receivers: 'ticket' },
  { name: 'prod', labels: [], receivers: 'ticket' },
  // What another environment's alert or somebody else's would be routed by goes by none of these.
  { name: 'prod', labels: ['environment=dev', 'severity=critical'], receivers: 'ticket' },
  { name: 'prod', labels: ['component=', 'severity=critical'], receivers: 'ticket' },
])('amtool routes $labels in $name to $receivers', ({ name, labels, receivers }) => {
  const file = join(GENERATED, name, 'alertmanager/alertmanager.yml');
  const all = [`environment=${name}`, 'component=budget', ...labels];
  const own = all.filter((each, i) => !all.slice(i + 1).some((later) => later.split('=')[0] === each.split('=')[0]));
  const args = ['config', 'routes', 'test', `--config.file=${file}`, `--verify.receivers=${receivers}`, ...own];
  expect(runTool('amtool', args)).toMatchObject({ status: 0 });
});
