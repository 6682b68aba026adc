import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run, USAGE } from './command.ts';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'provisioning-command-'));
const BUDGETS = `budgets:
  - name: all
    limit_usd: 10
    window: day
`;
const ENVIRONMENT = `name: moon-base
team: crew
exporter: { address: 'exporter:9847' }
alertmanager: { address: 'alertmanager:9093' }
prometheus: { url: 'http://prometheus:9090' }
links: { grafana: 'http://grafana:3000', runbook: 'http://wiki/alerts.md' }
`;

/** Both input files in a folder of their own. */
function inputs({ budgets = BUDGETS, environment = ENVIRONMENT } = {}): { folder: string; argv: readonly string[] } {
  const folder = fresh();
  writeFileSync(join(folder, 'budgets.yml'), budgets);
  writeFileSync(join(folder, 'env.yml'), environment);
  const files = ['--budgets', join(folder, 'budgets.yml'), '--env', join(folder, 'env.yml')];
  return { folder, argv: ['build', ...files, '--out', join(folder, 'out')] };
}

function call(argv: readonly string[]): { code: number; out: string; err: string } {
  const text = { out: '', err: '' };
  const code = run(argv, { out: (more) => (text.out += more), err: (more) => (text.err += more) });
  return { code, ...text };
}

test('--help prints the usage', () => {
  expect(call(['--help'])).toEqual({ code: 0, out: USAGE, err: '' });
});

test('build writes everything for an environment of any name, and a second time nothing', () => {
  const { folder, argv } = inputs();
  const first = call(argv);
  expect({ ...first, out: first.out.split('\n').slice(0, 2) }).toEqual({
    code: 0,
    err: '',
    out: ['written: alertmanager/alertmanager.yml', 'written: exporter/budgets.yml'],
  });
  expect(readFileSync(join(folder, 'out/prometheus/rules/alerts.yml'), 'utf8')).toContain('environment="moon-base"');
  expect(call(argv).out).toMatch(/^moon-base: \d+ files in .*, 0 of them written now\n$/);
});

test('build leaves the files of others alone', () => {
  const { folder, argv } = inputs();
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out/mine.txt'), 'mine');
  expect(call(argv).code).toBe(0);
  expect(readFileSync(join(folder, 'out/mine.txt'), 'utf8')).toBe('mine');
});

test('--check names what is missing and what differs, changes nothing, and does not mind the files of others', () => {
  const { folder, argv } = inputs();
  const out = join(folder, 'out');
  expect(call([...argv, '--check'])).toMatchObject({ code: 1, out: '' });
  expect(existsSync(out)).toBe(false);

  call(argv);
  expect(call([...argv, '--check'])).toEqual({ code: 0, out: `moon-base: ${out} is what the files say\n`, err: '' });
  rmSync(join(out, 'prometheus/rules/alerts.yml'));
  writeFileSync(join(out, 'prometheus/prometheus.yml'), '');
  writeFileSync(join(out, 'mine.txt'), 'mine');
  const before = readdirSync(out, { recursive: true });
  expect(call([...argv, '--check'])).toEqual({
    code: 1,
    out: '',
    err: 'changed: prometheus/prometheus.yml\nmissing: prometheus/rules/alerts.yml\n',
  });
  expect(readdirSync(out, { recursive: true })).toEqual(before);
  expect(readFileSync(join(out, 'prometheus/prometheus.yml'), 'utf8')).toBe('');
});

test('--set stands above the environment file, with a value as YAML has it', () => {
  const { folder, argv } = inputs();
  const set = ['--set', 'prometheus.url=http://127.0.0.1:2/', '--set', 'alerts.wasted_usd=7', '--set', 'name=a=b'];
  expect(call([...argv, ...set])).toEqual({
    code: 2,
    out: '',
    err: '--set name: name: "a=b" is refused; expected a name of letters, digits, dots, dashes and underscores, at most 63\n',
  });
  expect(call([...argv, ...set.slice(0, 4)]).code).toBe(0);
  const { scrape_configs: jobs } = parse(readFileSync(join(folder, 'out/prometheus/prometheus.yml'), 'utf8'));
  expect((jobs as { static_configs: unknown }[])[2]?.static_configs).toEqual([{ targets: ['127.0.0.1:2'] }]);
  expect(readFileSync(join(folder, 'out/prometheus/rules/alerts.yml'), 'utf8')).toContain('>= 7\n');
});

test('what is wrong with either file is said at once, and nothing is written', () => {
  const { folder, argv } = inputs({
    budgets: 'budgets:\n  - name: b\n    limit_usd: none\n    window: day\n',
    environment: ENVIRONMENT.replace('crew', '[]'),
  });
  expect(call(argv)).toEqual({
    code: 2,
    out: '',
    err: [
      `${folder}/budgets.yml:3:5: budgets[0].limit_usd must be an amount in US dollars above 0 and below 9 million, not "none"`,
      `${folder}/env.yml:2:1: team: [] is refused; expected the name of a team, without braces`,
      '',
    ].join('\n'),
  });
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('files that cannot be read are named, both', () => {
  const { folder, argv } = inputs();
  rmSync(join(folder, 'budgets.yml'));
  rmSync(join(folder, 'env.yml'));
  mkdirSync(join(folder, 'env.yml'));
  expect(call(argv)).toEqual({
    code: 2,
    out: '',
    err: `${folder}/budgets.yml: cannot be read: ENOENT\n${folder}/env.yml: cannot be read: EISDIR\n`,
  });
});

test('a file that is not UTF-8, and one that is too large', () => {
  const { folder, argv } = inputs();
  writeFileSync(join(folder, 'budgets.yml'), Buffer.from([0x62, 0xff]));
  writeFileSync(join(folder, 'env.yml'), '#'.repeat(1_048_577));
  expect(call(argv).err).toBe(
    `${folder}/budgets.yml: cannot be read: it is not UTF-8\n${folder}/env.yml: 1048577 bytes; at most 1048576 are accepted\n`
  );
});

test('a directory that cannot be written to is named', () => {
  const { folder, argv } = inputs();
  writeFileSync(join(folder, 'out'), 'a file');
  const { code, err } = call(argv);
  expect([code, err.startsWith(`${folder}/out: cannot be written: `)]).toEqual([2, true]);
});

test.each([
  { name: 'nothing', argv: [], err: 'no command; expected build' },
  { name: 'another command', argv: ['destroy'], err: '"destroy"; expected build' },
  { name: 'no files', argv: ['build'], err: '--budgets is missing; expected the budgets file' },
  {
    name: 'an empty directory name',
    argv: ['build', '--out', ''],
    err: '--out is missing; expected the directory to write to',
  },
  { name: 'an unknown option', argv: ['build', '--nonsense'], err: "Unknown option '--nonsense'" },
  {
    name: 'a --set without a value',
    argv: ['build', '--set', 'name'],
    err: '--set "name" is refused; expected PATH=VALUE',
  },
  {
    name: 'a --set of a prototype',
    argv: ['build', '--set', '__proto__.x'],
    err: '--set "__proto__.x" is refused; expected PATH=VALUE',
  },
])('refuses $name, with the usage', ({ argv, err }) => {
  const result = call(argv);
  expect(result).toEqual({ code: 2, out: '', err: expect.stringContaining(err) });
  expect(result.err).toContain(USAGE);
});
