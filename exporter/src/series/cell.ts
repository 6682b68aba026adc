// The value of one series, held by whoever moves it: an update is an addition to a field, no look-up and no hashing.
import { NANO_PER_USD, usdText } from '../contract/money.ts';
import type { NanoUsd } from '../contract/money.ts';
import { numberText } from './exposition.ts';

/** How a series names itself: metric name and label text, without braces. */
export interface SeriesName {
  readonly metric: string;
  readonly labels: string;
}

/** The value of a cell in a snapshot: as it is held, exactly. */
export type CellValue = number | readonly number[];

/** What a family asks of its cells: the lines of the series, each ending in a line feed. */
export interface Cell {
  lines(): string;
  dump(): CellValue;
  /** @throws RangeError when the value is not one of this kind of cell. */
  load(value: CellValue): void;
}

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
export class NumberCell implements Cell {
  readonly #head: string;
  #value = 0;

  constructor(name: SeriesName) {
    this.#head = `${name.metric}{${name.labels}} `;
  }

  add(amount: number): void {
    this.#value += finite(amount);
  }

  set(value: number): void {
    this.#value = finite(value);
  }

  dump(): number {
    return this.#value;
  }

  load(value: CellValue): void {
    [this.#value = 0] = numbersOf(value, 1);
  }

  lines(): string {
    return `${this.#head}${numberText(this.#value)}\n`;
  }
}

/** Kept in milliseconds, shown in seconds; whole milliseconds add up without any rounding. */
export class MillisecondsCell implements Cell {
  readonly #head: string;
  #ms = 0;

  constructor(name: SeriesName) {
    this.#head = `${name.metric}{${name.labels}} `;
  }

  add(ms: number): void {
    this.#ms += finite(ms);
  }

  set(ms: number): void {
    this.#ms = finite(ms);
  }

  dump(): number {
    return this.#ms;
  }

  load(value: CellValue): void {
    [this.#ms = 0] = numbersOf(value, 1);
  }

  /** Sets the value unless it is the greater one already: for "newest" times that may arrive out of order. */
  raise(ms: number): void {
    if (finite(ms) > this.#ms) this.#ms = ms;
  }

  lines(): string {
    return `${this.#head}${numberText(this.#ms / 1000)}\n`;
  }
}

const NANO_PER_CARRY = 1_000_000 * NANO_PER_USD;

/** US dollars, exact: whole nano-USD, with millions carried over so that a sum never leaves the safe integers. */
export class MoneyCell implements Cell {
  readonly #head: string;
  #nano = 0;
  #millions = 0;

  constructor(name: SeriesName) {
    this.#head = `${name.metric}{${name.labels}} `;
  }

  add(amount: NanoUsd): void {
    this.#millions += Math.trunc(amount / NANO_PER_CARRY);
    this.#nano += amount % NANO_PER_CARRY;
    if (this.#nano >= NANO_PER_CARRY) {
      this.#millions += 1;
      this.#nano -= NANO_PER_CARRY;
    }
  }

  set(amount: NanoUsd): void {
    this.#millions = 0;
    this.#nano = amount;
  }

  /** Nano-USD below a million US dollars, and the millions. */
  dump(): readonly number[] {
    return [this.#nano, this.#millions];
  }

  load(value: CellValue): void {
    [this.#nano = 0, this.#millions = 0] = numbersOf(value, 2);
  }

  lines(): string {
    return `${this.#head}${this.#text()}\n`;
  }

  #text(): string {
    if (this.#millions === 0) return usdText(this.#nano as NanoUsd);
    const [whole = '0', fraction] = usdText(this.#nano as NanoUsd).split('.');
    return `${this.#millions}${whole.padStart(6, '0')}${fraction === undefined ? '' : `.${fraction}`}`;
  }
}

/** A histogram over fixed upper bounds. */
export class HistogramCell implements Cell {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  readonly #heads: readonly string[];
  readonly #tail: { readonly sum: string; readonly count: string };
  #sum = 0;

  constructor(name: SeriesName, bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
    const comma = name.labels === '' ? '' : ',';
    this.#heads = [...bounds.map(numberText), '+Inf'].map(
      (bound) => `${name.metric}_bucket{${name.labels}${comma}le="${bound}"} `
    );
    this.#tail = { sum: `${name.metric}_sum{${name.labels}} `, count: `${name.metric}_count{${name.labels}} ` };
  }

  /** In the unit of the metric's name. */
  observe(value: number): void {
    this.#sum += finite(value);
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    const index = bucket === -1 ? this.#bounds.length : bucket;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** The counts of the buckets, not cumulated, and the sum. */
  dump(): readonly number[] {
    return [...this.#counts, this.#sum];
  }

  load(value: CellValue): void {
    const numbers = numbersOf(value, this.#counts.length + 1);
    for (const i of this.#counts.keys()) this.#counts[i] = numbers[i] ?? 0;
    this.#sum = numbers[this.#counts.length] ?? 0;
  }

  lines(): string {
    let cumulative = 0;
    let text = '';
    for (const [i, head] of this.#heads.entries()) {
      cumulative += this.#counts[i] ?? 0;
      text += `${head}${cumulative}\n`;
    }
    return `${text}${this.#tail.sum}${numberText(this.#sum)}\n${this.#tail.count}${cumulative}\n`;
  }
}
