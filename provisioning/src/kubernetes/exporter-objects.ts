// The exporter in Kubernetes: one pod with its volume, reachable by name. The same in every environment.
import type { IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IService } from 'kubernetes-models/v1';
import { EXPORTER_CONFIG, EXPORTER_DATA } from '../files.ts';

export const EXPORTER_NAME = 'orchestrator-exporter';
/** As the kustomization renames it. */
export const EXPORTER_IMAGE = 'orchestrator-exporter';
export const CONFIG_NAME = 'orchestrator-exporter-config';
export const BUDGETS_NAME = 'orchestrator-exporter-budgets';
const PORT_NAME = 'http';
const LABELS = { 'app.kubernetes.io/name': EXPORTER_NAME } as const;
/** `node` of the image. */
const NODE_USER = 1000;

const probe = (path: string) => ({ httpGet: { path, port: PORT_NAME } });

/** A volume claim of the journal: its limit is 10 GiB unless told, and snapshots and what is written meanwhile need room. */
export const journalClaim = (storage: string, storageClass?: string) => ({
  metadata: { name: 'journal' },
  spec: {
    accessModes: ['ReadWriteOnce' as const],
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage } },
  },
});

/**
 * A StatefulSet, since the journal belongs to one pod at a time: a Deployment would start the next beside the last, and the lock
 * of the journal would refuse it. More than one replica would count each alone; docs/scale.md has the way to several.
 */
export function statefulSet(port: number): IStatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: EXPORTER_NAME, labels: LABELS },
    spec: {
      replicas: 1,
      serviceName: EXPORTER_NAME,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          automountServiceAccountToken: false,
          // The journal is closed in that time, with a last snapshot.
          terminationGracePeriodSeconds: 60,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NODE_USER,
            runAsGroup: NODE_USER,
            fsGroup: NODE_USER,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'exporter',
              image: EXPORTER_IMAGE,
              ports: [{ name: PORT_NAME, containerPort: port }],
              // A start reads what lies behind the newest snapshot.
              startupProbe: { ...probe('/health/live'), periodSeconds: 5, failureThreshold: 120 },
              livenessProbe: { ...probe('/health/live'), periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 },
              readinessProbe: { ...probe('/health/ready'), periodSeconds: 5, timeoutSeconds: 3 },
              resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [
                { name: 'config', mountPath: EXPORTER_CONFIG, readOnly: true },
                { name: 'journal', mountPath: EXPORTER_DATA },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            {
              name: 'config',
              projected: { sources: [{ configMap: { name: CONFIG_NAME } }, { configMap: { name: BUDGETS_NAME } }] },
            },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
      volumeClaimTemplates: [journalClaim('20Gi')],
    },
  };
}

export function service(port: number): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: EXPORTER_NAME, labels: LABELS },
    spec: { selector: LABELS, ports: [{ name: PORT_NAME, port, targetPort: PORT_NAME }] },
  };
}

export const SERVICE_LABELS = LABELS;
export const SERVICE_PORT = PORT_NAME;
