// LiteLLM's published table (model_prices_and_context_window.json): models by name, USD per token. New fields appear in it
// every week, so what is not known is passed over; an entry that cannot be used costs itself only.
import { isMapping, shown, valueOf, type Mapping } from './document.ts';
import { labelValue, TOKEN_DIRECTIONS, type TokenDirection } from './labels.ts';
import { scaledPrice, type ModelPrice, type PricesResult, type PriceTier, type TokenPrices } from './price-table.ts';

const FIELD_OF: Readonly<Record<TokenDirection, string>> = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cache_read: 'cache_read_input_token_cost',
  cache_write: 'cache_creation_input_token_cost',
  reasoning: 'output_cost_per_reasoning_token',
};

/** Entries that explain the file. */
const NOT_MODELS: ReadonlySet<string> = new Set(['sample_spec', 'fallback_generalizations']);
/** `input_cost_per_token_above_200k_tokens` and its kin; thousands of prompt tokens. */
const TIER_FIELD = /_above_(\d{1,6})k_tokens$/;

/**
 * Models without any price per token (pictures, audio by the second) are passed over. An entry with a price that is none
 * is left out and named. Prices of batches, priority service and long-lived caches are not read: an event does not say
 * which it used.
 */
export function readLiteLlm(document: Mapping): PricesResult {
  const models = new Map<string, ModelPrice>();
  const leftOut: string[] = [];
  for (const [name, entry] of Object.entries(document)) {
    if (NOT_MODELS.has(name) || !isMapping(entry)) continue;
    const problems: string[] = [];
    const prices = pricesOf(entry, '', problems);
    const tiers = tiersOf(entry, problems);
    const key = labelValue(name);
    if (models.has(key)) problems.push('an entry before it has the same name once both are labels');
    if (problems.length > 0) leftOut.push(`${shown(name)} is left out: ${problems.join('; ')}`);
    else if (Object.keys(prices).length > 0) models.set(key, { prices, tiers });
  }
  if (models.size > 0) return { ok: true, table: { layout: 'litellm', models, leftOut } };
  const expected = 'expected the key "prices", or models with input_cost_per_token as LiteLLM publishes them';
  return { ok: false, problems: [`the prices name no model with a price per token; ${expected}`, ...leftOut] };
}

function pricesOf(entry: Mapping, suffix: string, problems: string[]): TokenPrices {
  const prices: Partial<Record<TokenDirection, bigint>> = {};
  for (const direction of TOKEN_DIRECTIONS) {
    const field = `${FIELD_OF[direction]}${suffix}`;
    const value = valueOf(entry, field);
    if (value === undefined || value === null) continue;
    const price = scaledPrice(value, 'token');
    if (price !== undefined) prices[direction] = price;
    else problems.push(`${field} is ${shown(value)}, expected US dollars per token from 0 to 1`);
  }
  return prices;
}

function tiersOf(entry: Mapping, problems: string[]): readonly PriceTier[] {
  const thousands = Object.keys(entry).flatMap((field) => TIER_FIELD.exec(field)?.[1] ?? []);
  return [...new Set(thousands)]
    .map((text) => ({
      promptTokens: Number(text) * 1_000,
      prices: pricesOf(entry, `_above_${text}k_tokens`, problems),
    }))
    .filter(({ prices }) => Object.keys(prices).length > 0)
    .sort((a, b) => a.promptTokens - b.promptTokens);
}
