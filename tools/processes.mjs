// @ts-check
// Processes that keep running: started with a log each, watched, and stopped by pid in the reverse order of their start.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join, relative } from 'node:path';
import { endOfLog } from './commands.mjs';
import { LOGS, makeRunFolders, ROOT } from './repository.mjs';
import { Problem } from './say.mjs';

/** How long a process may take to end after TERM. */
const TERM_MS = 8_000;

/**
 * @typedef {{ name: string, command: string, args: string[], env?: Record<string, string>, cwd?: string }} Job
 * @typedef {{ name: string, pid: number, log: string, ended: Promise<string>, isAlive: () => boolean, kill: (signal: NodeJS.Signals) => void }} Running
 */

export class Processes {
  /** @type {Running[]} */
  #running = [];
  #stopping = new AbortController();
  /** @type {(problem: Problem) => void} */
  #reject = () => undefined;
  /** Rejects when a process ends that nobody stopped. @type {Promise<never>} */
  failed = new Promise((_resolve, reject) => {
    this.#reject = reject;
  });

  #termMs;

  constructor({ termMs = TERM_MS } = {}) {
    this.#termMs = termMs;
    // Whoever waits for `failed` sees it; nobody waiting is no reason for Node to end.
    this.failed.catch(() => undefined);
  }

  /** Aborts when the processes are being stopped; nothing can be started any more then. */
  get signal() {
    return this.#stopping.signal;
  }

  /**
   * Starts a program in a process group of its own, so that a Ctrl-C reaches us alone and the order of stopping is ours.
   * @param {Job} job
   * @returns {Running}
   */
  start({ name, command, args, env = {}, cwd = ROOT }) {
    this.signal.throwIfAborted();
    makeRunFolders();
    const log = join(LOGS, `${name}.log`);
    const output = openSync(log, 'w');
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
      detached: true,
    });
    closeSync(output);
    /** @type {Promise<string>} */
    const ended = new Promise((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
      child.once('exit', (code, signal) => {
        resolve(signal === null ? `code ${code}` : `signal ${signal}`);
      });
    });
    const { pid } = child;
    let isAlive = pid !== undefined;
    void ended.then((how) => {
      isAlive = false;
      if (this.signal.aborted) return;
      const end = pid === undefined ? '' : `. The end of ${relative(ROOT, log)}:\n${endOfLog(log)}`;
      this.#reject(new Problem(`${name} ended by itself (${how})${end}`));
    });
    /** @type {Running} */
    const running = {
      name,
      pid: pid ?? 0,
      log,
      ended,
      isAlive: () => isAlive,
      kill: (signal) => {
        if (isAlive && pid !== undefined) killGroup(pid, signal);
      },
    };
    this.#running.push(running);
    return running;
  }

  /** What was started and still runs: name and pid. */
  get alive() {
    return this.#running.filter(({ isAlive }) => isAlive()).map(({ name, pid }) => ({ name, pid }));
  }

  /** TERM to each in turn, last started first; KILL to what has not ended in time. Safe to call twice. */
  async stop() {
    this.#stopping.abort();
    for (const running of this.#running.toReversed()) {
      if (!running.isAlive()) continue;
      running.kill('SIGTERM');
      const timer = setTimeout(() => {
        running.kill('SIGKILL');
      }, this.#termMs);
      await running.ended;
      clearTimeout(timer);
    }
  }

  /** KILL to everything at once. */
  killAll() {
    this.#stopping.abort();
    for (const running of this.#running) running.kill('SIGKILL');
  }
}

/**
 * @param {number} pid leader of its group
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
