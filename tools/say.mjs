// @ts-check
// Lines for the person at the terminal: plain text, each with the seconds since the start.
import { clearInterval, setInterval } from 'node:timers';

const startedMs = Date.now();

/** Whole seconds since the program started. */
export function elapsedSeconds() {
  return Math.round((Date.now() - startedMs) / 1000);
}

/** @param {string} line */
export function say(line) {
  console.log(`[${String(elapsedSeconds()).padStart(4)} s] ${line}`);
}

/**
 * Says every ten seconds that the work still goes on.
 * @template T
 * @param {string} what
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function whileSaying(what, work) {
  const beganMs = Date.now();
  const timer = setInterval(() => {
    say(`  still ${what}, ${Math.round((Date.now() - beganMs) / 1000)} s`);
  }, 10_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** A failure that a person can do something about: the message says what. Printed without a stack. */
export class Problem extends Error {}

/**
 * Runs a program's main function: its answer is the exit code, a Problem is printed and is exit code 1.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  // A terminal that is gone is no reason to leave processes behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
