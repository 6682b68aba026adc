// docs/adopt.md, walked: its commands run as they stand there, in an empty home, with the ports that are free here.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { eventually, freePort } from './processes.ts';
import { runTool, temporaryDirectory } from './tools.ts';

const ROOT = join(__dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs/adopt.md'), 'utf8');

/** The code blocks of a language, in order. */
function blocks(language: string): readonly string[] {
  const parts = page.split('\n```');
  return parts.filter((part) => part.startsWith(`${language}\n`)).map((part) => part.slice(language.length + 1));
}

const [install = '', ...commands] = blocks('sh');

const home = temporaryDirectory();
let shell: ChildProcess;
let exited: Promise<unknown[]>;
let output = '';
const ports = new Map<string, number>();
/** In one pass: a free port may have another one's digits in it. */
const localised = (text: string): string =>
  text.replaceAll(new RegExp([...ports.keys()].join('|'), 'g'), (port) => String(ports.get(port)));

beforeAll(async () => {
  for (const port of ['9847', '9090', '9093', '9999']) ports.set(port, await freePort());
  // Its own group, so that what it started in the background ends with it.
  shell = spawn('bash', ['-euo', 'pipefail', '-c', localised(commands.join('\n'))], {
    cwd: ROOT,
    env: { ...process.env, HOME: home },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  shell.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  shell.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  exited = once(shell, 'exit');
});

afterAll(async () => {
  if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
  await exited;
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

test('it takes fewer than ten commands, of which the first builds what the rest needs', () => {
  expect([install.trim(), ...commands].length).toBeLessThan(10);
  expect(install.trim()).toBe(
    'npm ci && npm run build -w orchestrator-exporter && npm run build -w orchestrator-provisioning'
  );
});

test('every command succeeds', async () => {
  const [code] = await exited;
  expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
});

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(localised(`http://127.0.0.1:9090/api/v1/${path}`));
  return ((await answer.json()) as { data: T }).data;
}

test('the rules of the environment evaluate, and the thresholds of its own budget are known', async () => {
  interface Rule {
    readonly health: string;
    readonly query: string;
  }
  const rules = await eventually({
    what: 'rules evaluated',
    read: async () => (await ask<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap(({ rules: own }) => own),
    until: (all) => all.length > 0 && all.every(({ health }) => health === 'ok'),
    output: () => output,
  });
  expect(rules.some(({ query }) => query.includes('environment="lighthouse"'))).toBe(true);
  const query = 'sort(orchestrator_budget_threshold_ratio{environment="lighthouse",budget="research-monthly"})';
  const thresholds = await eventually({
    what: 'thresholds of the own budget',
    read: async () =>
      (await ask<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(query)}`)).result.map(
        ({ value }) => value[1]
      ),
    until: (values) => values.length > 0,
    output: () => output,
  });
  expect(thresholds).toEqual(['0.33', '0.9', '1.2']);
});

test('Alertmanager has the routes of the environment', async () => {
  const status = (await (await fetch(localised('http://127.0.0.1:9093/api/v2/status'))).json()) as {
    config: { original: string };
  };
  expect(parse(status.config.original)).toMatchObject({
    route: { routes: [{ receiver: 'ticket', routes: [{ receiver: 'page' }, { receiver: 'none' }] }] },
    receivers: [{ name: 'none' }, { name: 'page' }, { name: 'ticket' }],
  });
});

test('the lines for a Prometheus that is there already are accepted, its jobs copied in as the page says for older ones', () => {
  const [own = ''] = blocks('yaml');
  const { scrape_config_files: [files = ''] = [], ...known } = parse(own.replaceAll('/home/you', home)) as Record<
    string,
    string[]
  >;
  const jobs = parse(readFileSync(files.replace('*', 'orchestrator'), 'utf8')) as object;
  const file = join(home, 'own/prometheus.yml');
  mkdirSync(join(home, 'own'));
  writeFileSync(file, JSON.stringify({ ...known, ...jobs }));
  const { status, output: verdict } = runTool('promtool', ['check', 'config', file]);
  expect(verdict).toContain('2 rule files found');
  expect(status).toBe(0);
});
