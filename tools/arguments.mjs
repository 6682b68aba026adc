// @ts-check
// The options of npm start, npm test and npm run endurance; a bad one is a Problem that says what would do.
import { parseArgs } from 'node:util';
import { Problem } from './say.mjs';

const START_USAGE = 'npm start -- [--no-docker] [--for 60s]';

/**
 * `runMs` undefined: until stopped.
 * @param {string[]} args
 */
export function parseStartArguments(args) {
  const options = /** @type {const} */ ({ 'no-docker': { type: 'boolean' }, for: { type: 'string' } });
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new Problem(`${/** @type {Error} */ (error).message}\nusage: ${START_USAGE}`);
  }
  const [, amount, unit] = /^(\d{1,5})([sm])$/.exec(values.for ?? '') ?? [];
  if (values.for !== undefined && amount === undefined) {
    throw new Problem(`--for '${values.for}': expected a duration such as 60s or 5m\nusage: ${START_USAGE}`);
  }
  const runMs = amount === undefined ? undefined : Number(amount) * (unit === 'm' ? 60_000 : 1_000);
  return { mayUseDocker: values['no-docker'] !== true, runMs };
}

/**
 * The names given by `--only`, repeated or separated by commas; all known ones without it.
 * @param {string[]} args
 * @param {readonly string[]} known
 * @param {string} [command] what the person typed
 */
export function parseTestArguments(args, known, command = 'npm test') {
  const usage = `${command} -- [--only ${known.join('|')}]`;
  const options = /** @type {const} */ ({ only: { type: 'string', multiple: true } });
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new Problem(`${/** @type {Error} */ (error).message}\nusage: ${usage}`);
  }
  const names = values.only?.flatMap((list) => list.split(',')) ?? [...known];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Problem(`--only ${unknown.join(',')}: not known\nusage: ${usage}`);
  return known.filter((name) => names.includes(name));
}
