// The windows of budgets: where spend is kept by calendar period, over a sliding stretch of time, or by thread.
import type { BudgetDefinition, CalendarWindow } from '../contract/budgets.ts';
import { addSaturating, ZERO_USD, type NanoUsd } from '../contract/money.ts';
import { FINAL_THREAD_STATES } from '../contract/states.ts';
import { periodOf, type Period } from './budget-period.ts';
import type { Change } from './change.ts';
import { SlidingSum } from './sliding-sum.ts';

/** Periods held, the latest: as many hours as the oldest event that is booked at its own time may be old. */
const MAX_PERIODS = 7 * 24 + 2;
const ROLLING_SLOTS = 1_440;

/** An amount to be booked; a negative one takes back. */
export interface Booking {
  readonly threadId: string;
  readonly amount: NanoUsd;
  readonly atMs: number;
}

export interface BudgetWindow {
  book(booking: Booking): void;
  /** At most the largest exact amount, which then means that much or more. */
  spent(nowMs: number): NanoUsd;
  period(nowMs: number): Period | undefined;
  /** When the spend at this rate reaches the limit, if it does so within the window. */
  exhaustion(remaining: NanoUsd, perMs: number, nowMs: number): number | undefined;
  follow(change: Change): void;
  /** What is booked, as JSON; {@link load} takes it into a new window of the same kind. */
  dump(): WindowDump;
  load(dump: WindowDump): void;
}

/** By kind of window: start of a period, number of a slot, or thread, each with its amount; of a thread also whether it is live. */
export type WindowDump = readonly (readonly [string | number, NanoUsd, boolean?])[];

export function windowOf(definition: BudgetDefinition): BudgetWindow {
  const { window } = definition;
  if (window === 'thread') return new ThreadWindow();
  return typeof window === 'string' ? new CalendarWindows(definition, window) : new RollingWindow(window.rollingMs);
}

class CalendarWindows implements BudgetWindow {
  readonly #calendar;
  /** Spend by the start of the period. */
  readonly #spent = new Map<number, NanoUsd>();
  #latest: Period = { startMs: 0, endMs: 0 };

  constructor({ timezone, weekStart }: BudgetDefinition, window: CalendarWindow) {
    this.#calendar = { window, timezone, weekStart };
  }

  book({ amount, atMs }: Booking): void {
    const { startMs } = this.period(atMs);
    this.#spent.set(startMs, addSaturating(this.#spent.get(startMs) ?? ZERO_USD, amount));
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

  dump(): WindowDump {
    return [...this.#spent];
  }

  load(dump: WindowDump): void {
    for (const [startMs, spent] of dump) this.#spent.set(Number(startMs), spent);
  }
}

class RollingWindow implements BudgetWindow {
  readonly #rollingMs: number;
  readonly #sum: SlidingSum;

  constructor(rollingMs: number) {
    this.#rollingMs = rollingMs;
    this.#sum = new SlidingSum(rollingMs, ROLLING_SLOTS);
  }

  book({ amount, atMs }: Booking): void {
    this.#sum.add(atMs, amount);
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

  dump(): WindowDump {
    return this.#sum.dump();
  }

  load(dump: WindowDump): void {
    this.#sum.load(dump.map(([slot, sum]) => [Number(slot), sum]));
  }
}

/** Shows the thread that spent most among those that have not ended: it is the one that will reach the limit first. */
class ThreadWindow implements BudgetWindow {
  readonly #threads = new Map<string, { spent: NanoUsd; live: boolean }>();

  book({ threadId, amount }: Booking): void {
    const thread = this.#threads.get(threadId);
    if (thread === undefined) this.#threads.set(threadId, { spent: addSaturating(ZERO_USD, amount), live: true });
    else thread.spent = addSaturating(thread.spent, amount);
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
    const { threadId, kind } = change;
    if (kind === 'thread-forgotten') this.#threads.delete(threadId);
    else if (kind === 'thread-started') this.#setLive(threadId, true);
    else if (kind === 'thread-finished') this.#setLive(threadId, false);
    // A thread that comes back after it was forgotten may have ended already.
    else if (kind === 'thread-state') this.#setLive(threadId, !FINAL_THREAD_STATES.has(change.to));
  }

  dump(): WindowDump {
    return [...this.#threads].map(([threadId, { spent, live }]) => [threadId, spent, live]);
  }

  load(dump: WindowDump): void {
    for (const [threadId, spent, live = true] of dump) this.#threads.set(String(threadId), { spent, live });
  }

  #setLive(threadId: string, live: boolean): void {
    const thread = this.#threads.get(threadId);
    if (thread === undefined) this.#threads.set(threadId, { spent: ZERO_USD, live });
    else thread.live = live;
  }
}
