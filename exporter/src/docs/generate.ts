// Writes docs/metrics.md and docs/events.md; run by `npm run generate` in the exporter's folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsPage } from './events-page.ts';
import { metricsPage } from './metrics-page.ts';

const folder = join(process.cwd(), '..', 'docs');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'metrics.md'), metricsPage());
writeFileSync(join(folder, 'events.md'), eventsPage());
