import { Histogram, Registry } from 'prom-client';
import type { MetricRow } from '../contract/metrics.ts';
import { PlainHistogram } from './plain-counts.ts';

const ROW: MetricRow = {
  name: 'orchestrator_test_seconds',
  type: 'histogram',
  help: 'Of a test.',
  labels: [],
  buckets: [0.5, 1, 2.5],
  source: 'test',
  stability: 'experimental',
};

/** As prom-client's own histogram shows the same values. */
async function expected(values: readonly number[]): Promise<string> {
  const registry = new Registry();
  const { name, help, buckets = [] } = ROW;
  const histogram = new Histogram({ name, help, buckets: [...buckets], registers: [registry] });
  for (const value of values) histogram.observe(value);
  return registry.metrics();
}

test.each<[string, readonly number[]]>([
  ['nothing', []],
  ['a value on each bound, which belongs below it', [0.5, 1, 2.5]],
  ['values beside the bounds', [0, 0.499, 0.501, 2.499, 2.501]],
  ['a value past all bounds, and one below zero', [1e9, -1]],
  ['many of one value', Array.from({ length: 1_000 }, () => 1)],
])('a page with %s is that of prom-client', async (_name, values) => {
  const registry = new Registry();
  const histogram = new PlainHistogram(ROW, registry);
  for (const value of values) histogram.observe(value);
  expect(await registry.metrics()).toBe(await expected(values));
});

test('a registry that is reset shows nothing of before', async () => {
  const registry = new Registry();
  const histogram = new PlainHistogram(ROW, registry);
  for (const value of [0.1, 7]) histogram.observe(value);
  registry.resetMetrics();
  expect(await registry.metrics()).toBe(await expected([]));
});
