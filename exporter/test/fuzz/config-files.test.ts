// Whatever stands in the configuration, budgets_file or prices_file: problems or a value, never an exception, and a value
// that can be used. FUZZ_INPUTS=30000000 is the long run of all fuzz tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { budgetsOf, pricesOf, type FileResult } from '../../src/config-files.ts';
import { TOKEN_DIRECTIONS } from '../../src/contract/labels.ts';
import { BudgetLedger } from '../../src/model/budgets.ts';
import { priceOf } from '../../src/model/pricing.ts';
import { configText, OPTIONS, parseConfigText } from '../../src/config.ts';
import { Random } from '../random.ts';
import { FUZZ_SEED, report, shareOf } from './inputs.ts';

const CASES = Math.ceil(shareOf('configs', process.env['FUZZ_INPUTS']) / 3);
const NOW = Date.UTC(2026, 2, 29, 1);

const VALUES: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -0,
  -1,
  0.1,
  1e-7,
  Infinity,
  NaN,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  5e-324,
  '5',
  '1e9',
  '1e999',
  '0x10',
  '-1',
  'day',
  'rolling:',
  'rolling:7d',
  'rolling:999y',
  'rolling:1m',
  'thread',
  'quarter',
  'Europe/Berlin',
  '+01:00',
  'UTC+1',
  'etc/gmt+5',
  'sunday',
  [],
  [0.8, 1],
  [1, 0.8],
  [[]],
  {},
  { input: 1 },
  { __proto__: null },
  'a\u0000b',
  '\ud800',
  'x'.repeat(200),
  '__proto__',
  'constructor',
  { team: 'x' },
  { team: 5 },
  ['prices'],
  'prices',
  new Date(0),
];
const KEYS = [
  'budgets',
  'name',
  'match',
  'limit_usd',
  'window',
  'timezone',
  'week_start',
  'thresholds',
  'owner',
  'prices',
  'model',
  'provider',
  'usd_per_million_tokens',
  'above',
  'prompt_tokens',
  ...TOKEN_DIRECTIONS,
  'input_cost_per_token',
  'output_cost_per_token_above_200k_tokens',
  'litellm_provider',
  'sample_spec',
  '__proto__',
  'constructor',
  'toString',
  '',
];

const BUDGETS = {
  budgets: [
    {
      name: 'a',
      match: { team: 'x' },
      limit_usd: 10,
      window: 'day',
      timezone: 'Europe/Berlin',
      week_start: 'monday',
      thresholds: [0.5, 1],
      owner: 'o',
    },
    { name: 'b', limit_usd: '0.5', window: 'rolling:7d' },
  ],
};
const PRICES = {
  prices: [
    {
      model: 'm',
      usd_per_million_tokens: { input: 3, output: 15 },
      above: [{ prompt_tokens: 10, usd_per_million_tokens: { input: 6 } }],
    },
    { model: 'n', provider: 'p', usd_per_million_tokens: { input: '0.1', reasoning: 2 } },
  ],
};
const PUBLISHED: unknown = JSON.parse(readFileSync(join(__dirname, '../data/litellm-prices.json'), 'utf8'));

/** The document with something in it replaced, added, renamed, taken out or doubled. */
function mutated(value: unknown, random: Random, depth = 0): unknown {
  if (depth > 6 || random.chance(0.06)) return random.pick(VALUES);
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item: unknown) => mutated(item, random, depth + 1));
    if (random.chance(0.1)) items.push(random.pick(VALUES));
    if (random.chance(0.1)) items.push(items[0]);
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(() => !random.chance(0.06));
  if (random.chance(0.1)) entries.push([random.pick(KEYS), random.pick(VALUES)]);
  return Object.fromEntries(
    entries.map(([key, item]) => [random.chance(0.04) ? random.pick(KEYS) : key, mutated(item, random, depth + 1)])
  );
}

/** The text with some characters gone, doubled or others. */
function scrambled(text: string, random: Random): string {
  const characters = Array.from(text);
  for (let count = random.int(0, 4); count > 0; count--) {
    const at = random.int(0, characters.length);
    characters.splice(
      at,
      random.int(0, 3),
      random.pick(['', '{', '}', ':', '&a ', '*a', '!!js ', '\t', '\n', '- ', '"', '\u0000', '9'.repeat(40)])
    );
  }
  return characters.join('');
}

