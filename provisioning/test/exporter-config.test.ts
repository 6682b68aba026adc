// The exporter's configurations and budgets, as the exporter itself reads them. Needs the exporter built.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ENVIRONMENTS } from './environments.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const ROOT = join(__dirname, '..', '..');
const EXPORTER = join(ROOT, 'exporter/bin/orchestrator-exporter.js');
const BUDGETS = join(ROOT, 'provisioning/budgets.yml');

interface ExporterConfig {
  readonly environment: string;
  readonly listen: { readonly port: number };
  readonly data_dir: string;
  readonly budgets_file: string;
}

const configText = (environment: string): string =>
  readFileSync(join(ROOT, `provisioning/generated/${environment}/exporter/exporter.yml`), 'utf8');
const configOf = (environment: string): ExporterConfig => parse(configText(environment)) as ExporterConfig;

/** As the exporter checks it, with the budgets file where it is on this machine. */
function check(config: object): { status: number | null; output: string } {
  const file = join(temporaryDirectory(), 'exporter.yml');
  writeFileSync(file, stringify({ ...config, budgets_file: BUDGETS }));
  return runTool(process.execPath, [EXPORTER, '--config', file, '--check-config']);
}

describe.each(ENVIRONMENTS)('configuration of $name', (environment) => {
  test('is accepted by the exporter, with its three budgets', () => {
    const { status, output } = check(configOf(environment.name));
    const [verdict, ...warnings] = output.trimEnd().split('\n');
    expect([status, verdict]).toEqual([0, `the configuration is valid: environment ${environment.name}, budgets: 3`]);
    // The image listens for its network; tokens are the operator's own.
    expect(warnings.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'listen.host is 0.0.0.0 and auth.ingest is empty: whoever reaches the port may send events',
      'listen.host is 0.0.0.0 and auth.read is empty: whoever reaches the port may read everything',
    ]);
  });

  test('listens where Prometheus looks', () => {
    expect(environment.exporter.split(':').at(-1)).toBe(String(configOf(environment.name).listen.port));
  });

  test('reads and writes where the image has its files', () => {
    const { data_dir: dataDir, budgets_file: budgetsFile } = configOf(environment.name);
    const dockerfile = readFileSync(join(ROOT, 'exporter/Dockerfile'), 'utf8');
    const compose = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
    expect(dockerfile).toContain(`VOLUME ${dataDir}\n`);
    expect(compose).toContain(`- ./provisioning/generated/dev/exporter/budgets.yml:${budgetsFile}:ro\n`);
  });
});

test('a key that the exporter does not know is refused', () => {
  const { status, output } = check({ ...configOf('dev'), lissten: {} });
  expect(status).toBe(2);
  expect(output).toContain('lissten');
});
