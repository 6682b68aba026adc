// Pricing against an oracle that shares nothing with it: fractions of big integers, made from the decimal text of prices.
import { TOKEN_DIRECTIONS, type TokenDirection } from '../src/contract/labels.ts';
import { parsePrices } from '../src/contract/prices.ts';
import { priceOf } from '../src/model/pricing.ts';
import { Random } from './random.ts';

const CASES = Number(process.env['PRICING_CASES'] ?? 20_000);

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

/** `12.5e-7` as 125/10^8. */
function fraction(text: string): Fraction {
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const exponent = Number(power) - decimals.length;
  const digits = BigInt(whole + decimals);
  return exponent < 0
    ? { over: digits, under: 10n ** BigInt(-exponent) }
    : { over: digits * 10n ** BigInt(exponent), under: 1n };
}

const times = (a: Fraction, n: bigint): Fraction => ({ over: a.over * n, under: a.under });
const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
});
/** Nearest whole number, half up. */
const rounded = ({ over, under }: Fraction): bigint => (2n * over + under) / (2n * under);

function somePrice(random: Random): number | string {
  const kind = random.int(0, 4);
  if (kind === 0) return random.int(0, 100);
  if (kind === 1) return Number((random.next() * 20).toFixed(random.int(1, 6)));
  if (kind === 2) return Number(`${random.int(1, 99_999)}e-${random.int(1, 12)}`);
  if (kind === 3)
    return `${random.int(0, 99)}.${String(random.int(0, 999_999_999)).padStart(9, '0')}${random.int(0, 999_999)}`;
  return random.next() * 10;
}

const someTokens = (random: Random): number =>
  random.pick([0, 1, 2, 3, 7, random.int(0, 1_000), random.int(0, 1_000_000), 1_000_000_000]);

test(`${CASES} random prices and token counts cost what exact fractions say, to the nano-dollar`, () => {
  const random = new Random(20_260);
  let greatest = 0n;
  for (let index = 0; index < CASES; index++) {
    const published = random.chance(0.5);
    const prices = new Map<TokenDirection, number | string>(TOKEN_DIRECTIONS.map((name) => [name, somePrice(random)]));
    const tokens = new Map<TokenDirection, number>(TOKEN_DIRECTIONS.map((name) => [name, someTokens(random)]));
    const fields = {
      input: 'input_cost_per_token',
      output: 'output_cost_per_token',
      cache_read: 'cache_read_input_token_cost',
      cache_write: 'cache_creation_input_token_cost',
      reasoning: 'output_cost_per_reasoning_token',
    };
    // A published price is per token: the same digits, six places further down.
    const written = new Map(
      [...prices].map(([name, price]) => [
        name,
        published ? `${fraction(String(price)).over}e-${exponentOf(String(price)) + 6}` : price,
      ])
    );
    const document = published
      ? { m: Object.fromEntries([...written].map(([name, price]) => [fields[name], price])) }
      : { prices: [{ model: 'm', usd_per_million_tokens: Object.fromEntries(written) }] };
    const parsed = parsePrices(document);
    if (!parsed.ok || parsed.table.leftOut.length > 0) throw new Error(JSON.stringify({ document, parsed: parsed.ok }));
    let usd: Fraction = { over: 0n, under: 1n };
    for (const name of TOKEN_DIRECTIONS) {
      const price = fraction(String(written.get(name)));
      usd = plus(
        usd,
        times(published ? price : { over: price.over, under: price.under * 1_000_000n }, BigInt(tokens.get(name) ?? 0))
      );
    }
    const expected = rounded(times(usd, 1_000_000_000n));
    if (expected > greatest) greatest = expected;
    const told = priceOf({ model: 'm', tokens: Object.fromEntries(tokens) }, parsed.table);
    expect(told).toEqual(expected > 10n ** 15n ? { unpriced: 'out_of_range' } : { amount: Number(expected) });
  }
  process.stdout.write(`pricing: ${CASES} cases equal exact fractions, greatest amount ${greatest} nano-USD\n`);
});

