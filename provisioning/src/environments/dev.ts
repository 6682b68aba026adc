// dev: the compose network's names. Loads on Debian 12's Prometheus too, so that local processes can use a variant of it.
import type { Environment } from './environment.ts';

export const dev: Environment = {
  name: 'dev',
  exporter: 'exporter:9847',
  alertmanager: 'alertmanager:9093',
  prometheusUrl: 'http://prometheus:9090',
  prometheusVersion: { major: 2, minor: 42 },
  scrapeIntervalSeconds: 5,
  scrapeTimeoutSeconds: 4,
  evaluationIntervalSeconds: 5,
  links: {
    grafanaUrl: 'http://localhost:3000',
    // Prometheus serves the folder of --web.user-assets under /user.
    runbookUrl: 'http://localhost:9090/user/alerts.md',
  },
  dashboard: { directory: '/etc/grafana/dashboards', timeFrom: 'now-15m', refresh: '5s' },
  alerts: {
    budgetWarningRatio: 0.8,
    budgetCriticalRatio: 0.95,
    budgetExhaustedRatio: 1,
    budgetInvalidSeconds: 60,
    downSeconds: 15,
    agentSilentSeconds: 120,
  },
  receivers: { warning: { kind: 'none' }, critical: { kind: 'none' } },
};
