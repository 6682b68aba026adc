import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, type MetricRow } from '../contract/metrics.ts';
import { DIALECT_TYPES, parseEvent } from '../source/parse.ts';
import { EVENT_REFERENCE } from './event-reference.ts';
import { eventsPage } from './events-page.ts';
import { httpApiPage } from './http-api-page.ts';
import { code, table } from './markdown.ts';
import { metricsPage } from './metrics-page.ts';

const committed = (name: string): string => readFileSync(join(__dirname, '../../../docs', name), 'utf8');

test.each([
  ['metrics.md', metricsPage],
  ['events.md', eventsPage],
  ['http-api.md', httpApiPage],
])('docs/%s is what npm run generate writes', (name, render) => {
  expect(committed(name)).toBe(render());
  expect(render()).toBe(render());
});

test('every metric of the catalogue stands in the page once, with its help', () => {
  const rows = CATALOGUE.flatMap((group) => Object.values<MetricRow>(group.rows));
  const page = metricsPage();
  for (const { name, help } of rows) {
    const lines = page.split('\n').filter((line) => line.startsWith(`| ${code(name)} |`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(help);
  }
  expect(rows.length).toBeGreaterThan(50);
});

test('the reference has every type of every dialect, once', () => {
  const documented = Object.fromEntries(
    EVENT_REFERENCE.map(({ dialect, events }) => [dialect, events.map(({ type }) => type).sort()])
  );
  const known = Object.fromEntries(
    Object.entries(DIALECT_TYPES).map(([dialect, types]) => [dialect, [...types].sort()])
  );
  expect(documented).toEqual(known);
});

const EXAMPLES = EVENT_REFERENCE.flatMap(({ dialect, events }) => events.map((row) => ({ dialect, ...row })));

test.each(EXAMPLES)('the example of $type in $dialect becomes $becomes', ({ dialect, becomes, example }) => {
  const parsed = parseEvent(example, { receivedMs: 1_800_000_000_000, team: '', workflow: '' });
  expect(parsed).toMatchObject({ ok: true, event: { dialect, type: becomes } });
});

test.each(EXAMPLES.filter(({ dialect }) => dialect !== 'state-graph'))(
  'the example of $type in $dialect uses documented fields only',
  ({ fields, example }) => {
    const names = fields.flatMap(({ name }) => name.split(', '));
    const used = Object.keys(example['payload'] as object).filter((name) => !['threadId', 'timestamp'].includes(name));
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  }
);

test('a table without rows is an error, and cells cannot break out of it', () => {
  expect(() => table(['a'], [])).toThrow('the table a would have no rows');
  expect(table(['a'], [['x|y\nz']])).toBe('| a |\n| --- |\n| x\\|y z |');
});
