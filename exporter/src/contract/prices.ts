// The price table of prices_file: our own layout (USD per million tokens) or the one that LiteLLM publishes (USD per
// token). Prices are exact integers; nothing here passes through a floating-point product.
import { isMapping, refuseUnknownKeys, shown, valueOf, type Mapping } from './document.ts';
import { labelValue, MAX_LABEL_BYTES, TOKEN_DIRECTIONS, type TokenDirection } from './labels.ts';
import {
  PER_MILLION_PLACES,
  priceKey,
  scaledPrice,
  type ModelPrice,
  type PricesResult,
  type PriceTier,
  type TokenPrices,
} from './price-table.ts';
import { readLiteLlm } from './prices-litellm.ts';

const ENTRY_KEYS = ['model', 'provider', 'usd_per_million_tokens', 'above'];
const TIER_KEYS = ['prompt_tokens', 'usd_per_million_tokens'];
const MAX_PROMPT_TOKENS = 1_000_000_000;

/**
 * The table of a parsed document; a top-level key `prices` makes it our own layout. All problems at once, each with its
 * place, the value and what is accepted. Never throws.
 */
export function parsePrices(document: unknown): PricesResult {
  if (!isMapping(document))
    return refused([`the prices must be a mapping with the key "prices", not ${shown(document)}`]);
  return Object.hasOwn(document, 'prices') ? readOwn(document) : readLiteLlm(document);
}

function refused(problems: readonly string[]): PricesResult {
  return { ok: false, problems };
}

function readOwn(document: Mapping): PricesResult {
  const problems: string[] = [];
  refuseUnknownKeys({ mapping: document, known: ['prices'], place: 'the prices' }, problems);
  const list = valueOf(document, 'prices');
  if (!Array.isArray(list)) return refused([...problems, `prices must be a list, not ${shown(list)}`]);
  const models = new Map<string, ModelPrice>();
  const places = new Map<string, number>();
  list.forEach((entry: unknown, index) => {
    const place = `prices[${index}]`;
    if (!isMapping(entry)) {
      problems.push(`${place} must be a mapping, not ${shown(entry)}`);
      return;
    }
    refuseUnknownKeys({ mapping: entry, known: ENTRY_KEYS, place }, problems);
    const provider = valueOf(entry, 'provider');
    const key = priceKey(
      nameOf(valueOf(entry, 'model'), `${place}.model`, problems),
      provider === undefined ? undefined : nameOf(provider, `${place}.provider`, problems)
    );
    const earlier = places.get(key);
    if (earlier !== undefined)
      problems.push(`${place} has the model ${shown(key)} of prices[${earlier}]; each stands once`);
    places.set(key, earlier ?? index);
    models.set(key, {
      prices: pricesOf(valueOf(entry, 'usd_per_million_tokens'), `${place}.usd_per_million_tokens`, problems),
      tiers: tiersOf(valueOf(entry, 'above'), `${place}.above`, problems),
    });
  });
  return problems.length > 0 ? refused(problems) : { ok: true, table: { layout: 'own', models, leftOut: [] } };
}

function nameOf(value: unknown, place: string, problems: string[]): string {
  if (typeof value === 'string' && value !== '' && labelValue(value) === value) return value;
  problems.push(
    `${place} must be non-empty text of at most ${MAX_LABEL_BYTES} bytes without control characters, not ${shown(value)}`
  );
  return '';
}

function pricesOf(value: unknown, place: string, problems: string[]): TokenPrices {
  if (!isMapping(value) || Object.keys(value).length === 0) {
    problems.push(`${place} must be a mapping of at least one of ${TOKEN_DIRECTIONS.join(', ')}, not ${shown(value)}`);
    return {};
  }
  refuseUnknownKeys({ mapping: value, known: TOKEN_DIRECTIONS, place }, problems);
  const prices: Partial<Record<TokenDirection, bigint>> = {};
  for (const direction of TOKEN_DIRECTIONS) {
    if (!Object.hasOwn(value, direction)) continue;
    const price = scaledPrice(value[direction], 'million');
    if (price !== undefined) prices[direction] = price;
    else
      problems.push(
        `${place}.${direction} must be US dollars per million tokens from 0 to 1000000 with at most ${PER_MILLION_PLACES} decimals, not ${shown(value[direction])}`
      );
  }
  return prices;
}

function tiersOf(value: unknown, place: string, problems: string[]): readonly PriceTier[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push(`${place} must be a list, not ${shown(value)}`);
    return [];
  }
  return value.map((entry: unknown, index): PriceTier => {
    const at = `${place}[${index}]`;
    const tier = isMapping(entry) ? entry : {};
    if (tier !== entry) problems.push(`${at} must be a mapping, not ${shown(entry)}`);
    else refuseUnknownKeys({ mapping: tier, known: TIER_KEYS, place: at }, problems);
    const promptTokens = valueOf(tier, 'prompt_tokens');
    const before =
      index === 0 ? 0 : valueOf(isMapping(value[index - 1]) ? (value[index - 1] as Mapping) : {}, 'prompt_tokens');
    const rises = isPromptLength(promptTokens) && (typeof before !== 'number' || promptTokens > before);
    if (!rises) {
      problems.push(
        `${at}.prompt_tokens must be a whole number from 1 to ${MAX_PROMPT_TOKENS} above the one before it, not ${shown(promptTokens)}`
      );
    }
    const prices = pricesOf(valueOf(tier, 'usd_per_million_tokens'), `${at}.usd_per_million_tokens`, problems);
    return { promptTokens: rises ? promptTokens : 0, prices };
  });
}

function isPromptLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_PROMPT_TOKENS;
}
