// Who gets in, over real HTTP and WebSocket: tokens, users, what tokens are bound to, quotas, back-off.
import { once } from 'node:events';
import { hashSync } from 'bcryptjs';
import type { Clock } from '../src/clock.ts';
import { stoppedClock } from './running-clock.ts';
import { metricLines, ndjson, runExporter, sumOf, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const READ = 'read-token-0123456789';
const OTHER_READ = 'other-read-token-0123456';
const RED = 'red-token-0123456789ab';
const PLAIN = 'plain-token-0123456789';
const PROD = 'prod-token-0123456789a';
const folder = secretFolder();
const file = (token: string): string => folder.write(token.slice(0, 5), `${token}\n`);
const AUTH = {
  ingest: [
    { name: 'red', token_file: file(RED), team: 'red', daily_quota_events: 5 },
    { name: 'plain', token_file: file(PLAIN) },
    { name: 'prod', token_file: file(PROD), environment: 'prod' },
  ],
  read: [{ name: 'prometheus', token_file: file(READ) }],
};
const USERS = folder.write('web.yml', `basic_auth_users:\n  ann: ${hashSync('right', 4)}\n`);
afterAll(() => {
  folder.remove();
});

let running: RunningExporter | undefined;
afterEach(() => running?.close());
async function start(
  overrides: Readonly<Record<string, unknown>> = { auth: AUTH },
  clock: Clock = stoppedClock()
): Promise<string> {
  running = await runExporter(overrides, clock);
  return running.url;
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const basic = (text: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

let next = 0;
function cost(payload: Record<string, unknown> = {}, threadId = `t-${++next}`): Record<string, unknown> {
  return { type: 'cost.updated', threadId, timestamp: Date.now(), payload: { costUsd: 1, ...payload } };
}

interface Answer {
  readonly status: number;
  readonly answer: unknown;
  readonly headers: Headers;
}
async function send(url: string, headers: Record<string, string>, ...events: readonly unknown[]): Promise<Answer> {
  const all = { 'content-type': 'application/x-ndjson', ...headers };
  const response = await fetch(`${url}/v1/events`, { method: 'POST', headers: all, body: ndjson(events) });
  return { status: response.status, answer: await response.json(), headers: response.headers };
}
async function lines(url: string, name: string): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`, { headers: bearer(READ) })).text();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}
async function failures(url: string): Promise<string[]> {
  const found = await lines(url, 'orchestrator_exporter_auth_failures_total');
  return found.filter((line) => !line.endsWith(' 0')).map((line) => line.replace(/^[^{]*\{|environment="test",?/g, ''));
}

test('without tokens and users everything is open, and credentials are not looked at', async () => {
  const url = await start({});
  expect((await send(url, bearer('whatever'), cost())).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ environment: 'test' });
});

const GUARDED = ['/metrics', '/metrics/timeline?consumer=a', '/v1/threads', '/v1/budgets', '/v1/threads/x/checkpoints'];

test.each(
  GUARDED.flatMap((path) => [
    { path, who: 'nobody', headers: {}, status: 401, code: 'unauthorized' },
    { path, who: 'an unknown token', headers: bearer('unknown-token-0123'), status: 401, code: 'unauthorized' },
    { path, who: 'a token to send', headers: bearer(PLAIN), status: 403, code: 'forbidden' },
    { path, who: 'a user where there are none', headers: basic('ann:right'), status: 401, code: 'unauthorized' },
  ])
)('$path answers $who with $status', async ({ path, headers, status, code }) => {
  const url = await start();
  const response = await fetch(url + path, { headers });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: { code, message: expect.any(String) } });
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer realm="orchestrator-exporter"${status === 403 ? ', error="insufficient_scope"' : ''}`
  );
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const allowed = await fetch(url + path, { headers: bearer(READ) });
  expect(allowed.status).toBe(path.includes('/x/') ? 404 : 200);
});

