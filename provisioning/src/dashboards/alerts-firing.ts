// The alerts that fire now, whoever evaluates them: Prometheus or Grafana.
import type { Scope } from '../expressions.ts';
import { panel } from './panels.ts';
import type { Draft } from './schema.ts';

const NEWEST_FIRST = 5;

/**
 * Grafana's own list. It asks every data source that manages alerts for its rules, and Grafana for those that it evaluates
 * itself: these write no series that a query could find. Those that only inform are left out; with half a budget used one
 * fires all afternoon.
 */
export const firing = (scope: Scope, description: string): Draft =>
  panel({ title: 'Alerts firing', description, queries: [] }, 'alertlist', {
    options: {
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 50,
      sortOrder: NEWEST_FIRST,
      dashboardAlerts: false,
      alertName: '',
      alertInstanceLabelFilter: `{${[...scope, 'severity!="info"'].join(', ')}}`,
      showInstances: false,
      showInactiveAlerts: false,
      stateFilter: { firing: true, pending: false, recovering: false, noData: false, normal: false, error: true },
    },
    fieldConfig: { defaults: {}, overrides: [] },
  });
