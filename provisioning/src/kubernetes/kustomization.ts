// Kustomize: a base that is the same everywhere, and over it an environment with its names, image, storage, rules and dashboards.
import type { Environment } from '../environments/environment.ts';
import {
  BUDGETS_NAME,
  CONFIG_NAME,
  EXPORTER_IMAGE,
  EXPORTER_NAME,
  journalClaim,
  service,
  statefulSet,
} from './exporter-objects.ts';
import { prometheusRule, serviceMonitor } from './monitoring-objects.ts';

const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' } as const;

/** `registry:5000/name:tag` or `name@sha256:...` as kustomize names its parts. */
export function imageParts(image: string): {
  readonly newName: string;
  readonly newTag?: string;
  readonly digest?: string;
} {
  const [name = '', digest] = image.split('@');
  const [, newName = name, newTag] = /^(.+?)(?::([^/:]+))?$/.exec(name) ?? [];
  return {
    newName,
    ...(newTag === undefined ? {} : { newTag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/**
 * Files by path; none where the environment says nothing of Kubernetes. `kubectl apply -k` takes the directory itself: kustomize
 * reads only what lies below its file, so the overlay stands above the files that other programs load, and copies none.
 */
export function kubernetesFiles(
  environment: Environment,
  dashboards: readonly string[]
): Readonly<Record<string, unknown>> {
  const { kubernetes } = environment;
  if (kubernetes === undefined) return {};
  const port = Number(environment.exporter.split(':').at(-1));
  const claims = {
    op: 'replace',
    path: '/spec/volumeClaimTemplates',
    value: [journalClaim(kubernetes.storage, kubernetes.storageClass)],
  };
  return {
    'kubernetes/base/kustomization.yaml': { ...KUSTOMIZATION, resources: ['service.yaml', 'statefulset.yaml'] },
    'kubernetes/base/service.yaml': service(port),
    'kubernetes/base/statefulset.yaml': statefulSet(port),
    'kubernetes/prometheus-rule.yaml': prometheusRule(environment, kubernetes.labels),
    'kubernetes/service-monitor.yaml': serviceMonitor(environment, kubernetes.labels),
    'kubernetes/storage.yaml': [claims],
    'kustomization.yaml': {
      ...KUSTOMIZATION,
      namespace: kubernetes.namespace,
      resources: ['kubernetes/base', 'kubernetes/prometheus-rule.yaml', 'kubernetes/service-monitor.yaml'],
      images: [{ name: EXPORTER_IMAGE, ...imageParts(kubernetes.image) }],
      patches: [{ path: 'kubernetes/storage.yaml', target: { kind: 'StatefulSet', name: EXPORTER_NAME } }],
      configMapGenerator: [
        // With a hash in its name: another configuration starts another pod.
        { name: CONFIG_NAME, files: ['exporter/exporter.yml'] },
        // Without: the exporter reads changed budgets while it runs.
        { name: BUDGETS_NAME, files: ['exporter/budgets.yml'], options: { disableNameSuffixHash: true } },
        // One for each, since an object holds a megabyte at most. Grafana's sidecar finds them by their label.
        ...dashboards.map((path) => ({
          name: `orchestrator-dashboard-${(path.split('/').at(-1) ?? '').replace(/\.json$/, '')}`,
          files: [path],
          options: {
            disableNameSuffixHash: true,
            labels: { grafana_dashboard: '1' },
            annotations: { grafana_folder: 'Orchestrator' },
          },
        })),
      ],
    },
  };
}
