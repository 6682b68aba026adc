// What was spent when and by whom, coarse but exact in money: a budget that is added later is filled from it.
import { BUDGET_MATCH_LABELS, type BudgetMatch } from '../contract/budgets.ts';
import { addUsd, ZERO_USD, type NanoUsd } from '../contract/money.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The offsets of all time zones in use are multiples of it, so no slot lies on both sides of a period's border. */
const QUARTER_HOUR_MS = 15 * MINUTE_MS;
/** About 35 MB. */
const MAX_SLOTS = 200_000;

interface Slot {
  sum: NanoUsd;
  /** The newest spend in it. */
  lastMs: number;
}

export interface HistoricSpend {
  readonly labels: BudgetMatch;
  readonly spend: NanoUsd;
  readonly atMs: number;
}

/** `knownSinceMs` is null where all is known. */
export type HistoryDump =
  | readonly ['bounds', newestMs: number, knownSinceMs: number | null]
  | readonly ['slot', key: string, sum: NanoUsd, lastMs: number];

/**
 * One slot a minute and set of labels; once there are too many, those older than a day become quarters of an hour, and
 * where that is not enough the oldest go, and it is known up to where.
 */
export class SpendHistory {
  readonly #maxSlots: number;
  /** By start of the slot and the labels, as JSON: no two sets of labels share a key. */
  readonly #slots = new Map<string, Slot>();
  #newestMs = 0;
  #knownSinceMs = Number.NEGATIVE_INFINITY;

  constructor(maxSlots = MAX_SLOTS) {
    this.#maxSlots = maxSlots;
  }

  /** All that was spent from this instant on is held. */
  get knownSinceMs(): number {
    return this.#knownSinceMs;
  }

  missesBefore(instantMs: number): void {
    this.#knownSinceMs = Math.max(this.#knownSinceMs, instantMs);
  }

  add({ labels, spend, atMs }: HistoricSpend): void {
    const values = BUDGET_MATCH_LABELS.map((label) => labels[label]);
    this.#newestMs = Math.max(this.#newestMs, atMs);
    this.#put(JSON.stringify([floorTo(MINUTE_MS, atMs), ...values]), { sum: spend, lastMs: atMs });
    if (this.#slots.size > this.#maxSlots) this.#shrink();
  }

  /** Each slot as one spend at the time of its newest: a window that slides lets it go rather late than early. */
  *spends(): Generator<HistoricSpend> {
    for (const [key, { sum, lastMs }] of this.#slots) {
      const [, ...values] = JSON.parse(key) as [number, ...(string | null)[]];
      const pairs = BUDGET_MATCH_LABELS.map((label, at) => [label, values[at] ?? undefined]);
      yield { labels: Object.fromEntries(pairs) as BudgetMatch, spend: sum, atMs: lastMs };
    }
  }

  *dump(): Generator<HistoryDump> {
    yield ['bounds', this.#newestMs, Number.isFinite(this.#knownSinceMs) ? this.#knownSinceMs : null];
    for (const [key, { sum, lastMs }] of this.#slots) yield ['slot', key, sum, lastMs];
  }

  /** Takes one item of {@link dump}, in its order, into an empty history. */
  load(item: HistoryDump): void {
    if (item[0] === 'bounds') {
      this.#newestMs = item[1];
      this.#knownSinceMs = item[2] ?? Number.NEGATIVE_INFINITY;
    } else {
      this.#slots.set(item[1], { sum: item[2], lastMs: item[3] });
    }
  }

  /** A slot past the exact range stays as it is, and what it does not hold is known to be missing. */
  #put(key: string, { sum, lastMs }: Slot): void {
    const slot = this.#slots.get(key) ?? { sum: ZERO_USD, lastMs };
    if (Number.isSafeInteger(slot.sum + sum)) slot.sum = addUsd(slot.sum, sum);
    else this.missesBefore(Math.max(slot.lastMs, lastMs) + 1);
    slot.lastMs = Math.max(slot.lastMs, lastMs);
    this.#slots.set(key, slot);
  }

  #shrink(): void {
    const old = [...this.#slots].filter(([key]) => startOf(key) < this.#newestMs - DAY_MS);
    for (const [key, slot] of old) {
      const [startMs, ...values] = JSON.parse(key) as [number, ...unknown[]];
      this.#slots.delete(key);
      this.#put(JSON.stringify([floorTo(QUARTER_HOUR_MS, startMs), ...values]), slot);
    }
    const wanted = Math.floor(this.#maxSlots * 0.75);
    if (this.#slots.size <= wanted) return;
    const starts = [...this.#slots.keys()].map(startOf).sort((a, b) => a - b);
    const lastGone = starts[this.#slots.size - wanted - 1] ?? 0;
    for (const key of this.#slots.keys()) if (startOf(key) <= lastGone) this.#slots.delete(key);
    this.#knownSinceMs = Math.max(this.#knownSinceMs, floorTo(QUARTER_HOUR_MS, lastGone) + QUARTER_HOUR_MS);
  }
}

function floorTo(unitMs: number, atMs: number): number {
  return Math.floor(atMs / unitMs) * unitMs;
}

function startOf(key: string): number {
  return Number(key.slice(1, key.indexOf(',')));
}
