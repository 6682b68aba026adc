// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHECKS } from './endurance-checks.mjs';
import { ROOT } from './repository.mjs';

const rows = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

test('docs/testing.md has a row for each check, and no other', () => {
  assert.deepEqual(
    rows.map(([, name]) => name),
    Object.keys(CHECKS)
  );
});

for (const [name, { file, test: pattern, long }] of Object.entries(CHECKS)) {
  test(`the check ${name} is in the file that is named, and reads its variable`, () => {
    const text = readFileSync(join(ROOT, 'exporter', file), 'utf8');
    for (const variable of Object.keys(long)) assert.match(text, new RegExp(`process\\.env\\['${variable}'\\]`));
    assert.ok(text.includes(pattern));
  });

  test(`docs/testing.md tells variable and length of ${name}`, () => {
    const [, , , , count, variable] = rows.find(([, found]) => found === name) ?? [];
    const [first] = Object.entries(long);
    assert.equal(variable, first === undefined ? '' : first[0]);
    assert.match(count ?? '', first === undefined ? /^the same$/ : new RegExp(first[1].toLocaleString('en-US')));
  });
}
