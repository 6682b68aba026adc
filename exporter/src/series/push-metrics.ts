// The exporter's own series about the receivers that it pushes to. Labels are names of the configuration and closed reasons.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { PUSH_FAILURES, SELF } from '../contract/metrics.ts';
import type { MetricRow, PushFailure } from '../contract/metrics.ts';

/** What waits for a receiver. */
export interface PushBacklog {
  readonly samples: number;
  readonly lagSeconds: number;
}

export class PushMetrics {
  readonly #registry: Registry;
  readonly #samples;
  readonly #failed;
  readonly #retries;
  readonly #lastSuccess;
  readonly #backlogs = new Map<string, () => PushBacklog>();

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#samples = new Counter(this.#base(SELF.pushSamples));
    this.#failed = new Counter(this.#base(SELF.pushFailed));
    this.#retries = new Counter(this.#base(SELF.pushRetries));
    this.#lastSuccess = new Gauge(this.#base(SELF.pushLastSuccess));
    this.#reading(SELF.pushPending, ({ samples }) => samples);
    this.#reading(SELF.pushLag, ({ lagSeconds }) => lagSeconds);
  }

  /** Shows a receiver, at zero, before anything is sent to it. */
  add(receiver: string, backlog: () => PushBacklog): void {
    this.#backlogs.set(receiver, backlog);
    this.#samples.inc({ receiver }, 0);
    this.#retries.inc({ receiver }, 0);
    for (const reason of PUSH_FAILURES) this.#failed.inc({ receiver, reason }, 0);
  }

  taken(receiver: string, samples: number, nowMs: number): void {
    this.#samples.inc({ receiver }, samples);
    this.#lastSuccess.set({ receiver }, nowMs / 1_000);
  }

  failed(receiver: string, reason: PushFailure, samples: number): void {
    this.#failed.inc({ receiver, reason }, samples);
  }

  retried(receiver: string): void {
    this.#retries.inc({ receiver });
  }

  #reading(row: MetricRow, read: (backlog: PushBacklog) => number): void {
    const backlogs = this.#backlogs;
    new Gauge({
      ...this.#base(row),
      collect() {
        for (const [receiver, backlog] of backlogs) this.set({ receiver }, read(backlog()));
      },
    });
  }

  #base(row: MetricRow): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    return { name: row.name, help: row.help, labelNames: [...row.labels], registers: [this.#registry] };
  }
}
