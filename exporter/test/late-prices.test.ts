// Pricing through the whole pipeline: at acceptance, late, against running totals, and after a restart without any table.
import { MetricsHarness } from './pricing-harness.ts';

const T = Date.UTC(2026, 2, 10, 12);
const prices = (input: number): object => ({ prices: [{ model: 'm', usd_per_million_tokens: { input } }] });
const usage = (id: string, fields: object = {}): object => ({
  type: 'cost.updated',
  threadId: 't',
  timestamp: T,
  payload: { id, model: 'm', agent: 'a', inputTokensDelta: 1_000_000, ...fields },
});
const BUDGETS = [{ name: 'daily', limit_usd: 100, window: 'day' }];
const MONEY = [
  'orchestrator_cost_usd_total',
  'orchestrator_cost_provenance_usd_total',
  'orchestrator_cost_correction_usd_total',
];
const UNPRICED = ['orchestrator_unpriced_usage_total', 'orchestrator_unpriced_usage_settled_total'];
const labels = 'environment="e",team="x",workflow="w"';
const full = (value: string): string =>
  `orchestrator_cost_usd_total{${labels},agent="a",provider="unknown",model="m"} ${value}`;
const by = (pricedBy: string, value: string): string =>
  `orchestrator_cost_provenance_usd_total{${labels},provider="unknown",model="m",priced_by="${pricedBy}"} ${value}`;
const corrected = (value: string): string =>
  `orchestrator_cost_correction_usd_total{${labels},provider="unknown",model="m"} ${value}`;
const unpriced = (reason: string, count: number): string =>
  `orchestrator_unpriced_usage_total{environment="e",provider="unknown",model="m",reason="${reason}"} ${count}`;
const settled = (how: string, count: number): string =>
  `orchestrator_unpriced_usage_settled_total{environment="e",provider="unknown",model="m",by="${how}"} ${count}`;

test('usage that tells no cost is priced when it is accepted, and what the orchestrator tells goes first', async () => {
  const harness = new MetricsHarness({ prices: prices(3), budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('2', { costUsd: 5 }), usage('2', { costUsd: 5 }));
  expect(harness.lines(...MONEY)).toEqual([full('8'), by('reported', '5'), by('table', '3')]);
  expect(harness.budget()).toEqual({ spent: 8_000_000_000, untrusted: [] });
});

test.each([
  ['there is no table', undefined, usage('1'), [unpriced('no_table', 1)]],
  [
    'the table has no such model',
    prices(3),
    usage('1', { model: 'n' }),
    [unpriced('no_price', 1).replace('"m"', '"n"')],
  ],
  ['a direction has no price', prices(3), usage('1', { outputTokensDelta: 1 }), [unpriced('no_direction_price', 1)]],
  ['no model is named', prices(3), usage('1', { model: '' }), [unpriced('no_model', 1).replace('"m"', '"unknown"')]],
] as const)(
  'where %s it is counted, not as zero, and the budget says that its number is too small',
  async (_name, table, event, lines) => {
    const harness = new MetricsHarness({ prices: table, budgets: BUDGETS, nowMs: T });
    await harness.ingest(event);
    expect(harness.lines(...MONEY, ...UNPRICED)).toEqual(lines);
    expect(harness.budget()).toEqual({ spent: 0, untrusted: ['1 usage reports of its window have no price'] });
  }
);

test('a price of zero is 0 USD, counted, and no reason to distrust', async () => {
  const harness = new MetricsHarness({ prices: prices(0), budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'));
  expect(harness.lines(...MONEY, ...UNPRICED)).toEqual([unpriced('zero_amount', 1)]);
  expect(harness.budget()).toEqual({ spent: 0, untrusted: [] });
});

test('a late price adds the money once, in the window of the usage, and says so', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('2'));
  harness.usePrices(prices(3));
  harness.nowMs = T + 3_600_000;
  await harness.settle();
  await harness.settle();
  harness.usePrices(prices(7));
  await harness.settle();
  expect(harness.lines(...MONEY, ...UNPRICED)).toEqual([
    full('6'),
    unpriced('no_table', 2),
    settled('price', 2),
    by('table', '6'),
    corrected('6'),
  ]);
  expect(harness.budget()).toEqual({ spent: 6_000_000_000, untrusted: [] });
  expect(harness.thread('t')).toEqual({ total: 6_000_000_000, agent: 6_000_000_000 });
});

test('a late price of zero is an answer too: nothing waits any more, the budget is whole, and it is counted as zero', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'));
  harness.usePrices(prices(0));
  await harness.settle();
  await harness.settle();
  const lines = [unpriced('no_table', 1), unpriced('zero_amount', 1), settled('price', 1)];
  expect(harness.lines(...MONEY, ...UNPRICED)).toEqual(lines);
  expect(harness.budget()).toEqual({ spent: 0, untrusted: [] });
  harness.usePrices(prices(3));
  await harness.settle();
  const restarted = harness.restarted(prices(3));
  await restarted.settle();
  expect(restarted.lines(...MONEY, ...UNPRICED)).toEqual(lines);
});

