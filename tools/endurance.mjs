// @ts-check
// npm run endurance: runs the long mode of every check, one after the other, and closes with the figure of each. Hours in all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseTestArguments } from './arguments.mjs';
import { CHECKS } from './endurance-checks.mjs';
import { ROOT, RUN } from './repository.mjs';
import { runMain, say } from './say.mjs';
import { buildStale, checkNode, installPackages } from './set-up.mjs';
import { onStop } from './stopping.mjs';

const FOLDER = join(ROOT, 'exporter');
const LOGS = join(RUN, 'endurance');

/**
 * What a test prints on its standard output is its figures; jest itself reports on the other.
 * @param {string} name
 * @param {import('./endurance-checks.mjs').Check} check
 * @returns {Promise<{ passed: boolean, figures: readonly string[] }>}
 */
async function runCheck(name, { file, test, long }) {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const env = Object.fromEntries(Object.entries(long).map(([variable, value]) => [variable, String(value)]));
  const only = test === '' ? [] : ['--testNamePattern', test];
  const child = spawn(process.execPath, [jest, '--ci', '--runInBand', ...only, '--runTestsByPath', file], {
    cwd: FOLDER,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const unwatch = onStop((signal) => {
    child.kill(signal);
  });
  const log = createWriteStream(join(LOGS, `${name}.log`));
  /** @type {string[]} */
  const figures = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    figures.push(line);
    say(line);
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const [code] = await once(child, 'close');
  unwatch();
  log.end();
  return { passed: code === 0, figures };
}

await runMain(async () => {
  const names = parseTestArguments(process.argv.slice(2), Object.keys(CHECKS), 'npm run endurance');
  checkNode();
  mkdirSync(LOGS, { recursive: true });
  await installPackages({ withGrafana13: false });
  await buildStale({ only: ['exporter'] });
  const lines = [];
  let failed = 0;
  for (const name of names) {
    const check = CHECKS[name];
    if (check === undefined) continue;
    say(
      `${name}: ${Object.entries(check.long)
        .map(([variable, value]) => `${variable}=${value}`)
        .join(' ')}`
    );
    const beganMs = Date.now();
    const { passed, figures } = await runCheck(name, check);
    if (!passed) failed += 1;
    const seconds = Math.round((Date.now() - beganMs) / 1000);
    lines.push(`${passed ? 'passed' : 'FAILED'} ${name}, ${seconds} s`, ...figures.map((figure) => `    ${figure}`));
    if (!passed) say(`${name} failed: ${join(LOGS, `${name}.log`)}`);
  }
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${names.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
