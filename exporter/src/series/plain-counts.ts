// Counts of the exporter's own work that rise with every event: plain numbers, which prom-client is given when it is scraped.
// Its own inc() and observe() put a key together for every call, about half a microsecond each.
import type { Counter, Registry } from 'prom-client';
import type { MetricRow } from '../contract/metrics.ts';

/** A counter for each pair of words of two closed sets. */
export class PairCounts<A extends string, B extends string> {
  readonly #counts: ReadonlyMap<A, Map<B, number>>;

  constructor(first: readonly A[], second: readonly B[]) {
    this.#counts = new Map(first.map((a) => [a, new Map(second.map((b) => [b, 0]))]));
  }

  add(a: A, b: B): void {
    const counts = this.#counts.get(a);
    counts?.set(b, (counts.get(b) ?? 0) + 1);
  }

  /** Makes `counter` show what was counted. @param labels names of the two labels */
  show(counter: Counter, [first, second]: readonly [string, string]): void {
    counter.reset();
    for (const [a, counts] of this.#counts) {
      for (const [b, count] of counts) counter.inc({ [first]: a, [second]: b }, count);
    }
  }
}

/** A histogram without labels, shown as prom-client shows its own. */
export class PlainHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #bounds: readonly number[];
  /** Of each bucket alone; the last one is past all bounds. */
  readonly #counts: number[];
  #sum = 0;

  constructor({ name, help, buckets = [] }: MetricRow, registry: Registry) {
    this.name = name;
    this.help = help;
    this.#bounds = buckets;
    this.#counts = Array.from({ length: buckets.length + 1 }, () => 0);
    // Asks for nothing but name, help, type and values: `Registry.getMetricsAsString`.
    registry.registerMetric(this as never);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    let count = 0;
    const values = [...this.#bounds, '+Inf'].map((le, at) => {
      count += this.#counts[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const sums = [
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return Promise.resolve({ name, help, type, aggregator, values: [...values, ...sums] });
  }

  /** prom-client's `resetMetrics` asks every metric to. */
  reset(): void {
    this.#counts.fill(0);
    this.#sum = 0;
  }
}
