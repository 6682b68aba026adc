// @ts-check
// Where things are: the repository's root and what running it leaves behind, all of it ignored by git.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const RUN = join(ROOT, '.run');
export const LOGS = join(RUN, 'logs');

/** The folder of 13.2 packages that the preview host is bundled from; not a workspace. */
export const GRAFANA_13 = join(ROOT, 'grafana-plugin/preview/grafana-13.2');

export function makeRunFolders() {
  mkdirSync(LOGS, { recursive: true });
}
