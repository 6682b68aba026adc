import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentsError, parseArguments } from './arguments.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'preview-arguments-'));
  writeFileSync(join(dir, 'plugin.json'), '{"id":"x"}');
  writeFileSync(join(dir, 'module.js'), '');
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const required = (): string[] => ['--prometheus', 'http://127.0.0.1:9090', '--dashboards', dir, '--plugin', dir];

test.each([
  ['the defaults', [], { port: 3000, hostVersion: '12.4' }],
  ['any free port', ['--port', '0'], { port: 0, hostVersion: '12.4' }],
  ['the other line', ['--port=65535', '--host-version=13.2'], { port: 65_535, hostVersion: '13.2' }],
])('takes %s', (_name, extra, expected) => {
  expect(parseArguments([...required(), ...extra])).toEqual({
    prometheus: new URL('http://127.0.0.1:9090'),
    dashboardsDir: dir,
    pluginDir: dir,
    ...expected,
  });
});

const problemsOf = (argv: readonly string[]): readonly string[] => {
  try {
    parseArguments(argv);
    return [];
  } catch (error) {
    if (error instanceof ArgumentsError) return error.problems;
    throw error;
  }
};

test.each<[string, () => string[], string[]]>([
  [
    'nothing given',
    () => [],
    ['--prometheus: a value is required', '--dashboards: a value is required', '--plugin: a value is required'],
  ],
  [
    'every value wrong, all at once',
    () => [
      '--prometheus',
      'ftp://x',
      '--dashboards',
      '/no/such',
      '--plugin',
      '/no/such',
      '--port',
      '70000',
      '--host-version',
      '9',
    ],
    [
      '--prometheus ftp://x: want an http or https URL such as http://127.0.0.1:9090',
      '--dashboards /no/such: no such folder',
      '--plugin /no/such: no such folder',
      '--port 70000: want a whole number from 0 to 65535',
      '--host-version 9: want one of 12.4, 13.2',
    ],
  ],
  [
    'an unknown option and a stray word',
    () => [...required(), '--fast', 'x'.repeat(200)],
    [
      '--fast: not an option; known are --prometheus, --dashboards, --plugin, --port, --host-version',
      `${'x'.repeat(80)}...: not an option; known are --prometheus, --dashboards, --plugin, --port, --host-version`,
    ],
  ],
])('refuses %s', (_name, argv, expected) => {
  expect(problemsOf(argv())).toEqual(expected);
});
