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

/** The first `maxValues` values of each open label stay themselves; later ones become `other`, and each fold is reported. */
export class Vocabulary {
  readonly #maxValues: number;
  readonly #onFold: (label: string) => void;
  readonly #values = new Map<string, Set<string>>();

  constructor(options: { readonly maxValues: number; readonly onFold: (label: string) => void }) {
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
    this.#onFold(label);
    return OVERFLOW_LABEL;
  }
}
