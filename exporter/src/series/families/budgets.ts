// The budgets of budgets.yml, read from the ledger at every scrape because their periods move with the clock.
import { nano, subtractUsd } from '../../contract/money.ts';
import { BUDGETS } from '../../contract/metrics.ts';
import type { BudgetView } from '../../model/views.ts';
import type { Cell, NumberCell } from '../cell.ts';
import type { Family } from '../family.ts';
import type { SeriesRegistry } from '../registry.ts';

/** A cell shown during one scrape, and how to take it out when the next scrape does not mention it. */
type Shown = Map<Cell, () => void>;

export class BudgetFamilies {
  readonly #info;
  readonly #limit;
  readonly #spent;
  readonly #remaining;
  readonly #usedRatio;
  readonly #threshold;
  readonly #periodStart;
  readonly #periodEnd;
  readonly #burnRate;
  readonly #exhaustion;
  readonly #valid;
  #shown: Shown = new Map();

  constructor(registry: SeriesRegistry) {
    const bound = 'bounded-elsewhere';
    this.#info = registry.numbers(BUDGETS.info, bound);
    this.#limit = registry.money(BUDGETS.limit, bound);
    this.#spent = registry.money(BUDGETS.spent, bound);
    this.#remaining = registry.money(BUDGETS.remaining, bound);
    this.#usedRatio = registry.numbers(BUDGETS.usedRatio, bound);
    this.#threshold = registry.numbers(BUDGETS.thresholdRatio, bound);
    this.#periodStart = registry.milliseconds(BUDGETS.periodStart, bound);
    this.#periodEnd = registry.milliseconds(BUDGETS.periodEnd, bound);
    this.#burnRate = registry.numbers(BUDGETS.burnRate, bound);
    this.#exhaustion = registry.milliseconds(BUDGETS.exhaustion, bound);
    this.#valid = registry.numbers(BUDGETS.valid, bound);
  }

  /** Shows these budgets and nothing else: what an earlier call showed and this one does not is withdrawn. */
  show(views: readonly BudgetView[]): void {
    const shown: Shown = new Map();
    for (const view of views) this.#showOne(view, shown);
    for (const [cell, withdraw] of this.#shown) if (!shown.has(cell)) withdraw();
    this.#shown = shown;
  }

  #showOne(view: BudgetView, shown: Shown): void {
    const budget = view.name;
    const cellOf = <C extends Cell>(family: Family<C>, values: readonly string[]): C => {
      const cell = family.cell(values);
      shown.set(cell, () => {
        family.remove(cell);
      });
      return cell;
    };
    const setIfKnown = (family: Family<Cell & Pick<NumberCell, 'set'>>, value: number | undefined): void => {
      if (value !== undefined) cellOf(family, [budget]).set(value);
    };
    cellOf(this.#info, [budget, view.owner, view.window, view.timezone]).set(1);
    cellOf(this.#limit, [budget]).set(view.limit);
    cellOf(this.#spent, [budget]).set(view.spent);
    cellOf(this.#remaining, [budget]).set(subtractUsd(view.limit, view.spent));
    cellOf(this.#usedRatio, [budget]).set(usedRatio(view));
    for (const [i, threshold] of [...view.thresholds].sort((a, b) => a - b).entries()) {
      cellOf(this.#threshold, [budget, String(i + 1)]).set(threshold);
    }
    setIfKnown(this.#periodStart, view.periodStartMs);
    setIfKnown(this.#periodEnd, view.periodEndMs);
    for (const [lookback, rate] of view.burnRates) cellOf(this.#burnRate, [budget, lookback]).set(rate);
    setIfKnown(this.#exhaustion, view.exhaustionMs);
    cellOf(this.#valid, [budget]).set(view.valid ? 1 : 0);
  }
}

/** Spent divided by limit. A limit of 0 is used up by the first nano-dollar: 0 before it, 1 from it on. */
export function usedRatio(view: Pick<BudgetView, 'limit' | 'spent'>): number {
  if (view.limit === nano(0)) return view.spent > 0 ? 1 : 0;
  return view.spent / view.limit;
}
