import { parseBudgets } from './budgets.ts';
import { problemPath } from './document.ts';

test.each([
  ['the whole document', 'text', [[]]],
  ['a list that is none', { budgets: 7 }, [['budgets']]],
  ['a key that the file does not have', { budget: [] }, [['budget']]],
  ['an item', { budgets: [7] }, [['budgets', 0]]],
  [
    'keys of items, unknown, missing, deep',
    {
      budgets: [
        { name: 'b', limit_usd: 1, window: 'day' },
        { nam: 'x', limit_usd: 1, match: { team: 7, 'a"b': 1 } },
      ],
    },
    [
      ['budgets', 1, 'nam'],
      ['budgets', 1, 'window'],
      ['budgets', 1, 'name'],
      ['budgets', 1, 'match', 'a"b'],
      ['budgets', 1, 'match', 'team'],
    ],
  ],
])('%s: each problem says where it is', (_name, document, paths) => {
  const result = parseBudgets(document);
  expect(result.ok ? [] : result.problems.map(problemPath)).toEqual(paths);
});

test('a key too long to be shown is placed in the mapping that has it', () => {
  const result = parseBudgets({ budgets: [{ name: 'b', limit_usd: 1, window: 'day', ['k'.repeat(100)]: 1 }] });
  expect(result.ok ? [] : result.problems.map(problemPath)).toEqual([['budgets', 0]]);
});
