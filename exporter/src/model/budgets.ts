// The ledger: all budgets of budgets.yml. Spend is placed by event time, so late and replayed events land in their period.
import type { BudgetDefinition } from '../contract/budgets.ts';
import type { NanoUsd } from '../contract/money.ts';
import { BudgetAccount, matches, matchesThread, type AccountDump } from './budget-account.ts';
import type { Change, Spent } from './change.ts';
import { SpendHistory, type HistoryDump } from './spend-history.ts';
import type { BudgetView, ModelView, ThreadView } from './views.ts';

export type LedgerDump = readonly ['account', AccountDump] | readonly ['history', HistoryDump];

export class BudgetLedger {
  #accounts: readonly BudgetAccount[];
  readonly #history: SpendHistory;
  /** Of events before it some are lost. */
  #lostBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(definitions: readonly BudgetDefinition[], history = new SpendHistory()) {
    this.#accounts = definitions.map((definition) => new BudgetAccount(definition));
    this.#history = history;
  }

  get definitions(): readonly BudgetDefinition[] {
    return this.#accounts.map(({ definition }) => definition);
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'spend':
          this.#spend(change);
          break;
        case 'thread-started':
        case 'thread-state':
        case 'thread-finished':
        case 'thread-forgotten':
        case 'unpriced':
        case 'usage-settled':
          for (const account of this.#accounts) account.apply(change);
          break;
        case 'agent-state':
        case 'agent-seen':
        case 'node-run':
        case 'tokens':
        case 'thread-budget':
        case 'checkpoint':
        case 'anomaly':
          break;
      }
    }
  }

  /**
   * Other budgets from now on. One that only got another limit, other thresholds or another owner goes on with its money;
   * any other is new and filled with what is known of its window; one that is not there any more is gone.
   */
  replace(definitions: readonly BudgetDefinition[], model: ModelView): void {
    const fresh: BudgetAccount[] = [];
    this.#accounts = definitions.map((definition) => {
      const kept = this.#accounts.find((account) => booksTheSame(account.definition, definition));
      if (kept !== undefined) return kept.redefine(definition);
      const account = new BudgetAccount(definition);
      fresh.push(account);
      return account;
    });
    this.#fill(fresh, model);
  }

  *dump(): Generator<LedgerDump> {
    for (const account of this.#accounts) yield ['account', account.dump()];
    for (const item of this.#history.dump()) yield ['history', item];
  }

  /**
   * Takes the items of {@link dump} into a ledger that nothing was booked to. The accounts are those of the dump from now
   * on; {@link replace} brings the budgets in force.
   */
  load(items: Iterable<LedgerDump>): void {
    const accounts: BudgetAccount[] = [];
    for (const item of items) {
      if (item[0] === 'account') accounts.push(BudgetAccount.load(item[1]));
      else this.#history.load(item[1]);
    }
    this.#accounts = accounts;
  }

  /**
   * Some spend from before this instant is lost: no number of a window, or of a live thread, that began before it is the
   * whole truth.
   */
  missesBefore(instantMs: number, { threads }: Pick<ModelView, 'threads'>): void {
    this.#lostBeforeMs = instantMs;
    this.#history.missesBefore(instantMs);
    for (const account of this.#accounts) {
      account.missesBefore(instantMs);
      this.#missThreads(account, threads);
    }
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

  /** All at once: the history is long, and each of its sums has to be read out of its key. */
  #fill(accounts: readonly BudgetAccount[], model: ModelView): void {
    const windows = accounts.filter(({ definition }) => definition.window !== 'thread');
    for (const { labels, spend, atMs } of windows.length === 0 ? [] : this.#history.spends()) {
      for (const account of windows) {
        if (matches(account.definition, labels)) account.book({ threadId: '', amount: spend, atMs });
      }
    }
    for (const account of accounts) {
      const isOfThreads = account.definition.window === 'thread';
      if (isOfThreads) {
        for (const thread of model.threads.values()) fillThread(account, thread);
        this.#missThreads(account, model.threads);
      } else {
        account.missesBefore(this.#history.knownSinceMs);
      }
      for (const usage of model.unpriced.values()) {
        const isOver = isOfThreads && model.threads.get(usage.threadId)?.endedMs !== undefined;
        if (!isOver) account.countUnpriced(usage);
      }
    }
  }

  #spend(change: Spent): void {
    for (const account of this.#accounts) account.spend(change);
    this.#history.add({ labels: change, spend: change.spend, atMs: change.bookedMs ?? change.atMs });
  }

  #missThreads(account: BudgetAccount, threads: ModelView['threads']): void {
    if (account.definition.window !== 'thread') return;
    for (const thread of threads.values()) {
      const isTouched = thread.endedMs === undefined && thread.startedMs < this.#lostBeforeMs;
      if (isTouched && matchesThread(account.definition.match, thread)) account.missesThread(thread.threadId);
    }
  }
}

function booksTheSame(a: BudgetDefinition, b: BudgetDefinition): boolean {
  return (
    a.name === b.name &&
    a.windowText === b.windowText &&
    a.timezone === b.timezone &&
    a.weekStart === b.weekStart &&
    matches(a, b.match) &&
    matches(b, a.match)
  );
}

/** Of a thread's spend only the sum and the sums of its agents are held: which model it was is not known any more. */
function fillThread(account: BudgetAccount, thread: ThreadView): void {
  const { match } = account.definition;
  const { threadId, total } = thread;
  if (thread.endedMs !== undefined || total === 0 || !matchesThread(account.definition.match, thread)) return;
  const spend = match.agent === undefined ? total : thread.agents.get(match.agent)?.spend;
  if (match.provider !== undefined || match.model !== undefined) account.missesThread(threadId);
  else if (spend !== undefined) account.bookThread(threadId, spend);
}
