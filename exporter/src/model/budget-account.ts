// One budget of budgets.yml and what was booked to it.
import type { BudgetDefinition, CalendarWindow } from '../contract/budgets.ts';
import { BUDGET_MATCH_LABELS } from '../contract/budgets.ts';
import { BURN_RATE_LOOKBACKS } from '../contract/metrics.ts';
import { addUsd, nanoToUsd, ZERO_USD, type NanoUsd } from '../contract/money.ts';
import { periodOf, type Period } from './budget-period.ts';
import type { Change, Spent } from './change.ts';
import { SlidingSum } from './sliding-sum.ts';
import type { BudgetView } from './views.ts';

/** Periods held, the latest: as many hours as the oldest event that is booked at its own time may be old. */
const MAX_PERIODS = 7 * 24 + 2;
const BURN_SLOTS = 60;
const ROLLING_SLOTS = 1_440;
const HOUR_MS = 3_600_000;
/** No exhaustion is projected from a shorter stretch: one call right after start-up is no rate. */
const MIN_PROJECTION_MS = 5 * 60_000;

/** Where a budget keeps what was spent: by calendar period, over a sliding window, or by thread. */
interface Window {
  book(spent: Spent, atMs: number): void;
  spent(nowMs: number): NanoUsd;
  period(nowMs: number): Period | undefined;
  /** When the spend at this rate reaches the limit, if it does so within the window. */
  exhaustion(remaining: NanoUsd, perMs: number, nowMs: number): number | undefined;
  follow(change: Change): void;
}

export class BudgetAccount {
  readonly definition: BudgetDefinition;
  readonly #window: Window;
  readonly #burn: ReadonlyMap<string, { readonly seconds: number; readonly sum: SlidingSum }>;
  readonly #lastHour = new SlidingSum(HOUR_MS, BURN_SLOTS);
  #firstSpendMs: number | undefined;
  #valid = true;

  constructor(definition: BudgetDefinition) {
    this.definition = definition;
    this.#window = windowOf(definition);
    this.#burn = new Map(
      Object.entries(BURN_RATE_LOOKBACKS).map(([lookback, seconds]) => [
        lookback,
        { seconds, sum: new SlidingSum(seconds * 1_000, BURN_SLOTS) },
      ])
    );
  }

  apply(change: Change): void {
    this.#window.follow(change);
    if (change.kind !== 'spend' || !matches(this.definition, change)) return;
    const atMs = change.bookedMs ?? change.atMs;
    this.#firstSpendMs = Math.min(this.#firstSpendMs ?? atMs, atMs);
    this.#guarded(() => {
      this.#window.book(change, atMs);
      this.#lastHour.add(atMs, change.spend);
      for (const { sum } of this.#burn.values()) sum.add(atMs, change.spend);
    });
  }

  view(nowMs: number): BudgetView {
    const { name, owner, windowText, timezone, limit, thresholds } = this.definition;
    const spent = this.#guarded(() => this.#window.spent(nowMs)) ?? ZERO_USD;
    const period = this.#window.period(nowMs);
    return {
      name,
      owner,
      window: windowText,
      timezone,
      limit,
      spent,
      thresholds,
      periodStartMs: period?.startMs,
      periodEndMs: period?.endMs,
      burnRates: this.#burnRates(nowMs),
      exhaustionMs: this.#exhaustionMs(spent, nowMs),
      valid: this.#valid,
    };
  }

  #burnRates(nowMs: number): ReadonlyMap<string, number> {
    const rates = [...this.#burn].map(([lookback, { seconds, sum }]): [string, number] => {
      const spent = this.#guarded(() => sum.sum(nowMs)) ?? ZERO_USD;
      return [lookback, nanoToUsd(spent) / seconds];
    });
    return new Map(rates);
  }

  /**
   * When the budget runs out if spending goes on as over the last hour, or as since the first spend where that is
   * shorter but at least 5 minutes ago. Undefined when nothing was spent in that time, when the budget is already used
   * up, and when its window ends or slides on first.
   */
  #exhaustionMs(spent: NanoUsd, nowMs: number): number | undefined {
    const remaining = (this.definition.limit - spent) as NanoUsd;
    const seenMs = Math.min(HOUR_MS, nowMs - (this.#firstSpendMs ?? nowMs));
    if (remaining <= 0 || seenMs < MIN_PROJECTION_MS) return undefined;
    const perMs = (this.#guarded(() => this.#lastHour.sum(nowMs)) ?? 0) / seenMs;
    return perMs > 0 ? this.#window.exhaustion(remaining, perMs, nowMs) : undefined;
  }

  /** A sum past the exact range makes the budget invalid for good: its number is then known to be too small. */
  #guarded<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#valid = false;
      return undefined;
    }
  }
}

