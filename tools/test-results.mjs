// @ts-check
// What a test run says of itself, counted without mercy: what did not run is a failure.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, problems: string[] }} Outcome */

/**
 * @param {string} file
 * @returns {string | undefined} undefined when there is no such file
 */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * What crashed, was skipped or is amiss beside the tests counts as failures too.
 * @param {{ passed: number, failed: number, skipped: number, crashed: number }} counts
 * @param {number} code the runner's exit code
 * @returns {Outcome}
 */
function outcomeOf({ passed, failed, skipped, crashed }, code) {
  const counted = [
    ...(crashed > 0 ? [`${crashed} test files did not run`] : []),
    ...(skipped > 0 ? [`${skipped} tests were skipped`] : []),
  ];
  const beside = [];
  if (passed + failed + crashed + skipped === 0) beside.push('no test ran');
  else if (code !== 0 && failed + crashed === 0) {
    beside.push(`ended with code ${code} though no test failed (coverage?)`);
  }
  return { passed, failed: failed + crashed + skipped + beside.length, problems: [...counted, ...beside] };
}

/**
 * From jest's `--json --outputFile`.
 * @param {string} file
 * @param {number} code jest's exit code
 * @returns {Outcome}
 */
export function jestOutcome(file, code) {
  const text = textOf(file);
  if (text === undefined)
    return { passed: 0, failed: 1, problems: [`jest left no results; it ended with code ${code}`] };
  const results = /** @type {Record<string, number>} */ (JSON.parse(text));
  const count = (/** @type {string} */ name) => results[name] ?? 0;
  return outcomeOf(
    {
      passed: count('numPassedTests'),
      failed: count('numFailedTests'),
      skipped: count('numPendingTests') + count('numTodoTests'),
      crashed: count('numRuntimeErrorTestSuites'),
    },
    code
  );
}

/**
 * From the TAP report of `node --test`.
 * @param {string} file
 * @param {number} code node's exit code
 * @returns {Outcome}
 */
export function tapOutcome(file, code) {
  const text = textOf(file);
  if (text === undefined)
    return { passed: 0, failed: 1, problems: [`node left no report; it ended with code ${code}`] };
  const count = (/** @type {string} */ name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return outcomeOf(
    {
      passed: count('pass'),
      failed: count('fail') + count('cancelled'),
      skipped: count('skipped') + count('todo'),
      crashed: 0,
    },
    code
  );
}
