// Says in the log when a budget's number stops being trustworthy, and when it is again.
import type { Log } from './log.ts';
import type { BudgetView } from './model/views.ts';

export class BudgetTrust {
  readonly #log: Log;
  readonly #distrusted = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs what changed since the last call. */
  note(views: readonly BudgetView[]): void {
    const names = new Set(views.map(({ name }) => name));
    // One that comes back under the name of a deleted one is another.
    for (const name of this.#distrusted) if (!names.has(name)) this.#distrusted.delete(name);
    for (const { name, valid, untrusted } of views) {
      if (valid === !this.#distrusted.has(name)) continue;
      if (valid) {
        this.#distrusted.delete(name);
        this.#log('info', 'the numbers of a budget can be trusted again', { budget: name });
      } else {
        this.#distrusted.add(name);
        this.#log('warn', 'the numbers of a budget cannot be trusted', { budget: name, reasons: untrusted });
      }
    }
  }
}
