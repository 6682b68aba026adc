// One metric family: finds or creates the cell of a label set, keeps within its cap, and lays the series on pages.
import { OVERFLOW_LABEL } from '../contract/labels.ts';
import { ENVIRONMENT_LABEL } from '../contract/metrics.ts';
import type { MetricRow } from '../contract/metrics.ts';
import type { Cell, CellKind, CellValue } from './cell.ts';
import { familyHead, labelsText } from './exposition.ts';
import type { ExpositionFormat } from './exposition.ts';
import { FixedPiece, Page } from './page.ts';
import type { Lines, Piece } from './page.ts';
import { isOpenLabel } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface FamilyOptions<C extends Cell> {
  readonly row: MetricRow;
  readonly environment: string;
  readonly kind: CellKind<C>;
  /** Absent for families that something else bounds: per thread, per budget. */
  readonly cap?: { readonly maxSeries: number; readonly vocabulary: Vocabulary };
}

/**
 * A level for each label, the last one with the cells. Values are looked up as they are, one after the other: no key is
 * put together for every look-up, and no two label sets can share one (test: "no two label sets share a series").
 */
type Level<C> = Map<string, Level<C> | C>;

/** A series in a snapshot: the values of its labels and its own. */
export type SeriesDump = readonly [labels: readonly string[], value: CellValue];

export class Family<C extends Cell> {
  readonly row: MetricRow;
  readonly #lines: Lines;
  readonly #kind: CellKind<C>;
  readonly #cap: FamilyOptions<C>['cap'];
  readonly #heads: Readonly<Record<ExpositionFormat, Piece>>;
  /** The cell itself where the row has no labels. */
  #root: Level<C> | C | undefined;
  /** The series in the order in which they came: those of threads that run now stand together at the end. */
  #pages: Page[] = [];
  /** Where the next series goes: the last page, unless it is in a body under way. */
  #open: Page | undefined;
  #size = 0;

  constructor(options: FamilyOptions<C>) {
    this.row = options.row;
    this.#kind = options.kind;
    this.#cap = options.cap;
    this.#lines = linesOf(options);
    this.#heads = {
      text: new FixedPiece(familyHead(this.row, 'text')),
      openmetrics: new FixedPiece(familyHead(this.row, 'openmetrics')),
    };
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the caps hold it. */
  get isCapped(): boolean {
    return this.#cap !== undefined;
  }

  dump(): readonly SeriesDump[] {
    return this.#pages.flatMap((page) => [...page.series()].map((one) => [one.labels, (one as C).dump()] as const));
  }

  /**
   * The series of {@link dump}, whatever the caps are today: a total that was shown does not vanish.
   * @throws RangeError when a series is none of this family.
   */
  load(series: readonly SeriesDump[]): void {
    for (const [values, value] of series) {
      this.#check(values);
      (this.#find(values) ?? this.#add(values)).load(value);
    }
  }

  /**
   * The cell of a label set, values in the order of the row's labels; to be kept by the caller, later updates need no
   * look-up. Past a cap it is the cell of `other`.
   */
  cell(values: readonly string[]): C {
    this.#check(values);
    const known = this.#find(values);
    if (known !== undefined) return known;
    const admitted = this.#admit(values);
    return (admitted === values ? undefined : this.#find(admitted)) ?? this.#add(admitted);
  }

  /** As `cell`, of values that were asked for before a snapshot: a fold was counted then. */
  cellAgain(values: readonly string[]): C {
    const folded = values.map((value, i) => (isOpenLabel(this.row.labels[i] ?? '') ? OVERFLOW_LABEL : value));
    return this.#find(values) ?? this.#find(folded) ?? this.cell(values);
  }

  /** Takes a series out of the exposition. A cell that is not (or no longer) of this family is left alone. */
  remove(cell: C): void {
    const { page } = cell;
    if (page === undefined || this.#find(cell.labels) !== cell) return;
    page.remove(cell);
    this.#root = without(this.#root, cell.labels);
    this.#size -= 1;
    if (page.size > 0) return;
    this.#pages = this.#pages.filter((other) => other !== page);
    if (this.#open === page) this.#open = undefined;
  }

  /**
   * The pages of a body that begins now, HELP and TYPE before them. Until the body is over its series stay on these pages,
   * and what comes later goes on others: none is in it twice, and none is left out that is there throughout.
   */
  begin(format: ExpositionFormat): readonly Piece[] {
    this.#open = undefined;
    return [this.#heads[format], ...this.#pages];
  }

  /**
   * Joins small pages with the ones behind them, at most so many; not to be called while a body is under way.
   * @returns how many it joined.
   */
  tidy(most: number): number {
    if (this.#pages.length < 2) return 0;
    const kept: Page[] = [];
    let joined = 0;
    for (const page of this.#pages) {
      if (joined < most && kept.at(-1)?.absorb(page) === true) joined += 1;
      else kept.push(page);
    }
    this.#pages = kept;
    return joined;
  }

  #find(values: readonly string[]): C | undefined {
    let at = this.#root;
    for (const value of values) at = at instanceof Map ? at.get(value) : undefined;
    return at instanceof Map ? undefined : at;
  }

  #check(values: readonly string[]): void {
    if (values.length === this.row.labels.length) return;
    throw new RangeError(`${this.row.name} has the labels ${this.row.labels.join(', ')}; got ${values.length} values`);
  }

  #add(values: readonly string[]): C {
    const cell = this.#kind.create(values);
    this.#hold(cell);
    if (this.#open?.isFull !== false) this.#pages.push((this.#open = new Page(this.#lines)));
    this.#open.add(cell);
    this.#size += 1;
    return cell;
  }

  #hold(cell: C): void {
    const last = cell.labels.length - 1;
    if (last < 0) {
      this.#root = cell;
      return;
    }
    let level = (this.#root ??= new Map<string, Level<C> | C>()) as Level<C>;
    for (let depth = 0; depth < last; depth++) {
      const value = cell.labels[depth] ?? '';
      let next = level.get(value) as Level<C> | undefined;
      if (next === undefined) level.set(value, (next = new Map()));
      level = next;
    }
    level.set(cell.labels[last] ?? '', cell);
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

function linesOf<C extends Cell>({ row, environment, kind }: FamilyOptions<C>): Lines {
  const names = [ENVIRONMENT_LABEL, ...row.labels];
  return {
    each: kind.lines,
    heads: (values) => kind.heads({ metric: row.name, labels: labelsText(names, [environment, ...values]) }),
  };
}

/** Levels that hold nothing any more go too. */
function without<C>(at: Level<C> | C | undefined, values: readonly string[], depth = 0): Level<C> | C | undefined {
  const value = values[depth];
  if (value === undefined || !(at instanceof Map)) return undefined;
  const level = at;
  const rest = without(level.get(value), values, depth + 1);
  if (rest === undefined) level.delete(value);
  return level.size === 0 ? undefined : level;
}
