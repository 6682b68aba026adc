import { budgetsOf } from './budgets-file.ts';
import { parseSource } from './source-document.ts';

const read = (text: string) => {
  const source = parseSource('b.yml', text);
  return source.ok ? budgetsOf(source.document) : source;
};
const GOOD = 'budgets:\n  - name: b # mine\n    limit_usd: 5\n    window: day\n';

test("budgets are the exporter's, and their text is kept as it was written", () => {
  expect(read(GOOD)).toMatchObject({
    ok: true,
    budgets: { text: GOOD, definitions: [{ name: 'b', limit: 5_000_000_000, windowText: 'day' }] },
  });
});

test.each([
  { name: 'an empty file', text: '', problems: ['b.yml:1:1: there is no budget; expected at least one'] },
  { name: 'no budgets', text: 'budgets: []\n', problems: ['b.yml:1:1: there is no budget; expected at least one'] },
  {
    name: 'a misspelt key of the file',
    text: '# mine\nbudget: []\n',
    problems: ['b.yml:2:1: budgets.yml has an unknown key "budget": did you mean budgets?'],
  },
  {
    name: 'a text',
    text: 'none\n',
    problems: ['b.yml:1:1: budgets.yml must be a mapping with the key "budgets", not "none"'],
  },
  {
    name: 'all that is wrong, in the order of the file',
    text: `${GOOD}  - name: b
    match: { team: 7, tem: x }
    window: fortnight
    thresholds: [1, 0.5]
    __proto__: x
`,
    problems: [
      'b.yml:5:5: budgets[1].limit_usd must be an amount in US dollars above 0 and below 9 million, not nothing',
      'b.yml:5:5: budgets[1].name "b" is also the name of budgets[0]; names are unique',
      'b.yml:6:14: budgets[1].match.team must be non-empty text of at most 128 bytes without control characters, not 7',
      'b.yml:6:23: budgets[1].match has an unknown key "tem": did you mean team?',
      'b.yml:7:5: budgets[1].window must be hour, day, week, month, quarter, thread or rolling:<duration> from 1m to 366d, not "fortnight"',
      'b.yml:8:5: budgets[1].thresholds must be 1 to 20 ascending used ratios above 0 and up to 10, such as [0.8, 1], not [1,0.5]',
      'b.yml:9:5: budgets[1] has an unknown key "__proto__": known are name, match, limit_usd, window, timezone, week_start, thresholds, owner',
    ],
  },
])('refuses $name, with line and column', ({ text, problems }) => {
  expect(read(text)).toEqual({ ok: false, problems });
});
