// One metric family: finds or creates the cell of a label set, keeps within its cap, and renders its lines in order.
import { OVERFLOW_LABEL } from '../contract/labels.ts';
import { ENVIRONMENT_LABEL } from '../contract/metrics.ts';
import type { MetricRow } from '../contract/metrics.ts';
import type { Cell, CellValue, SeriesName } from './cell.ts';
import { familyHead, labelsText } from './exposition.ts';
import { isOpenLabel } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface FamilyOptions<C extends Cell> {
  readonly row: MetricRow;
  readonly environment: string;
  readonly create: (name: SeriesName) => C;
  /** Absent for families that something else bounds: per thread, per budget. */
  readonly cap?: { readonly maxSeries: number; readonly vocabulary: Vocabulary };
}

interface Entry<C> {
  readonly values: readonly string[];
  readonly labels: string;
  readonly cell: C;
}

/**
 * A level for each label, the last one with the entries. Values are looked up as they are, one after the other: no key is
 * put together for every look-up, and no two label sets can share one (test: "no two label sets share a series").
 */
type Level<C> = Map<string, Level<C> | Entry<C>>;

/** Series made at once. */
const PAGE_SERIES = 1_000;

/** A series in a snapshot: the values of its labels and its own. */
export type SeriesDump = readonly [labels: readonly string[], value: CellValue];

export class Family<C extends Cell> {
  readonly row: MetricRow;
  readonly #environment: string;
  readonly #create: (name: SeriesName) => C;
  readonly #cap: FamilyOptions<C>['cap'];
  /** The entry itself where the row has no labels. */
  #root: Level<C> | Entry<C> | undefined;
  readonly #byCell = new Map<C, Entry<C>>();
  /** As of the last body. */
  #ordered: readonly Entry<C>[] = [];
  #added: Entry<C>[] = [];
  #removed = 0;

  constructor(options: FamilyOptions<C>) {
    this.row = options.row;
    this.#environment = options.environment;
    this.#create = options.create;
    this.#cap = options.cap;
  }

  get size(): number {
    return this.#byCell.size;
  }

  /** Whether the caps hold it. */
  get isCapped(): boolean {
    return this.#cap !== undefined;
  }

  dump(): readonly SeriesDump[] {
    return [...this.#byCell.values()].map(({ values, cell }) => [values, cell.dump()]);
  }

  /**
   * The series of {@link dump}, whatever the caps are today: a total that was shown does not vanish.
   * @throws RangeError when a series is none of this family.
   */
  load(series: readonly SeriesDump[]): void {
    for (const [values, value] of series) {
      this.#check(values);
      (this.#find(values) ?? this.#add(values)).cell.load(value);
    }
  }

  /**
   * The cell of a label set, values in the order of the row's labels; to be kept by the caller, later updates need no
   * look-up. Past a cap it is the cell of `other`.
   */
  cell(values: readonly string[]): C {
    this.#check(values);
    const known = this.#find(values);
    if (known !== undefined) return known.cell;
    const admitted = this.#admit(values);
    return (this.#find(admitted) ?? this.#add(admitted)).cell;
  }

  /** As `cell`, of values that were asked for before a snapshot: a fold was counted then. */
  cellAgain(values: readonly string[]): C {
    const folded = values.map((value, i) => (isOpenLabel(this.row.labels[i] ?? '') ? OVERFLOW_LABEL : value));
    return (this.#find(values) ?? this.#find(folded))?.cell ?? this.cell(values);
  }

  /** Takes a series out of the exposition. A cell that is not (or no longer) of this family is left alone. */
  remove(cell: C): void {
    const entry = this.#byCell.get(cell);
    if (entry === undefined) return;
    this.#byCell.delete(cell);
    this.#root = without(this.#root, entry.values);
    this.#removed += 1;
    // Without scrapes nothing else lets go of them.
    if (this.#removed > PAGE_SERIES && this.#removed > this.size) this.#inOrder();
  }

  /**
   * HELP, TYPE and every series in the order of its label text. What comes or goes between two pages is, or is not, in the
   * next body.
   */
  *pages(): Generator<string> {
    const ordered = this.#inOrder();
    let text = familyHead(this.row);
    for (const [at, entry] of ordered.entries()) {
      text += entry.cell.lines();
      if (at % PAGE_SERIES < PAGE_SERIES - 1) continue;
      yield text;
      text = '';
    }
    yield text;
  }

  /** What is new stands behind what was in order, which sorting takes as it is. */
  #inOrder(): readonly Entry<C>[] {
    if (this.#added.length > 0 || this.#removed > 0) {
      const all = [...this.#ordered, ...this.#added];
      const kept = this.#removed > 0 ? all.filter(({ cell }) => this.#byCell.has(cell)) : all;
      this.#ordered = kept.sort((a, b) => (a.labels < b.labels ? -1 : 1));
      this.#added = [];
      this.#removed = 0;
    }
    return this.#ordered;
  }

  #find(values: readonly string[]): Entry<C> | undefined {
    let at = this.#root;
    for (const value of values) at = at instanceof Map ? at.get(value) : undefined;
    return at instanceof Map ? undefined : at;
  }

  #check(values: readonly string[]): void {
    if (values.length === this.row.labels.length) return;
    throw new RangeError(`${this.row.name} has the labels ${this.row.labels.join(', ')}; got ${values.length} values`);
  }

  #add(values: readonly string[]): Entry<C> {
    const labels = labelsText([ENVIRONMENT_LABEL, ...this.row.labels], [this.#environment, ...values]);
    const entry: Entry<C> = { values, labels, cell: this.#create({ metric: this.row.name, labels }) };
    this.#root = withEntry(this.#root, entry);
    this.#byCell.set(entry.cell, entry);
    this.#added.push(entry);
    return entry;
  }

  #admit(values: readonly string[]): readonly string[] {
    const cap = this.#cap;
    if (cap === undefined) return values;
    const { labels } = this.row;
    const admitted = values.map((value, i) => cap.vocabulary.admit(labels[i] ?? '', value));
    if (this.size < cap.maxSeries || this.#find(admitted) !== undefined) return admitted;
    return admitted.map((value, i) => {
      const label = labels[i] ?? '';
      return isOpenLabel(label) && value !== OVERFLOW_LABEL ? cap.vocabulary.fold(label) : value;
    });
  }
}

function withEntry<C>(at: Level<C> | Entry<C> | undefined, entry: Entry<C>, depth = 0): Level<C> | Entry<C> {
  const value = entry.values[depth];
  if (value === undefined) return entry;
  const level: Level<C> = at instanceof Map ? at : new Map<string, Level<C> | Entry<C>>();
  return level.set(value, withEntry(level.get(value), entry, depth + 1));
}

/** Levels that hold nothing any more go too. */
function without<C>(
  at: Level<C> | Entry<C> | undefined,
  values: readonly string[],
  depth = 0
): Level<C> | Entry<C> | undefined {
  const value = values[depth];
  if (value === undefined || !(at instanceof Map)) return undefined;
  const rest = without(at.get(value), values, depth + 1);
  if (rest === undefined) at.delete(value);
  return at.size === 0 ? undefined : at;
}
