// The exporter's own series: small families whose labels come from closed sets, on pages of their own that are patched as all
// others are. What others know the value of is asked for when a body begins.
import type { MetricRow } from '../contract/metrics.ts';
import type { HistogramCell, NumberCell } from './cell.ts';
import type { ExpositionFormat } from './exposition.ts';
import type { Family } from './family.ts';
import type { Piece } from './page.ts';
import { SeriesRegistry } from './registry.ts';

export class OwnSeries {
  readonly #registry: SeriesRegistry;
  readonly #readings: (() => void)[] = [];

  constructor(environment: string) {
    this.#registry = new SeriesRegistry({
      environment,
      maxSeriesPerFamily: Number.POSITIVE_INFINITY,
      maxLabelValues: Number.POSITIVE_INFINITY,
      onFold: () => undefined,
    });
  }

  /** A counter or gauge; one without labels is there only once its cell was asked for. */
  numbers(row: MetricRow): Family<NumberCell> {
    return this.#registry.numbers(row, 'bounded-elsewhere');
  }

  /** The one series of a counter or gauge without labels, at 0. */
  number(row: MetricRow): NumberCell {
    return this.numbers(row).cell([]);
  }

  /** One without labels is there only once its cell was asked for. */
  histogram(row: MetricRow): Family<HistogramCell> {
    return this.#registry.histogram(row, 'bounded-elsewhere');
  }

  /** A counter or gauge without labels that others know the value of; absent while that is undefined. */
  reading(row: MetricRow, read: () => number | undefined): void {
    const family = this.numbers(row);
    this.#readings.push(() => {
      const value = read();
      if (value !== undefined) family.cell([]).set(value);
      else if (family.size > 0) family.remove(family.cell([]));
    });
  }

  /** As {@link reading}, by the one label; a value that is not told again stays. */
  readings(row: MetricRow, read: () => Iterable<readonly [label: string, value: number]>): void {
    const family = this.numbers(row);
    this.#readings.push(() => {
      for (const [label, value] of read()) family.cell([label]).set(value);
    });
  }

  /** As {@link SeriesRegistry.pieces}, with what is read as of now. */
  pieces(format: ExpositionFormat): Iterable<Piece> {
    for (const read of this.#readings) read();
    return this.#registry.pieces(format);
  }

  /** For tests. */
  render(): string {
    return Array.from(this.pieces('text'), ({ bytes }) => Buffer.from(bytes).toString()).join('');
  }
}
