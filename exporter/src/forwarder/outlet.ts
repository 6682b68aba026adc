// Takes a batch to its end: sent again while the exporter is away, cut in halves while it is too large, counted when answered.
import type { DeliveryOutcome } from './delivery.ts';
import type { Settings } from './options.ts';
import { Pause } from './pause.ts';

export interface OutletCounts {
  accepted: number;
  duplicates: number;
  rejected: number;
  failedAttempts: number;
}

/** An exporter that asks for a longer pause is asked all the same now and then. */
const MAX_RETRY_AFTER_MS = 600_000;
/** Refused events that are shown of each batch. */
const REJECTIONS_SAID = 3;
const SHOWN_CHARACTERS = 200;

export class Outlet {
  readonly counts: OutletCounts = { accepted: 0, duplicates: 0, rejected: 0, failedAttempts: 0 };
  readonly #settings: Settings;
  readonly #deadline: AbortSignal;
  readonly #pause: Pause;
  #problem: string | undefined;

  /** @param deadline aborts when nothing may be tried again. */
  constructor(settings: Settings, deadline: AbortSignal) {
    this.#settings = settings;
    this.#deadline = deadline;
    this.#pause = new Pause(settings.clock);
  }

  /** Why events are not taken at present. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Ends a pause between two attempts. */
  hurry(): void {
    this.#pause.end();
  }

  /** Until there is an answer for every line; resolves with how many have none because the deadline came before. Never rejects. */
  async deliver(lines: readonly string[]): Promise<number> {
    const parts: (readonly string[])[] = [lines];
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const outcome = await this.#attempts(part);
      switch (outcome.kind) {
        case 'away':
          return parts.reduce((sum, { length }) => sum + length, part.length);
        case 'answered':
          this.#answered(outcome, part);
          break;
        case 'refused':
          if (part.length === 1) {
            this.counts.rejected += 1;
            this.#settings.onWarning(`an event is refused: ${outcome.message}: ${shown(part[0])}`);
          } else {
            const half = Math.ceil(part.length / 2);
            parts.unshift(part.slice(0, half), part.slice(half));
          }
      }
    }
    return 0;
  }

  /** `away` only when the deadline is over. */
  async #attempts(lines: readonly string[]): Promise<DeliveryOutcome> {
    const { delivery, onWarning } = this.#settings;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await delivery.send(lines, this.#deadline);
      if (outcome.kind !== 'away') {
        if (this.#problem !== undefined) onWarning(`${delivery.name} takes events again`);
        this.#problem = undefined;
        return outcome;
      }
      this.counts.failedAttempts += 1;
      if (this.#problem === undefined) onWarning(`events are kept and sent again: ${outcome.message}`);
      this.#problem = outcome.message;
      if (!this.#deadline.aborted) await this.#pause.wait(this.#backOffMs(attempt) + retryAfterMs(outcome));
      if (this.#deadline.aborted) return outcome;
    }
  }

  /** Full jitter: many orchestrators that lost the same exporter must not come back together. */
  #backOffMs(attempt: number): number {
    const { random, minRetryMs, maxRetryMs } = this.#settings;
    return random() * Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(attempt, 30));
  }

  #answered(outcome: Extract<DeliveryOutcome, { kind: 'answered' }>, lines: readonly string[]): void {
    const { accepted, duplicates, rejected } = outcome;
    const { onWarning } = this.#settings;
    this.counts.accepted += accepted;
    this.counts.duplicates += duplicates;
    this.counts.rejected += rejected.length;
    for (const { index, reason, message } of rejected.slice(0, REJECTIONS_SAID))
      onWarning(`rejected (${reason}): ${message}: ${shown(lines[index])}`);
    const more = rejected.length - REJECTIONS_SAID;
    if (more > 0) onWarning(`and ${more} more events of the batch were rejected`);
  }
}

function retryAfterMs(outcome: Extract<DeliveryOutcome, { kind: 'away' }>): number {
  return Math.min(MAX_RETRY_AFTER_MS, outcome.retryAfterMs ?? 0);
}

function shown(line: string | undefined): string {
  return line?.slice(0, SHOWN_CHARACTERS) ?? 'no such event was sent';
}
