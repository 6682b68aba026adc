import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP, runCommand } from './command.ts';
import { StartupError } from './errors.ts';
import { VERSION } from './library.ts';
import type { Log } from './log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const silent: Log = () => undefined;

test('the version is the package`s', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };
  expect(VERSION).toBe(manifest.version);
});

test.each([
  { args: ['--help'], text: HELP },
  { args: ['--version'], text: `orchestrator-exporter ${VERSION}\n` },
  { args: ['--check-config'], text: 'the configuration is valid: environment dev, budgets: 0\n' },
  { args: ['--print-config'], text: expect.stringContaining('listen.port: 9847\n') },
])('$args prints and is done', async ({ args, text }) => {
  expect(await runCommand(args, () => silent)).toEqual({ kind: 'printed', text });
});

test('budgets are checked with the configuration', async () => {
  const budgets = file('budgets.yml', 'budgets: [{name: daily, limit_usd: 5, window: day}]');
  const config = file('exporter.yml', JSON.stringify({ environment: 'test', budgets_file: budgets }));
  expect(await runCommand(['--config', config, '--check-config'], () => silent)).toEqual({
    kind: 'printed',
    text: 'the configuration is valid: environment test, budgets: 1\n',
  });
});

test.each([
  { name: 'an unknown flag', args: () => ['--colour'], problems: [expect.stringContaining("'--colour'")] },
  {
    name: 'a missing file',
    args: () => ['--config', join(folder, 'none.yml')],
    problems: [expect.stringContaining('none.yml')],
  },
  {
    name: 'a bad configuration',
    args: () => ['--config', file('bad.yml', 'listen: {port: x}')],
    problems: [expect.stringContaining('environment is missing'), expect.stringContaining('listen.port: "x"')],
  },
  {
    name: 'a missing budgets file',
    args: () => ['--config', file('e.yml', 'environment: t\nbudgets_file: /nowhere.yml')],
    problems: [expect.stringContaining('/nowhere.yml')],
  },
  {
    name: 'bad budgets, all of them',
    args: () => {
      const budgets = file(
        'b.yml',
        'budgets: [{name: a, limit_usd: 0, window: day}, {name: b, limit_usd: 1, window: year}]'
      );
      return ['--check-config', '--config', file('e.yml', JSON.stringify({ environment: 't', budgets_file: budgets }))];
    },
    problems: [expect.stringContaining('limit_usd'), expect.stringContaining('window')],
  },
  {
    name: 'an address that is not there',
    args: () => ['--config', file('e.yml', 'environment: t\nlisten: {host: 192.0.2.1, port: 0}\ndata_dir: memory')],
    problems: [expect.stringContaining('cannot listen on 192.0.2.1:0')],
  },
])('$name keeps it from starting', async ({ args, problems }) => {
  const failure = await runCommand(args(), () => silent).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect((failure as StartupError).problems).toEqual(problems);
});

test.each([
  { name: 'a directory', dataDir: () => join(folder, 'data'), more: [] },
  { name: 'memory', dataDir: () => 'memory', more: [expect.stringMatching(/^warn: STATE LIVES IN MEMORY ONLY/)] },
])('it serves and says where; with the journal in $name it says what that means', async ({ dataDir, more }) => {
  const lines: string[] = [];
  const log: Log = (level, message) => lines.push(`${level}: ${message}`);
  const config = JSON.stringify({ environment: 't', listen: { port: 0 }, data_dir: dataDir() });
  const result = await runCommand(['--config', file('e.yml', config)], () => log);
  expect(lines.filter((line) => !line.startsWith('info: journal read'))).toEqual([
    expect.stringMatching(/^info: listening on http:\/\/127\.0\.0\.1:\d+$/),
    ...more,
  ]);
  if (result.kind === 'serving') await result.exporter.close();
});