test.each([
  { name: 'POST', path: '/metrics', method: 'POST', status: 401 },
  { name: 'HEAD', path: '/metrics', method: 'HEAD', status: 401 },
  { name: 'another case', path: '/METRICS', method: 'GET', status: 401 },
  { name: 'a slash at the end', path: '/metrics/', method: 'GET', status: 401 },
  { name: 'two slashes', path: '//metrics', method: 'GET', status: 404 },
  { name: 'percent-encoding', path: '/%6d%65trics', method: 'GET', status: 404 },
  { name: 'dots', path: '/health/live/../../metrics', method: 'GET', status: 401 },
  { name: 'a token in the URL', path: `/metrics?access_token=${READ}&token=${READ}`, method: 'GET', status: 401 },
  { name: 'a path that is not there', path: '/metricsx', method: 'GET', status: 404 },
  { name: 'the probe of life', path: '/health/live', method: 'GET', status: 200 },
  { name: 'the page, which holds nothing', path: '/', method: 'GET', status: 200 },
])('no way around by $name', async ({ path, method, status }) => {
  const url = await start();
  expect((await fetch(url + path, { method })).status).toBe(status);
});

test('readiness says the bare status to everybody, details to readers, and nothing to wrong credentials', async () => {
  const url = await start();
  const ready = async (headers = {}): Promise<[number, unknown]> => {
    const response = await fetch(`${url}/health/ready`, { headers });
    return [response.status, await response.json()];
  };
  expect(await ready()).toEqual([200, { status: 'ok' }]);
  expect(await ready(bearer(READ))).toEqual([200, expect.objectContaining({ environment: 'test' })]);
  expect((await ready(bearer(`${READ}x`)))[0]).toBe(401);
});

test.each([
  { who: 'nobody', headers: {}, status: 401, reason: 'no_credentials' },
  { who: 'an unknown token', headers: bearer('unknown-token-0123'), status: 401, reason: 'unknown_token' },
  { who: 'a token to read', headers: bearer(READ), status: 403, reason: 'wrong_scope' },
  { who: 'a token of another environment', headers: bearer(PROD), status: 403, reason: 'wrong_environment' },
  { who: 'what cannot be read', headers: { authorization: 'Bearer' }, status: 401, reason: 'malformed_credentials' },
])('events of $who are not taken, and that is counted', async ({ headers, status, reason }) => {
  const url = await start();
  expect((await send(url, headers, cost())).status).toBe(status);
  expect(await lines(url, 'orchestrator_cost_usd_total')).toEqual([]);
  expect(await failures(url)).toEqual([`scope="ingest",reason="${reason}"} 1`]);
});

test('a bound token fills in its team, and not one of a thousand forgeries counts', async () => {
  const url = await start({
    auth: {
      ...AUTH,
      ingest: [
        { name: 'red', token_file: file(RED), team: 'red' },
        { name: 'plain', token_file: file(PLAIN) },
      ],
    },
  });
  expect((await send(url, bearer(RED), cost({}, 'mine'))).answer).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  expect((await send(url, bearer(PLAIN), cost({ team: 'blue' }, 'theirs'))).status).toBe(200);
  const forged = Array.from({ length: 1_000 }, (_, index) =>
    index % 2 === 0 ? cost({ team: `blue${index % 7}` }) : cost(index % 3 === 0 ? { team: 'red' } : {}, 'theirs')
  );
  const { answer } = await send(url, bearer(RED), ...forged);
  expect(answer).toMatchObject({ accepted: 0, duplicates: 0 });
  const { rejected } = answer as { rejected: { reason: string; message: string }[] };
  expect([rejected.length, new Set(rejected.map(({ reason }) => reason))]).toEqual([1_000, new Set(['forbidden'])]);
  expect(rejected[1]?.message).toBe('the thread is another team\'s: the token is bound to team "red"');
  expect(await lines(url, 'orchestrator_cost_usd_total')).toEqual([
    expect.stringMatching(/team="red".* 1$/),
    expect.stringMatching(/team="blue".* 1$/),
  ]);
  expect(
    (await lines(url, 'orchestrator_exporter_events_rejected_total')).filter((line) => line.includes('forbidden'))
  ).toEqual(['orchestrator_exporter_events_rejected_total{environment="test",reason="forbidden"} 1000']);
});

test('two bound senders that begin one thread at once: it is the first one`s', async () => {
  const ingest = [
    { name: 'red', token_file: file(RED), team: 'red' },
    { name: 'blue', token_file: file(PLAIN), team: 'blue' },
  ];
  const url = await start({ auth: { ...AUTH, ingest } });
  const answers = await Promise.all(
    [RED, PLAIN].map((token) => send(url, bearer(token), cost({ costUsd: token === RED ? 1 : 2 }, 'both')))
  );
  const accepted = answers.map(({ answer }) => (answer as { accepted: number }).accepted);
  expect(accepted.reduce((a, b) => a + b)).toBe(1);
  expect(sumOf(await lines(url, 'orchestrator_cost_usd_total'))).toBe(accepted[0] === 1 ? 1 : 2);
});

