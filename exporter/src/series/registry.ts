// Our own registry for the large families: held cells, injective keys, bounded series, exact money. Process metrics and
// the exporter's own live in prom-client's registry (self.ts) and are appended to the same page.
import type { MetricRow } from '../contract/metrics.ts';
import { HistogramCell, MillisecondsCell, MoneyCell, NumberCell } from './cell.ts';
import type { Cell, SeriesName } from './cell.ts';
import { Family } from './family.ts';
import type { SeriesDump } from './family.ts';
import { Vocabulary } from './vocabulary.ts';
import type { FoldCounter, VocabularyDump } from './vocabulary.ts';

export interface RegistryOptions {
  readonly environment: string;
  readonly maxSeriesPerFamily: number;
  readonly maxLabelValues: number;
  /** Hears of every value that was folded into `other`. */
  readonly onFold: FoldCounter;
}

export type RegistryDump =
  readonly ['vocabulary', readonly VocabularyDump[]] | readonly ['family', name: string, series: readonly SeriesDump[]];

/** Whether the caps hold a family, or something else bounds it (threads.max, budgets.yml). */
export type Bound = 'capped' | 'bounded-elsewhere';

export class SeriesRegistry {
  readonly #options: RegistryOptions;
  readonly #vocabulary: Vocabulary;
  readonly #families: Family<Cell>[] = [];

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#vocabulary = new Vocabulary({ maxValues: options.maxLabelValues, onFold: options.onFold });
  }

  /** Values that an open label may take. */
  get maxLabelValues(): number {
    return this.#options.maxLabelValues;
  }

  /** A counter or gauge of plain numbers. */
  numbers(row: MetricRow, bound: Bound = 'capped'): Family<NumberCell> {
    return this.#family(row, bound, (name) => new NumberCell(name));
  }

  /** Fed in milliseconds, shown in seconds. */
  milliseconds(row: MetricRow, bound: Bound = 'capped'): Family<MillisecondsCell> {
    return this.#family(row, bound, (name) => new MillisecondsCell(name));
  }

  /** Fed in nano-USD, shown in USD. */
  money(row: MetricRow, bound: Bound = 'capped'): Family<MoneyCell> {
    return this.#family(row, bound, (name) => new MoneyCell(name));
  }

  histogram(row: MetricRow): Family<HistogramCell> {
    const bounds = row.buckets ?? [];
    return this.#family(row, 'capped', (name) => new HistogramCell(name, bounds));
  }

  /** Families in the order of their making, with the number of series each exposes. */
  sizes(): { readonly family: string; readonly series: number }[] {
    return this.#families.map((family) => ({ family: family.row.name, series: family.size }));
  }

  /** The families that the caps hold; who feeds the others knows what is in them. */
  *dump(): Generator<RegistryDump> {
    yield ['vocabulary', this.#vocabulary.dump()];
    for (const family of this.#families) if (family.isCapped) yield ['family', family.row.name, family.dump()];
  }

  /** Takes one item of {@link dump} into a registry with the same families. @throws RangeError when it does not fit. */
  load(item: RegistryDump): void {
    if (item[0] === 'vocabulary') {
      this.#vocabulary.load(item[1]);
      return;
    }
    const family = this.#families.find(({ row }) => row.name === item[1]);
    if (family === undefined) throw new RangeError(`${JSON.stringify(item[1])} is no metric of this version`);
    family.load(item[2]);
  }

  /** The whole body in text format 0.0.4, in pieces, each made when it is asked for. */
  *pages(): Generator<string> {
    for (const family of this.#families) yield* family.pages();
  }

  /** {@link pages} at once, for small registries and for tests: long work holds up everything else. */
  render(): string {
    return [...this.pages()].join('');
  }

  #family<C extends Cell>(row: MetricRow, bound: Bound, create: (name: SeriesName) => C): Family<C> {
    const cap = { maxSeries: this.#options.maxSeriesPerFamily, vocabulary: this.#vocabulary };
    const { environment } = this.#options;
    const family = new Family(bound === 'capped' ? { row, environment, create, cap } : { row, environment, create });
    this.#families.push(family);
    return family;
  }
}
