// Step, alignment and time macros of Prometheus queries, as Grafana's data source computes them.
import type { Bindings, VariableBinding } from './interpolate.ts';

/** Scrape interval of the provisioned data source (`jsonData.timeInterval`); Grafana's default too. */
export const SCRAPE_INTERVAL_MS = 15_000;
/** Prometheus refuses a range query of more points. */
const MAX_POINTS = 11_000;

export interface StepRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** From `rangeUtil.calculateInterval`: range / maxDataPoints, rounded, not below the min interval. */
  readonly intervalMs: number;
  readonly intervalFactor: number;
}

/** Step in ms of a range query. */
export function stepOf({ fromMs, toMs, intervalMs, intervalFactor }: StepRequest): number {
  const safeMs = Math.ceil((toMs - fromMs) / MAX_POINTS);
  return Math.max(1, Math.max(intervalMs, safeMs) * Math.max(1, intervalFactor));
}

export interface AlignRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Offset of the dashboard's time zone, so that daily steps fall on local midnight. */
  readonly utcOffsetMs: number;
}

/** Both ends floored to multiples of the step: the first point can precede `from`. */
export function alignRange({ fromMs, toMs, stepMs, utcOffsetMs }: AlignRequest): { startMs: number; endMs: number } {
  const floor = (atMs: number): number => Math.floor((atMs + utcOffsetMs) / stepMs) * stepMs - utcOffsetMs;
  return { startMs: floor(fromMs), endMs: floor(toMs) };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A PromQL duration in its largest whole unit: 90000 -> `90s`, 60000 -> `1m`, 1500 -> `1500ms`. */
export function promDuration(ms: number): string {
  const unit = UNITS.find(([, length]) => ms >= length && ms % length === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${Math.round(ms)}ms`;
}

/** `$__range`, `$__interval`, `$__rate_interval` and their `_s` and `_ms` forms for one query. */
export function timeMacros({ fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number }): Bindings {
  const rangeSeconds = Math.round((toMs - fromMs) / 1_000);
  const rateMs = Math.max(stepMs + SCRAPE_INTERVAL_MS, 4 * SCRAPE_INTERVAL_MS);
  const macros: Readonly<Record<string, string>> = {
    __range: `${rangeSeconds}s`,
    __range_s: String(rangeSeconds),
    __range_ms: String(toMs - fromMs),
    __interval: promDuration(stepMs),
    __interval_ms: String(stepMs),
    __rate_interval: promDuration(rateMs),
    __rate_interval_ms: String(rateMs),
  };
  return new Map(
    Object.entries(macros).map(([name, value]): [string, VariableBinding] => [
      name,
      { value, text: value, multi: false, verbatim: true },
    ])
  );
}
