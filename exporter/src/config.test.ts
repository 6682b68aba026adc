import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configText, parseConfig, parseConfigText } from './config.ts';
import { CONFIG_EXAMPLE, configPage } from './docs/config-page.ts';

const DEFAULTS = {
  environment: 'dev',
  host: '127.0.0.1',
  port: 9847,
  dataDir: './data',
  logLevel: 'info',
  journalRetentionMs: 2_592_000_000,
  journalMaxBytes: 10_737_418_240,
  team: 'default',
  workflow: 'default',
  maxThreads: 500,
  retentionMs: 900_000,
  maxBodyBytes: 1_048_576,
  maxBodiesBytes: 134_217_728,
  maxEvents: 10_000,
  maxMessageBytes: 65_536,
  maxLabelValues: 200,
  maxSeries: 10_000,
  latenessMs: 2_000,
  ring: 100_000,
  remoteWrite: [],
  grafanaLive: undefined,
  origins: [],
  maxClients: 256,
  maxSubscriptions: 50,
  maxQueuedBytes: 524_288,
  maxResumeBytes: 8_388_608,
  resumeMs: 300_000,
  budgetsFile: undefined,
  maxDecompressionRatio: 100,
  maxJsonDepth: 64,
  maxJsonKeys: 10_000,
  headerBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 75_000,
  maxConnections: 2_048,
  maxConnectionsPerAddress: 512,
  ingestTokens: [],
  readTokens: [],
  webConfigFile: undefined,
};

test('without a file every option has its default, and none can be changed', () => {
  const result = parseConfig(undefined);
  expect(result).toEqual({ ok: true, config: DEFAULTS });
  expect(result.ok && Object.isFrozen(result.config) && Object.isFrozen(result.config.origins)).toBe(true);
});

test.each([
  { name: 'only the environment', text: 'environment: prod', differs: { environment: 'prod' } },
  { name: 'sections without content', text: 'environment: prod\nlisten:\nlabels:\n', differs: { environment: 'prod' } },
  {
    name: 'every section',
    text: `
environment: prod
listen: {host: '::1', port: 0}
data_dir: /var/lib/x
labels: {team: a, workflow: b}
threads: {max: 0, retention: 1h30m}
limits: {body_bytes: 1024, events_per_body: 1, message_bytes: 1024, label_values: 1, series_per_family: 10}
timeline: {lateness: '0', ring: 100}
gateway: {origins: ['https://a.example'], max_clients: 1, max_subscriptions: 1, queue_bytes: 1024}
journal: {retention: 1m, max_bytes: 1048576}
budgets_file: b.yml
prices_file: p.json
`,
    differs: {
      environment: 'prod',
      host: '::1',
      port: 0,
      dataDir: '/var/lib/x',
      journalRetentionMs: 60_000,
      journalMaxBytes: 1_048_576,
      team: 'a',
      workflow: 'b',
      maxThreads: 0,
      retentionMs: 5_400_000,
      maxBodyBytes: 1024,
      maxEvents: 1,
      maxMessageBytes: 1024,
      maxLabelValues: 1,
      maxSeries: 10,
      latenessMs: 0,
      ring: 100,
      origins: ['https://a.example'],
      maxClients: 1,
      maxSubscriptions: 1,
      maxQueuedBytes: 1024,
      budgetsFile: 'b.yml',
      pricesFile: 'p.json',
    },
  },
])('$name is taken', ({ text, differs }) => {
  expect(parseConfigText(text)).toEqual({ ok: true, config: { ...DEFAULTS, ...differs } });
});

