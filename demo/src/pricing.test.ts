import { costOf, MODELS, type ModelName } from './pricing.ts';

test.each<[string, ModelName, [number, number, number], number]>([
  ['nothing used costs nothing', 'claude-sonnet-4-5', [0, 0, 0], 0],
  ['a million input tokens cost the list price', 'claude-sonnet-4-5', [1_000_000, 0, 0], 3_000_000_000],
  ['one output token is exact', 'gpt-5-mini', [0, 1, 0], 2_000],
  ['cached input is priced apart', 'gpt-5', [1_000, 100, 400], 600 * 1_250 + 400 * 125 + 100 * 10_000],
  ['all of it cached', 'gpt-5', [1_000, 0, 1_000], 125_000],
])('%s', (_name, model, [inputTokens, outputTokens, cacheReadTokens], nanoUsd) => {
  expect(costOf(model, { inputTokens, outputTokens, cacheReadTokens })).toBe(nanoUsd);
});

test('all prices are whole nano-dollars per token, so that sums are exact', () => {
  const prices = Object.values(MODELS).flatMap(({ input, output, cacheRead }) => [input, output, cacheRead]);
  expect(prices.filter((price) => !Number.isInteger(price))).toEqual([]);
});
