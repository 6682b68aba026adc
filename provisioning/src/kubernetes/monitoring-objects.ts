// What the Prometheus operator reads: the two scrape jobs and the rules.
import type { IPrometheusRule, IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { alertingRules } from '../alerts.ts';
import { durationText } from '../duration-text.ts';
import type { Environment } from '../environments/environment.ts';
import { EXPORTER_JOB, TIMELINE_JOB } from '../expressions.ts';
import { knowsStaleness } from '../files.ts';
import { recordingRules } from '../recording-rules.ts';
import { EXPORTER_NAME, SERVICE_LABELS, SERVICE_PORT } from './exporter-objects.ts';

/** The operator calls a job as its service; the rules know the two by names of their own. */
const named = (job: string) => [{ action: 'replace' as const, targetLabel: 'job', replacement: job }];

export function serviceMonitor(environment: Environment, labels: Readonly<Record<string, string>>): IServiceMonitor {
  const endpoint = {
    port: SERVICE_PORT,
    interval: durationText(environment.scrapeIntervalSeconds),
    scrapeTimeout: durationText(environment.scrapeTimeoutSeconds),
  };
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: EXPORTER_NAME, labels: { ...SERVICE_LABELS, ...labels } },
    spec: {
      selector: { matchLabels: SERVICE_LABELS },
      endpoints: [
        { ...endpoint, path: '/metrics', relabelings: named(EXPORTER_JOB) },
        {
          ...endpoint,
          path: '/metrics/timeline',
          params: { consumer: ['prometheus'] },
          honorTimestamps: true,
          ...(knowsStaleness(environment.prometheusVersion) ? { trackTimestampsStaleness: true } : {}),
          relabelings: named(TIMELINE_JOB),
        },
      ],
    },
  };
}

export function prometheusRule(environment: Environment, labels: Readonly<Record<string, string>>): IPrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'orchestrator', labels: { ...SERVICE_LABELS, ...labels } },
    spec: {
      groups: [
        { name: 'orchestrator-recording', rules: recordingRules(environment).map((rule) => ({ ...rule })) },
        {
          name: 'orchestrator-alerts',
          rules: alertingRules(environment).map((rule) => ({
            ...rule,
            labels: { ...rule.labels },
            annotations: { ...rule.annotations },
          })),
        },
      ],
    },
  };
}
