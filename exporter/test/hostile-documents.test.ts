// Hostile values in the files that operators write: refused by name, whole, and nothing else with them.
import { parseConfigText } from '../src/config.ts';
import { budgetsOf, pricesOf } from '../src/config-files.ts';
import { BODIES, FRAMES, MESSAGES, ORIGINS, PATHS, TYPES } from './hostile/requests.ts';
import { BUDGETS, CONFIGURATIONS, PRICES } from './hostile/documents.ts';
import { HOSTILE_EVENTS } from './hostile/events.ts';
import { HANDSHAKES, RAW_FRAMES } from './hostile/frames.ts';
import { HEADS } from './hostile/heads.ts';
import { PARAMETERS, QUERIES } from './hostile/queries.ts';
import { prototypesAreUntouched } from './hostile/soundness.ts';

function problemsOf(result: { readonly ok: boolean; readonly problems?: readonly string[] }): readonly string[] {
  expect([result.ok, prototypesAreUntouched()]).toEqual([false, true]);
  return result.problems ?? [];
}

test.each(BUDGETS)('budgets.yml with %s', (_name, text, problem) => {
  expect(problemsOf(budgetsOf(text)).join('\n')).toMatch(problem);
});

test.each(PRICES)('prices.yml with %s', (_name, text, problem) => {
  expect(problemsOf(pricesOf(text)).join('\n')).toMatch(problem);
});

test.each(CONFIGURATIONS)('a configuration with %s', (_name, text, problem) => {
  expect(problemsOf(parseConfigText(text)).join('\n')).toMatch(problem);
});

const LISTS = {
  events: HOSTILE_EVENTS,
  bodies: BODIES,
  types: TYPES,
  paths: PATHS,
  origins: ORIGINS,
  frames: [...FRAMES, ...RAW_FRAMES],
  messages: [...MESSAGES, ...PARAMETERS],
  heads: HEADS,
  handshakes: HANDSHAKES,
  queries: QUERIES,
  documents: [...BUDGETS, ...PRICES, ...CONFIGURATIONS],
};

test('at least 500 hostile inputs have a name each, and no two of a list are the same', () => {
  const counts = Object.fromEntries(Object.entries(LISTS).map(([list, rows]) => [list, rows.length]));
  const sum = Object.values(counts).reduce((total, count) => total + count, 0);
  process.stdout.write(`hostile inputs: ${sum} named, ${JSON.stringify(counts)}\n`);
  expect(sum).toBeGreaterThanOrEqual(500);
  for (const rows of Object.values(LISTS)) {
    expect(new Set(rows.map((row: unknown) => JSON.stringify(row))).size).toBe(rows.length);
  }
});
