// Our own registry: held cells, injective keys, bounded series, exact money. What prom-client knows of the process, and what
// users add to its registry (self.ts), is appended to the same page.
import type { MetricRow } from '../contract/metrics.ts';
import { HistogramCell, MillisecondsCell, MoneyCell, NumberCell, ONE_LINE } from './cell.ts';
import type { Cell, CellKind } from './cell.ts';
import type { ExpositionFormat } from './exposition.ts';
import { Family } from './family.ts';
import type { SeriesDump } from './family.ts';
import type { Piece } from './page.ts';
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

/** Work of about a millisecond; the rest of a great leave-taking is tidied up by the next bodies. */
const PAGES_JOINED_AT_ONCE = 64;

export class SeriesRegistry {
  readonly #options: RegistryOptions;
  readonly #vocabulary: Vocabulary;
  readonly #families: Family<Cell>[] = [];
  /** Under way. */
  #bodies = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#vocabulary = new Vocabulary({ maxValues: options.maxLabelValues, onFold: options.onFold });
  }

  /** Values that an open label may take. */
  get maxLabelValues(): number {
    return this.#options.maxLabelValues;
  }

  /** Series that a family may have which the caps hold. */
  get maxSeriesPerFamily(): number {
    return this.#options.maxSeriesPerFamily;
  }

  /** How many values each open label has taken. */
  labelValues(): Iterable<readonly [label: string, values: number]> {
    return this.#vocabulary.sizes();
  }

  /** A counter or gauge of plain numbers. */
  numbers(row: MetricRow, bound: Bound = 'capped'): Family<NumberCell> {
    return this.#family(row, bound, { create: (labels) => new NumberCell(labels), ...ONE_LINE });
  }

  /** Fed in milliseconds, shown in seconds. */
  milliseconds(row: MetricRow, bound: Bound = 'capped'): Family<MillisecondsCell> {
    return this.#family(row, bound, { create: (labels) => new MillisecondsCell(labels), ...ONE_LINE });
  }

  /** Fed in nano-USD, shown in USD. */
  money(row: MetricRow, bound: Bound = 'capped'): Family<MoneyCell> {
    return this.#family(row, bound, { create: (labels) => new MoneyCell(labels), ...ONE_LINE });
  }

  histogram(row: MetricRow, bound: Bound = 'capped'): Family<HistogramCell> {
    return this.#family(row, bound, HistogramCell.kind(row.buckets ?? []));
  }

  /** Families in the order of their making, with the number of series each exposes. */
  sizes(): { readonly family: string; readonly series: number; readonly isCapped: boolean }[] {
    return this.#families.map((family) => ({
      family: family.row.name,
      series: family.size,
      isCapped: family.isCapped,
    }));
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

  /**
   * The pieces of a body, to be read one after the other, in as many turns of the event loop as it takes: each is as of the
   * moment at which it is come to. So a body is no single instant; a page of it is, and a series is in it once, with a value
   * that is not older than in any body begun before. What comes or goes meanwhile is, or is not, in it.
   */
  *pieces(format: ExpositionFormat): Generator<Piece> {
    if (this.#bodies === 0) this.#tidy();
    this.#bodies += 1;
    try {
      const pieces = this.#families.map((family) => family.begin(format));
      for (const own of pieces) yield* own;
    } finally {
      this.#bodies -= 1;
    }
  }

  /** {@link pieces} at once as text, for small registries and for tests: long work holds up everything else. */
  render(format: ExpositionFormat = 'text'): string {
    return Array.from(this.pieces(format), ({ bytes }) => Buffer.from(bytes).toString()).join('');
  }

  #tidy(): void {
    let left = PAGES_JOINED_AT_ONCE;
    for (const family of this.#families) left -= family.tidy(left);
  }

  #family<C extends Cell>(row: MetricRow, bound: Bound, kind: CellKind<C>): Family<C> {
    const cap = { maxSeries: this.#options.maxSeriesPerFamily, vocabulary: this.#vocabulary };
    const { environment } = this.#options;
    const family = new Family(bound === 'capped' ? { row, environment, kind, cap } : { row, environment, kind });
    this.#families.push(family);
    return family;
  }
}
