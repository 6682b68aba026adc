// @ts-check
// Sets up everything that tests need of npm and builds what is stale.
import { runMain } from './say.mjs';
import { buildStale, checkNode, installPackages } from './set-up.mjs';

await runMain(async () => {
  checkNode();
  await installPackages({ withGrafana13: true });
  await buildStale();
  return 0;
});
