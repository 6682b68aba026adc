// Usage that has no price yet, kept until the price table has one or the orchestrator tells a total that includes it.
import type { CostUpdated } from '../contract/event.ts';
import type { UnpricedUsageView } from './views.ts';

/** A correction is an event of its own; so is what it prices. */
const MAX_PENDING = 100_000;

export class UnpricedUsage {
  readonly #max: number;
  /** Oldest first. */
  readonly #pending = new Map<string, UnpricedUsageView>();
  readonly #byThread = new Map<string, Set<string>>();

  constructor(max = MAX_PENDING) {
    this.#max = max;
  }

  get pending(): ReadonlyMap<string, UnpricedUsageView> {
    return this.#pending;
  }

  /** @returns whether the oldest had to be let go: it will never get a price. */
  add(usage: UnpricedUsageView): boolean {
    this.#pending.set(usage.id, usage);
    const ids = this.#byThread.get(usage.threadId) ?? new Set();
    this.#byThread.set(usage.threadId, ids.add(usage.id));
    if (this.#pending.size <= this.#max) return false;
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined) this.take(oldest);
    return true;
  }

  /** Removes it; undefined when it is not there (any more). */
  take(id: string): UnpricedUsageView | undefined {
    const usage = this.#pending.get(id);
    if (usage === undefined) return undefined;
    this.#pending.delete(id);
    const ids = this.#byThread.get(usage.threadId);
    ids?.delete(id);
    if (ids?.size === 0) this.#byThread.delete(usage.threadId);
    return usage;
  }

  /** Removes what the thread used from `sinceMs` on. */
  takeOfThread(threadId: string, sinceMs: number): readonly UnpricedUsageView[] {
    const ids = [...(this.#byThread.get(threadId) ?? [])];
    return ids.flatMap((id) => {
      const usage = this.#pending.get(id);
      return usage === undefined || usage.atMs < sinceMs ? [] : (this.take(id) ?? []);
    });
  }
}

/**
 * The id of the event that corrects `usage`: one for each, so that no usage is ever priced twice. No sender's id can be
 * equal, because an id with a control character is refused.
 */
export function correctionId(usageId: string): string {
  return `\u0001price:${usageId}`;
}

/**
 * The event that adds the late price of `usage`: it happened when the usage did and was received now, so budgets book it in
 * the window of the usage, or now where that lies more than 7 days back.
 */
export function correctionOf(
  usage: UnpricedUsageView,
  { amount, nowMs }: { readonly amount: NonNullable<CostUpdated['spend']>; readonly nowMs: number }
): CostUpdated {
  const { provider, model, agent } = usage;
  return {
    type: 'cost.updated',
    id: correctionId(usage.id),
    threadId: usage.threadId,
    timestampMs: usage.bookedMs ?? usage.atMs,
    receivedMs: nowMs,
    dialect: 'metrics-emitter',
    team: usage.team,
    workflow: usage.workflow,
    agent,
    model,
    provider,
    tokens: {},
    pricing: { amount },
    corrects: usage.id,
  };
}
