// prod: warnings go to a chat channel, critical alerts page.
import type { Environment } from './environment.ts';

export const prod: Environment = {
  name: 'prod',
  exporter: 'orchestrator-exporter.prod.example.com:9847',
  alertmanager: 'alertmanager.prod.example.com:9093',
  prometheusUrl: 'http://prometheus.prod.example.com:9090',
  prometheusVersion: { major: 3, minor: 5 },
  scrapeIntervalSeconds: 15,
  scrapeTimeoutSeconds: 10,
  evaluationIntervalSeconds: 15,
  links: {
    grafanaUrl: 'https://grafana.example.com',
    runbookUrl: 'https://runbooks.example.com/orchestrator/alerts.md',
  },
  dashboard: { directory: '/etc/grafana/dashboards', timeFrom: 'now-1h', refresh: '30s' },
  alerts: {
    budgetWarningRatio: 0.8,
    budgetCriticalRatio: 0.95,
    budgetExhaustedRatio: 1,
    budgetInvalidSeconds: 600,
    downSeconds: 60,
    agentSilentSeconds: 900,
  },
  receivers: {
    warning: { kind: 'slack', channel: '#orchestrator', apiUrlFile: '/etc/alertmanager/secrets/slack-api-url' },
    critical: { kind: 'pagerduty', routingKeyFile: '/etc/alertmanager/secrets/pagerduty-routing-key' },
  },
};
