// The Kubernetes files: every object valid by the schemas of Kubernetes and of the Prometheus operator, every reference found.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { build } from '../src/build.ts';
import type { Environment } from '../src/environments/environment.ts';
import { imageParts } from '../src/kubernetes/kustomization.ts';
import { budgets, dev, ENVIRONMENTS } from './environments.ts';
import { runTool } from './tools.ts';

const GENERATED = join(__dirname, '..', 'generated');
const ROOT = join(__dirname, '..', '..');

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const CHECK = `
import { Service } from 'kubernetes-models/v1';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { PrometheusRule, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
const KINDS = { Service, StatefulSet, PrometheusRule, ServiceMonitor };
let text = '';
for await (const chunk of process.stdin) text += chunk;
const verdicts = JSON.parse(text).map((object) => {
  try {
    new KINDS[object.kind](object).validate();
    return 'valid';
  } catch (error) {
    return error.message;
  }
});
process.stdout.write(JSON.stringify(verdicts));
`;

/** What the schemas say of each object. The packages are ECMAScript modules, so a process of their own runs them. */
function verdicts(objects: readonly unknown[]): readonly string[] {
  const { status, output } = runTool(process.execPath, ['--input-type=module', '-e', CHECK], {
    cwd: join(__dirname, '..'),
    input: JSON.stringify(objects),
  });
  if (status !== 0) throw new Error(output);
  return JSON.parse(output) as readonly string[];
}

describe.each(ENVIRONMENTS)('$name', (environment) => {
  const directory = join(GENERATED, environment.name);
  const read = (path: string): unknown => parse(readFileSync(join(directory, path), 'utf8'));

  /** All objects below a kustomization, and every file that it names and that is not there. */
  function follow(path: string): { objects: KubernetesObject[]; missing: string[] } {
    const folder = dirname(path);
    const {
      resources = [],
      patches = [],
      configMapGenerator = [],
    } = read(path) as {
      resources?: string[];
      patches?: { path: string }[];
      configMapGenerator?: { files: string[] }[];
    };
    const named = [...patches.map((patch) => patch.path), ...configMapGenerator.flatMap(({ files }) => files)];
    const missing = named
      .map((name) => normalize(join(folder, name)))
      .filter((file) => !existsSync(join(directory, file)));
    const found = resources.map((name) => {
      const file = normalize(join(folder, name));
      if (existsSync(join(directory, file, 'kustomization.yaml'))) return follow(join(file, 'kustomization.yaml'));
      if (!existsSync(join(directory, file))) return { objects: [], missing: [file] };
      return { objects: [read(file) as KubernetesObject], missing: [] };
    });
    return {
      objects: found.flatMap(({ objects }) => objects),
      missing: [...missing, ...found.flatMap((each) => each.missing)],
    };
  }

  const { objects, missing } = follow('kustomization.yaml');

  test('names no file that is not there, and none outside of its directory', () => {
    expect(missing).toEqual([]);
    expect(readFileSync(join(directory, 'kustomization.yaml'), 'utf8')).not.toContain('..');
  });

  test('has these objects, all valid by the schemas of Kubernetes and of the operator', () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Service orchestrator-exporter',
      'StatefulSet orchestrator-exporter',
      'PrometheusRule orchestrator',
      'ServiceMonitor orchestrator-exporter',
    ]);
    expect(verdicts(objects)).toEqual(objects.map(() => 'valid'));
  });

  test('patches what exists, and every dashboard has a ConfigMap that Grafana finds', () => {
    const { patches, configMapGenerator } = read('kustomization.yaml') as {
      patches: { target: { kind: string; name: string } }[];
      configMapGenerator: { name: string; files: string[]; options?: { labels?: object } }[];
    };
    for (const { target } of patches) {
      expect(objects.map(({ kind, metadata }) => ({ kind, name: metadata.name }))).toContainEqual(target);
    }
    const dashboards = [...build(environment, budgets).keys()].filter((path) => path.startsWith('grafana/dashboards/'));
    const labelled = configMapGenerator.filter(({ options }) => options?.labels !== undefined);
    expect(labelled.flatMap(({ files }) => files)).toEqual(dashboards);
    expect(labelled.map(({ options }) => options?.labels)).toEqual(dashboards.map(() => ({ grafana_dashboard: '1' })));
    for (const { files } of labelled) {
      for (const file of files) expect(readFileSync(join(directory, file)).length).toBeLessThan(1_000_000);
    }
  });

  test('the rules are those of the rule files, in the same groups', () => {
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule') as unknown as { spec: { groups: unknown[] } };
    const files = ['recording', 'alerts'].flatMap(
      (name) => (read(`prometheus/rules/${name}.yml`) as { groups: unknown[] }).groups
    );
    expect(rule.spec.groups).toEqual(files);
  });

  test('the pod mounts what the configuration names, and its probes are paths that the exporter answers', () => {
    const text = readFileSync(join(directory, 'kubernetes/base/statefulset.yaml'), 'utf8');
    const config = read('exporter/exporter.yml') as {
      data_dir: string;
      budgets_file: string;
      listen: { port: number };
    };
    expect(text).toContain(`mountPath: ${config.data_dir}\n`);
    expect(text).toContain(`mountPath: ${dirname(config.budgets_file)}\n`);
    expect(text).toContain(`containerPort: ${config.listen.port}\n`);
    const router = readFileSync(join(ROOT, 'exporter/src/http/router.ts'), 'utf8');
    const paths = [...text.matchAll(/path: (\/health\S+)/g)].map(([, path]) => path);
    expect(paths).toEqual(['/health/live', '/health/live', '/health/ready']);
    for (const path of paths) expect(router).toContain(`'${path}'`);
  });
});

test('the schemas do refuse: a port in words, a probe without a way, a rule without an expression', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 'many' }] } };
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'x' },
    spec: { groups: [{ name: 'g', rules: [{ alert: 'a' }] }] },
  };
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'x' }, spec: { replicas: 'one' } };
  for (const verdict of verdicts([service, rule, set])) expect(verdict).not.toBe('valid');
});

test('an environment that says nothing of Kubernetes gets no files for it', () => {
  const bare = Object.fromEntries(
    Object.entries(dev).filter(([key]) => key !== 'kubernetes')
  ) as unknown as Environment;
  expect([...build(bare, budgets).keys()].filter((path) => /kube|kustom/.test(path))).toEqual([]);
});

test.each([
  ['exporter', { newName: 'exporter' }],
  ['registry.example.com/team/exporter:1.2', { newName: 'registry.example.com/team/exporter', newTag: '1.2' }],
  ['registry:5000/exporter', { newName: 'registry:5000/exporter' }],
  ['registry:5000/exporter@sha256:abc', { newName: 'registry:5000/exporter', digest: 'sha256:abc' }],
])('image %s', (image, parts) => {
  expect(imageParts(image)).toEqual(parts);
});