test('a late price of yesterday`s usage is not today`s spend; of usage older than 7 days it is', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'));
  harness.usePrices(prices(3));
  harness.nowMs = T + 86_400_000;
  await harness.settle();
  expect(harness.budget()).toEqual({ spent: 0, untrusted: [] });

  const later = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await later.ingest(usage('1'));
  later.usePrices(prices(3));
  later.nowMs = T + 8 * 86_400_000;
  await later.settle();
  expect(later.budget()).toEqual({ spent: 3_000_000_000, untrusted: [] });
});

test('a running total includes usage without a cost: it is priced neither before nor after', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('2', { costCents: 500, inputTokensDelta: 0 }), usage('3'));
  harness.usePrices(prices(3));
  await harness.settle();
  expect(harness.lines(...MONEY, ...UNPRICED)).toEqual([
    full('5'),
    unpriced('no_table', 1),
    settled('total', 1),
    by('reported', '5'),
  ]);
  expect(harness.budget()).toEqual({ spent: 5_000_000_000, untrusted: [] });
});

test('after a running total the table is not asked: the next total tells', async () => {
  const harness = new MetricsHarness({ prices: prices(3), budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1', { costCents: 500 }), usage('2'));
  expect(harness.lines(...MONEY, ...UNPRICED)).toEqual([full('5'), by('reported', '5')]);
});

test('what the table priced counts against a running total that comes later', async () => {
  const harness = new MetricsHarness({ prices: prices(3), budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('2', { costCents: 500 }));
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([full('5')]);
});

test('a restart comes to the same numbers from the journal alone, whatever the table says by then', async () => {
  const harness = new MetricsHarness({ prices: prices(3), budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('2', { model: 'n' }), usage('3', { model: 'o' }));
  harness.usePrices({ prices: [...['m', 'n'].map((model) => ({ model, usd_per_million_tokens: { input: 2 } }))] });
  await harness.settle();
  for (const table of [undefined, prices(1_000)]) {
    const restarted = harness.restarted(table);
    await restarted.settle();
    expect(restarted.lines(...MONEY, ...UNPRICED)).toEqual(harness.lines(...MONEY, ...UNPRICED));
    expect(restarted.budget()).toEqual(harness.budget());
  }
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([full('3'), full('2').replace('"m"', '"n"')]);
});

test('a journal that fails owes the money until it works again', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'));
  harness.usePrices(prices(3));
  harness.failing = true;
  await expect(harness.settle()).rejects.toThrow('the disk is full');
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([]);
  harness.failing = false;
  await harness.settle();
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([full('3')]);
});

test('usage past the bound is let go, the oldest first, and counted', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T, maxUnpriced: 2 });
  await harness.ingest(usage('1'), usage('2'), usage('3'));
  expect(harness.anomalies).toEqual(['unpriced_forgotten']);
  harness.usePrices(prices(3));
  await harness.settle();
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([full('6')]);
  expect(harness.budget().untrusted).toEqual(['1 usage reports of its window have no price']);
});

test('1,200 late prices go in bodies, and each counts once', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(...Array.from({ length: 1_200 }, (_, at) => usage(`u-${at}`, { inputTokensDelta: at + 1 })));
  harness.usePrices(prices(0.001));
  await Promise.all([harness.settle(), harness.settle()]);
  // 1 nano-USD a token: the sum of 1 to 1,200.
  expect(harness.budget()).toEqual({ spent: 720_600, untrusted: [] });
});

test('no sender can make a correction', async () => {
  const harness = new MetricsHarness({ prices: undefined, budgets: BUDGETS, nowMs: T });
  await harness.ingest(usage('1'), usage('price:1', { corrects: '1', pricing: { amount: 5 }, costUsd: 0 }));
  expect(harness.lines(...MONEY)).toEqual([]);
  expect(harness.budget().untrusted).toHaveLength(1);
  harness.usePrices(prices(3));
  await harness.settle();
  expect(harness.lines('orchestrator_cost_usd_total')).toEqual([full('3')]);
});
