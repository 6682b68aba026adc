// The exporter's own series about the receivers that it pushes to. Labels are names of the configuration and closed reasons.
import { PUSH_FAILURES, SELF } from '../contract/metrics.ts';
import type { MetricRow, PushFailure } from '../contract/metrics.ts';
import type { OwnSeries } from './own-series.ts';

/** What waits for a receiver. */
export interface PushBacklog {
  readonly samples: number;
  readonly lagSeconds: number;
}

export class PushMetrics {
  readonly #series: OwnSeries;
  readonly #samples;
  readonly #failed;
  readonly #retries;
  readonly #lastSuccess;
  readonly #backlogs = new Map<string, () => PushBacklog>();

  constructor(series: OwnSeries) {
    this.#series = series;
    this.#samples = series.numbers(SELF.pushSamples);
    this.#failed = series.numbers(SELF.pushFailed);
    this.#retries = series.numbers(SELF.pushRetries);
    this.#lastSuccess = series.numbers(SELF.pushLastSuccess);
    this.#reading(SELF.pushPending, ({ samples }) => samples);
    this.#reading(SELF.pushLag, ({ lagSeconds }) => lagSeconds);
  }

  /** Shows a receiver, at zero, before anything is sent to it. */
  add(receiver: string, backlog: () => PushBacklog): void {
    this.#backlogs.set(receiver, backlog);
    this.#samples.cell([receiver]);
    this.#retries.cell([receiver]);
    for (const reason of PUSH_FAILURES) this.#failed.cell([receiver, reason]);
  }

  taken(receiver: string, samples: number, nowMs: number): void {
    this.#samples.cell([receiver]).add(samples);
    this.#lastSuccess.cell([receiver]).set(nowMs / 1_000);
  }

  failed(receiver: string, reason: PushFailure, samples: number): void {
    this.#failed.cell([receiver, reason]).add(samples);
  }

  retried(receiver: string): void {
    this.#retries.cell([receiver]).add(1);
  }

  #reading(row: MetricRow, read: (backlog: PushBacklog) => number): void {
    this.#series.readings(row, () => Array.from(this.#backlogs, ([receiver, of]) => [receiver, read(of())] as const));
  }
}
