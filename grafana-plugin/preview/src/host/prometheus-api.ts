// Calls the Prometheus HTTP API through the host's proxy and reads its answers.
import type { ExemplarSeries, PrometheusData } from './frames.ts';
import type { LabelValuesQuery } from './variables.ts';

interface ApiAnswer {
  readonly status?: string;
  readonly data?: unknown;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export interface QueryAnswer {
  readonly data: PrometheusData;
  readonly notices: readonly string[];
}

async function call(
  path: string,
  { body, signal }: { body?: URLSearchParams; signal: AbortSignal }
): Promise<ApiAnswer> {
  const response = await fetch(`/api/v1/${path}`, { signal, ...(body === undefined ? {} : { method: 'POST', body }) });
  const text = await response.text();
  let answer: ApiAnswer;
  try {
    answer = JSON.parse(text) as ApiAnswer;
  } catch {
    throw new Error(`Prometheus answered ${response.status} with something that is not JSON: ${text.slice(0, 120)}`);
  }
  if (answer.status !== 'success') throw new Error(answer.error ?? `Prometheus answered ${response.status}`);
  return answer;
}

const seconds = (ms: number): string => String(ms / 1_000);

async function query(
  path: string,
  { body, signal }: { body: URLSearchParams; signal: AbortSignal }
): Promise<QueryAnswer> {
  const answer = await call(path, { body, signal });
  return { data: answer.data as PrometheusData, notices: [...(answer.warnings ?? []), ...(answer.infos ?? [])] };
}

export interface RangeQuery {
  readonly expr: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly signal: AbortSignal;
}

export function rangeQuery({ expr, startMs, endMs, stepMs, signal }: RangeQuery): Promise<QueryAnswer> {
  const body = { query: expr, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) };
  return query('query_range', { body: new URLSearchParams(body), signal });
}

/** The exemplars of the series in the range. */
export async function exemplarQuery({
  expr,
  startMs,
  endMs,
  signal,
}: Omit<RangeQuery, 'stepMs'>): Promise<readonly ExemplarSeries[]> {
  const body = new URLSearchParams({ query: expr, start: seconds(startMs), end: seconds(endMs) });
  const answer = await call('query_exemplars', { body, signal });
  return Array.isArray(answer.data) ? (answer.data as readonly ExemplarSeries[]) : [];
}

/** Evaluated at exactly `timeMs`; a range selector answers with its raw samples. */
export function instantQuery({
  expr,
  timeMs,
  signal,
}: {
  expr: string;
  timeMs: number;
  signal: AbortSignal;
}): Promise<QueryAnswer> {
  return query('query', { body: new URLSearchParams({ query: expr, time: seconds(timeMs) }), signal });
}

export interface LabelValuesRequest extends LabelValuesQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
}

export async function labelValues({
  label,
  selector,
  fromMs,
  toMs,
  signal,
}: LabelValuesRequest): Promise<readonly string[]> {
  const params = new URLSearchParams({ start: seconds(fromMs), end: seconds(toMs) });
  if (selector !== undefined) params.set('match[]', selector);
  const answer = await call(`label/${encodeURIComponent(label)}/values?${params.toString()}`, { signal });
  return Array.isArray(answer.data) ? answer.data.map(String) : [];
}
