// @ts-check
// npm test: sets up, builds, runs every workspace's tests, and closes with one line that counts them all.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseTestArguments } from './arguments.mjs';
import { programOf } from './commands.mjs';
import { aptGet, installDebianPackages } from './debian.mjs';
import { makeRunFolders, ROOT, RUN } from './repository.mjs';
import { Problem, say } from './say.mjs';
import { buildStale, checkNode, installPackages } from './set-up.mjs';
import { onStop } from './stopping.mjs';
import { jestOutcome, tapOutcome } from './test-results.mjs';

const EXPORTER = 'exporter';
const ALL = [EXPORTER, 'provisioning', 'demo', 'bench', 'grafana-plugin', 'grafana-plugin/preview'];

/**
 * What there is to test; `builds` are the folders that must be built before.
 * @type {Readonly<Record<string, { folder: string, builds: readonly string[], coverage: boolean }>>}
 */
const SUITES = {
  tools: { folder: 'tools', builds: [], coverage: false },
  exporter: { folder: EXPORTER, builds: [EXPORTER], coverage: true },
  provisioning: { folder: 'provisioning', builds: [EXPORTER, 'provisioning'], coverage: true },
  demo: { folder: 'demo', builds: [EXPORTER, 'demo'], coverage: true },
  bench: { folder: 'bench', builds: [EXPORTER, 'bench'], coverage: false },
  'grafana-plugin': { folder: 'grafana-plugin', builds: [EXPORTER], coverage: true },
  preview: { folder: 'grafana-plugin/preview', builds: ALL, coverage: false },
};

/** Programs that tests run, under any of their names, and the Debian packages that bring them. */
const PROGRAMS = [
  { names: ['prometheus'], debian: 'prometheus' },
  { names: ['promtool'], debian: 'prometheus' },
  { names: ['prometheus-pushgateway'], debian: 'prometheus-pushgateway' },
  { names: ['prometheus-alertmanager', 'alertmanager'], debian: 'prometheus-alertmanager' },
  { names: ['victoria-metrics'], debian: 'victoria-metrics' },
  { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
  { names: ['docker-compose'], debian: 'docker-compose' },
  { names: ['nats-server'], debian: 'nats-server' },
  { names: ['openssl'], debian: 'openssl' },
  { names: ['curl'], debian: 'curl' },
];

/** A suite that takes longer hangs. */
const SUITE_MS = 25 * 60_000;

const missingPrograms = () => PROGRAMS.filter(({ names }) => programOf(...names) === undefined);

async function installPrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ debian }) => debian))];
  if (aptGet() !== undefined) await installDebianPackages(packages);
  const still = missingPrograms();
  if (still.length === 0) return;
  throw new Problem(
    `The tests run real programs, and these are missing: ${still.map(({ names }) => names[0]).join(', ')}.\n` +
      `On Debian: sudo apt-get install ${[...new Set(still.map(({ debian }) => debian))].join(' ')}`
  );
}

/**
 * Runs one suite with its output shown as it comes.
 * @param {string} name
 * @param {{ folder: string, coverage: boolean }} suite
 */
async function runSuite(name, { folder, coverage }) {
  const file = join(RUN, `tests-${name}.${name === 'tools' ? 'tap' : 'json'}`);
  rmSync(file, { force: true });
  const args = name === 'tools' ? nodeTestArguments(file) : jestArguments(file, coverage);
  const code = await runShown(args, join(ROOT, folder));
  return name === 'tools' ? tapOutcome(file, code) : jestOutcome(file, code);
}

/** @param {string} file */
function nodeTestArguments(file) {
  const tests = readdirSync(join(ROOT, 'tools')).filter((name) => name.endsWith('.test.mjs'));
  const reports = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  return ['--test', ...reports, '--test-reporter=tap', `--test-reporter-destination=${file}`, ...tests];
}

/**
 * @param {string} file
 * @param {boolean} coverage
 */
function jestArguments(file, coverage) {
  // Resolved now, not at the top: on a bare machine jest is installed by this very program.
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const withCoverage = ['--coverage', '--coverageReporters=text-summary'];
  return [jest, '--ci', '--json', `--outputFile=${file}`, ...(coverage ? withCoverage : [])];
}

/**
 * Node with these arguments, in a group of its own that is ended as a whole when it hangs or we are stopped.
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<number>}
 */
async function runShown(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
  };
  const timer = setTimeout(() => {
    say(`no end after ${SUITE_MS / 60_000} minutes: stopped`);
    kill('SIGKILL');
  }, SUITE_MS);
  let isStopped = false;
  const unwatch = onStop((signal) => {
    isStopped = true;
    kill(signal);
  });
  /** @type {number} */
  const code = await new Promise((resolve) => {
    child.once('error', () => {
      resolve(127);
    });
    child.once('exit', (exitCode) => {
      resolve(exitCode ?? 1);
    });
  });
  clearTimeout(timer);
  unwatch();
  if (isStopped) throw new Problem('stopped during the tests');
  return code;
}

/** What was counted up to now; a run that breaks off is one failure more. */
const totals = { passed: 0, failed: 0 };

async function main() {
  const names = parseTestArguments(process.argv.slice(2), Object.keys(SUITES));
  const suites = names.flatMap((name) => {
    const suite = SUITES[name];
    return suite === undefined ? [] : [{ name, ...suite }];
  });
  checkNode();
  makeRunFolders();
  await installPrograms();
  await installPackages({ withGrafana13: names.includes('preview') });
  await buildStale({ only: suites.flatMap(({ builds }) => builds) });
  const lines = [];
  for (const { name, ...suite } of suites) {
    say(`tests of ${name}`);
    const beganMs = Date.now();
    const { passed, failed, problems } = await runSuite(name, suite);
    totals.passed += passed;
    totals.failed += failed;
    const seconds = Math.round((Date.now() - beganMs) / 1000);
    lines.push(`  ${name.padEnd(16)}${passed} passed, ${failed} failed, ${seconds} s ${problems.join('; ')}`.trimEnd());
  }
  console.log(`\n${lines.join('\n')}\n`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Problem ? `\n${error.message}\n` : error);
  totals.failed += 1;
}
process.exitCode = totals.failed > 0 ? 1 : 0;
console.log(`${totals.passed} passed, ${totals.failed} failed`);
