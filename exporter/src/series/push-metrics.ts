// The exporter's own series about the receivers that it pushes to. Labels are names of the configuration and closed reasons.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { REMOTE_WRITE_FAILURES, SELF } from '../contract/metrics.ts';
import type { MetricRow, RemoteWriteFailure } from '../contract/metrics.ts';

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
    this.#samples = new Counter(this.#base(SELF.remoteWriteSamples));
    this.#failed = new Counter(this.#base(SELF.remoteWriteFailed));
    this.#retries = new Counter(this.#base(SELF.remoteWriteRetries));
    this.#lastSuccess = new Gauge(this.#base(SELF.remoteWriteLastSuccess));
    this.#reading(SELF.remoteWritePending, ({ samples }) => samples);
    this.#reading(SELF.remoteWriteLag, ({ lagSeconds }) => lagSeconds);
  }

  /** Shows a receiver, at zero, before anything is sent to it. */
  add(remote: string, backlog: () => PushBacklog): void {
    this.#backlogs.set(remote, backlog);
    this.#samples.inc({ remote }, 0);
    this.#retries.inc({ remote }, 0);
    for (const reason of REMOTE_WRITE_FAILURES) this.#failed.inc({ remote, reason }, 0);
  }

  taken(remote: string, samples: number, nowMs: number): void {
    this.#samples.inc({ remote }, samples);
    this.#lastSuccess.set({ remote }, nowMs / 1_000);
  }

  failed(remote: string, reason: RemoteWriteFailure, samples: number): void {
    this.#failed.inc({ remote, reason }, samples);
  }

  retried(remote: string): void {
    this.#retries.inc({ remote });
  }

  #reading(row: MetricRow, read: (backlog: PushBacklog) => number): void {
    const backlogs = this.#backlogs;
    new Gauge({
      ...this.#base(row),
      collect() {
        for (const [remote, backlog] of backlogs) this.set({ remote }, read(backlog()));
      },
    });
  }

  #base(row: MetricRow): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    return { name: row.name, help: row.help, labelNames: [...row.labels], registers: [this.#registry] };
  }
}
