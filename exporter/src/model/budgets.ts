// The ledger: all budgets of budgets.yml. Spend is placed by event time, so late and replayed events land in their period.
import type { BudgetDefinition } from '../contract/budgets.ts';
import type { NanoUsd } from '../contract/money.ts';
import { BudgetAccount, matches } from './budget-account.ts';
import type { Change } from './change.ts';
import type { BudgetView } from './views.ts';

export class BudgetLedger {
  readonly #accounts: readonly BudgetAccount[];

  constructor(definitions: readonly BudgetDefinition[]) {
    this.#accounts = definitions.map((definition) => new BudgetAccount(definition));
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) for (const account of this.#accounts) account.apply(change);
  }

  /** Every budget at `nowMs`, in the order of budgets.yml, also those that nothing was booked to. */
  views(nowMs: number): readonly BudgetView[] {
    return this.#accounts.map((account) => account.view(nowMs));
  }

  /**
   * Limit of a thread by the first thread budget that matches its team and workflow. A budget that also names an agent,
   * a provider or a model limits only a part of the thread's spend and is none of the thread.
   */
  threadLimit({ team, workflow }: { readonly team: string; readonly workflow: string }): NanoUsd | undefined {
    const found = this.#accounts.find(
      ({ definition }) => definition.window === 'thread' && matches(definition, { team, workflow })
    );
    return found?.definition.limit;
  }
}
