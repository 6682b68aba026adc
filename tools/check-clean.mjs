// @ts-check
// Fails when the working tree differs from what is committed: after `npm run generate`, that something generated is stale.
import { execFileSync } from 'node:child_process';
import { ROOT } from './repository.mjs';
import { Problem, runMain } from './say.mjs';

await runMain(() => {
  // --porcelain names new files too; `git diff` would not.
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' });
  if (changed === '') return Promise.resolve(0);
  throw new Problem(
    `These files are not what is committed:\n${changed}\nRun 'npm run generate', look at the differences and commit them.`
  );
});
