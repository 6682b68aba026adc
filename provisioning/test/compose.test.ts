// docker-compose.yml: valid, closed to the outside, and named as the generated files of dev expect.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dev } from './environments.ts';
import { runTool, type Result } from './tools.ts';

const ROOT = join(__dirname, '..', '..');

interface Service {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: unknown;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
}

const compose: { readonly services: Readonly<Record<string, Service>>; readonly volumes: object } = parse(
  readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'),
  { merge: true }
);
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));

/** Compose 1 is a command of its own, compose 2 a part of docker. */
function composeConfig(): Result {
  const args = ['-f', 'docker-compose.yml', '--profile', 'nats', 'config', '--quiet'];
  try {
    return runTool('docker-compose', args, ROOT);
  } catch {
    return runTool('docker', ['compose', ...args], ROOT);
  }
}

test('compose accepts the file', () => {
  expect(composeConfig()).toEqual({ status: 0, output: '' });
});

test('these services run, and with the profile nats these too', () => {
  const named = (isIn: (service: Service) => boolean): string[] =>
    services.filter(({ service }) => isIn(service)).map(({ name }) => name);
  expect(named(({ profiles }) => profiles === undefined)).toEqual([
    'exporter',
    'prometheus',
    'alertmanager',
    'grafana',
    'demo',
  ]);
  expect(named(({ profiles }) => profiles?.join() === 'nats')).toEqual([
    'nats',
    'exporter-a',
    'exporter-b',
    'demo-nats',
    'prometheus-nats',
    'grafana-nats',
  ]);
});

describe.each(services)('$name', ({ service }) => {
  test('publishes on the loopback address only', () => {
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('is built here or pinned to a version', () => {
    if (service.build === undefined) expect(service.image).toMatch(/^[a-z]+(\/[a-z]+)?:v?\d+\.\d+\.\d+(-alpine)?$/);
    else expect(existsSync(join(ROOT, service.build.dockerfile))).toBe(true);
  });

  test('mounts only what the repository holds or builds, and that read-only', () => {
    const bound = (service.volumes ?? []).filter((volume) => volume.startsWith('./'));
    const built = './grafana-plugin/dist';
    expect(bound.filter((volume) => !volume.endsWith(':ro'))).toEqual([]);
    const sources = bound.map((volume) => volume.split(':')[0] ?? '').filter((source) => source !== built);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  test('mounts only volumes that are declared', () => {
    const named = (service.volumes ?? [])
      .filter((volume) => !volume.startsWith('./'))
      .map((volume) => volume.split(':')[0]);
    expect(named.filter((volume) => !Object.keys(compose.volumes).includes(volume ?? ''))).toEqual([]);
  });

  test('waits for services that tell of their health', () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const wanted = compose.services[other];
      const dockerfile = wanted?.build === undefined ? '' : readFileSync(join(ROOT, wanted.build.dockerfile), 'utf8');
      expect(condition).toBe('service_healthy');
      expect(wanted?.healthcheck !== undefined || /^HEALTHCHECK /m.test(dockerfile)).toBe(true);
    }
  });
});

test('the addresses of dev are services of the network', () => {
  const addresses = [dev.exporter, dev.alertmanager, new URL(dev.prometheusUrl).host];
  expect(addresses).toEqual(['exporter:9847', 'alertmanager:9093', 'prometheus:9090']);
  for (const address of addresses) {
    const [host, port] = address.split(':');
    expect(compose.services[host ?? '']?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  }
});

test('the data source of the Grafana of the shards is their Prometheus, which reaches exporters and Alertmanager', () => {
  const networksOf = (name: string): unknown => compose.services[name]?.networks;
  expect(networksOf('grafana-nats')).toEqual(['shards']);
  expect(networksOf('prometheus-nats')).toEqual({
    default: null,
    shards: { aliases: [new URL(dev.prometheusUrl).hostname] },
  });
  for (const name of ['exporter-a', 'exporter-b', 'alertmanager', 'prometheus'])
    expect(networksOf(name)).toBeUndefined();
});

test('Grafana finds the dashboard where the provider looks', () => {
  expect(compose.services['grafana']?.volumes).toContain(
    `./provisioning/generated/dev/grafana/dashboards:${dev.dashboard.directory}:ro`
  );
});

test.each(['exporter/Dockerfile', 'demo/Dockerfile'])(
  '%s runs without root and copies every manifest of the lock file',
  (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const last = text.split(/^FROM /m).at(-1) ?? '';
    expect(last).toMatch(/^USER node$/m);
    const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const workspace of workspaces) expect(text).toContain(`COPY ${workspace}/package.json ${workspace}/\n`);
  }
);
