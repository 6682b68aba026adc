// The ledger: what each budget of budgets.yml has spent in its window.
import type { BudgetDefinition } from '../contract/budgets.ts';
import type { NanoUsd } from '../contract/money.ts';
import type { Change } from './change.ts';
import type { BudgetView } from './views.ts';

export class BudgetLedger {
  constructor(definitions: readonly BudgetDefinition[]) {
    void definitions;
  }

  apply(changes: readonly Change[]): void {
    void changes;
  }

  views(nowMs: number): readonly BudgetView[] {
    void nowMs;
    return [];
  }

  /** Limit of a thread by the first thread budget that matches its team and workflow. */
  threadLimit(thread: { readonly team: string; readonly workflow: string }): NanoUsd | undefined {
    void thread;
    return undefined;
  }
}
