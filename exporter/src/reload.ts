// What budgets_file and prices_file say, kept in force while they change: on SIGHUP, and by themselves.
import type { Clock } from './clock.ts';
import { budgetsOf, pricesOf, type ConfigFiles } from './config-files.ts';
import type { ReloadableFile } from './contract/metrics.ts';
import type { PriceTable } from './contract/price-table.ts';
import type { Log } from './log.ts';
import type { BudgetLedger } from './model/budgets.ts';
import type { Change } from './model/change.ts';
import type { OrchestratorModel } from './model/orchestrator-model.ts';
import type { PriceBook } from './price-book.ts';
import type { SelfMetrics } from './series/self.ts';
import { WatchedFile } from './watched-file.ts';

const LOOK_PERIOD_MS = 2_000;
/** How many problems of one file health tells; the log tells all. */
const MAX_TOLD = 5;

export interface ReloadParts {
  readonly files: ConfigFiles;
  readonly ledger: BudgetLedger;
  readonly model: OrchestratorModel;
  readonly prices: PriceBook;
  /** Hears of thread budgets that changed. */
  readonly show: (changes: readonly Change[]) => void;
  readonly self: SelfMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

export class ConfigReload {
  readonly #watched: readonly { readonly name: ReloadableFile; readonly file: WatchedFile }[];
  readonly #parts: ReloadParts;
  readonly stop: () => void;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
    const { files, clock } = parts;
    const watched: { name: ReloadableFile; file: WatchedFile }[] = [];
    if (files.budgets !== undefined) watched.push({ name: 'budgets_file', file: this.#budgets(files.budgets) });
    if (files.prices !== undefined) {
      logLeftOut(files.prices.value, parts.log);
      watched.push({ name: 'prices_file', file: this.#prices(files.prices) });
    }
    for (const { name } of watched) parts.self.reloaded(name, clock.now());
    this.#watched = watched;
    this.stop = clock.every(LOOK_PERIOD_MS, () => {
      for (const { file } of watched) file.look();
    });
  }

  /** Reads all files now. @returns whether what every one of them says is in force. */
  reload(): boolean {
    return this.#watched.map(({ file }) => file.reload()).every(Boolean);
  }

  /** A sentence on why the file is refused at present; undefined while what it says is in force. */
  refused(name: ReloadableFile): string | undefined {
    const problems = this.#watched.find((watched) => watched.name === name)?.file.problems ?? [];
    if (problems.length === 0) return undefined;
    const more = problems.length > MAX_TOLD ? `; and ${problems.length - MAX_TOLD} more` : '';
    return `${name} is refused and what it said before stays in force: ${problems.slice(0, MAX_TOLD).join('; ')}${more}`;
  }

  #budgets({ file, text }: { readonly file: string; readonly text: string }): WatchedFile {
    const { ledger, model, clock, log, show } = this.#parts;
    return new WatchedFile({
      file,
      text,
      take: (changed) => {
        const result = budgetsOf(changed);
        if (!result.ok) return result;
        ledger.replace(result.value, model);
        show(model.followThreadLimits(clock.now()));
        log('info', 'budgets_file has changed', { budgets: result.value.map(({ name }) => name) });
        return { ok: true, value: undefined };
      },
      onAttempt: (problems) => {
        this.#attempted('budgets_file', problems);
      },
    });
  }

  #prices({ file, text }: { readonly file: string; readonly text: string }): WatchedFile {
    const { prices, log } = this.#parts;
    return new WatchedFile({
      file,
      text,
      take: (changed) => {
        const result = pricesOf(changed);
        if (!result.ok) return result;
        prices.use(result.value);
        log('info', 'prices_file has changed', { models: result.value.models.size, layout: result.value.layout });
        logLeftOut(result.value, log);
        return { ok: true, value: undefined };
      },
      onAttempt: (problems) => {
        this.#attempted('prices_file', problems);
      },
    });
  }

  #attempted(name: ReloadableFile, problems: readonly string[]): void {
    const { self, clock, log } = this.#parts;
    if (problems.length === 0) {
      self.reloaded(name, clock.now());
      return;
    }
    self.reloadRefused(name);
    log('error', `${name} is refused; what it said before stays in force`, { problems });
  }
}

function logLeftOut({ leftOut }: PriceTable, log: Log): void {
  if (leftOut.length > 0) log('warn', 'prices_file has entries that cannot be used', { leftOut });
}
