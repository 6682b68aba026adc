// Reads the folder of provisioned dashboards anew at every request, so that a regenerated file shows after a reload.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface DashboardListing {
  readonly dashboards: readonly DashboardFile[];
  /** Files that are not a dashboard, with the reason; shown on the page. */
  readonly problems: readonly string[];
}

/** Every `*.json` of the folder, by title. A file that cannot be used becomes a problem and hides no other. */
export async function listDashboards(dir: string): Promise<DashboardListing> {
  const dashboards: DashboardFile[] = [];
  const problems: string[] = [];
  const names = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names) {
    try {
      const json: unknown = JSON.parse(await readFile(join(dir, name), 'utf8'));
      dashboards.push(asDashboard(json));
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  dashboards.sort((a, b) => a.title.localeCompare(b.title));
  return { dashboards, problems };
}

function asDashboard(json: unknown): DashboardFile {
  if (typeof json !== 'object' || json === null) throw new Error('want a JSON object');
  const { uid, title, panels } = json as Record<string, unknown>;
  if (typeof uid !== 'string' || uid === '') throw new Error('uid is missing; want a classic dashboard with a uid');
  if (!Array.isArray(panels)) throw new Error('panels is missing; want the classic dashboard schema');
  return { uid, title: typeof title === 'string' ? title : uid, json: json as Record<string, unknown> };
}
