// What a model call costs. Prices are public list prices, rounded, for a demonstration; not a price book.

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens` that came out of the prompt cache. */
  readonly cacheReadTokens: number;
}

interface Price {
  readonly provider: string;
  /** Nano-USD per token: 3 USD per million tokens is 3,000. Whole numbers, so that sums are exact. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

export const MODELS = {
  'claude-sonnet-4-5': { provider: 'anthropic', input: 3_000, output: 15_000, cacheRead: 300 },
  'gpt-5': { provider: 'openai', input: 1_250, output: 10_000, cacheRead: 125 },
  'gpt-5-mini': { provider: 'openai', input: 250, output: 2_000, cacheRead: 25 },
  'mistral-large-latest': { provider: 'mistral', input: 2_000, output: 6_000, cacheRead: 2_000 },
} as const satisfies Record<string, Price>;
export type ModelName = keyof typeof MODELS;

export const NANO_PER_CENT = 10_000_000;
export const NANO_PER_USD = 100 * NANO_PER_CENT;

/** Integer nano-USD. */
export function costOf(model: ModelName, usage: Usage): number {
  const price = MODELS[model];
  const fresh = usage.inputTokens - usage.cacheReadTokens;
  return fresh * price.input + usage.cacheReadTokens * price.cacheRead + usage.outputTokens * price.output;
}
