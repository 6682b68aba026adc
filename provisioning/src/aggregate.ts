// PromQL that sums, ranks and compares; what every dashboard builds its queries from.
import { SELF } from 'orchestrator-exporter/contract/metrics';
import { select, type Scope } from './expressions.ts';

const by = (labels: readonly string[]): string => (labels.length === 0 ? '' : ` by (${labels.join(', ')}) `);

export const sum = (labels: readonly string[], expr: string): string => `sum${by(labels)}(${expr})`;
export const max = (labels: readonly string[], expr: string): string => `max${by(labels)}(${expr})`;
export const count = (labels: readonly string[], expr: string): string => `count${by(labels)}(${expr})`;

/** Per second, over Grafana's range for the step: no sample between two points is left out. */
export const rate = (labels: readonly string[], name: string, scope: Scope): string =>
  sum(labels, `rate(${select(name, scope)}[$__rate_interval])`);

/**
 * What a counter of events gained in the dashboard's range, estimated by Prometheus; a series that begins in the range
 * is counted from its first sample on.
 */
export const gained = (labels: readonly string[], name: string, scope: Scope): string =>
  sum(labels, `increase(${select(name, scope)}[$__range])`);

interface Quantile {
  /** Of the histogram. */
  readonly name: string;
  readonly scope: Scope;
  readonly labels: readonly string[];
  readonly over?: string;
}

/** The value that `q` of 1 stay below, from the buckets of a histogram; nothing where nothing was observed. */
export function quantile(q: number, { name, scope, labels, over = '$__rate_interval' }: Quantile): string {
  const buckets = sum([...labels, 'le'], `rate(${select(`${name}_bucket`, scope)}[${over}])`);
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

/** 0 where `expr` has no series though an exporter is there: nothing found is not the same as nobody looked. */
export const orZero = (expr: string, scope: Scope): string =>
  `${expr} or max(0 * ${select(SELF.buildInfo.name, scope)})`;

/** Milliseconds, as Grafana's units of dates take them. */
export const milliseconds = (seconds: string): string => `(${seconds}) * 1000`;
export const ageOf = (name: string, scope: Scope): string => `time() - ${select(name, scope)}`;
