import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { sortedPage } from '../../test/sorted-page.ts';
import type { MetricRow } from '../contract/metrics.ts';
import { OwnSeries } from './own-series.ts';

const row = (name: string, type: MetricRow['type'], labels: readonly string[] = []): MetricRow => ({
  name,
  type,
  help: 'Of a test.',
  labels,
  stability: 'experimental',
  source: 'test',
  ...(type === 'histogram' && { buckets: [0.5, 1, 2.5] }),
});
const base = (name: string): { readonly name: string; readonly help: string } => ({ name, help: 'Of a test.' });
const environment = 'test';

/** A page of prom-client's as ours says the same. */
async function pageOf(registry: Registry): Promise<string> {
  const text = (await registry.metrics()).replaceAll(/\{(le="[^"]+"),([^}]*)\}/g, '{$2,$1}');
  return sortedPage(text.replaceAll(/\n+/g, '\n'));
}

test.each<[string, readonly number[]]>([
  ['nothing', []],
  ['a value on each bound, which belongs below it', [0.5, 1, 2.5]],
  ['values beside the bounds', [0, 0.499, 0.501, 2.499, 2.501]],
  ['a value past all bounds, and one below zero', [1e9, -1]],
  ['many of one value', Array.from({ length: 1_000 }, () => 1)],
])('the page of a counter and a histogram that took %s is that of prom-client', async (_name, values) => {
  const own = new OwnSeries(environment);
  const theirs = new Registry();
  const counter = own.numbers(row('a_total', 'counter', ['reason']));
  const histogram = own.histogram(row('b_seconds', 'histogram')).cell([]);
  const registers = [theirs];
  const theirCounter = new Counter({ ...base('a_total'), labelNames: ['environment', 'reason'], registers });
  const buckets = [0.5, 1, 2.5];
  const theirHistogram = new Histogram({ ...base('b_seconds'), labelNames: ['environment'], buckets, registers });
  theirHistogram.zero({ environment });
  for (const reason of ['x', 'y']) {
    counter.cell([reason]);
    theirCounter.inc({ environment, reason }, 0);
  }
  for (const value of values) {
    histogram.observe(value);
    theirHistogram.observe({ environment }, value);
    counter.cell(['y']).add(Math.abs(value));
    theirCounter.inc({ environment, reason: 'y' }, Math.abs(value));
  }
  expect(sortedPage(own.render())).toBe(await pageOf(theirs));
});

test('what is read is there with its value of now, absent while there is none, and there again', async () => {
  let value: number | undefined;
  const own = new OwnSeries(environment);
  own.reading(row('c', 'gauge'), () => value);
  own.readings(row('d', 'gauge', ['receiver']), () => (value === undefined ? [] : [['r', value]]));
  const pages = [own.render()];
  for (value of [7, undefined, -1]) pages.push(own.render());
  const page = async (c: number | undefined, d: number | undefined): Promise<string> => {
    const theirs = new Registry();
    const registers = [theirs];
    const gauge = new Gauge({ ...base('c'), labelNames: ['environment'], registers });
    if (c !== undefined) gauge.set({ environment }, c);
    const labelled = new Gauge({ ...base('d'), labelNames: ['environment', 'receiver'], registers });
    if (d !== undefined) labelled.set({ environment, receiver: 'r' }, d);
    return pageOf(theirs);
  };
  expect(pages.map(sortedPage)).toEqual([
    await page(undefined, undefined),
    await page(7, 7),
    await page(undefined, 7),
    await page(-1, -1),
  ]);
});

test('a reading that is no number is an error that names it, not a series', () => {
  const own = new OwnSeries(environment);
  own.reading(row('e', 'gauge'), () => Number.NaN);
  expect(() => own.render()).toThrow('NaN cannot be the value of a series: expected a finite number');
});
