// All dashboards of an environment, by file.
import type { Environment } from '../environments/environment.ts';
import { agentsDashboard } from './agents.ts';
import { budgetDashboard } from './budget.ts';
import type { Dashboard } from './dashboard.ts';
import { exporterDashboard } from './exporter.ts';
import { fleetDashboard } from './fleet.ts';
import { liveDashboard } from './live.ts';
import { threadDashboard } from './thread.ts';

/** Those of panels over Prometheus; the live one streams. */
export const prometheusDashboards = (environment: Environment): readonly Dashboard[] => [
  fleetDashboard(environment),
  budgetDashboard(environment),
  agentsDashboard(environment),
  threadDashboard(environment),
  exporterDashboard(environment),
];

/** By the name of the file, which is the dashboard's uid. */
export function dashboards(environment: Environment): ReadonlyMap<string, Dashboard<unknown>> {
  const all: readonly Dashboard<unknown>[] = [...prometheusDashboards(environment), liveDashboard(environment)];
  return new Map(all.map((dashboard) => [`${dashboard.uid}.json`, dashboard]));
}
