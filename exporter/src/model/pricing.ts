// What usage costs by the price table. Exact: a sum of whole products, rounded once.
import type { Pricing } from '../contract/event.ts';
import { TOKEN_DIRECTIONS, type TokenDirection } from '../contract/labels.ts';
import { nano, NANO_PER_USD } from '../contract/money.ts';
import { PRICE_PLACES, priceKey, type ModelPrice, type PriceTable, type TokenPrices } from '../contract/price-table.ts';

export interface Usage {
  readonly provider?: string;
  readonly model?: string;
  readonly tokens: Readonly<Partial<Record<TokenDirection, number>>>;
}

/** 10^-30 USD in a nano-dollar. */
const UNITS_PER_NANO = 10n ** BigInt(PRICE_PLACES) / BigInt(NANO_PER_USD);
/** 1 million US dollars: as for an amount that the orchestrator tells, no single event is worth more. */
const MAX_AMOUNT = 1_000_000n * BigInt(NANO_PER_USD);

/**
 * Amount = sum of tokens times price over the directions, exact, then rounded to the nearest nano-dollar, half up. The
 * price is that of `provider/model`, else of `model`, letter for letter. Reasoning tokens without a price of their own
 * cost what output costs, as providers bill them; any other direction without a price leaves the usage without one.
 */
export function priceOf({ provider, model, tokens }: Usage, table: PriceTable | undefined): Pricing {
  if (table === undefined) return { unpriced: 'no_table' };
  if (model === undefined) return { unpriced: 'no_model' };
  const { models } = table;
  const found = (provider === undefined ? undefined : models.get(priceKey(model, provider))) ?? models.get(model);
  if (found === undefined) return { unpriced: 'no_price' };
  const prices = pricesAt(found, tokens);
  let units = 0n;
  for (const direction of TOKEN_DIRECTIONS) {
    const count = tokens[direction] ?? 0;
    if (count === 0) continue;
    const price = prices[direction] ?? (direction === 'reasoning' ? prices.output : undefined);
    if (price === undefined) return { unpriced: 'no_direction_price' };
    units += BigInt(count) * price;
  }
  const amount = (units + UNITS_PER_NANO / 2n) / UNITS_PER_NANO;
  return amount > MAX_AMOUNT ? { unpriced: 'out_of_range' } : { amount: nano(Number(amount)) };
}

/** Prices for a prompt of this length: those of the highest tier that it exceeds over those below it. */
function pricesAt({ prices, tiers }: ModelPrice, tokens: Usage['tokens']): TokenPrices {
  const prompt = (tokens.input ?? 0) + (tokens.cache_read ?? 0) + (tokens.cache_write ?? 0);
  return tiers.reduce((held, tier) => (prompt > tier.promptTokens ? { ...held, ...tier.prices } : held), prices);
}
