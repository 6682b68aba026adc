// Canaries: secrets planted wherever one may stand, and looked for in everything that the exporter says.
import { execFileSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { hashSync } from 'bcryptjs';
import { runCommand } from '../src/command.ts';
import { messageOf } from '../src/errors.ts';
import { stoppedClock } from './running-clock.ts';
import { runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const folder = secretFolder();
const running: RunningExporter[] = [];
afterEach(() => Promise.all(running.map(({ close }) => close())));
afterAll(() => {
  folder.remove();
});

async function start(sections: Readonly<Record<string, unknown>>): Promise<RunningExporter> {
  const exporter = await runExporter(sections, stoppedClock());
  running.push(exporter);
  return exporter;
}

const CANARY = {
  ingestToken: 'canary-ingest-0123456789',
  readToken: 'canary-read-0123456789',
  wrongToken: 'canary-wrong-0123456789',
  password: 'canary-password',
  wrongPassword: 'canary-wrong-password',
  queryToken: 'canary-query',
  cookie: 'canary-cookie',
  apiKey: 'sk-canary-api-key',
  urlUser: 'canary-url-user',
  input: 'canary prompt text',
  output: 'canary answer text',
  errorMessage: 'canary error message',
  stack: 'at canary stack frame',
  unknownField: 'canary unknown field',
  task: 'canary task',
  emitted: 'canary emitted input',
} as const;

test('none of sixteen planted secrets, nor a key or a hash, is in any log line, page, metric or error', async () => {
  const key = folder.path('server.key');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      folder.path('server.crt'),
      ...subject,
    ],
    { stdio: 'ignore' }
  );
  const hash = hashSync(CANARY.password, 4);
  const web = folder.write(
    'web.yml',
    `tls_server_config: {cert_file: server.crt, key_file: server.key}\nbasic_auth_users: {ann: ${hash}}\n`,
    0o644
  );
  const { exporter, url, log } = await start({
    web_config_file: web,
    auth: {
      ingest: [
        { name: 'i', token_file: folder.write('i', CANARY.ingestToken, 0o644), team: 'red', daily_quota_events: 4 },
      ],
      read: [{ name: 'r', token_file: folder.write('r', CANARY.readToken, 0o644) }],
    },
  });
  const said: string[] = [];
  const ca = readFileSync(folder.path('server.crt'));
  const ask = (path: string, headers: Record<string, string> = {}, post?: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const method = post === undefined ? 'GET' : 'POST';
      const asked = request(url + path, { ca, headers, method, agent: false }, (response) => {
        said.push(response.rawHeaders.join('\n'));
        response.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
        response.on('end', resolve);
      });
      asked.on('error', reject);
      asked.end(post);
    });
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const basic = (password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`,
  });

  const at = { threadId: 't', timestamp: Date.now() };
  const events = [
    { ...at, type: 'node.start', payload: { nodeId: 'n', input: CANARY.input, password: CANARY.unknownField } },
    {
      ...at,
      type: 'node.error',
      payload: { nodeId: 'n', error: { message: CANARY.errorMessage, stack: CANARY.stack } },
    },
    { ...at, type: 'node.complete', payload: { nodeId: 'n', output: CANARY.output } },
    { ...at, type: 'agent.active', payload: { agent: 'a', task: CANARY.task } },
  ];
  const json = { 'content-type': 'application/json', cookie: CANARY.cookie, 'x-api-key': CANARY.apiKey };
  await ask('/v1/events', { ...json, ...bearer(CANARY.ingestToken) }, JSON.stringify(events));
  await ask('/v1/events', { ...json, ...bearer(CANARY.ingestToken) }, JSON.stringify([{ ...events[0], timestamp: 1 }]));
  await ask('/v1/events', { ...json, ...bearer(CANARY.readToken) }, '[]');
  const emitter = new EventEmitter();
  exporter.attach(emitter);
  emitter.emit('metrics', {
    ...at,
    type: 'node.start',
    payload: { nodeId: 'm', input: CANARY.emitted, error: new Error(CANARY.errorMessage) },
  });
  for (const path of [
    '/',
    '/landing.js',
    '/metrics',
    '/metrics/timeline?consumer=c',
    '/v1/budgets',
    '/health/ready',
    '/v1/threads/t/checkpoints',
    '/nothing',
  ]) {
    await ask(`${path}${path.includes('?') ? '&' : '?'}token=${CANARY.queryToken}`, basic(CANARY.wrongPassword));
  }
  for (let count = 0; count < 11; count++) await ask('/metrics', bearer(CANARY.wrongToken));
  const again = await start({ web_config_file: web, auth: { read: [{ name: 'r', token_file: folder.path('r') }] } });
  const open = connect({ host: '127.0.0.1', port: Number(new URL(again.url).port), ca });
  await once(open, 'secureConnect');
  open.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
  open.write(`GET /metrics HTTP/1.1\r\n${CANARY.urlUser} broken\r\n\r\n`);
  await once(open, 'close');

  const everything = [...said, ...log, ...again.log].join('\n');
  expect(everything).toContain('orchestrator');
  expect(everything).toContain('has mode 0644');
  expect(everything).toContain('backed_off');
  expect(everything).toContain('quota_exceeded');
  const keyLines = readFileSync(key, 'utf8')
    .split('\n')
    .filter((line) => line.length > 20 && !line.startsWith('-'));
  expect(keyLines.length).toBeGreaterThan(1);
  const secrets = [...Object.values(CANARY), hash, hash.slice(7), ...keyLines];
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});

const SECRET = 'canary-0123456789abcdef';
test.each([
  { name: 'a token file given as the configuration', config: SECRET },
  { name: 'a token in place of the section', config: `environment: x\nauth: ${SECRET}` },
  { name: 'a token in place of the list', config: `environment: x\nauth: {read: ${SECRET}}` },
  { name: 'a token in place of an entry', config: `environment: x\nauth: {read: [${SECRET}]}` },
  { name: 'a token within the file', config: `environment: x\nauth: {read: [{name: a, token: ${SECRET}}]}` },
  { name: 'a token with an unknown section', config: `environment: x\nauth: {tokens: ${SECRET}}` },
  { name: 'a token for a name', config: `environment: x\nauth: {read: [{name: "${SECRET} ", token_file: x}]}` },
  {
    name: 'a password in the web configuration',
    config: 'environment: x\nweb_config_file: WEB',
    web: `basic_auth_users: {ann: ${SECRET}}`,
  },
  {
    name: 'a key in the web configuration',
    config: 'environment: x\nweb_config_file: WEB',
    web: `tls_server_config: {key: ${SECRET}}`,
  },
  {
    name: 'a web configuration that is no YAML',
    config: 'environment: x\nweb_config_file: WEB',
    web: `basic_auth_users: [${SECRET}`,
  },
  {
    name: 'a token file with two lines',
    config: 'environment: x\nauth: {read: [{name: a, token_file: TOKEN}]}',
    token: `${SECRET}\n${SECRET}`,
  },
])('$name: the exporter does not start, and the secret is not said', async ({ config, web = '', token = '' }) => {
  const text = config.replace('WEB', folder.write('w.yml', web)).replace('TOKEN', folder.write('t', token));
  const log: string[] = [];
  const args = ['--config', folder.write('config.yml', text), '--check-config'];
  const problem = await runCommand(args, () => (_level, message) => log.push(message)).catch(messageOf);
  expect(typeof problem).toBe('string');
  expect(`${JSON.stringify(problem)}${log.join()}`).not.toContain('canary');
});

test('the configuration in force names the files of secrets, and not what is in them', async () => {
  const token = folder.write('shown', SECRET);
  const text = `environment: x\nauth: {read: [{name: a, token_file: ${token}}]}\nweb_config_file: /etc/web.yml\n`;
  const printed = await runCommand(
    ['--config', folder.write('config.yml', text), '--print-config'],
    () => () => undefined
  );
  expect(printed).toMatchObject({
    kind: 'printed',
    text: expect.stringContaining(`auth.read: [{"name":"a","token_file":${JSON.stringify(token)}}]`),
  });
  expect(JSON.stringify(printed)).not.toContain('canary');
});
