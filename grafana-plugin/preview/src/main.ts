// The command: `node dist/main.js --prometheus URL --dashboards DIR --plugin DIR`. Serves until SIGTERM or SIGINT.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentsError, parseArguments, USAGE } from './server/arguments.ts';
import { startPreviewServer } from './server/server.ts';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const options = parseArguments(argv);
  const hostDir = join(import.meta.dirname, `host-${options.hostVersion}`);
  if (!existsSync(join(hostDir, 'host.js'))) {
    throw new ArgumentsError([
      `--host-version ${options.hostVersion}: not built; run npm run build -w grafana-plugin/preview`,
    ]);
  }
  const preview = await startPreviewServer({ ...options, hostDir });
  console.log(`Preview host (not Grafana; @grafana ${options.hostVersion} packages): ${preview.url}`);
  const stop = (): void => {
    preview.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (error instanceof ArgumentsError) {
    for (const problem of error.problems) console.error(problem);
    console.error(`\n${USAGE}`);
  } else {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exit(1);
});
