// One budget of budgets.yml, what was booked to it, and whether its number can be trusted.
import type { BudgetDefinition, BudgetMatch } from '../contract/budgets.ts';
import { BURN_RATE_LOOKBACKS } from '../contract/metrics.ts';
import { MAX_USD, nano, nanoToUsd, type NanoUsd } from '../contract/money.ts';
import { FINAL_THREAD_STATES } from '../contract/states.ts';
import { windowOf, type Booking, type BudgetWindow, type WindowDump } from './budget-window.ts';
import type { Change, Spent, ThreadStarted } from './change.ts';
import { SlidingSum, type SlotSum } from './sliding-sum.ts';
import type { BudgetView, UnpricedUsageView } from './views.ts';

const BURN_SLOTS = 60;
const HOUR_MS = 3_600_000;
/** No exhaustion is projected from a shorter stretch: one call right after start-up is no rate. */
const MIN_PROJECTION_MS = 5 * 60_000;
/** Usage reports without a price are counted in a window of their own, one unit each. */
const ONE = nano(1);
const MINUS_ONE = nano(-1);

/** An account as a snapshot holds it; what is null or left out there is undefined or minus infinity here. */
export interface AccountDump {
  readonly definition: BudgetDefinition;
  readonly spent: WindowDump;
  readonly unpriced: WindowDump;
  readonly burn: readonly (readonly [lookback: string, readonly SlotSum[]])[];
  readonly lastHour: readonly SlotSum[];
  readonly firstSpendMs?: number | undefined;
  readonly knownSinceMs: number | null;
  readonly unknownThreads: readonly string[];
}

export class BudgetAccount {
  readonly #window: BudgetWindow;
  readonly #unpriced: BudgetWindow;
  readonly #burn: ReadonlyMap<string, { readonly seconds: number; readonly sum: SlidingSum }>;
  /** Of `#burn`, and of the last hour. */
  readonly #sums: readonly SlidingSum[];
  readonly #lastHour = new SlidingSum(HOUR_MS, BURN_SLOTS);
  #definition: BudgetDefinition;
  #firstSpendMs: number | undefined;
  /** Spend before this instant is not all known. */
  #knownSinceMs = Number.NEGATIVE_INFINITY;
  /** Live threads of which it is not known how much they spent: before the budget was there, or in what a journal lost. */
  readonly #unknownThreads = new Set<string>();

