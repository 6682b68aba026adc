// The value of one series, held by whoever moves it: an update is an addition to a field, no look-up and no hashing. The page
// that shows it hears of the first change after each body.
import { NANO_PER_USD, usdText } from '../contract/money.ts';
import type { NanoUsd } from '../contract/money.ts';
import { numberText } from './exposition.ts';
import { Shown } from './page.ts';

/** How a series names itself: metric name and label text, without braces. */
export interface SeriesName {
  readonly metric: string;
  readonly labels: string;
}

/** The value of a cell in a snapshot: as it is held, exactly. */
export type CellValue = number | readonly number[];

/** What a family asks of its cells. */
export interface Cell extends Shown {
  dump(): CellValue;
  /** @throws RangeError when the value is not one of this kind of cell. */
  load(value: CellValue): void;
}

/** How cells of one kind are made and shown. */
export interface CellKind<C extends Cell> {
  /** @param labels the values of its labels. */
  readonly create: (labels: readonly string[]) => C;
  /** Of a series, how many. */
  readonly lines: number;
  /** What stands before the value of each of them. */
  readonly heads: (name: SeriesName) => readonly string[];
}

/** Series that are one line. */
export const ONE_LINE = {
  lines: 1,
  heads: ({ metric, labels }: SeriesName): readonly string[] => [`${metric}{${labels}} `],
} as const;

/** @throws RangeError when there are others than `length` finite numbers. */
function numbersOf(value: CellValue, length: number): readonly number[] {
  const numbers = typeof value === 'number' ? [value] : value;
  if (numbers.length === length && numbers.every(Number.isFinite)) return numbers;
  throw new RangeError(`${JSON.stringify(value).slice(0, 60)} is no value of this series: expected ${length} numbers`);
}

/** @throws RangeError on NaN and infinities: one such addition would spoil the series for good. */
function finite(value: number): number {
  if (!Number.isFinite(value))
    throw new RangeError(`${value} cannot be the value of a series: expected a finite number`);
  return value;
}

/** A counter or gauge of plain numbers. */
export class NumberCell extends Shown implements Cell {
  #value = 0;

  add(amount: number): void {
    this.#value += finite(amount);
    this.changed();
  }

  set(value: number): void {
    if (finite(value) === this.#value) return;
    this.#value = value;
    this.changed();
  }

  dump(): number {
    return this.#value;
  }

  load(value: CellValue): void {
    [this.#value = 0] = numbersOf(value, 1);
    this.changed();
  }

  valueText(): string {
    return numberText(this.#value);
  }
}

/** Kept in milliseconds, shown in seconds; whole milliseconds add up without any rounding. */
export class MillisecondsCell extends Shown implements Cell {
  #ms = 0;

  add(ms: number): void {
    this.#ms += finite(ms);
    this.changed();
  }

  set(ms: number): void {
    if (finite(ms) === this.#ms) return;
    this.#ms = ms;
    this.changed();
  }

  dump(): number {
    return this.#ms;
  }

  load(value: CellValue): void {
    [this.#ms = 0] = numbersOf(value, 1);
    this.changed();
  }

  /** Sets the value unless it is the greater one already: for "newest" times that may arrive out of order. */
  raise(ms: number): void {
    if (finite(ms) > this.#ms) this.set(ms);
  }

  valueText(): string {
    return numberText(this.#ms / 1000);
  }
}

const NANO_PER_CARRY = 1_000_000 * NANO_PER_USD;

/** US dollars, exact: whole nano-USD, with millions carried over so that a sum never leaves the safe integers. */
export class MoneyCell extends Shown implements Cell {
  #nano = 0;
  #millions = 0;

  add(amount: NanoUsd): void {
    this.#millions += Math.trunc(amount / NANO_PER_CARRY);
    this.#nano += amount % NANO_PER_CARRY;
    if (this.#nano >= NANO_PER_CARRY) {
      this.#millions += 1;
      this.#nano -= NANO_PER_CARRY;
    }
    this.changed();
  }

  set(amount: NanoUsd): void {
    if (this.#millions === 0 && amount === this.#nano) return;
    this.#millions = 0;
    this.#nano = amount;
    this.changed();
  }

  /** Nano-USD below a million US dollars, and the millions. */
  dump(): readonly number[] {
    return [this.#nano, this.#millions];
  }

  load(value: CellValue): void {
    [this.#nano = 0, this.#millions = 0] = numbersOf(value, 2);
    this.changed();
  }

  valueText(): string {
    if (this.#millions === 0) return usdText(this.#nano as NanoUsd);
    const [whole = '0', fraction] = usdText(this.#nano as NanoUsd).split('.');
    return `${this.#millions}${whole.padStart(6, '0')}${fraction === undefined ? '' : `.${fraction}`}`;
  }
}

/** A histogram over fixed upper bounds: a line for each of them, one for +Inf, one for the sum and one for the count. */
export class HistogramCell extends Shown implements Cell {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(labels: readonly string[], bounds: readonly number[]) {
    super(labels);
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  static kind(bounds: readonly number[]): CellKind<HistogramCell> {
    const texts = [...bounds.map(numberText), '+Inf'];
    return {
      create: (labels) => new HistogramCell(labels, bounds),
      lines: texts.length + 2,
      heads: ({ metric, labels }) => {
        const comma = labels === '' ? '' : ',';
        const buckets = texts.map((bound) => `${metric}_bucket{${labels}${comma}le="${bound}"} `);
        return [...buckets, `${metric}_sum{${labels}} `, `${metric}_count{${labels}} `];
      },
    };
  }

  /** In the unit of the metric's name. */
  observe(value: number): void {
    this.#sum += finite(value);
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) index++;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.changed();
  }

  /** The counts of the buckets, not cumulated, and the sum. */
  dump(): readonly number[] {
    return [...this.#counts, this.#sum];
  }

  load(value: CellValue): void {
    const numbers = numbersOf(value, this.#counts.length + 1);
    for (const i of this.#counts.keys()) this.#counts[i] = numbers[i] ?? 0;
    this.#sum = numbers[this.#counts.length] ?? 0;
    this.changed();
  }

  valueText(line: number): string {
    if (line === this.#counts.length) return numberText(this.#sum);
    let cumulative = 0;
    for (let i = 0; i <= line && i < this.#counts.length; i++) cumulative += this.#counts[i] ?? 0;
    return String(cumulative);
  }
}
