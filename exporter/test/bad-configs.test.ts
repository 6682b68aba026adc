// Bad configurations: each refused with the place of what is wrong, and by a running exporter without losing what is in force.
import { hashSync } from 'bcryptjs';
import { runCommand } from '../src/command.ts';
import { StartupError } from '../src/errors.ts';
import { runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const folder = secretFolder();
afterAll(() => {
  folder.remove();
});

const TOKEN = 'good-token-0123456789';
const HASH = hashSync('right', 4);
const GOOD = {
  token: TOKEN,
  'budgets.yml': 'budgets: [{name: daily, window: day, limit_usd: 10}]',
  'prices.yml': 'prices: [{model: m, usd_per_million_tokens: {input: 1}}]',
  'web.yml': `basic_auth_users: {ann: "${HASH}"}`,
} as const;
type FileName = keyof typeof GOOD;

function restore(): void {
  for (const [name, text] of Object.entries(GOOD)) folder.write(name, text);
}
beforeEach(restore);

const AUTH = (): string => `auth: {read: [{name: r, token_file: ${folder.path('token')}}]}`;
const SECTIONS = (): string =>
  `environment: prod\ndata_dir: memory\n${AUTH()}\nbudgets_file: ${folder.path('budgets.yml')}\nprices_file: ${folder.path('prices.yml')}\nweb_config_file: ${folder.path('web.yml')}\n`;

/** All that is wrong with a configuration, as the command says it. */
async function problemsOf(config: string): Promise<readonly string[]> {
  try {
    await runCommand(['--config', folder.write('config.yml', config), '--check-config'], () => () => undefined);
    return [];
  } catch (error) {
    if (error instanceof StartupError) return error.problems;
    throw error;
  }
}

test('without a mistake there is no problem', async () => {
  expect(await problemsOf(SECTIONS())).toEqual([]);
});

const CONFIGS: readonly (readonly [place: string, text: string])[] = [
  ['environment is missing', ''],
  ['environment is missing', 'listen: {port: 1}'],
  ['at line 1, column', 'environment: ['],
  ['at line 2, column', 'environment: a\n\tlisten: 1'],
  ['at line 2, column', 'environment: a\nenvironment: b'],
  ['the configuration is', '- environment'],
  ['environment:', 'environment: ""'],
  ['environment:', 'environment: "a\\nb"'],
  ['environment:', `environment: ${'x'.repeat(129)}`],
  ['enviroment', 'enviroment: a'],
  ['__proto__', 'environment: a\n__proto__: {host: 0.0.0.0}'],
  ['listen.port', 'environment: a\nlisten: {port: -1}'],
  ['listen.port', 'environment: a\nlisten: {port: 65536}'],
  ['listen.port', 'environment: a\nlisten: {port: "9847"}'],
  ['listen.prot', 'environment: a\nlisten: {prot: 1}'],
  ['listen:', 'environment: a\nlisten: ":9847"'],
  ['data_dir', 'environment: a\ndata_dir: ""'],
  ['labels.team', 'environment: a\nlabels: {team: 5}'],
  ['threads.max', 'environment: a\nthreads: {max: 1.5}'],
  ['threads.retention', 'environment: a\nthreads: {retention: 15}'],
  ['threads.retention', 'environment: a\nthreads: {retention: 31d}'],
  ['limits.body_bytes', 'environment: a\nlimits: {body_bytes: 1e400}'],
  ['limits.body_bytes', 'environment: a\nlimits: {body_bytes: .nan}'],
  ['limits.json_depth', 'environment: a\nlimits: {json_depth: 0}'],
  ['limits.headers_timeout', 'environment: a\nlimits: {headers_timeout: 0s}'],
  ['limits.connections', 'environment: a\nlimits: {connections: -5}'],
  ['timeline.lateness', 'environment: a\ntimeline: {lateness: 11m}'],
  ['gateway.origins', 'environment: a\ngateway: {origins: ["*"]}'],
  ['gateway.origins', 'environment: a\ngateway: {origins: ["https://a.example/"]}'],
  ['gateway.origins', 'environment: a\ngateway: {origins: ["null"]}'],
  ['auth:', 'environment: a\nauth: none'],
  ['auth.read[0]', 'environment: a\nauth: {read: [{name: a}]}'],
  ['auth.read[0]', 'environment: a\nauth: {read: [{name: a, token_file: x, team: red}]}'],
  ['auth.read[0]', 'environment: a\nauth: {read: [{name: a, token: x}]}'],
  ['auth.ingest[0].name', 'environment: a\nauth: {ingest: [{name: "a\\nb", token_file: x}]}'],
  ['auth.ingest[1].name', 'environment: a\nauth: {ingest: [{name: a, token_file: x}, {name: a, token_file: y}]}'],
  [
    'auth.ingest[0].daily_quota_bytes',
    'environment: a\nauth: {ingest: [{name: a, token_file: x, daily_quota_bytes: 0}]}',
  ],
  ['auth.ingest[0].team', 'environment: a\nauth: {ingest: [{name: a, token_file: x, team: ""}]}'],
  ['auth.read[0].token_file', 'environment: a\nauth: {read: [{name: a, token_file: /nonexistent}]}'],
  ['auth.read[0].token_file', 'environment: a\nauth: {read: [{name: a, token_file: /}]}'],
  ['web_config_file', 'environment: a\nweb_config_file: /nonexistent'],
  ['budgets_file', 'environment: a\nbudgets_file: /nonexistent'],
  ['prices_file', 'environment: a\nprices_file: []'],
];

test.each(CONFIGS)('%s is named for %j', async (place, text) => {
  expect(await problemsOf(text)).toContainEqual(expect.stringContaining(place));
});

const FILES: readonly (readonly [file: FileName, place: string, text: string])[] = [
  ['token', 'auth.read[0].token_file', ''],
  ['token', 'auth.read[0].token_file', 'short'],
  ['token', 'auth.read[0].token_file', `${TOKEN}\n${TOKEN}`],
  ['token', 'auth.read[0].token_file', 'a token with spaces in it'],
  ['token', 'auth.read[0].token_file', 'x'.repeat(2_000_000)],
  ['budgets.yml', 'line 1', 'budgets: ['],
  ['budgets.yml', 'budgets_file', '[]'],
  ['budgets.yml', 'budgets[0]', 'budgets: [{name: daily, window: day}]'],
  ['budgets.yml', 'budgets[0].limit_usd', 'budgets: [{name: daily, window: day, limit_usd: -1}]'],
  ['budgets.yml', 'budgets[0].limit_usd', 'budgets: [{name: daily, window: day, limit_usd: .inf}]'],
  ['budgets.yml', 'budgets[0].window', 'budgets: [{name: daily, window: fortnight, limit_usd: 1}]'],
  ['budgets.yml', 'budgets[0].timezone', 'budgets: [{name: daily, window: day, limit_usd: 1, timezone: Mars/Olympus}]'],
  [
    'budgets.yml',
    'budgets[1]',
    'budgets: [{name: d, window: day, limit_usd: 1}, {name: d, window: day, limit_usd: 2}]',
  ],
  ['prices.yml', 'line 1', 'prices: ['],
  ['prices.yml', 'prices[0]', 'prices: [{model: m, usd_per_million_tokens: {input: -1}}]'],
  ['prices.yml', 'prices[0]', 'prices: [{usd_per_million_tokens: {input: 1}}]'],
  ['web.yml', 'line 1, column', 'basic_auth_users: ['],
  ['web.yml', 'basic_auth_users.ann', 'basic_auth_users: {ann: secret}'],
  ['web.yml', 'tls_server_config.key_file', 'tls_server_config: {cert_file: a}'],
  ['web.yml', 'tls_server_config.cert_file', 'tls_server_config: {cert_file: none.crt, key_file: none.key}'],
  ['web.yml', 'tls_server_config.min_version', 'tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}'],
  ['web.yml', 'http_server_config.headers.Server', 'http_server_config: {headers: {Server: x}}'],
  ['web.yml', 'http_server_config.http2', 'http_server_config: {http2: true}'],
  ['web.yml', 'rate_limit', 'rate_limit: {burst: 1}'],
];

test('fifty and more are tried', () => {
  expect(CONFIGS.length + FILES.length).toBeGreaterThan(50);
});

test.each(FILES)('%s: %s is named for %.80j', async (file, place, text) => {
  folder.write(file, text);
  expect(await problemsOf(SECTIONS())).toContainEqual(expect.stringContaining(place));
});

describe('a running exporter', () => {
  let running: RunningExporter;
  beforeAll(async () => {
    restore();
    running = await runExporter({
      auth: { read: [{ name: 'r', token_file: folder.path('token') }] },
      budgets_file: folder.path('budgets.yml'),
      prices_file: folder.path('prices.yml'),
      web_config_file: folder.path('web.yml'),
    });
  });
  afterAll(() => running.close());

  const inForce = async (): Promise<unknown> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const user = { authorization: `Basic ${Buffer.from('ann:right').toString('base64')}` };
    const { budgets } = (await (await fetch(`${running.url}/v1/budgets`, { headers })).json()) as {
      budgets: { name: string; limitUsd: number }[];
    };
    const text = await (await fetch(`${running.url}/metrics`, { headers: user })).text();
    return [budgets.map(({ name, limitUsd }) => [name, limitUsd]), /priced_models\{[^}]*\} (\d+)/.exec(text)?.[1]];
  };

  test.each(FILES)('keeps what is in force when %s becomes bad: %s', async (file, _place, text) => {
    const before = await inForce();
    expect(before).toEqual([[['daily', 10]], '1']);
    folder.write(file, text);
    expect(running.exporter.reload()).toBe(false);
    expect(await inForce()).toEqual(before);
    restore();
    expect(running.exporter.reload()).toBe(true);
  });
});