test('a quota is refused whole with the time to wait; repeats and refused events are not held against it', async () => {
  const url = await start();
  const first = [cost(), cost(), cost()];
  expect((await send(url, bearer(RED), ...first)).status).toBe(200);
  expect((await send(url, bearer(RED), ...first.slice(0, 2))).answer).toMatchObject({ duplicates: 2 });
  expect((await send(url, bearer(RED), cost({ team: 'blue' }), cost())).answer).toMatchObject({ accepted: 1 });
  const { status, answer, headers } = await send(url, bearer(RED), cost(), cost());
  expect([status, answer]).toEqual([
    429,
    {
      error: {
        code: 'quota_exceeded',
        message: '2 events on top of 4 sent today pass the 5 that the token red may send in a UTC day',
      },
    },
  ]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await send(url, bearer(RED), cost())).status).toBe(200);
  expect((await send(url, bearer(PLAIN), cost())).status).toBe(200);
  expect(sumOf(await lines(url, 'orchestrator_cost_usd_total'))).toBe(6);
  expect(
    (await lines(url, 'orchestrator_exporter_events_rejected_total')).filter((line) => !line.endsWith(' 0'))
  ).toEqual([
    'orchestrator_exporter_events_rejected_total{environment="test",reason="forbidden"} 1',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="quota_exceeded"} 1',
  ]);
});

test('after ten failures an address waits: new credentials do, what was right from there before does not', async () => {
  let monotonicMs = 0;
  const clock: Clock = { now: () => Date.now(), monotonic: () => monotonicMs, every: () => () => undefined };
  const read = [...AUTH.read, { name: 'grafana', token_file: file(OTHER_READ) }];
  const url = await start({ auth: { ...AUTH, read }, web_config_file: USERS }, clock);
  const attempt = (headers: Record<string, string>): Promise<Response> => fetch(`${url}/v1/threads`, { headers });
  const fail = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count++) {
      expect((await attempt(bearer(`wrong-token-012345${count}`))).status).toBe(401);
    }
  };
  await fail(5);
  expect((await attempt(bearer(READ))).status).toBe(200);
  expect((await attempt(basic('ann:right'))).status).toBe(200);
  // Whoever holds one token could else clear the failures of guessing another.
  await fail(5);
  for (const headers of [bearer(OTHER_READ), bearer('wrong-token-012345'), basic('ann:wrong'), basic('eve:right')]) {
    const waiting = await attempt(headers);
    expect([waiting.status, waiting.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await waiting.json()).toEqual({ error: { code: 'backed_off', message: expect.any(String) } });
  }
  expect((await attempt(bearer(READ))).status).toBe(200);
  expect((await attempt(basic('ann:right'))).status).toBe(200);
  // Sending is another matter, and so is asking without credentials.
  expect((await send(url, bearer(PLAIN), cost())).status).toBe(200);
  expect((await fetch(`${url}/v1/threads`)).status).toBe(401);
  monotonicMs = 1_000;
  expect((await attempt(bearer(OTHER_READ))).status).toBe(200);
  expect(await failures(url)).toEqual([
    'scope="read",reason="no_credentials"} 1',
    'scope="read",reason="unknown_token"} 10',
    'scope="read",reason="backed_off"} 4',
  ]);
  expect(running?.log.filter((line) => line.includes('failed logins'))).toEqual([
    'warn too many failed logins: the address must wait {"scope":"read","address":"127.0.0.1","waitMs":1000}',
  ]);
});