/** Every label that the budget names is equal. */
export function matches(
  { match }: BudgetDefinition,
  spent: Partial<Record<keyof BudgetDefinition['match'], string>>
): boolean {
  return BUDGET_MATCH_LABELS.every((label) => match[label] === undefined || match[label] === spent[label]);
}

function windowOf(definition: BudgetDefinition): Window {
  const { window } = definition;
  if (window === 'thread') return new ThreadWindow();
  return typeof window === 'string' ? new CalendarWindows(definition, window) : new RollingWindow(window.rollingMs);
}

class CalendarWindows implements Window {
  readonly #calendar;
  /** Spend by the start of the period. */
  readonly #spent = new Map<number, NanoUsd>();
  #latest: Period = { startMs: 0, endMs: 0 };

  constructor({ timezone, weekStart }: BudgetDefinition, window: CalendarWindow) {
    this.#calendar = { window, timezone, weekStart };
  }

  book({ spend }: Spent, atMs: number): void {
    const { startMs } = this.period(atMs);
    this.#spent.set(startMs, addUsd(this.#spent.get(startMs) ?? ZERO_USD, spend));
    if (this.#spent.size > MAX_PERIODS) this.#spent.delete(Math.min(...this.#spent.keys()));
  }

  spent(nowMs: number): NanoUsd {
    return this.#spent.get(this.period(nowMs).startMs) ?? ZERO_USD;
  }

  /** Events come mostly in order, so the period of the last one asked for is mostly the answer. */
  period(atMs: number): Period {
    if (atMs < this.#latest.startMs || atMs >= this.#latest.endMs) this.#latest = periodOf(atMs, this.#calendar);
    return this.#latest;
  }

  exhaustion(remaining: NanoUsd, perMs: number, nowMs: number): number | undefined {
    const exhaustedMs = nowMs + remaining / perMs;
    return exhaustedMs < this.period(nowMs).endMs ? exhaustedMs : undefined;
  }

  follow(): void {
    // A calendar period does not depend on what threads do.
  }
}

class RollingWindow implements Window {
  readonly #rollingMs: number;
  readonly #sum: SlidingSum;

  constructor(rollingMs: number) {
    this.#rollingMs = rollingMs;
    this.#sum = new SlidingSum(rollingMs, ROLLING_SLOTS);
  }

  book({ spend }: Spent, atMs: number): void {
    this.#sum.add(atMs, spend);
  }

  spent(nowMs: number): NanoUsd {
    return this.#sum.sum(nowMs);
  }

  period(nowMs: number): Period {
    return { startMs: nowMs - this.#rollingMs, endMs: nowMs };
  }

  /** Old spend leaves as new comes: sooner than a window's length from now, or not at all. */
  exhaustion(remaining: NanoUsd, perMs: number, nowMs: number): number | undefined {
    const leftMs = remaining / perMs;
    return leftMs < this.#rollingMs ? nowMs + leftMs : undefined;
  }

  follow(): void {
    // A rolling window does not depend on what threads do.
  }
}

/** Shows the thread that spent most among those that have not ended: it is the one that will reach the limit first. */
class ThreadWindow implements Window {
  readonly #threads = new Map<string, { spent: NanoUsd; live: boolean }>();

  book({ threadId, spend }: Spent): void {
    const thread = this.#threads.get(threadId) ?? { spent: ZERO_USD, live: true };
    this.#threads.set(threadId, { ...thread, spent: addUsd(thread.spent, spend) });
  }

  spent(): NanoUsd {
    let most = ZERO_USD;
    for (const { spent, live } of this.#threads.values()) if (live && spent > most) most = spent;
    return most;
  }

  period(): undefined {
    return undefined;
  }

  exhaustion(): undefined {
    // The burn rate of a budget is that of all its threads together; a thread has its own (burn-rate.ts).
    return undefined;
  }

  follow(change: Change): void {
    const thread = this.#threads.get(change.threadId);
    if (thread === undefined) return;
    if (change.kind === 'thread-forgotten') this.#threads.delete(change.threadId);
    else if (change.kind === 'thread-finished') thread.live = false;
    else if (change.kind === 'thread-started') thread.live = true;
  }
}