/** How many decimals the text has, exponent included. */
function exponentOf(text: string): number {
  const { under } = fraction(text);
  return String(under).length - 1;
}

const table = (() => {
  const parsed = parsePrices({
    prices: [
      { model: 'm', usd_per_million_tokens: { input: 3, output: 15, cache_read: 0.3 } },
      { model: 'm', provider: 'p', usd_per_million_tokens: { input: 4 } },
      { model: 'half', usd_per_million_tokens: { input: 0.0005, output: 0.00049 } },
      { model: 'free', usd_per_million_tokens: { input: 0 } },
      { model: 'dear', usd_per_million_tokens: { input: 1_000_000 } },
      {
        model: 'long',
        usd_per_million_tokens: { input: 1, output: 2, cache_read: 1 },
        above: [
          { prompt_tokens: 100, usd_per_million_tokens: { input: 10 } },
          { prompt_tokens: 200, usd_per_million_tokens: { output: 20 } },
        ],
      },
    ],
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.table;
})();

test.each([
  ['no table', { model: 'm', tokens: { input: 1 } }, undefined, { unpriced: 'no_table' }],
  ['no model', { tokens: { input: 1 } }, table, { unpriced: 'no_model' }],
  ['a model that the table does not have', { model: 'M', tokens: { input: 1 } }, table, { unpriced: 'no_price' }],
  ['a name that every object has', { model: 'constructor', tokens: { input: 1 } }, table, { unpriced: 'no_price' }],
  [
    'a direction without a price',
    { model: 'm', tokens: { input: 1, cache_write: 1 } },
    table,
    { unpriced: 'no_direction_price' },
  ],
  [
    'a direction without a price that was not used',
    { model: 'm', tokens: { input: 1, cache_write: 0 } },
    table,
    { amount: 3_000 },
  ],
  ['reasoning as output', { model: 'm', tokens: { reasoning: 2 } }, table, { amount: 30_000 }],
  ['the price of the provider', { model: 'm', provider: 'p', tokens: { input: 1 } }, table, { amount: 4_000 }],
  [
    'no mixing with the price of all providers',
    { model: 'm', provider: 'p', tokens: { output: 1 } },
    table,
    { unpriced: 'no_direction_price' },
  ],
  ['another provider', { model: 'm', provider: 'q', tokens: { input: 1 } }, table, { amount: 3_000 }],
  ['half a nano-dollar, up', { model: 'half', tokens: { input: 1 } }, table, { amount: 1 }],
  ['less than half, down', { model: 'half', tokens: { output: 1 } }, table, { amount: 0 }],
  ['one rounding for all directions', { model: 'half', tokens: { input: 1, output: 1 } }, table, { amount: 1 }],
  ['free of charge', { model: 'free', tokens: { input: 5 } }, table, { amount: 0 }],
  ['the greatest amount', { model: 'dear', tokens: { input: 1_000_000 } }, table, { amount: 1e15 }],
  [
    'more than the greatest amount',
    { model: 'dear', tokens: { input: 1_000_001 } },
    table,
    { unpriced: 'out_of_range' },
  ],
  [
    'a prompt as long as the tier',
    { model: 'long', tokens: { input: 60, cache_read: 40, output: 1 } },
    table,
    { amount: 60_000 + 40_000 + 2_000 },
  ],
  [
    'a prompt past the tier',
    { model: 'long', tokens: { input: 61, cache_read: 40, output: 1 } },
    table,
    { amount: 610_000 + 40_000 + 2_000 },
  ],
  [
    'a prompt past both tiers',
    { model: 'long', tokens: { input: 201, output: 1 } },
    table,
    { amount: 2_010_000 + 20_000 },
  ],
] as const)('%s', (_name, usage, prices, expected) => {
  expect(priceOf(usage, prices)).toEqual(expected);
});
