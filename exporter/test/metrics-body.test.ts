// GET /metrics as clients get it: format and coding by what they accept, whole, and sent no faster than they read.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Counter } from 'prom-client';
import { systemClock } from '../src/clock.ts';
import { AGGREGATES, CATALOGUE, PER_THREAD } from '../src/contract/metrics.ts';
import type { MetricRow } from '../src/contract/metrics.ts';
import { metricsListener } from '../src/http/metrics.ts';
import { BudgetFamilies } from '../src/series/families/budgets.ts';
import { SeriesRegistry } from '../src/series/registry.ts';
import { SelfMetrics } from '../src/series/self.ts';
import { heldArrayBuffers } from './collected-garbage.ts';
import { strictPage } from './strict-exposition.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** About 120 bytes a line. */
const LARGE = 60_000;

const registry = new SeriesRegistry({
  environment: 'test',
  maxSeriesPerFamily: 1_000,
  maxLabelValues: 1_000,
  onFold: () => undefined,
});
registry.money(AGGREGATES.cost).cell(['t', 'w', 'a"\\\n', 'é', 'm']);
registry.histogram(AGGREGATES.nodeDuration).cell(['w', 'n']).observe(0.3);
const large = registry.numbers(PER_THREAD.agentState, 'bounded-elsewhere');
const cells = Array.from({ length: LARGE }, (_, i) => large.cell([`thread-${i}`, 'agent', 'running']));
const self = new SelfMetrics({ environment: 'test', version: '0', journalDurable: false });

const errors: unknown[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  const budgetFamilies = new BudgetFamilies(registry);
  const budgets = { views: () => [] };
  const access = { isGuarded: () => false, check: () => Promise.reject(new Error('nothing to check')) };
  const parts = { registry, self, budgetFamilies, budgets, clock: systemClock, access };
  const rest = { headers: () => ({}), started: () => true, onError: (error: unknown) => errors.push(error) };
  server = createServer(metricsListener({ ...parts, ...rest })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function fetched(headers: Readonly<Record<string, string>>, method = 'GET'): Promise<Got> {
  const request = get(url, { headers, method, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return { headers: response.headers, body: Buffer.concat(parts) };
}

const PROMETHEUS_2_42 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.each([
  { accept: undefined, type: TEXT },
  { accept: '', type: TEXT },
  { accept: '*/*', type: TEXT },
  { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', type: TEXT },
  { accept: 'text/plain', type: TEXT },
  { accept: 'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.8', type: TEXT },
  { accept: 'application/openmetrics-text;q=0,*/*', type: TEXT },
  { accept: 'application/openmetrics-text;version=0.0.1', type: TEXT },
  { accept: 'application/json', type: TEXT },
  { accept: ';;,=;q=x', type: TEXT },
  { accept: 'application/openmetrics-text', type: OPENMETRICS },
  { accept: 'text/plain;q=0.2,application/openmetrics-text;version=1.0.0;q=0.3', type: OPENMETRICS },
  { accept: PROMETHEUS_2_42, type: OPENMETRICS },
  { accept: PROMETHEUS_3, type: OPENMETRICS },
])('Accept: $accept is answered with $type', async ({ accept, type }) => {
  const { headers } = await fetched(accept === undefined ? {} : { accept }, 'HEAD');
  expect([headers['content-type'], headers['vary']]).toEqual([type, 'Accept, Accept-Encoding']);
});

test.each([
  { accept: 'text/plain', coding: undefined },
  { accept: 'text/plain', coding: 'gzip' },
  { accept: 'application/openmetrics-text', coding: undefined },
  { accept: 'application/openmetrics-text', coding: 'gzip;q=0.5, identity;q=0.1' },
])('the whole page in $accept with coding $coding holds what both registries hold', async ({ accept, coding }) => {
  const got = await fetched({ accept, ...(coding !== undefined && { 'accept-encoding': coding }) });
  expect(got.headers['content-encoding']).toBe(coding === undefined ? undefined : 'gzip');
  const text = (coding === undefined ? got.body : gunzipSync(got.body)).toString();
  const page = strictPage(text, accept === 'text/plain' ? 'text' : 'openmetrics');
  const series = [...page.keys()];
  expect(series.filter((name) => name.startsWith('orchestrator_agent_state{'))).toHaveLength(LARGE);
  expect(series).toContain(
    'orchestrator_cost_usd_total{environment="test",team="t",workflow="w",agent="a\\"\\\\\\n",provider="é",model="m"}'
  );
  expect(series.filter((name) => /^(process|nodejs)_/.test(name)).length).toBeGreaterThan(20);
});

test('a page in one format leaves the next one in the other as it was', async () => {
  const users = new Counter({ name: 'nodejs_users_own', help: 'Without "_total".', registers: [self.registry] });
  users.inc();
  const names = async (accept: string): Promise<string[]> => {
    const text = (await fetched({ accept })).body.toString();
    return text.split('\n').filter((line) => /^(# TYPE )?(process_cpu_user_seconds|nodejs_users_own)/.test(line));
  };
  const text = await names('text/plain');
  const open = await names('application/openmetrics-text');
  self.registry.removeSingleMetric('nodejs_users_own');
  expect(text.map((line) => line.replace(/ [\d.e-]+$/, ''))).toEqual([
    '# TYPE process_cpu_user_seconds_total counter',
    'process_cpu_user_seconds_total{environment="test"}',
    '# TYPE nodejs_users_own counter',
    'nodejs_users_own{environment="test"}',
  ]);
  expect(open.map((line) => line.replace(/ [\d.e-]+$/, ''))).toEqual([
    '# TYPE process_cpu_user_seconds counter',
    'process_cpu_user_seconds_total{environment="test"}',
    '# TYPE nodejs_users_own unknown',
    'nodejs_users_own{environment="test"}',
  ]);
  expect((await names('text/plain'))[0]).toBe(text[0]);
});

test('no two families of the catalogue have one name in OpenMetrics', () => {
  const names = CATALOGUE.flatMap(({ rows }) =>
    Object.values<MetricRow>(rows).map(({ name, type }) => (type === 'counter' ? name.replace(/_total$/, '') : name))
  );
  expect(new Set(names).size).toBe(names.length);
});

async function stalled(): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return socket;
}

test('clients that do not read cost a buffer each, hold up nobody, and get a whole page when they do', async () => {
  await fetched({});
  const before = await heldArrayBuffers();
  const served: Socket[] = [];
  server.on('connection', (socket) => served.push(socket));
  const sockets = await Promise.all(Array.from({ length: 40 }, stalled));
  const bytes = (await fetched({})).body.length;
  while (served.filter(({ writableNeedDrain }) => writableNeedDrain).length < sockets.length) await nextTurn();
  expect(bytes).toBeGreaterThan(5_000_000);
  // 256 KiB here, and the 64 KiB that a client of this process has read; a body each would be 6 MB.
  expect((await heldArrayBuffers()) - before).toBeLessThan(40 * 340_000);
  for (const cell of cells) cell.add(1);
  const [late, ...gone] = sockets;
  for (const socket of gone) socket.destroy();
  let text = '';
  late?.setEncoding('utf8').resume();
  for await (const part of late ?? []) {
    text += part as string;
    if (text.endsWith('0\r\n\r\n')) break;
  }
  expect(text.match(/orchestrator_agent_state\{/g)?.length).toBeGreaterThanOrEqual(LARGE - 200);
}, 30_000);
