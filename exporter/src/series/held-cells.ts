// Cells that are found once and then held: an update is a look-up by one short string and an addition.
import type { Cell } from './cell.ts';
import type { Family } from './family.ts';

/**
 * The series of a family that differ in their last label only. One that a cap folded into another is looked up every time, so
 * that each fold is counted, and what is held is bounded as the family is. For families whose series are never removed.
 */
export class HeldCells<C extends Cell> {
  readonly #family: Family<C>;
  readonly #labels: readonly string[];
  readonly #cells = new Map<string, C>();

  /** @param labels all but the last one. */
  constructor(family: Family<C>, labels: readonly string[]) {
    this.#family = family;
    this.#labels = labels;
  }

  at(last: string): C {
    return this.#cells.get(last) ?? this.#find(last);
  }

  #find(last: string): C {
    const labels = [...this.#labels, last];
    const cell = this.#family.cell(labels);
    if (cell.labels.every((label, i) => label === labels[i])) this.#cells.set(last, cell);
    return cell;
  }
}

/** Things made once for each name, for the first so many names; for later ones anew every time. */
export class HeldByName<T> {
  readonly #most: number;
  readonly #make: (name: string) => T;
  readonly #held = new Map<string, T>();

  constructor(most: number, make: (name: string) => T) {
    this.#most = most;
    this.#make = make;
  }

  at(name: string): T {
    const held = this.#held.get(name);
    if (held !== undefined) return held;
    const made = this.#make(name);
    if (this.#held.size < this.#most) this.#held.set(name, made);
    return made;
  }
}
