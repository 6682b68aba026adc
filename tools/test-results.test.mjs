// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { jestOutcome, tapOutcome } from './test-results.mjs';

const folder = mkdtempSync(join(tmpdir(), 'test-results-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** @param {string} text */
function file(text) {
  const path = join(folder, 'results');
  writeFileSync(path, text);
  return path;
}

const none = 'no test ran';
for (const [name, results, code, expected] of /** @type {const} */ ([
  ['all pass', { numPassedTests: 3 }, 0, { passed: 3, failed: 0, problems: [] }],
  ['one fails', { numPassedTests: 3, numFailedTests: 1 }, 1, { passed: 3, failed: 1, problems: [] }],
  ['nothing ran', {}, 1, { passed: 0, failed: 1, problems: [none] }],
  [
    'a file does not load',
    { numPassedTests: 3, numRuntimeErrorTestSuites: 2 },
    1,
    { passed: 3, failed: 2, problems: ['2 test files did not run'] },
  ],
  [
    'tests are skipped',
    { numPassedTests: 3, numPendingTests: 1, numTodoTests: 1 },
    0,
    { passed: 3, failed: 2, problems: ['2 tests were skipped'] },
  ],
  [
    'coverage is missed',
    { numPassedTests: 3 },
    1,
    { passed: 3, failed: 1, problems: ['ended with code 1 though no test failed (coverage?)'] },
  ],
])) {
  test(`jest: ${name}`, () => {
    assert.deepEqual(jestOutcome(file(JSON.stringify(results)), code), expected);
  });
}

test('jest: without results it is one failure', () => {
  assert.deepEqual(jestOutcome(join(folder, 'absent'), 137), {
    passed: 0,
    failed: 1,
    problems: ['jest left no results; it ended with code 137'],
  });
});

for (const [name, report, code, expected] of /** @type {const} */ ([
  ['all pass', '# tests 2\n# pass 2\n# fail 0\n', 0, { passed: 2, failed: 0, problems: [] }],
  ['one fails, one is cancelled', '# pass 2\n# fail 1\n# cancelled 1\n', 1, { passed: 2, failed: 2, problems: [] }],
  ['an empty report', '', 0, { passed: 0, failed: 1, problems: [none] }],
  [
    'a test that only looks like a count',
    'ok 1 - # pass 9\n# pass 1\n# skipped 1\n',
    0,
    { passed: 1, failed: 1, problems: ['1 tests were skipped'] },
  ],
])) {
  test(`node: ${name}`, () => {
    assert.deepEqual(tapOutcome(file(report), code), expected);
  });
}
