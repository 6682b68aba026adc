// What comes from NATS, among the exporter's own series; there only where NATS is configured.
import { NATS_MESSAGE_OUTCOMES, SELF } from '../contract/metrics.ts';
import type { NatsMessageOutcome } from '../contract/metrics.ts';
import type { NumberCell } from './cell.ts';
import type { Family } from './family.ts';
import type { OwnSeries } from './own-series.ts';

/** What is read at scrape time. */
export interface NatsReadings {
  readonly problem: string | undefined;
  readonly backlog: { readonly pending: number; readonly unacknowledged: number } | undefined;
}

export class NatsMetrics {
  readonly #messages: Family<NumberCell>;

  constructor(series: OwnSeries, read: () => NatsReadings) {
    this.#messages = series.numbers(SELF.natsMessages);
    for (const outcome of NATS_MESSAGE_OUTCOMES) this.#messages.cell([outcome]);
    series.reading(SELF.natsConnected, () => (read().problem === undefined ? 1 : 0));
    series.reading(SELF.natsPending, () => read().backlog?.pending);
    series.reading(SELF.natsUnacknowledged, () => read().backlog?.unacknowledged);
  }

  message(outcome: NatsMessageOutcome): void {
    this.#messages.cell([outcome]).add(1);
  }
}
