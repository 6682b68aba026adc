// Grafana's data frames as plain series: one per metric and label set, samples copied (Grafana empties the arrays of the
// previous frames, and streaming frames change in place). Nothing here knows what a metric means.
import { FieldType, type DataFrame, type Field, type Labels } from '@grafana/data';

export type SampleValue = number | string;

export interface Sample {
  readonly atMs: number;
  /** NaN is a sample that says "unknown"; a hole is no sample at all. */
  readonly value: SampleValue;
}

export interface Series {
  /** Metric name: label `__name__`, else the name of the value field. */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ascending in time; of several samples at one instant the last given is kept. */
  readonly samples: readonly Sample[];
  /** Distance of points that the data source computed for this query; undefined where it says none. */
  readonly intervalMs: number | undefined;
  /** True when the samples stand on that grid: they are evaluations of a range query and not what was scraped. */
  readonly onGrid: boolean;
  /** The value field, for value mappings of other sources. Its values may be gone later: read config only. */
  readonly field: Field;
}

/** Prometheus data source's own note on what it answered, `meta.custom.resultType`. */
function resultTypeOf(frame: DataFrame): unknown {
  const custom: unknown = frame.meta?.custom;
  return typeof custom === 'object' && custom !== null ? Reflect.get(custom, 'resultType') : undefined;
}

function isValueField(field: Field): boolean {
  return field.type === FieldType.number || field.type === FieldType.boolean || field.type === FieldType.enum;
}

function asSampleValue(value: unknown): SampleValue | undefined {
  if (typeof value === 'number' || typeof value === 'string') {
    return value;
  }
  return typeof value === 'boolean' ? Number(value) : undefined;
}

function inTimeOrder(samples: Sample[]): Sample[] {
  const ascending = samples.every((sample, i) => i === 0 || (samples[i - 1]?.atMs ?? 0) <= sample.atMs);
  const sorted = ascending ? samples : samples.sort((a, b) => a.atMs - b.atMs);
  return sorted.filter((sample, i) => sorted[i + 1]?.atMs !== sample.atMs);
}

function labelsWithoutName(labels: Labels | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => name !== '__name__'));
}

/**
 * Raw matrices (instant query on a range selector) and range results look alike in a frame, down to the step in its time
 * field. They are told apart by the points: a range query's stand on multiples of the step, raw samples do not.
 */
function standsOnSteps(samples: readonly Sample[], stepMs: number): boolean {
  return samples.length > 0 && samples.every((sample) => sample.atMs % stepMs === 0);
}

/** Step of a frame as the data source notes it; a vector (one instant) has none. */
function intervalOf(frame: DataFrame, time: Field): number | undefined {
  const interval = time.config.interval ?? undefined;
  return interval === undefined || interval <= 0 || resultTypeOf(frame) === 'vector' ? undefined : interval;
}

function columnsToSeries(frame: DataFrame, time: Field): Series[] {
  return frame.fields
    .filter((field) => isValueField(field) || field.type === FieldType.string)
    .map((field) => {
      const samples: Sample[] = [];
      for (let row = 0; row < time.values.length; row++) {
        const atMs: unknown = time.values[row];
        const value = asSampleValue(field.values[row]);
        if (typeof atMs === 'number' && Number.isFinite(atMs) && value !== undefined) {
          samples.push({ atMs, value });
        }
      }
      const ordered = inTimeOrder(samples);
      const intervalMs = intervalOf(frame, time);
      return {
        metric: field.labels?.['__name__'] ?? field.name,
        labels: labelsWithoutName(field.labels),
        samples: ordered,
        intervalMs,
        onGrid: intervalMs !== undefined && standsOnSteps(ordered, intervalMs),
        field,
      };
    });
}

/** Prometheus "table" format: labels are string columns, each row one sample. */
function rowsToSeries(frame: DataFrame, time: Field): Series[] {
  const labelFields = frame.fields.filter((field) => field.type === FieldType.string);
  const valueField = frame.fields.find(isValueField);
  if (valueField === undefined) {
    return [];
  }
  const byKey = new Map<string, { labels: Record<string, string>; samples: Sample[] }>();
  for (let row = 0; row < time.values.length; row++) {
    const atMs: unknown = time.values[row];
    const value = asSampleValue(valueField.values[row]);
    if (typeof atMs !== 'number' || value === undefined) {
      continue;
    }
    const cells = labelFields.map((field): [string, string] => [field.name, String(field.values[row] ?? '')]);
    const labels = Object.fromEntries(cells.filter(([, text]) => text !== ''));
    const key = JSON.stringify(cells);
    const series = byKey.get(key) ?? { labels, samples: [] };
    series.samples.push({ atMs, value });
    byKey.set(key, series);
  }
  return [...byKey.values()].map(({ labels, samples }) => ({
    metric: labels['__name__'] ?? valueField.name,
    labels: labelsWithoutName(labels),
    samples: inTimeOrder(samples),
    intervalMs: undefined,
    onGrid: false,
    field: valueField,
  }));
}

function isTable(frame: DataFrame): boolean {
  const hasLabelColumns = frame.fields.some((field) => field.type === FieldType.string);
  const values = frame.fields.filter(isValueField);
  return hasLabelColumns && values.length === 1 && values[0]?.labels === undefined;
}

/**
 * One series for each metric and label set: two queries may bring parts of the same one, such as the range and, with
 * `offset`, what was before it.
 */
function joined(series: readonly Series[]): Series[] {
  const byKey = new Map<string, Series>();
  for (const one of series) {
    const key = JSON.stringify([one.metric, Object.entries(one.labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const before = byKey.get(key);
    byKey.set(
      key,
      before === undefined
        ? one
        : {
            ...before,
            samples: inTimeOrder([...before.samples, ...one.samples]),
            intervalMs: before.intervalMs ?? one.intervalMs,
            onGrid: before.onGrid && one.onGrid,
          }
    );
  }
  return [...byKey.values()];
}

/** Every series in `frames`, copied. Frames without a time field and empty frames give none. */
export function toSeries(frames: readonly DataFrame[]): Series[] {
  const all = frames.flatMap((frame) => {
    const times = frame.fields.filter((field) => field.type === FieldType.time);
    const [time] = times;
    if (time === undefined || times.length > 1) {
      return [];
    }
    return isTable(frame) ? rowsToSeries(frame, time) : columnsToSeries(frame, time);
  });
  return joined(all);
}
