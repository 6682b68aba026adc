// The runbook has a heading for every alert, and an alert for every heading.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertingRules } from '../src/alerts.ts';
import { ENVIRONMENTS } from './environments.ts';

const text = readFileSync(join(__dirname, '..', '..', 'docs', 'alerts.md'), 'utf8');
const sections = text.split(/^## /m).slice(1);
const headings = sections.map((section) => section.split('\n')[0] ?? '');

/** The anchor of a heading as Markdown hosts make it. */
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

describe.each(ENVIRONMENTS)('runbook of $name', (environment) => {
  const rules = alertingRules(environment);

  test('has exactly the alerts as headings', () => {
    expect([...headings].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  test.each(rules)('the link of $alert leads to its heading', ({ alert, annotations }) => {
    const [page, fragment] = annotations.runbook_url.split('#');
    expect(page).toMatch(/^https?:\/\/.+\/alerts\.md$/);
    expect(headings.map(anchor)).toContain(fragment);
    expect(fragment).toBe(alert.toLowerCase());
  });
});

test.each(sections)('%# each section says what it means, where to look and what to do', (section) => {
  expect(['**Means.**', '**First look.**', '**Do.**'].filter((part) => !section.includes(part))).toEqual([]);
});
