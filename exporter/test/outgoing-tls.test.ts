// What the exporter and the forwarder connect to over TLS: a server of a private authority is reached with that authority's
// certificate, and without it nothing is sent and the reason says what would be accepted. Real servers, real handshakes.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createForwarder } from '../src/forwarder/forwarder.ts';
import { natsDelivery } from '../src/forwarder/nats-delivery.ts';
import { makeCertificate } from './certificates.ts';
import { brokerAt } from './nats/broker.ts';
import type { Broker } from './nats/broker.ts';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';
import { until } from './until.ts';

const folder = secretFolder();
const ends: (() => unknown)[] = [];
let broker: Broker;

beforeAll(async () => {
  for (const ca of ['ca', 'other-ca']) makeCertificate(folder, ca, {});
  makeCertificate(folder, 'server', { names: 'DNS:localhost,IP:127.0.0.1', ca: 'ca' });
  makeCertificate(folder, 'elsewhere', { names: 'DNS:elsewhere.example', ca: 'ca' });
  makeCertificate(folder, 'expired', { names: 'DNS:localhost', ca: 'ca', days: -1 });
  makeCertificate(folder, 'client', { ca: 'ca' });
  makeCertificate(folder, 'stranger', { ca: 'other-ca' });
  folder.write('token', 'secret-of-the-test');
  const tls = ['--tls', '--tlscert', folder.path('server.crt'), '--tlskey', folder.path('server.key')];
  broker = await brokerAt(folder.path('broker'), ...tls);
  await broker.start();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(async () => {
  await broker.kill();
  folder.remove();
});

interface Case {
  readonly server: 'server' | 'elsewhere' | 'expired';
  readonly ca: string | undefined;
  /** Undefined where it works. */
  readonly refused: RegExp | undefined;
}

const CASES: readonly [string, Case][] = [
  ['the right authority works', { server: 'server', ca: 'ca', refused: undefined }],
  ['another authority is refused', { server: 'server', ca: 'other-ca', refused: /no authority that is trusted here/ }],
  ['no authority told is refused', { server: 'server', ca: undefined, refused: /no authority that is trusted here/ }],
  ['a certificate for another name is refused', { server: 'elsewhere', ca: 'ca', refused: /is for another name/ }],
  [
    'a certificate of yesterday is refused',
    { server: 'expired', ca: 'ca', refused: /not valid now .CERT_HAS_EXPIRED/ },
  ],
];

const read = (file: string): string => readFileSync(folder.path(file), 'utf8');

/** Takes what is pushed; `requests` are the paths that came through the handshake. */
async function receiver(
  name: string,
  options: ServerOptions = {}
): Promise<{ readonly url: string; readonly requests: string[] }> {
  const requests: string[] = [];
  const shown = { cert: read(`${name}.crt`), key: read(`${name}.key`), ...options };
  const server: Server = createServer(shown, (request, response) => {
    requests.push(request.url ?? '');
    request.resume().on('end', () => response.writeHead(200).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, requests };
}

async function exporterOf(config: Readonly<Record<string, unknown>>): Promise<RunningExporter> {
  const running = await runExporter(config);
  ends.push(() => running.close());
  return running;
}

const event = { type: 'agent.state', threadId: 't', payload: { agent: 'a', state: 'running' } };

const pushed: readonly [string, string, (url: string, tls: object) => Readonly<Record<string, unknown>>][] = [
  [
    'remote_write',
    '/api/v1/write',
    (url, tls) => ({ remote_write: [{ url: `${url}/api/v1/write`, tls_config: tls, lateness: '10ms' }] }),
  ],
  [
    'grafana_live',
    '/api/live/push/orchestrator',
    (url, tls) => ({
      grafana_live: {
        url,
        stream: 'orchestrator',
        token_file: folder.path('token'),
        tls_config: tls,
        lateness: '10ms',
      },
    }),
  ],
];

describe.each(pushed)('%s', (_target, path, config) => {
  test.each(CASES)('%s', async (_name, { server, ca, refused }) => {
    const { url, requests } = await receiver(server);
    const running = await exporterOf(config(url, ca === undefined ? {} : { ca_file: folder.path(`${ca}.crt`) }));
    await post(running.url, ndjson([{ ...event, timestamp: Date.now() }]));
    const failures = (): readonly string[] => running.log.filter((line) => line.includes('a push has failed'));
    await until('an outcome', () => Promise.resolve(requests.length + failures().length > 0 ? true : undefined));
    if (refused === undefined) {
      expect([requests[0], failures()]).toEqual([path, []]);
      return;
    }
    expect(requests).toEqual([]);
    expect(failures()[0]).toMatch(refused);
    expect(failures()[0]).toMatch(
      /expected one (signed by an authority in tls_config\.ca_file|for the name in the address|that is, or the right time)/
    );
  });
});

/** The files of a client certificate, or none. */
const shownBy = (name: string | undefined): object =>
  name === undefined ? {} : { cert_file: folder.path(`${name}.crt`), key_file: folder.path(`${name}.key`) };

describe.each(pushed)('%s to a server that wants a certificate', (_target, path, config) => {
  test.each([
    { name: 'the right one is let in', client: 'client', refused: undefined },
    // Node's server hangs up on it without a word; what the system calls that depends on what was under way.
    { name: 'one of another authority is refused', client: 'stranger', refused: /"answer":"E[A-Z]+"/ },
    {
      name: 'none is refused, and where it is to be set is said',
      client: undefined,
      refused: /CERTIFICATE_REQUIRED\); expected one in tls_config\.cert_file/,
    },
  ])('$name', async ({ client, refused }) => {
    const { url, requests } = await receiver('server', { ca: read('ca.crt'), requestCert: true });
    const running = await exporterOf(config(url, { ca_file: folder.path('ca.crt'), ...shownBy(client) }));
    await post(running.url, ndjson([{ ...event, timestamp: Date.now() }]));
    const failures = (): readonly string[] => running.log.filter((line) => line.includes('a push has failed'));
    await until('an outcome', () => Promise.resolve(requests.length + failures().length > 0 ? true : undefined));
    expect(requests[0]).toBe(refused === undefined ? path : undefined);
    expect(failures()[0]).toEqual(refused === undefined ? undefined : expect.stringMatching(refused));
  });
});

describe('forwarder', () => {
  test.each(CASES)('%s', async (_name, { server, ca, refused }) => {
    const web = folder.write('web.yml', `tls_server_config:\n  cert_file: ${server}.crt\n  key_file: ${server}.key\n`);
    const running = await exporterOf({ web_config_file: web });
    const url = running.url.replace('127.0.0.1', 'localhost');
    const forwarder = createForwarder({
      url,
      maxWaitMs: 1,
      onWarning: () => undefined,
      ...(ca === undefined ? {} : { tls: { ca: read(`${ca}.crt`) } }),
    });
    forwarder.offer({ ...event, timestamp: Date.now() });
    await until('an outcome', () => {
      const { accepted, problem } = forwarder.stats();
      return Promise.resolve(accepted > 0 || problem !== undefined ? true : undefined);
    });
    const { problem } = forwarder.stats();
    const { accepted, undelivered } = await forwarder.close({ withinMs: 0 });
    expect({ accepted, undelivered }).toEqual(
      refused === undefined ? { accepted: 1, undelivered: 0 } : { accepted: 0, undelivered: 1 }
    );
    if (refused !== undefined) expect(problem).toMatch(refused);
  });
});

test.each(CASES.filter(([, { server }]) => server === 'server'))(
  'NATS, consumed and published to: %s',
  async (_name, { ca, refused }) => {
    const caFile = ca === undefined ? undefined : folder.path(`${ca}.crt`);
    const servers = [broker.url.replace('nats:', 'tls:')];
    const stream = `TLS_${ca ?? 'none'}`.replace('-', '_');
    const running = await exporterOf({
      nats: { servers, stream, stream_subjects: [`${stream}.*`], tls: caFile === undefined ? {} : { ca_file: caFile } },
    });
    const warnings: string[] = [];
    const forwarder = createForwarder({
      delivery: natsDelivery({ servers, subject: stream, partitions: 1, ...(caFile === undefined ? {} : { caFile }) }),
      maxWaitMs: 1,
      onWarning: (warning) => warnings.push(warning),
    });
    ends.push(() => forwarder.close({ withinMs: 0 }));
    if (refused === undefined) {
      await until('the stream', () =>
        Promise.resolve(running.log.some((line) => line.includes('events come from NATS')) ? true : undefined)
      );
      forwarder.offer({ ...event, timestamp: Date.now() });
      await until('the event', async () => {
        const lines = await metricLines(running.url, 'orchestrator_exporter_events_total');
        return lines.some((line) => line.includes('source="nats"') && line.endsWith(' 1')) ? true : undefined;
      });
      return;
    }
    forwarder.offer({ ...event, timestamp: Date.now() });
    const problem = (): string | undefined =>
      running.log.find((line) => line.includes('no events come from NATS') && !line.includes('not connected yet'));
    await until('both problems', () =>
      Promise.resolve(problem() !== undefined && forwarder.stats().problem !== undefined ? true : undefined)
    );
    expect(problem()).toMatch(refused);
    expect(problem()).toMatch(/expected one signed by an authority in nats\.tls\.ca_file/);
    expect(forwarder.stats().problem).toMatch(refused);
  }
);
