// How many values a label may take, over all families together, so that a value is folded everywhere or nowhere.
import { OVERFLOW_LABEL } from '../contract/labels.ts';

/** Labels with a vocabulary fixed in the contract: they cannot grow and are never folded. */
const CLOSED_LABELS: ReadonlySet<string> = new Set([
  'state',
  'status',
  'outcome',
  'direction',
  'reason',
  'priced_by',
  'by',
]);

/** True for a label that outside strings fill. */
export function isOpenLabel(label: string): boolean {
  return !CLOSED_LABELS.has(label);
}

/** Hears of values folded into `other`; more than one at once only when a snapshot is loaded. */
export type FoldCounter = (label: string, count: number) => void;

/** A label with its values, in the order in which they came, and how many folds there were. */
export type VocabularyDump = readonly [label: string, values: readonly string[], folds: number];

/** The first `maxValues` values of each open label stay themselves; later ones become `other`, and each fold is reported. */
export class Vocabulary {
  readonly #maxValues: number;
  readonly #onFold: FoldCounter;
  readonly #values = new Map<string, Set<string>>();
  readonly #folds = new Map<string, number>();

  constructor(options: { readonly maxValues: number; readonly onFold: FoldCounter }) {
    this.#maxValues = options.maxValues;
    this.#onFold = options.onFold;
  }

  /** The value itself or `other`. */
  admit(label: string, value: string): string {
    if (value === OVERFLOW_LABEL || !isOpenLabel(label)) return value;
    let known = this.#values.get(label);
    if (known === undefined) this.#values.set(label, (known = new Set()));
    if (known.has(value)) return value;
    if (known.size >= this.#maxValues) return this.fold(label);
    known.add(value);
    return value;
  }

  /** Reports a fold and answers `other`. */
  fold(label: string): string {
    this.#count(label, 1);
    return OVERFLOW_LABEL;
  }

  /** How many values each open label has that has any. */
  *sizes(): Generator<readonly [label: string, values: number]> {
    for (const [label, values] of this.#values) yield [label, values.size];
  }

  dump(): readonly VocabularyDump[] {
    const labels = new Set([...this.#values.keys(), ...this.#folds.keys()]);
    return [...labels].map((label) => [label, [...(this.#values.get(label) ?? [])], this.#folds.get(label) ?? 0]);
  }

  load(dump: readonly VocabularyDump[]): void {
    for (const [label, values, folds] of dump) {
      this.#values.set(label, new Set(values));
      if (folds > 0) this.#count(label, folds);
    }
  }

  #count(label: string, count: number): void {
    this.#folds.set(label, (this.#folds.get(label) ?? 0) + count);
    this.#onFold(label, count);
  }
}
