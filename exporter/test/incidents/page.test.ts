// docs/incidents.md has a row for every incident that is tested, and no other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const WANTED = 40;

const tested = readdirSync(__dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [
    ...readFileSync(join(__dirname, name), 'utf8').matchAll(/^test\('(.+?): (.+) - does not happen here'/gm),
  ])
  .map(([, where = '', happened = '']) => `${where}: ${happened}`);

const rows = readFileSync(join(__dirname, '../../../docs/incidents.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!where|-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test(`at least ${WANTED} incidents of other projects are tested, each under a name of its own`, () => {
  process.stdout.write(`incidents: ${tested.length} of other projects do not happen here\n`);
  expect(tested.length).toBeGreaterThanOrEqual(WANTED);
  expect(new Set(tested).size).toBe(tested.length);
});

test('docs/incidents.md has a row for each of them, and no other', () => {
  expect(rows.map(([, where, happened]) => `${where}: ${happened}`).sort()).toEqual([...tested].sort());
});

test('every row says what we do', () => {
  expect(rows.filter(([, , , answer = '']) => !/^[A-Z0-9].{15,}\.$/.test(answer))).toEqual([]);
});
