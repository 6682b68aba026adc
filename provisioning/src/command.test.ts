import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run, USAGE } from './command.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'provisioning-command-'));

function call(argv: readonly string[], generated = fresh()): { code: number; out: string; err: string } {
  const text = { out: '', err: '' };
  const code = run(argv, generated, {
    out: (more) => (text.out += more),
    err: (more) => (text.err += more),
  });
  return { code, ...text };
}

test('--help prints the usage', () => {
  expect(call(['--help'])).toEqual({ code: 0, out: USAGE, err: '' });
});

test('without arguments it writes every environment, and a second time nothing', () => {
  const generated = fresh();
  expect(call([], generated).out).toContain('written: generated/prod/prometheus/prometheus.yml\n');
  expect(call([], generated)).toEqual({ code: 0, out: '', err: '' });
});

test('--check names what differs and asks to generate; a file that is built no more is deleted then', () => {
  const generated = fresh();
  call([], generated);
  expect(call(['--check'], generated)).toEqual({ code: 0, out: '', err: '' });
  rmSync(join(generated, 'dev/prometheus/rules/alerts.yml'));
  writeFileSync(join(generated, 'staging/prometheus/prometheus.yml'), '');
  writeFileSync(join(generated, 'prod/surplus.yml'), '');
  expect(call(['--check'], generated)).toEqual({
    code: 1,
    out: '',
    err: [
      'missing: generated/dev/prometheus/rules/alerts.yml',
      'changed: generated/staging/prometheus/prometheus.yml',
      'surplus: generated/prod/surplus.yml',
      'Run "npm run generate -w provisioning".',
      '',
    ].join('\n'),
  });
  expect(call([], generated).out).toContain('deleted: generated/prod/surplus.yml\n');
  expect(call(['--check'], generated).code).toBe(0);
});

test('a variant takes the given addresses and leaves the rest of the directory alone', () => {
  const out = fresh();
  writeFileSync(join(out, 'mine.txt'), 'mine');
  const addresses = ['--exporter', '127.0.0.1:1', '--prometheus', 'http://127.0.0.1:2/', '--alertmanager', '[::1]:3'];
  const generated = fresh();
  expect(call(['--environment', 'dev', '--out', out, ...addresses], generated)).toEqual({
    code: 0,
    out: `dev: 10 files written to ${out}\n`,
    err: '',
  });
  const prometheus = parse(readFileSync(join(out, 'prometheus/prometheus.yml'), 'utf8'));
  const jobs = prometheus.scrape_configs as { static_configs: unknown }[];
  expect(jobs.map((job) => job.static_configs)).toEqual([
    [{ targets: ['127.0.0.1:1'] }],
    [{ targets: ['127.0.0.1:1'] }],
    [{ targets: ['127.0.0.1:2'] }],
  ]);
  expect(prometheus.alerting.alertmanagers).toEqual([{ static_configs: [{ targets: ['[::1]:3'] }] }]);
  const source = parse(readFileSync(join(out, 'grafana/provisioning/datasources/prometheus.yml'), 'utf8'));
  expect(source.datasources[0].url).toBe('http://127.0.0.1:2');
  const provider = parse(readFileSync(join(out, 'grafana/provisioning/dashboards/orchestrator.yml'), 'utf8'));
  expect(provider.providers[0].options.path).toBe(join(out, 'grafana/dashboards'));
  const rules = readFileSync(join(out, 'prometheus/rules/alerts.yml'), 'utf8');
  expect(rules).toContain('runbook_url: http://127.0.0.1:2/user/alerts.md#orchestratorbudgetwarning\n');
  expect(existsSync(join(out, 'mine.txt'))).toBe(true);
  expect(existsSync(join(generated, 'dev'))).toBe(false);
});

test.each([
  {
    name: 'an unknown environment and every bad address, all at once',
    argv: [
      '--environment',
      'moon',
      '--exporter',
      'x',
      '--alertmanager',
      'a:70000',
      '--prometheus',
      'javascript:1',
      '--grafana',
      '',
    ],
    err: [
      '--environment: "moon"; one of dev, staging, prod',
      '--out: missing; the directory to write to',
      '--exporter: "x" is not HOST:PORT, such as 127.0.0.1:9847',
      '--alertmanager: "a:70000" is not HOST:PORT, such as 127.0.0.1:9847',
      '--prometheus: "javascript:1" is not an http or https URL, such as http://127.0.0.1:9090',
      '--grafana: "" is not an http or https URL, such as http://127.0.0.1:9090',
      '',
    ].join('\n'),
  },
  {
    name: 'an address without an environment',
    argv: ['--exporter', 'a:1', '--out', 'somewhere'],
    err: '--environment: missing; one of dev, staging, prod\n',
  },
  {
    name: 'a check of a variant',
    argv: ['--check', '--environment', 'dev', '--out', 'somewhere'],
    err: '--check: compares generated/ only and takes no other option\n',
  },
  {
    name: 'a long value, shortened',
    argv: ['--environment', 'dev', '--out', 'somewhere', '--exporter', 'x'.repeat(500)],
    err: `--exporter: "${'x'.repeat(80)}…" is not HOST:PORT, such as 127.0.0.1:9847\n`,
  },
])('refuses $name', ({ argv, err }) => {
  expect(call(argv)).toEqual({ code: 2, out: '', err });
});

test.each([[['--nonsense']], [['positional']], [['--out']]])('refuses %j with the usage', (argv) => {
  const { code, err } = call(argv);
  expect(code).toBe(2);
  expect(err).toContain(USAGE);
});
