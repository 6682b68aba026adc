// The published schema of budgets.yml against the exporter's parser: what one refuses the other does, as far as a schema can.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseBudgets } from 'orchestrator-exporter/contract/budgets';
import { BUDGETS_SCHEMA } from 'orchestrator-exporter/contract/budgets-schema';
import { parse } from 'yaml';
import { BUDGETS_FILE } from './environments.ts';

const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(BUDGETS_SCHEMA);
const budget = (fields: object = {}): object => ({ budgets: [{ name: 'b', limit_usd: 50, window: 'day', ...fields }] });

test.each([
  ['the budgets of the repository', parse(readFileSync(BUDGETS_FILE, 'utf8')) as object],
  ['no budgets', { budgets: null }],
  ['the least that a budget says', budget()],
  [
    'all that a budget can say',
    budget({
      match: { team: 't', workflow: 'w', agent: 'a', provider: 'p', model: 'm' },
      limit_usd: '0.000000001',
      window: 'rolling:1h30m',
      timezone: 'Europe/Berlin',
      week_start: 'sunday',
      thresholds: [0.001, 10],
      owner: 'finance',
    }),
  ],
])('both accept %s', (_name, document) => {
  expect([accepts(document), parseBudgets(document).ok]).toEqual([true, true]);
});

test.each([
  ['a text', 'budgets'],
  ['an unknown key of the file', { budget: [] }],
  ['an unknown key of a budget', budget({ tresholds: [1] })],
  ['an unknown key of a match', budget({ match: { region: 'eu' } })],
  ['a budget without a limit', { budgets: [{ name: 'b', window: 'day' }] }],
  ['a budget without a window', { budgets: [{ name: 'b', limit_usd: 1 }] }],
  ['a budget without a name', { budgets: [{ window: 'day', limit_usd: 1 }] }],
  ['an empty name', budget({ name: '' })],
  ['a long owner', budget({ owner: 'x'.repeat(129) })],
  ['a limit of nothing', budget({ limit_usd: 0 })],
  ['a limit past 9 million', budget({ limit_usd: 9_007_200 })],
  ['a limit in words', budget({ limit_usd: 'much' })],
  ['a window that does not exist', budget({ window: 'year' })],
  ['an unknown weekday', budget({ week_start: 'Mon' })],
  ['no thresholds', budget({ thresholds: [] })],
  ['a threshold past ten', budget({ thresholds: [10.1] })],
  ['a threshold of nothing', budget({ thresholds: [0, 1] })],
  ['21 thresholds', budget({ thresholds: Array.from({ length: 21 }, (_, at) => (at + 1) / 10) })],
  [
    '1,001 budgets',
    { budgets: Array.from({ length: 1_001 }, (_, at) => ({ name: `b-${at}`, limit_usd: 1, window: 'day' })) },
  ],
])('both refuse %s', (_name, document) => {
  expect([accepts(document), parseBudgets(document).ok]).toEqual([false, false]);
});
