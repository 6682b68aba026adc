// The preview host's own command, started as a user starts it, on the built plugin and the provisioned dashboard.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HostVersion } from '../../src/server/arguments.ts';
import { startProgram, type ChildProgram } from './child-program.ts';

export const REPOSITORY = join(__dirname, '../../../..');
const PREVIEW = join(REPOSITORY, 'grafana-plugin/preview');
const PLUGIN = join(REPOSITORY, 'grafana-plugin/dist');
const DASHBOARDS = join(REPOSITORY, 'provisioning/generated/prod/grafana/dashboards');

export interface RunningHost extends ChildProgram {
  readonly url: string;
}

/** What must be built before; a missing build fails the test with the command that makes it. */
function requireBuilds(version: HostVersion): void {
  const builds = [
    [join(PLUGIN, 'module.js'), 'npm run build -w grafana-plugin'],
    [join(PREVIEW, 'dist/main.js'), 'npm run build -w grafana-plugin/preview'],
    [join(PREVIEW, `dist/host-${version}/host.js`), 'npm run build -w grafana-plugin/preview'],
  ] as const;
  const missing = builds.filter(([file]) => !existsSync(file));
  if (missing.length > 0) throw new Error(`not built; run ${missing.map(([, command]) => command).join(' && ')}`);
}

export async function startPreviewHost(version: HostVersion, prometheusUrl: string): Promise<RunningHost> {
  requireBuilds(version);
  const program = await startProgram({
    command: process.execPath,
    args: [
      join(PREVIEW, 'dist/main.js'),
      ...['--prometheus', prometheusUrl, '--dashboards', DASHBOARDS, '--plugin', PLUGIN],
      ...['--port', '0', '--host-version', version],
    ],
    ready: (output) => /: (http:\/\/127\.0\.0\.1:\d+)\n/.exec(output)?.[1],
  });
  return { url: program.ready, output: () => program.output(), stop: () => program.stop() };
}
