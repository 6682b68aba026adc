// All dashboards of an environment, by file.
import type { Environment } from '../environments/environment.ts';
import { agentsDashboard } from './agents.ts';
import { budgetDashboard } from './budget.ts';
import type { Dashboard } from './dashboard.ts';
import { exporterDashboard } from './exporter.ts';
import { fleetDashboard } from './fleet.ts';
import { mapQueries } from './layout.ts';
import { liveDashboard } from './live.ts';
import { PLUGIN } from './panels.ts';
import { threadDashboard } from './thread.ts';
import { namedOverShards, overShards } from '../shards.ts';

/** Those of panels over Prometheus; the live one streams. */
export const prometheusDashboards = (environment: Environment): readonly Dashboard[] =>
  [
    fleetDashboard(environment),
    budgetDashboard(environment),
    agentsDashboard(environment),
    threadDashboard(environment),
    exporterDashboard(environment),
  ].map((dashboard) => ({
    ...dashboard,
    panels: dashboard.panels.map((panel) => mapQueries(panel, (expr, type) => read(environment, expr, type))),
  }));

/** Budgets over all shards, where there are some. */
const read = (environment: Environment, expr: string, type: string): string =>
  type === PLUGIN ? namedOverShards(environment, expr) : overShards(environment, expr);

/** By the name of the file, which is the dashboard's uid. */
export function dashboards(environment: Environment): ReadonlyMap<string, Dashboard<unknown>> {
  const all: readonly Dashboard<unknown>[] = [...prometheusDashboards(environment), liveDashboard(environment)];
  return new Map(all.map((dashboard) => [`${dashboard.uid}.json`, dashboard]));
}
