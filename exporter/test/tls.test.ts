// TLS and client certificates against real handshakes, with certificates that openssl makes here.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../src/clock.ts';
import { createExporter } from '../src/library.ts';
import { makeCertificate } from './certificates.ts';
import { runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const folder = secretFolder();
const certificate = (name: string, of: Parameters<typeof makeCertificate>[2]): void => {
  makeCertificate(folder, name, of);
};

const read = (name: string): string => readFileSync(folder.path(name), 'utf8');

beforeAll(() => {
  certificate('ca', {});
  certificate('other-ca', {});
  certificate('server', { names: 'DNS:localhost,IP:127.0.0.1', ca: 'ca' });
  certificate('renewed', { names: 'DNS:localhost,IP:127.0.0.1', ca: 'ca' });
  certificate('prometheus', { names: 'DNS:prometheus.example,email:sre@example.com,IP:10.0.0.9', ca: 'ca' });
  certificate('wildcard', { names: 'DNS:*.example', ca: 'ca' });
  certificate('stranger', { names: 'DNS:prometheus.example', ca: 'other-ca' });
});
afterAll(() => {
  folder.remove();
});

let running: RunningExporter | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(lines = '', clock?: Clock): Promise<RunningExporter> {
  const web = folder.write('web.yml', `tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n${lines}`);
  running = await runExporter({ web_config_file: web }, clock);
  return running;
}

const client = (name: string): ConnectionOptions => ({ cert: read(`${name}.crt`), key: read(`${name}.key`) });
const MTLS = '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n';

/** Status of GET /metrics, or `refused` when no answer comes. */
function scrape(url: string, options: ConnectionOptions = {}): Promise<number | 'refused'> {
  return new Promise((resolve) => {
    const request = get(`${url}/metrics`, { ca: read('ca.crt'), agent: false, ...options }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    request.on('error', () => {
      resolve('refused');
    });
  });
}

test('with certificate and key the exporter speaks TLS, and nothing else on that port', async () => {
  const { url, log } = await start();
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  expect(log[0]).toContain(url);
  expect(await scrape(url)).toBe(200);
  expect(await scrape(url, { ca: read('other-ca.crt') })).toBe('refused');
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow('fetch failed');
});

test('the gateway works over TLS', async () => {
  const { url } = await start();
  const socket = await new TestSocket(`${url}/v1/gateway`, { ca: read('ca.crt') }).opened();
  expect(await socket.request('1', 'orchestrator.metrics.subscribe', { threadId: 'x' })).toMatchObject({ ok: true });
  socket.socket.terminate();
});

test.each([
  { version: 'TLSv1.1', min: 'TLS12', spoken: false },
  { version: 'TLSv1.2', min: 'TLS12', spoken: true },
  { version: 'TLSv1.2', min: 'TLS13', spoken: false },
  { version: 'TLSv1.3', min: 'TLS13', spoken: true },
] as const)('$version with min_version $min is spoken: $spoken', async ({ version, min, spoken }) => {
  const { url } = await start(`  min_version: ${min}\n`);
  const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  expect(await scrape(url, options)).toBe(spoken ? 200 : 'refused');
});

test.each([
  { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', status: 200 },
  { ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305', status: 200 },
  { ciphers: 'ECDHE-ECDSA-AES128-SHA', status: 'refused' },
  { ciphers: 'ECDHE-ECDSA-AES256-SHA384', status: 'refused' },
])('of TLS 1.2, $ciphers is answered with $status', async ({ ciphers, status }) => {
  const { url } = await start();
  const options = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` } as const;
  expect(await scrape(url, options)).toBe(status);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'with %s a resumed session is still held to its certificate',
  async (version) => {
    const { url } = await start(`${MTLS}  client_allowed_sans: [prometheus.example]\n`);
    const options = { ca: read('ca.crt'), ...client('prometheus'), minVersion: version, maxVersion: version };
    const first = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ...options });
    const session = once(first, 'session') as Promise<[Buffer]>;
    first.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    first.resume();
    const [ticket] = await session;
    await once(first, 'close');
    expect(await scrape(url, { ...options, session: ticket })).toBe(200);
  }
);

test('client certificates that are no longer asked for on disk are asked for until a restart, of the same CA', async () => {
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    every: (_periodMs, tick) => (ticks.push(tick), () => undefined),
  };
  const { url, log } = await start(MTLS, clock);
  folder.write('web.yml', 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n');
  for (const tick of ticks) tick();
  expect(log.filter((line) => line.includes('takes a restart'))).toHaveLength(1);
  expect(await scrape(url, client('prometheus'))).toBe(200);
  expect(await scrape(url, client('stranger'))).toBe('refused');
  expect(await scrape(url)).toBe('refused');
});

const NAMED = (name: string): string => `${MTLS}  client_allowed_sans: ["${name}"]\n`;
test.each([
  { name: 'no certificate where one is required', lines: MTLS, from: undefined, is: 'refused' },
  { name: 'a certificate of our CA', lines: MTLS, from: 'prometheus', is: 200 },
  { name: 'a certificate of another CA', lines: MTLS, from: 'stranger', is: 'refused' },
  { name: 'a certificate signed by itself', lines: MTLS, from: 'other-ca', is: 'refused' },
  {
    name: 'no certificate where none is required',
    lines: MTLS.replace('RequireAndVerifyClientCert', 'VerifyClientCertIfGiven'),
    from: undefined,
    is: 200,
  },
  {
    name: 'a right one where none is required',
    lines: MTLS.replace('RequireAndVerifyClientCert', 'VerifyClientCertIfGiven'),
    from: 'prometheus',
    is: 200,
  },
  {
    name: 'a wrong one where none is required',
    lines: MTLS.replace('RequireAndVerifyClientCert', 'VerifyClientCertIfGiven'),
    from: 'stranger',
    is: 'refused',
  },
  { name: 'the allowed DNS name', lines: NAMED('prometheus.example'), from: 'prometheus', is: 200 },
  { name: 'the allowed e-mail address', lines: NAMED('sre@example.com'), from: 'prometheus', is: 200 },
  { name: 'the allowed IP address', lines: NAMED('10.0.0.9'), from: 'prometheus', is: 200 },
  { name: 'another name', lines: NAMED('grafana.example'), from: 'prometheus', is: 'refused' },
  { name: 'a common name, which is no name', lines: NAMED('prometheus'), from: 'prometheus', is: 'refused' },
  { name: 'a wildcard that would match', lines: NAMED('prometheus.example'), from: 'wildcard', is: 'refused' },
])('$name: $is', async ({ lines, from, is }) => {
  const { url } = await start(lines);
  expect(await scrape(url, from === undefined ? {} : client(from))).toBe(is);
  const counted = await refusals(url, lines === '' ? {} : client('prometheus'));
  if (counted !== undefined) expect(counted).toBe(is === 'refused' ? 1 : 0);
});

/** Undefined when the allowed names keep this client out as well. */
async function refusals(url: string, options: ConnectionOptions): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(`${url}/metrics`, { ca: read('ca.crt'), agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const line = text
          .split('\n')
          .find((each) =>
            each.startsWith('orchestrator_exporter_connections_refused_total{environment="test",reason="tls"')
          );
        resolve(Number(line?.split(' ').pop()));
      });
    }).on('error', () => {
      resolve(undefined);
    });
  });
}

test('a renewed certificate is served without a restart, and one that does not fit its key is not taken', async () => {
  const ticks: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    every: (_periodMs, tick) => (ticks.push(tick), () => undefined),
  };
  const before = read('server.crt');
  const key = read('server.key');
  const { url, log } = await start('', clock);
  const served = async (): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca: read('ca.crt') });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const first = await served();
  folder.write('server.crt', read('renewed.crt'));
  for (const tick of ticks) tick();
  expect(await served()).toBe(first);
  expect(log.filter((line) => line.includes('do not fit together'))).toHaveLength(1);
  folder.write('server.key', read('renewed.key'));
  for (const tick of ticks) tick();
  expect(await served()).not.toBe(first);
  folder.write('server.crt', before);
  folder.write('server.key', key);
});

test.each([
  {
    name: 'a missing certificate',
    lines: 'cert_file: none.crt\n  key_file: server.key',
    says: /cert_file ".*none\.crt" cannot be read: .*ENOENT/,
  },
  {
    name: 'a key of another certificate',
    lines: 'cert_file: server.crt\n  key_file: ca.key',
    says: /do not fit together: .*key values mismatch/,
  },
  {
    name: 'a key where the certificate should be',
    lines: 'cert_file: server.key\n  key_file: server.key',
    says: /do not fit together/,
  },
  {
    name: 'a CA that is none',
    lines:
      'cert_file: server.crt\n  key_file: server.key\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key',
    says: /do not fit together/,
  },
])('$name keeps the exporter from starting, and no key is shown', ({ lines, says }) => {
  const web = folder.write('bad.yml', `tls_server_config:\n  ${lines}\n`);
  const starting = (): unknown => createExporter({ environment: 'test', web_config_file: web });
  expect(starting).toThrow(says);
  expect(starting).not.toThrow(/PRIVATE/);
});

test('a key that others may read is warned of', async () => {
  folder.write('server.key', read('server.key'), 0o644);
  const { log } = await start();
  expect(log.filter((line) => line.includes('server.key holds a secret and has mode 0644'))).toHaveLength(1);
  folder.write('server.key', read('server.key'), 0o600);
});