test.each([
  {
    name: 'an empty file',
    text: '',
    problems: ['environment is missing; expected text of 1 to 128 bytes without control characters'],
  },
  {
    name: 'a list',
    text: '- a',
    problems: ['the configuration is ["a"]; expected a mapping with at least environment'],
  },
  { name: 'no YAML', text: 'a: [', problems: [expect.stringMatching(/^the configuration is not YAML: /)] },
  {
    name: 'misspelt keys, each with its nearest',
    text: 'enviroment: prod\nlisten: {prot: 1}\nretention: 1h',
    problems: [
      'enviroment is not known; did you mean environment?',
      'listen.prot is not known; did you mean listen.port?',
      'retention is not known; known are environment, listen, data_dir, log, journal, labels, threads, limits, timeline, remote_write, grafana_live, gateway, auth, nats, web_config_file, budgets_file, prices_file',
      'environment is missing; expected text of 1 to 128 bytes without control characters',
    ],
  },
  {
    name: 'every wrong value at once',
    text: 'environment: 5\nlisten: {port: 65536, host: ""}\nthreads: {retention: soon, max: -1}\ngateway: {origins: [example.com]}\ntimeline: fast',
    problems: [
      'timeline: "fast" is refused; expected a mapping',
      'environment: 5 is refused; expected text of 1 to 128 bytes without control characters',
      'listen.host: "" is refused; expected an address or host name to listen on',
      'listen.port: 65536 is refused; expected a whole number from 0 to 65535',
      'threads.max: -1 is refused; expected a whole number from 0 to 100000',
      'threads.retention: "soon" is refused; expected a duration from 1s to 30d, such as 15m',
      'gateway.origins: ["example.com"] is refused; expected a list of origins such as https://grafana.example.com',
    ],
  },
  {
    name: 'a broker by another scheme, or with a password in its address, which is not printed',
    text: 'environment: prod\nnats: {servers: ["http://a:1", "nats://u:hunter2@b:2"], subjects: ["a..b"], ack_wait: soon, server: x}',
    problems: [
      expect.stringMatching(
        /^nats\.servers\[0\]: expected nats:\/\/host:4222 or tls:\/\/host:4222 without user and password; /
      ),
      expect.stringMatching(/^nats\.servers\[1\]: expected nats:/),
      expect.stringMatching(/^nats\.subjects\[0\]: expected a subject such as/),
      expect.stringMatching(/^nats\.ack_wait: /),
      expect.stringMatching(/^nats: Unrecognized key: "server"; expected `\{servers, /),
    ],
  },
  {
    name: 'a key that every object has',
    text: 'environment: prod\n"__proto__": {port: 1}\nconstructor: 1',
    problems: [expect.stringMatching(/^__proto__ is not known/), expect.stringMatching(/^constructor is not known/)],
  },
  {
    name: 'a receiver that would wait longer than the timeline does',
    text: 'environment: prod\ntimeline: {lateness: 1s}\nremote_write: [{url: "http://a/", lateness: 2s}]',
    problems: ['remote_write[0].lateness: 2000ms is refused; expected no more than timeline.lateness (1000ms)'],
  },
  {
    name: 'a secret in the URL of a receiver, which is not shown',
    text: 'environment: prod\nremote_write: [{url: "http://u:hunter2@a/"}]',
    problems: [
      'remote_write[0].url: expected a URL without user and password: they go into basic_auth; expected a list of `{url, name?, remote_timeout?, headers?, basic_auth?, authorization?, bearer_token_file?, tls_config?, queue_config?, lateness?, heartbeat_interval?}`',
    ],
  },
])('$name is refused with all that is wrong', ({ text, problems }) => {
  expect(parseConfigText(text)).toEqual({ ok: false, problems });
});

test('the configuration in force is printed option by option', () => {
  const result = parseConfigText('environment: prod\nthreads: {retention: 1h}');
  const lines = result.ok ? configText(result.config).split('\n') : [];
  expect(lines).toEqual(
    expect.arrayContaining(['environment: "prod"', 'threads.retention: 3600000ms', 'budgets_file: (none)'])
  );
});

test('docs/config.md is what the table says, and its example is a configuration', () => {
  expect(readFileSync(join(__dirname, '../../docs/config.md'), 'utf8')).toBe(configPage());
  expect(parseConfigText(CONFIG_EXAMPLE)).toMatchObject({
    ok: true,
    config: { environment: 'prod', retentionMs: 3_600_000 },
  });
});
