// Writes docs/metrics.md, docs/events.md, docs/config.md and docs/http-api.md; run by `npm run generate` in the exporter's folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configPage } from './config-page.ts';
import { eventsPage } from './events-page.ts';
import { httpApiPage } from './http-api-page.ts';
import { metricsPage } from './metrics-page.ts';

const folder = join(process.cwd(), '..', 'docs');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'metrics.md'), metricsPage());
writeFileSync(join(folder, 'events.md'), eventsPage());
writeFileSync(join(folder, 'config.md'), configPage());
writeFileSync(join(folder, 'http-api.md'), httpApiPage());
