// The price table in force: prices events before they are journalled, and earlier usage once it has a price for it.
import type { Clock } from './clock.ts';
import type { CostUpdated, OrchestratorEvent, ParseContext, ParseResult } from './contract/event.ts';
import { UNKNOWN_LABEL } from './contract/labels.ts';
import type { NanoUsd } from './contract/money.ts';
import type { PriceTable } from './contract/price-table.ts';
import type { Change } from './model/change.ts';
import { priceOf } from './model/pricing.ts';
import { correctionOf } from './model/unpriced-usage.ts';
import type { ModelView, UnpricedUsageView } from './model/views.ts';
import type { RawItem } from './pipeline.ts';
import type { Output } from './projection.ts';

type Parse = (raw: unknown, context: ParseContext) => ParseResult;

/** Corrections go through the pipeline in bodies of this many, so that events of others come in between. */
const BATCH = 500;

/** An event that the exporter made itself. No sender can make one: what they send is parsed field by field. */
class OwnEvent {
  readonly event: CostUpdated;

  constructor(event: CostUpdated) {
    this.event = event;
  }
}

export interface PriceBookParts {
  readonly table: PriceTable | undefined;
  readonly model: ModelView;
  readonly clock: Clock;
}

export class PriceBook implements Output {
  readonly #model: ModelView;
  readonly #clock: Clock;
  #table: PriceTable | undefined;
  /** There may be usage that has a price by now: after a restart, after a new table. */
  #isOwing = true;
  #isSettling = false;

  constructor({ table, model, clock }: PriceBookParts) {
    this.#table = table;
    this.#model = model;
    this.#clock = clock;
  }

  /** Models that the table names. */
  get size(): number {
    return this.#table?.models.size ?? 0;
  }

  /** Another table from now on. What was priced stays as it is; what had no price may get one: {@link settle}. */
  use(table: PriceTable): void {
    this.#table = table;
    this.#isOwing = true;
  }

  /** `parse`, with the price of usage that tells no cost put into the event. */
  pricing(parse: Parse): Parse {
    return (raw, context) => {
      if (raw instanceof OwnEvent) {
        return { ok: true, event: raw.event, anomalies: [], digest: raw.event.id, defaulted: [] };
      }
      const parsed = parse(raw, context);
      if (!parsed.ok) return parsed;
      const event = this.#priced(parsed.event);
      return event === parsed.event ? parsed : { ...parsed, event };
    };
  }

  /**
   * Adds the money of earlier usage that has a price now, as events through the pipeline: they are journalled, so a restart
   * knows them without any table, and their ids make each of them count once. Cheap while nothing is owed.
   * @throws what the journal rejected with; the rest stays owed.
   */
  async settle(ingest: (items: readonly RawItem[]) => Promise<unknown>): Promise<void> {
    if (!this.#isOwing || this.#isSettling) return;
    this.#isOwing = false;
    this.#isSettling = true;
    try {
      const usages = [...this.#model.unpriced.values()];
      for (let start = 0; start < usages.length; start += BATCH) {
        const items = usages.slice(start, start + BATCH).flatMap((usage) => this.#correction(usage) ?? []);
        if (items.length > 0) await ingest(items);
      }
    } catch (error) {
      this.#isOwing = true;
      throw error;
    } finally {
      this.#isSettling = false;
    }
  }

  /** Usage that was parsed under an earlier table and became durable under this one. */
  apply({ type }: OrchestratorEvent, changes: readonly Change[]): void {
    if (type !== 'cost.updated') return;
    for (const change of changes) {
      const waits = change.kind === 'unpriced' && change.reason !== 'zero_amount';
      if (waits && this.#amountOf(change) !== undefined) this.#isOwing = true;
    }
  }

  swept(): void {
    // What is forgotten of threads does not change what their usage costs.
  }

  #priced(event: OrchestratorEvent): OrchestratorEvent {
    if (event.type !== 'cost.updated' || event.total !== undefined || event.spend !== undefined) return event;
    const used = Object.values(event.tokens).some((tokens) => tokens > 0);
    return used ? { ...event, pricing: priceOf(event, this.#table) } : event;
  }

  #correction(usage: UnpricedUsageView): { readonly raw: OwnEvent } | undefined {
    const amount = this.#amountOf(usage);
    if (amount === undefined) return undefined;
    return { raw: new OwnEvent(correctionOf(usage, { amount, nowMs: this.#clock.now() })) };
  }

  /** Undefined while there is no price. One of zero is an answer. */
  #amountOf({ provider, model, tokens }: UnpricedUsageView): NanoUsd | undefined {
    if (model === UNKNOWN_LABEL) return undefined;
    const pricing = priceOf({ ...(provider === UNKNOWN_LABEL ? {} : { provider }), model, tokens }, this.#table);
    return 'amount' in pricing ? pricing.amount : undefined;
  }
}