test('users with a password guard everything, may read, and may send only where senders have no tokens', async () => {
  const url = await start({ web_config_file: USERS });
  const unknown = await fetch(`${url}/metrics`);
  expect([unknown.status, unknown.headers.get('www-authenticate')]).toEqual([
    401,
    'Basic realm="orchestrator-exporter", charset="UTF-8"',
  ]);
  expect((await send(url, {}, cost())).status).toBe(401);
  expect((await fetch(`${url}/metrics`, { headers: basic('ann:right') })).status).toBe(200);
  expect((await fetch(`${url}/metrics`, { headers: basic('ann:wrong') })).status).toBe(401);
  expect((await fetch(`${url}/metrics`, { headers: basic('eve:right') })).status).toBe(401);
  expect((await send(url, basic('ann:right'), cost())).status).toBe(200);
  await running?.close();
  const both = await start({ web_config_file: USERS, auth: AUTH });
  expect((await fetch(`${both}/metrics`, { headers: basic('ann:right') })).status).toBe(200);
  expect((await fetch(`${both}/metrics`, { headers: bearer(READ) })).status).toBe(200);
  expect((await fetch(`${both}/metrics`)).headers.get('www-authenticate')).toBe(
    'Bearer realm="orchestrator-exporter", Basic realm="orchestrator-exporter", charset="UTF-8"'
  );
  expect((await send(both, basic('ann:right'), cost())).status).toBe(403);
});

const UPGRADES = [
  { name: 'the gateway with a header', path: '/v1/gateway', options: { headers: bearer(READ) }, status: 101 },
  {
    name: 'the gateway with our subprotocol',
    path: '/v1/gateway',
    options: { protocols: ['orchestrator.v1', `bearer.${READ}`] },
    status: 101,
  },
  {
    name: 'the gateway with the token alone',
    path: '/v1/gateway',
    options: { protocols: [`bearer.${READ}`] },
    status: 101,
  },
  { name: 'the gateway without anything', path: '/v1/gateway', options: {}, status: 401 },
  {
    name: 'the gateway with our subprotocol only',
    path: '/v1/gateway',
    options: { protocols: ['orchestrator.v1'] },
    status: 401,
  },
  {
    name: 'the gateway with a wrong token',
    path: '/v1/gateway',
    options: { protocols: ['bearer.wrong-token-01234'] },
    status: 401,
  },
  { name: 'the gateway with a token to send', path: '/v1/gateway', options: { headers: bearer(PLAIN) }, status: 403 },
  { name: 'the gateway with a token in the URL', path: `/v1/gateway?token=${READ}`, options: {}, status: 401 },
  {
    name: 'the gateway with a token from a foreign page',
    path: '/v1/gateway',
    options: { headers: bearer(READ), origin: 'https://evil.example' },
    status: 403,
  },
  { name: 'the ingest socket with a token', path: '/v1/ingest', options: { headers: bearer(PLAIN) }, status: 101 },
  {
    name: 'the ingest socket with a token to read',
    path: '/v1/ingest',
    options: { headers: bearer(READ) },
    status: 403,
  },
  { name: 'the ingest socket without anything', path: '/v1/ingest', options: {}, status: 401 },
];

test.each(UPGRADES)('$name is answered with $status', async ({ path, options, status }) => {
  const url = await start();
  const { socket } = new TestSocket(url + path, options);
  const got = await new Promise<number>((resolve) => {
    socket.once('open', () => {
      resolve(101);
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    });
  });
  expect(got).toBe(status);
  if (status === 101) expect(socket.protocol).toBe(options.protocols?.[0] ?? '');
  socket.on('error', () => undefined);
  socket.terminate();
});

test('what is sent over a socket is held to the token that opened it', async () => {
  const url = await start();
  const socket = await new TestSocket(`${url}/v1/ingest`, { headers: bearer(RED) }).opened();
  socket.send([cost(), cost({ team: 'blue' })]);
  expect(await socket.next()).toMatchObject({ accepted: 1, rejected: [{ index: 1, reason: 'forbidden' }] });
  socket.send(Array.from({ length: 5 }, () => cost()));
  expect(await socket.next()).toEqual({
    accepted: 0,
    duplicates: 0,
    rejected: [{ index: 0, reason: 'quota_exceeded', message: expect.stringContaining('token red') }],
  });
  socket.socket.close();
  await once(socket.socket, 'close');
});

