// @ts-check
// Commands that are run to their end: output to a log file, the end of the log shown when they fail.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { LOGS, makeRunFolders, ROOT } from './repository.mjs';
import { Problem, whileSaying } from './say.mjs';
import { onStop } from './stopping.mjs';

const SHOWN_LINES = 30;

/**
 * The path of a program, or undefined when PATH has none of the names.
 * @param {...string} names
 */
export function programOf(...names) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (folder !== '' && isProgram(path)) return path;
    }
  }
  return undefined;
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Whether the command ends well within ten seconds; its output is not shown.
 * @param {string} command
 * @param {string[]} args
 */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/**
 * The last lines of a log, indented; what a person wants to see first.
 * @param {string} file
 */
export function endOfLog(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}

/**
 * Runs a command at the repository's root; what it prints goes to .run/logs/<log>.log. A signal to stop reaches the
 * command too, and is a Problem.
 * @param {{ what: string, log: string, command: string, args: string[], cwd?: string, env?: Record<string, string> }} job
 * @returns {Promise<{ code: number, file: string }>} 127 when the command does not exist
 */
export async function attempt({ what, log, command, args, cwd = ROOT, env = {} }) {
  makeRunFolders();
  const file = join(LOGS, `${log}.log`);
  const output = openSync(file, 'w');
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', () => {
      resolve(127);
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy;
  const unwatch = onStop((signal) => {
    stoppedBy = signal;
    child.kill(signal);
  });
  try {
    const code = await whileSaying(what, ended);
    if (stoppedBy !== undefined) throw new Problem(`stopped during ${what} (${stoppedBy})`);
    return { code, file };
  } finally {
    unwatch();
    closeSync(output);
  }
}

/**
 * As `attempt`, but a failure is a Problem that shows the end of the log.
 * @param {Parameters<typeof attempt>[0]} job
 */
export async function mustRun(job) {
  const { code, file } = await attempt(job);
  if (code === 0) return;
  const line = [job.command, ...job.args].join(' ');
  throw new Problem(
    `${job.what} failed: '${line}' ended with code ${code}. The end of ${relative(ROOT, file)}:\n${endOfLog(file)}`
  );
}