function fuzz<T>(
  what: string,
  seeds: readonly unknown[],
  parse: (text: string) => FileResult<T>,
  use: (value: T) => void
): void {
  const random = new Random(FUZZ_SEED * 99);
  const startedMs = Date.now();
  const count = { good: 0, bad: 0 };
  for (let index = 0; index < CASES; index++) {
    const document = random.chance(0.2) ? random.pick(seeds) : mutated(random.pick(seeds), random);
    const written = random.chance(0.5) ? stringify(document) : JSON.stringify(document);
    const text = random.chance(0.4) ? scrambled(written, random) : written;
    let result: FileResult<T>;
    try {
      result = parse(text);
      if (result.ok) use(result.value);
    } catch (error) {
      throw new Error(`case ${index}: ${JSON.stringify(text)}`, { cause: error });
    }
    if (result.ok) count.good += 1;
    else {
      count.bad += 1;
      // Not by expect, which takes longer than the parser.
      const bad = result.problems.find((problem) => problem === '' || problem.length > 20_000);
      if (bad !== undefined || result.problems.length === 0) {
        throw new Error(`case ${index}: the problems ${JSON.stringify(result.problems)} of ${JSON.stringify(text)}`);
      }
    }
  }
  report(what, { inputs: CASES, startedMs }, count);
  expect(Math.min(count.good, count.bad)).toBeGreaterThan(CASES / 20);
}

test(`${CASES} budgets files: problems, or budgets that can be shown at any time`, () => {
  fuzz('budgets files', [BUDGETS, { budgets: [] }, null], budgetsOf, (budgets) => {
    const ledger = new BudgetLedger(budgets);
    for (const atMs of [0, NOW, NOW + 3_600_000]) {
      for (const { name, spent, valid } of ledger.views(atMs)) {
        if (spent !== 0 || !valid) throw new Error(`budget ${name}: ${spent}, ${valid}`);
      }
    }
  });
});

test(`${CASES} prices files: problems, or a table that prices`, () => {
  fuzz('prices files', [PRICES, PUBLISHED, { prices: [] }], pricesOf, (table) => {
    for (const model of [...table.models.keys(), 'm']) {
      const pricing = priceOf(
        { model, tokens: { input: 1_000_000_000, output: 7, cache_read: 1, reasoning: 3 } },
        table
      );
      if ('amount' in pricing && !(Number.isSafeInteger(pricing.amount) && pricing.amount >= 0)) {
        throw new Error(`model ${model}: ${pricing.amount}`);
      }
    }
  });
});

/** Every option at its default, as a tree. */
function everyOption(): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const { path, fallback } of Object.values(OPTIONS)) {
    const [section = '', name] = path.split('.');
    if (name === undefined) tree[section] = fallback;
    else tree[section] = { ...(tree[section] as object | undefined), [name]: fallback };
  }
  return tree;
}

test(`${CASES} configurations: problems, or a configuration that can be shown and read again`, () => {
  const parse = (text: string): FileResult<string> => {
    const result = parseConfigText(text);
    return result.ok ? { ok: true, value: configText(result.config) } : result;
  };
  const few = { environment: 'prod', listen: { port: 0 }, threads: { retention: '1d' }, limits: { body_bytes: 4_096 } };
  const tokens = { environment: 'e', auth: { ingest: [{ name: 'a', token_file: 'f', team: 't' }], read: [] } };
  fuzz('configurations', [everyOption(), few, tokens], parse, (text) => {
    if (text.includes('undefined') || text.includes('NaN')) throw new Error(text);
  });
});

const CYCLE = '&a [*a]';
const BOMB = `a: &a [1,1,1,1,1,1,1,1,1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join()}]`).join('\n')}`;

test.each([
  ['nothing', '', 'budgets'],
  ['nothing', '', 'refused'],
  ['a list that holds itself', `budgets: ${CYCLE}`, 'refused'],
  ['a mapping that holds itself', '&a {budgets: [{name: *a}]}', 'refused'],
  ['a billion laughs', BOMB, 'refused'],
  ['100,000 brackets', '['.repeat(100_000), 'refused'],
  ['100,000 brackets of JSON', `{"prices":${'['.repeat(100_000)}`, 'refused'],
  ['a tag that makes objects', 'budgets: !!js/function "x"', 'refused'],
  ['two documents', 'budgets: []\n---\nbudgets: []', 'refused'],
  ['a key twice', 'budgets: []\nbudgets: []', 'refused'],
  ['YAML past the bound', `# ${'x'.repeat(1_048_576)}\nbudgets: []`, 'refused'],
])('%s', (_name, text, expected) => {
  expect([budgetsOf(text), pricesOf(text)].map(({ ok }) => ok)).toEqual([expected === 'budgets' || text === '', false]);
});
