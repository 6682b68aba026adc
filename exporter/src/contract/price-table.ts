// The price table: exact prices of models by direction, whichever layout they were written in.
import type { TokenDirection } from './labels.ts';
import { decimalToScaled } from './money.ts';

/** Prices are whole numbers of 10^-30 USD per token, so that what a double can say of any real price is exact. */
export const PRICE_PLACES = 30;
export const PER_MILLION_PLACES = PRICE_PLACES - 6;
/** 1 USD per token. */
const MAX_PRICE = 10n ** BigInt(PRICE_PLACES);

/** Price of a token in 10^-30 USD; a direction that is absent has no price, which is not zero. */
export type TokenPrices = Readonly<Partial<Record<TokenDirection, bigint>>>;

/** Prices of usage whose prompt (input, cache reads and cache writes together) is longer than `promptTokens`. */
export interface PriceTier {
  readonly promptTokens: number;
  readonly prices: TokenPrices;
}

export interface ModelPrice {
  readonly prices: TokenPrices;
  /** Ascending in `promptTokens`; a direction that a tier leaves out keeps the price below it. */
  readonly tiers: readonly PriceTier[];
}

export interface PriceTable {
  readonly layout: 'own' | 'litellm';
  /** By `model`, and by `provider/model` where the price is that provider's. */
  readonly models: ReadonlyMap<string, ModelPrice>;
  /** Why entries of a published table were left out; their usage has no price. Empty for our own layout, which is refused whole. */
  readonly leftOut: readonly string[];
}

export type PricesResult =
  { readonly ok: true; readonly table: PriceTable } | { readonly ok: false; readonly problems: readonly string[] };

/** A price as an integer of 10^-30 USD per token, from 0 to 1 USD per token; undefined for anything else. */
export function scaledPrice(value: unknown, per: 'token' | 'million'): bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const price = decimalToScaled(String(value), per === 'token' ? PRICE_PLACES : PER_MILLION_PLACES);
  return price !== undefined && price >= 0n && price <= MAX_PRICE ? price : undefined;
}

/** The key under which a price is found. */
export function priceKey(model: string, provider: string | undefined): string {
  return provider === undefined ? model : `${provider}/${model}`;
}