test('tokens and headers that change on disk count from the next look on; files that cannot be used change nothing', async () => {
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    every: (_periodMs, tick) => (ticks.push(tick), () => undefined),
  };
  const rotating = folder.write('rotating', 'first-token-0123456789');
  const web = folder.write('rotating.yml', 'http_server_config: {headers: {X-Frame-Options: deny}}');
  const url = await start({ auth: { read: [{ name: 'r', token_file: rotating }] }, web_config_file: web }, clock);
  const status = async (token: string): Promise<[number, string | null]> => {
    const response = await fetch(`${url}/v1/threads`, { headers: bearer(token) });
    return [response.status, response.headers.get('x-frame-options')];
  };
  const lookAgain = (): void => {
    for (const tick of ticks) tick();
  };
  expect(await status('first-token-0123456789')).toEqual([200, 'deny']);
  folder.write('rotating', 'second-token-012345678');
  folder.write('rotating.yml', 'http_server_config: {headers: {X-Frame-Options: sameorigin}}');
  lookAgain();
  expect([await status('first-token-0123456789'), await status('second-token-012345678')]).toEqual([
    [401, 'sameorigin'],
    [200, 'sameorigin'],
  ]);
  folder.write('rotating', 'short');
  lookAgain();
  lookAgain();
  expect(await status('second-token-012345678')).toEqual([200, 'sameorigin']);
  expect(running?.log.filter((line) => line.includes('stay as they were'))).toHaveLength(1);
});

test('sockets are ended when their credentials are withdrawn, and what they still send does not count', async () => {
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    every: (_periodMs, tick) => (ticks.push(tick), () => undefined),
  };
  const [kept, leaving, reading] = [
    folder.write('kept', 'kept-token-01234567890'),
    folder.write('leaving', 'leaving-token-0123456'),
    folder.write('reading', 'reading-token-0123456'),
  ];
  const users = (password: string): string => `basic_auth_users: {ann: "${hashSync(password, 4)}"}`;
  const web = folder.write('leaving.yml', users('right'));
  const auth = {
    ingest: [
      { name: 'kept', token_file: kept },
      { name: 'leaving', token_file: leaving },
    ],
    read: [{ name: 'r', token_file: reading }],
  };
  const url = await start({ auth, web_config_file: web }, clock);
  const open = (path: string, headers: Record<string, string>): Promise<TestSocket> =>
    new TestSocket(url + path, { headers }).opened();
  const stays = await open('/v1/ingest', bearer('kept-token-01234567890'));
  const goes = [
    await open('/v1/ingest', bearer('leaving-token-0123456')),
    await open('/v1/gateway', bearer('reading-token-0123456')),
    await open('/v1/gateway', basic('ann:right')),
  ];
  folder.write('kept', 'kept-token-01234567890\n');
  folder.write('leaving', 'renewed-token-0123456');
  folder.write('reading', 'renewed-reader-012345');
  folder.write('leaving.yml', users('changed'));
  const gone = Promise.all(goes.map((socket) => socket.closed()));
  for (const tick of ticks) tick();
  goes[0]?.send(cost());
  expect((await gone).map(({ code }) => code)).toEqual([1008, 1008, 1008]);
  stays.send(cost());
  expect(await stays.next()).toMatchObject({ accepted: 1 });
  const text = await (await fetch(`${url}/metrics`, { headers: bearer('renewed-reader-012345') })).text();
  expect(sumOf(text.split('\n').filter((line) => line.startsWith('orchestrator_cost_usd_total{')))).toBe(1);
  stays.socket.terminate();
});

test('without tokens a socket stays while there are none, and is ended when users are asked for', async () => {
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    every: (_periodMs, tick) => (ticks.push(tick), () => undefined),
  };
  const web = folder.write('later.yml', 'http_server_config: {headers: {X-Frame-Options: deny}}');
  const url = await start({ web_config_file: web }, clock);
  const socket = await new TestSocket(`${url}/v1/gateway`).opened();
  folder.write('later.yml', 'http_server_config: {headers: {X-Frame-Options: sameorigin}}');
  for (const tick of ticks) tick();
  // The ticks pinged too: the second request comes behind the pong.
  for (const threadId of ['a', 'b']) {
    expect(await socket.request(threadId, 'orchestrator.metrics.subscribe', { threadId })).toMatchObject({ ok: true });
  }
  const closed = socket.closed();
  folder.write('later.yml', `basic_auth_users: {ann: "${hashSync('right', 4)}"}`);
  for (const tick of ticks) tick();
  expect((await closed).code).toBe(1008);
});

test('metrics of an open exporter show every reason at zero', async () => {
  const url = await start({});
  expect(await metricLines(url, 'orchestrator_exporter_auth_failures_total')).toHaveLength(18);
});
