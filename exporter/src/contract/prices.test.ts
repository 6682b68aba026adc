import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PriceTable } from './price-table.ts';
import { parsePrices } from './prices.ts';

const per = { input: 3, output: 15 };
const entry = (fields: object = {}): object => ({ model: 'm', usd_per_million_tokens: per, ...fields });
const own = (...prices: unknown[]): unknown => ({ prices });

function table(document: unknown): PriceTable {
  const result = parsePrices(document);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.table;
}

test('our own layout becomes exact prices of a token in 10^-30 USD', () => {
  const parsed = table(
    own(
      entry({ usd_per_million_tokens: { input: 0.1, output: '15.000000000000000001', cache_read: 0 } }),
      entry({
        provider: 'p',
        above: [{ prompt_tokens: 200_000, usd_per_million_tokens: { input: 6 } }],
      })
    )
  );
  expect(parsed).toEqual({
    layout: 'own',
    leftOut: [],
    models: new Map([
      ['m', { prices: { input: 10n ** 23n, output: 15n * 10n ** 24n + 10n ** 6n, cache_read: 0n }, tiers: [] }],
      [
        'p/m',
        {
          prices: { input: 3n * 10n ** 24n, output: 15n * 10n ** 24n },
          tiers: [{ promptTokens: 200_000, prices: { input: 6n * 10n ** 24n } }],
        },
      ],
    ]),
  });
});

test('an empty list is a table without prices', () => {
  expect(table(own())).toEqual({ layout: 'own', leftOut: [], models: new Map() });
});

const DIRECTIONS = 'input, output, cache_read, cache_write, reasoning';
const PRICE = 'US dollars per million tokens from 0 to 1000000 with at most 24 decimals';

test.each<[string, unknown, string[]]>([
  ['nothing', undefined, ['the prices must be a mapping with the key "prices", not nothing']],
  [
    'a list',
    [entry()],
    [
      'the prices must be a mapping with the key "prices", not [{"model":"m","usd_per_million_tokens":{"input":3,"output":15}}]',
    ],
  ],
  ['prices that are no list', { prices: 5 }, ['prices must be a list, not 5']],
  ['prices without a value', { prices: null }, ['prices must be a list, not null']],
  ['an unknown key beside', { prices: [], price: [] }, ['the prices has an unknown key "price": did you mean prices?']],
  ['an entry that is text', own('m'), ['prices[0] must be a mapping, not "m"']],
  [
    'everything wrong at once',
    own({ model: '', provider: 'a\nb', usd_per_million_tokens: { input: -1, outputs: 1 }, limit: 1 }),
    [
      'prices[0] has an unknown key "limit": known are model, provider, usd_per_million_tokens, above',
      'prices[0].model must be non-empty text of at most 128 bytes without control characters, not ""',
      'prices[0].provider must be non-empty text of at most 128 bytes without control characters, not "a\\nb"',
      'prices[0].usd_per_million_tokens has an unknown key "outputs": did you mean output?',
      `prices[0].usd_per_million_tokens.input must be ${PRICE}, not -1`,
    ],
  ],
  [
    'no prices at all',
    own(entry({ usd_per_million_tokens: {} })),
    [`prices[0].usd_per_million_tokens must be a mapping of at least one of ${DIRECTIONS}, not {}`],
  ],
  [
    'a price past the greatest',
    own(entry({ usd_per_million_tokens: { input: 1_000_001 } })),
    [`prices[0].usd_per_million_tokens.input must be ${PRICE}, not 1000001`],
  ],
  [
    'a price finer than can be held',
    own(entry({ usd_per_million_tokens: { input: 1e-25 } })),
    [`prices[0].usd_per_million_tokens.input must be ${PRICE}, not 1e-25`],
  ],
  [
    'a price that is infinite',
    own(entry({ usd_per_million_tokens: { input: Infinity } })),
    [`prices[0].usd_per_million_tokens.input must be ${PRICE}, not Infinity`],
  ],
  [
    'a price without a value',
    own(entry({ usd_per_million_tokens: { input: null } })),
    [`prices[0].usd_per_million_tokens.input must be ${PRICE}, not null`],
  ],
  ['a model twice', own(entry(), entry()), ['prices[1] has the model "m" of prices[0]; each stands once']],
  [
    'tiers that do not rise',
    own(
      entry({
        above: [
          { prompt_tokens: 5, usd_per_million_tokens: per },
          { prompt_tokens: 5, usd_per_million_tokens: per },
        ],
      })
    ),
    ['prices[0].above[1].prompt_tokens must be a whole number from 1 to 1000000000 above the one before it, not 5'],
  ],
  ['tiers that are no list', own(entry({ above: 5 })), ['prices[0].above must be a list, not 5']],
  [
    'what merely inherits its keys',
    own(Object.create({ model: 'm' })),
    [
      'prices[0].model must be non-empty text of at most 128 bytes without control characters, not nothing',
      `prices[0].usd_per_million_tokens must be a mapping of at least one of ${DIRECTIONS}, not nothing`,
    ],
  ],
  [
    'an empty mapping',
    {},
    [
      'the prices name no model with a price per token; expected the key "prices", or models with input_cost_per_token as LiteLLM publishes them',
    ],
  ],
  [
    'a published table of which nothing can be used',
    { m: { input_cost_per_token: 2 } },
    [
      'the prices name no model with a price per token; expected the key "prices", or models with input_cost_per_token as LiteLLM publishes them',
      '"m" is left out: input_cost_per_token is 2, expected US dollars per token from 0 to 1',
    ],
  ],
])('%s is refused with all that is wrong', (_name, document, problems) => {
  expect(parsePrices(document)).toEqual({ ok: false, problems });
});

test('the layout that LiteLLM publishes is read; an entry that cannot be used costs itself only', () => {
  const text = readFileSync(join(__dirname, '../../test/data/litellm-prices.json'), 'utf8');
  const { layout, models, leftOut } = table(JSON.parse(text));
  expect(layout).toBe('litellm');
  expect(leftOut).toEqual([
    '"broken-model" is left out: input_cost_per_token is "cheap", expected US dollars per token from 0 to 1; output_cost_per_token is -1, expected US dollars per token from 0 to 1',
  ]);
  expect(Object.fromEntries(models)).toEqual({
    'small-model': {
      prices: { input: 10n ** 24n, output: 5n * 10n ** 24n, cache_read: 10n ** 23n, cache_write: 125n * 10n ** 22n },
      tiers: [],
    },
    'cloud/small-model': { prices: { input: 11n * 10n ** 23n, output: 55n * 10n ** 23n }, tiers: [] },
    'long-model': {
      prices: { input: 3n * 10n ** 24n, output: 15n * 10n ** 24n, reasoning: 2n * 10n ** 25n },
      tiers: [{ promptTokens: 200_000, prices: { input: 6n * 10n ** 24n, output: 225n * 10n ** 23n } }],
    },
    'noisy-model': { prices: { input: 2n * 10n ** 23n, output: 0n }, tiers: [] },
    'free-model': { prices: { input: 0n, output: 0n }, tiers: [] },
  });
});
