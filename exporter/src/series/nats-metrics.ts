// What comes from NATS, in the registry of the exporter's own metrics; there only where NATS is configured.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { NATS_MESSAGE_OUTCOMES, SELF } from '../contract/metrics.ts';
import type { MetricRow, NatsMessageOutcome } from '../contract/metrics.ts';

/** What is read at scrape time. */
export interface NatsReadings {
  readonly problem: string | undefined;
  readonly backlog: { readonly pending: number; readonly unacknowledged: number } | undefined;
}

export class NatsMetrics {
  readonly #messages: Counter;

  constructor(registry: Registry, read: () => NatsReadings) {
    const base = (row: MetricRow): { name: string; help: string; labelNames: string[]; registers: Registry[] } => ({
      name: row.name,
      help: row.help,
      labelNames: [...row.labels],
      registers: [registry],
    });
    const gauge = (row: MetricRow, value: () => number | undefined): void => {
      new Gauge({
        ...base(row),
        collect() {
          const now = value();
          this.reset();
          if (now === undefined) this.remove();
          else this.set(now);
        },
      });
    };
    this.#messages = new Counter(base(SELF.natsMessages));
    for (const outcome of NATS_MESSAGE_OUTCOMES) this.#messages.inc({ outcome }, 0);
    gauge(SELF.natsConnected, () => (read().problem === undefined ? 1 : 0));
    gauge(SELF.natsPending, () => read().backlog?.pending);
    gauge(SELF.natsUnacknowledged, () => read().backlog?.unacknowledged);
  }

  message(outcome: NatsMessageOutcome): void {
    this.#messages.inc({ outcome });
  }
}
