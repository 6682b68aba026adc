// One metric family: finds or creates the cell of a label set, keeps within its cap, and renders its lines in order.
import { OVERFLOW_LABEL } from '../contract/labels.ts';
import { ENVIRONMENT_LABEL } from '../contract/metrics.ts';
import type { MetricRow } from '../contract/metrics.ts';
import type { Cell, SeriesName } from './cell.ts';
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
  readonly key: string;
  readonly labels: string;
  readonly cell: C;
}

/** Injective for any strings: `a,b` and `a` + `b` never share a key (test: "no two label sets share a series"). */
function keyOf(values: readonly string[]): string {
  let key = '';
  for (const value of values) key += `${value.length}:${value}`;
  return key;
}

export class Family<C extends Cell> {
  readonly row: MetricRow;
  readonly #environment: string;
  readonly #create: (name: SeriesName) => C;
  readonly #cap: FamilyOptions<C>['cap'];
  readonly #byKey = new Map<string, Entry<C>>();
  readonly #byCell = new Map<C, Entry<C>>();
  #ordered: readonly Entry<C>[] | undefined;

  constructor(options: FamilyOptions<C>) {
    this.row = options.row;
    this.#environment = options.environment;
    this.#create = options.create;
    this.#cap = options.cap;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /**
   * The cell of a label set, values in the order of the row's labels; to be kept by the caller, later updates need no
   * look-up. Past a cap it is the cell of `other`.
   */
  cell(values: readonly string[]): C {
    if (values.length !== this.row.labels.length) {
      throw new RangeError(
        `${this.row.name} has the labels ${this.row.labels.join(', ')}; got ${values.length} values`
      );
    }
    const known = this.#byKey.get(keyOf(values));
    if (known !== undefined) return known.cell;
    const admitted = this.#admit(values);
    const key = keyOf(admitted);
    return (this.#byKey.get(key) ?? this.#add(key, admitted)).cell;
  }

  /** Takes a series out of the exposition. A cell that is not (or no longer) of this family is left alone. */
  remove(cell: C): void {
    const entry = this.#byCell.get(cell);
    if (entry === undefined) return;
    this.#byCell.delete(cell);
    this.#byKey.delete(entry.key);
    this.#ordered = undefined;
  }

  /** HELP, TYPE and every series in the order of its label text. */
  render(): string {
    this.#ordered ??= [...this.#byKey.values()].sort((a, b) => (a.labels < b.labels ? -1 : 1));
    let text = familyHead(this.row);
    for (const entry of this.#ordered) text += entry.cell.lines();
    return text;
  }

  #add(key: string, values: readonly string[]): Entry<C> {
    const labels = labelsText([ENVIRONMENT_LABEL, ...this.row.labels], [this.#environment, ...values]);
    const entry = { key, labels, cell: this.#create({ metric: this.row.name, labels }) };
    this.#byKey.set(key, entry);
    this.#byCell.set(entry.cell, entry);
    this.#ordered = undefined;
    return entry;
  }

  #admit(values: readonly string[]): readonly string[] {
    const cap = this.#cap;
    if (cap === undefined) return values;
    const { labels } = this.row;
    const admitted = values.map((value, i) => cap.vocabulary.admit(labels[i] ?? '', value));
    if (this.#byKey.size < cap.maxSeries || this.#byKey.has(keyOf(admitted))) return admitted;
    return admitted.map((value, i) => {
      const label = labels[i] ?? '';
      return isOpenLabel(label) && value !== OVERFLOW_LABEL ? cap.vocabulary.fold(label) : value;
    });
  }
}
