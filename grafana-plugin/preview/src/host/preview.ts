// What the host's server says there is to show, and the chosen dashboard.
import { readDashboard, type DashboardModel } from './dashboard.ts';
import type { PluginListing } from './plugin-loader.ts';

export interface Preview {
  readonly hostVersion: string;
  readonly prometheus: string;
  readonly plugins: readonly PluginListing[];
  readonly dashboards: readonly { readonly uid: string; readonly title: string }[];
  readonly problems: readonly string[];
}

export interface LoadedPreview {
  readonly preview: Preview;
  readonly dashboard: DashboardModel;
}

async function getJson(path: string): Promise<unknown> {
  const response = await fetch(path);
  const body = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(body.message ?? `${path}: ${response.status}`);
  return body;
}

/** The dashboard with this uid, else the first there is. Rejects with what to show instead. */
export async function loadPreview(uid: string | undefined): Promise<LoadedPreview> {
  const preview = (await getJson('/api/preview')) as Preview;
  const chosen = uid ?? preview.dashboards[0]?.uid;
  if (chosen === undefined) {
    throw new Error(['There is no dashboard in the folder given with --dashboards.', ...preview.problems].join('\n'));
  }
  const { dashboard } = (await getJson(`/api/dashboards/uid/${encodeURIComponent(chosen)}`)) as { dashboard: unknown };
  return { preview, dashboard: readDashboard(dashboard) };
}
