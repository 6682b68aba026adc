// Answers the page's queries from series that a test gives, in the form of Prometheus's API, without a Prometheus.
import { parseDuration } from 'orchestrator-exporter/contract/duration';
import type { Page } from 'playwright-core';

export interface RecordedSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds and value, ascending. */
  readonly samples: readonly (readonly [number, number])[];
}

/** An exemplar of a series, with its own labels and those of the series together. */
export interface RecordedExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly value: number;
}

/** By metric name. */
export type Recording = Readonly<Record<string, readonly RecordedSeries[]>>;

interface Answer {
  readonly resultType: 'matrix' | 'vector';
  readonly result: readonly object[];
}

/** A query is answered by the first metric whose name stands in it; range selectors with raw samples, as Prometheus does. */
export async function recordPrometheus(
  page: Page,
  recording: Recording,
  exemplars: readonly RecordedExemplar[] = []
): Promise<void> {
  await page.route('**/api/v1/**', async (route) => {
    const url = new URL(route.request().url());
    const form = new URLSearchParams(route.request().postData() ?? url.search);
    const label = /\/label\/([^/]+)\/values$/.exec(url.pathname)?.[1];
    const data =
      label !== undefined
        ? labelValues(label, recording)
        : url.pathname.endsWith('/query_exemplars')
          ? exemplarAnswer(form, exemplars)
          : answer(form, { recording, ranged: url.pathname.endsWith('/query_range') });
    await route.fulfill({ json: { status: 'success', data } });
  });
}

/** Every query is refused with this message; variables find nothing. */
export async function refuseQueries(page: Page, message: string): Promise<void> {
  await recordPrometheus(page, {});
  await page.route('**/api/v1/query*', (route) =>
    // 200, because the browser itself reports any other status as an error of the page.
    route.fulfill({ status: 200, json: { status: 'error', errorType: 'bad_data', error: message } })
  );
}

function labelValues(label: string, recording: Recording): readonly string[] {
  const all = Object.values(recording).flatMap((series) => series.map(({ labels }) => labels[label]));
  return [...new Set(all.filter((value) => value !== undefined))].sort();
}

function exemplarAnswer(form: URLSearchParams, exemplars: readonly RecordedExemplar[]): readonly object[] {
  const [startMs, endMs] = [Number(form.get('start')) * 1_000, Number(form.get('end')) * 1_000];
  return exemplars
    .filter(({ atMs }) => atMs >= startMs && atMs <= endMs)
    .map(({ labels, atMs, value }) => ({
      seriesLabels: {},
      exemplars: [{ labels, value: String(value), timestamp: atMs / 1_000 }],
    }));
}

function answer(form: URLSearchParams, { recording, ranged }: { recording: Recording; ranged: boolean }): Answer {
  const query = form.get('query') ?? '';
  const name = Object.keys(recording).find((metric) => new RegExp(`\\b${metric}\\b`).test(query));
  const series = name === undefined ? [] : (recording[name] ?? []);
  const metric = ({ labels }: RecordedSeries): object => ({ __name__: name, ...labels });
  if (ranged) {
    const step = Number(form.get('step')) * 1_000;
    const start = Number(form.get('start')) * 1_000;
    const end = Number(form.get('end')) * 1_000;
    const result = series.map((one) => ({ metric: metric(one), values: stepped(one, { start, end, step }) }));
    return { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
  }
  const selector = rangeSelector(query);
  if (selector !== undefined) {
    const { windowMs, offsetMs } = selector;
    const endMs = Number(form.get('time')) * 1_000 - offsetMs;
    const result = series.map((one) => ({
      metric: metric(one),
      values: one.samples.filter(([ms]) => ms >= endMs - windowMs && ms <= endMs).map(promSample),
    }));
    return { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
  }
  const latest = series.flatMap((one) => {
    const last = one.samples.at(-1);
    return last === undefined ? [] : [{ metric: metric(one), value: promSample(last) }];
  });
  return { resultType: 'vector', result: latest };
}

/** `[5m]` or `[5m] offset 1h` at the end of the query, in milliseconds; undefined for any other query. */
function rangeSelector(query: string): { windowMs: number; offsetMs: number } | undefined {
  const found = /\[(\w+)\](?:\s+offset\s+(\w+))?\s*$/.exec(query);
  const windowMs = parseDuration(found?.[1] ?? '');
  const offsetMs = parseDuration(found?.[2] ?? '0');
  return windowMs === undefined || offsetMs === undefined ? undefined : { windowMs, offsetMs };
}

const promSample = ([ms, value]: readonly [number, number]): readonly [number, string] => [ms / 1_000, String(value)];

/** The newest sample at each step, five minutes old at most. */
function stepped(
  { samples }: RecordedSeries,
  { start, end, step }: { start: number; end: number; step: number }
): readonly (readonly [number, string])[] {
  const values: (readonly [number, string])[] = [];
  for (let at = start; at <= end; at += step) {
    const sample = samples.findLast(([ms]) => ms <= at && ms > at - 300_000);
    if (sample !== undefined) values.push([at / 1_000, String(sample[1])]);
  }
  return values;
}
