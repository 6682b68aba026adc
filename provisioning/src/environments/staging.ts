// staging: production's numbers, one chat channel for every severity.
import type { Environment, Receiver } from './environment.ts';

const channel: Receiver = {
  kind: 'slack',
  channel: '#orchestrator-staging',
  apiUrlFile: '/etc/alertmanager/secrets/slack-api-url',
};

export const staging: Environment = {
  name: 'staging',
  operators: 'platform',
  exporter: 'orchestrator-exporter.staging.example.com:9847',
  alertmanager: 'alertmanager.staging.example.com:9093',
  prometheusUrl: 'http://prometheus.staging.example.com:9090',
  prometheusVersion: { major: 3, minor: 5 },
  scrapeIntervalSeconds: 15,
  scrapeTimeoutSeconds: 10,
  evaluationIntervalSeconds: 15,
  links: {
    grafanaUrl: 'https://grafana.staging.example.com',
    runbookUrl: 'https://runbooks.example.com/orchestrator/alerts.md',
  },
  dashboard: { directory: '/etc/grafana/dashboards', timeFrom: 'now-1h', refresh: '30s' },
  alerts: {
    budgetWarningRatio: 0.8,
    budgetCriticalRatio: 0.95,
    budgetExhaustedRatio: 1,
    budgetInvalidSeconds: 600,
    downSeconds: 120,
    agentSilentSeconds: 600,
    agentUsualFactor: 3,
    agentWaitingSeconds: 7_200,
    burnFloorRatio: 0.02,
    projectionFloorRatio: 0.25,
    projectionSeconds: 900,
    aheadRatio: 0.25,
    anomalyFactor: 3,
    anomalyFloorRatio: 0.05,
    checkpointOverdueSeconds: 1_800,
    nodeFailureRatio: 0.5,
    nodeFailureRuns: 10,
    wastedUsd: 5,
    wastedRatio: 0.25,
    noEventsSeconds: 1_800,
    degradedSeconds: 300,
    pushLagSeconds: 300,
    authFailures: 20,
  },
  receivers: { warning: channel, critical: channel },
};
