// @ts-check
// From a fresh clone to built workspaces: Node's version, npm's packages, and only those builds that are stale.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './commands.mjs';
import { GRAFANA_13, makeRunFolders, ROOT, RUN } from './repository.mjs';
import { Problem, say } from './say.mjs';

const PREVIEW = 'grafana-plugin/preview';

/**
 * In the order in which they are built: `needs` names what goes into a build beside its own folder.
 * @type {readonly { workspace: string, folder: string, needs: readonly string[], makes: readonly string[] }[]}
 */
const BUILDS = [
  { workspace: 'orchestrator-exporter', folder: 'exporter', needs: [], makes: ['dist/main.js', 'dist/library.js'] },
  { workspace: 'orchestrator-provisioning', folder: 'provisioning', needs: ['exporter'], makes: ['dist/main.js'] },
  { workspace: 'orchestrator-demo', folder: 'demo', needs: ['exporter'], makes: ['dist/main.js', 'dist/replay.js'] },
  {
    workspace: 'orchestrator-bench',
    folder: 'bench',
    needs: ['exporter'],
    makes: ['dist/main.js', 'dist/load-process.js'],
  },
  {
    workspace: 'helix-orchestrator-panel',
    folder: 'grafana-plugin',
    needs: ['exporter'],
    makes: ['dist/module.js', 'dist/plugin.json'],
  },
  {
    workspace: 'orchestrator-preview',
    folder: PREVIEW,
    needs: ['exporter'],
    makes: ['dist/main.js', 'dist/host-12.4/host.js'],
  },
];
/** Not part of what a build is made from. `preview` is a workspace of its own inside the plugin's folder. */
const NOT_SOURCES = new Set(['node_modules', 'dist', 'coverage', 'generated', 'test', 'test-results', 'preview']);
const STAMPS = join(RUN, 'builds.json');

/** Throws a Problem when this Node is older than package.json wants. */
export function checkNode() {
  const wanted = /** @type {{ engines: { node: string } }} */ (readJson(join(ROOT, 'package.json'))).engines.node;
  const least = wanted.replace('>=', '').split('.').map(Number);
  const have = process.versions.node.split('.').map(Number);
  const order =
    [0, 1].map((part) => (have[part] ?? 0) - (least[part] ?? 0)).find((difference) => difference !== 0) ?? 0;
  if (order < 0) {
    throw new Problem(
      `Node.js ${process.versions.node} is too old: ${wanted} is needed. Install Node.js 20 or newer and try again.`
    );
  }
}

/** @param {string} file */
function readJson(file) {
  return /** @type {unknown} */ (JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * The packages of a folder's lock file that are not installed in the locked version, other platforms' ones left out.
 * @param {string} folder
 * @returns {string[]}
 */
export function missingPackages(folder) {
  /** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lock */
  const locked = /** @type {Lock} */ (readJson(join(folder, 'package-lock.json')));
  const marker = join(folder, 'node_modules/.package-lock.json');
  const installed = existsSync(marker) ? /** @type {Lock} */ (readJson(marker)) : { packages: {} };
  return Object.entries(locked.packages)
    .filter(([path, entry]) => path.includes('node_modules/') && entry.optional !== true && entry.link !== true)
    .filter(([path, entry]) => installed.packages[path]?.version !== entry.version)
    .map(([path]) => path);
}

/**
 * Installs what the lock files name, where it is not there yet.
 * @param {{ withGrafana13: boolean }} options also the 13.2 packages, which only tests of the second host build need
 */
export async function installPackages({ withGrafana13 }) {
  const missing = missingPackages(ROOT);
  if (missing.length > 0) {
    say(`installing npm packages (${missing.length} missing or outdated); this takes a minute or two`);
    await mustRun({ what: 'npm ci', log: 'npm-ci', command: 'npm', args: ['ci', '--no-audit', '--no-fund'] });
  }
  const missing13 = withGrafana13 ? missingPackages(GRAFANA_13) : [];
  if (missing13.length > 0) {
    say(`installing the Grafana 13.2 packages of the preview host (${missing13.length})`);
    const args = ['ci', '--workspaces=false', '--no-audit', '--no-fund'];
    await mustRun({ what: 'npm ci (Grafana 13.2)', log: 'npm-ci-13.2', command: 'npm', args, cwd: GRAFANA_13 });
  }
  if (missing.length + missing13.length === 0) say('npm packages: up to date');
}

/**
 * Adds every source file below a folder, name and content.
 * @param {import('node:crypto').Hash} hash
 * @param {string} folder
 */
function addFolder(hash, folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (NOT_SOURCES.has(entry.name) || /\.(test\.\w+|log|tsbuildinfo)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, path);
    else if (entry.isFile())
      hash
        .update(`${path.slice(ROOT.length)}\0`)
        .update(readFileSync(path))
        .update('\0');
  }
}

/**
 * Arguments of a workspace's build: the preview host is bundled with those lines of packages that are installed.
 * @param {string} folder
 */
function argumentsOf(folder) {
  if (folder !== PREVIEW || missingPackages(GRAFANA_13).length === 0) return [];
  return ['--', '12.4'];
}

/**
 * @param {{ folder: string, needs: readonly string[] }} build
 * @param {readonly string[]} args
 */
function sourcesOf({ folder, needs }, args) {
  const hash = createHash('sha256').update(JSON.stringify(args));
  for (const file of ['package-lock.json', 'tsconfig.json']) hash.update(readFileSync(join(ROOT, file)));
  for (const part of [folder, ...needs]) addFolder(hash, join(ROOT, part));
  return hash.digest('hex');
}

/**
 * Builds the workspaces whose sources changed since their last build here, or whose output is missing.
 * @param {{ only?: readonly string[] }} [options] folders; all by default
 */
export async function buildStale({ only } = {}) {
  makeRunFolders();
  const stamps = existsSync(STAMPS) ? /** @type {Record<string, string>} */ (readJson(STAMPS)) : {};
  const wanted = BUILDS.filter(({ folder }) => only?.includes(folder) ?? true);
  let built = 0;
  for (const build of wanted) {
    const buildArgs = argumentsOf(build.folder);
    const sources = sourcesOf(build, buildArgs);
    const isComplete = build.makes.every((file) => existsSync(join(ROOT, build.folder, file)));
    if (isComplete && stamps[build.folder] === sources) continue;
    say(`building ${build.folder}`);
    const log = `build-${build.folder.replaceAll('/', '-')}`;
    const args = ['run', 'build', '-w', build.workspace, ...buildArgs];
    await mustRun({ what: `building ${build.folder}`, log, command: 'npm', args });
    stamps[build.folder] = sources;
    writeFileSync(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
    built += 1;
  }
  if (built === 0) say('builds: up to date');
}