  constructor(definition: BudgetDefinition) {
    this.#definition = definition;
    this.#window = windowOf(definition);
    this.#unpriced = windowOf(definition);
    this.#burn = new Map(
      Object.entries(BURN_RATE_LOOKBACKS).map(([lookback, seconds]) => [
        lookback,
        { seconds, sum: new SlidingSum(seconds * 1_000, BURN_SLOTS) },
      ])
    );
    this.#sums = [this.#lastHour, ...Array.from(this.#burn.values(), ({ sum }) => sum)];
  }

  get definition(): BudgetDefinition {
    return this.#definition;
  }

  /** Another limit, other thresholds or another owner for the same money. */
  redefine(definition: BudgetDefinition): this {
    this.#definition = definition;
    return this;
  }

  /** What is no spend. */
  apply(change: Exclude<Change, Spent>): void {
    if (change.kind === 'thread-started') this.#takeBack(change);
    this.#window.follow(change);
    this.#unpriced.follow(change);
    if (hasEnded(change)) {
      this.#unknownThreads.delete(change.threadId);
    } else if (change.kind === 'unpriced' && change.reason !== 'zero_amount') {
      this.countUnpriced(change, ONE);
    } else if (change.kind === 'usage-settled') {
      this.countUnpriced(change, MINUS_ONE);
    }
  }

  spend(change: Spent): void {
    if (!matches(this.#definition, change)) return;
    this.book({ threadId: change.threadId, amount: change.spend, atMs: change.bookedMs ?? change.atMs });
  }

  /** A forgotten thread that comes back brings what it had spent, of which only the sum was kept. */
  #takeBack({ threadId, team, workflow, spentBefore }: ThreadStarted): void {
    const { match, window } = this.#definition;
    if (window !== 'thread' || spentBefore === undefined || !matchesThread(match, { team, workflow })) return;
    if (isOfParts(match)) this.missesThread(threadId);
    else this.bookThread(threadId, spentBefore);
  }

  /** Adds spend that is known to match. */
  book(booking: Booking): void {
    this.#firstSpendMs = Math.min(this.#firstSpendMs ?? booking.atMs, booking.atMs);
    this.#window.book(booking);
    for (const sum of this.#sums) sum.add(booking.atMs, booking.amount);
  }

  countUnpriced(usage: UnpricedUsageView, amount: NanoUsd = ONE): void {
    if (!matches(this.#definition, usage)) return;
    this.#unpriced.book({ threadId: usage.threadId, amount, atMs: usage.bookedMs ?? usage.atMs });
  }

  /** Books the spend of a thread from before the budget was there, to a thread budget only. */
  bookThread(threadId: string, spend: NanoUsd): void {
    this.#window.book({ threadId, amount: spend, atMs: 0 });
  }

  missesThread(threadId: string): void {
    this.#unknownThreads.add(threadId);
  }

  missesBefore(instantMs: number): void {
    this.#knownSinceMs = instantMs;
  }

  dump(): AccountDump {
    return {
      definition: this.#definition,
      spent: this.#window.dump(),
      unpriced: this.#unpriced.dump(),
      burn: [...this.#burn].map(([lookback, { sum }]) => [lookback, sum.dump()]),
      lastHour: this.#lastHour.dump(),
      firstSpendMs: this.#firstSpendMs,
      knownSinceMs: Number.isFinite(this.#knownSinceMs) ? this.#knownSinceMs : null,
      unknownThreads: [...this.#unknownThreads],
    };
  }

  static load(dump: AccountDump): BudgetAccount {
    const account = new BudgetAccount(dump.definition);
    account.#window.load(dump.spent);
    account.#unpriced.load(dump.unpriced);
    for (const [lookback, sums] of dump.burn) account.#burn.get(lookback)?.sum.load(sums);
    account.#lastHour.load(dump.lastHour);
    account.#firstSpendMs = dump.firstSpendMs;
    account.#knownSinceMs = dump.knownSinceMs ?? Number.NEGATIVE_INFINITY;
    for (const threadId of dump.unknownThreads) account.#unknownThreads.add(threadId);
    return account;
  }

  view(nowMs: number): BudgetView {
    const { name, owner, windowText, timezone, limit, thresholds } = this.#definition;
    const spent = this.#window.spent(nowMs);
    const period = this.#window.period(nowMs);
    const burnRates = this.#burnRates(nowMs);
    const exhaustionMs = this.#exhaustionMs(spent, nowMs);
    const untrusted = this.#untrusted(spent, nowMs);
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
      burnRates,
      exhaustionMs,
      valid: untrusted.length === 0,
      untrusted,
    };
  }

  /** Why the number is not the whole truth: in each of these cases it is too small. */
  #untrusted(spent: NanoUsd, nowMs: number): readonly string[] {
    const reasons: string[] = [];
    if (spent === MAX_USD) reasons.push('its sum left the exact range of about 9 million USD');
    const startMs = this.#window.period(nowMs)?.startMs;
    if (startMs !== undefined && startMs < this.#knownSinceMs) {
      reasons.push(`spend before ${new Date(this.#knownSinceMs).toISOString()} is not all known to it`);
    }
    if (this.#unknownThreads.size > 0) {
      reasons.push(`what ${this.#unknownThreads.size} live threads spent is not all known to it`);
    }
    const unpriced = this.#unpriced.spent(nowMs);
    if (unpriced > 0) reasons.push(`${unpriced} usage reports of its window have no price`);
    return reasons;
  }

  #burnRates(nowMs: number): ReadonlyMap<string, number> {
    const rates = [...this.#burn].map(([lookback, { seconds, sum }]): [string, number] => {
      return [lookback, nanoToUsd(sum.sum(nowMs)) / seconds];
    });
    return new Map(rates);
  }

  /**
   * When the budget runs out if spending goes on as over the last hour, or as since the first spend where that is
   * shorter but at least 5 minutes ago. Undefined when nothing was spent in that time, when the budget is already used
   * up, and when its window ends or slides on first.
   */
  #exhaustionMs(spent: NanoUsd, nowMs: number): number | undefined {
    const remaining = (this.#definition.limit - spent) as NanoUsd;
    const seenMs = Math.min(HOUR_MS, nowMs - (this.#firstSpendMs ?? nowMs));
    if (remaining <= 0 || seenMs < MIN_PROJECTION_MS) return undefined;
    const perMs = this.#lastHour.sum(nowMs) / seenMs;
    return perMs > 0 ? this.#window.exhaustion(remaining, perMs, nowMs) : undefined;
  }
}

/** Every label that the budget names is equal. */
export function matches({ match }: { readonly match: BudgetMatch }, spent: BudgetMatch): boolean {
  // Written out: it is asked for every budget with every spend.
  return (
    (match.team ?? spent.team) === spent.team &&
    (match.workflow ?? spent.workflow) === spent.workflow &&
    (match.agent ?? spent.agent) === spent.agent &&
    (match.provider ?? spent.provider) === spent.provider &&
    (match.model ?? spent.model) === spent.model
  );
}

/** As far as a whole thread can match. */
export function matchesThread(
  match: BudgetMatch,
  thread: { readonly team: string; readonly workflow: string }
): boolean {
  return (match.team ?? thread.team) === thread.team && (match.workflow ?? thread.workflow) === thread.workflow;
}

/** Agents, providers and models are parts of a thread. */
function isOfParts({ agent, provider, model }: BudgetMatch): boolean {
  return agent !== undefined || provider !== undefined || model !== undefined;
}

/** One that comes back after it was forgotten may have ended already. */
function hasEnded(change: Change): boolean {
  if (change.kind === 'thread-state') return FINAL_THREAD_STATES.has(change.to);
  return change.kind === 'thread-finished' || change.kind === 'thread-forgotten';
}
