// Grafana's data frames as plain series: one per metric and label set. Samples are the frames' own arrays, borrowed while
// reading: Grafana empties them later and streaming frames change in place, so whoever keeps something copies it. Nothing
// here knows what a metric means.
import { FieldType, type DataFrame, type Field, type Labels } from '@grafana/data';

export type SampleValue = number | string;

export interface Sample {
  readonly atMs: number;
  /** NaN is a sample that says "unknown"; a hole is no sample at all. */
  readonly value: SampleValue;
}

/** Samples as columns, ascending, one an instant: of several the last given is kept. */
export interface SampleColumns {
  readonly length: number;
  readonly atMs: ArrayLike<number>;
  readonly value: ArrayLike<SampleValue>;
  /** The same for equal numbers at equal times; undefined where there are words. */
  readonly fingerprint: string | undefined;
}

export interface Series extends SampleColumns {
  /** Metric name: label `__name__`, else the name of the value field. */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Distance of points that the data source computed for this query; undefined where it says none. */
  readonly intervalMs: number | undefined;
  /** True when the samples stand on that grid: they are evaluations of a range query and not what was scraped. */
  readonly onGrid: boolean;
  /** The value field, for value mappings and colours. Its values may be gone later: read config only. */
  readonly field: Field;
}

/** More than anybody has, and what a scale still has room for: beyond it sums and differences overflow. */
const LARGEST = 1e15;
/** Less than any price; divided by, it would overflow. */
const SMALLEST = 1e-12;

/** A sample as an amount that can be counted with; undefined for words, NaN, infinities and numbers beyond all measure. */
export function amountOf(value: SampleValue | undefined): number | undefined {
  if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST)) {
    return undefined;
  }
  return Math.abs(value) < SMALLEST ? 0 : value;
}

/** The samples of a series as objects, copied: for the small ones. */
export function samplesOf(series: SampleColumns): Sample[] {
  return Array.from({ length: series.length }, (_, i) => ({
    atMs: series.atMs[i] ?? 0,
    value: series.value[i] ?? NaN,
  }));
}

/** Prometheus data source's own note on what it answered, `meta.custom.resultType`. */
export function resultTypeOf(frame: DataFrame): unknown {
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

/** Columns of samples in any order. */
function columnsOf(samples: Sample[]): SampleColumns {
  const sorted = samples.sort((a, b) => a.atMs - b.atMs);
  const kept = sorted.filter((sample, i) => sorted[i + 1]?.atMs !== sample.atMs);
  const value = kept.map((sample) => sample.value);
  const atMs = kept.map((sample) => sample.atMs);
  return { ...checked(atMs, value), length: kept.length, atMs, value };
}

interface Checked {
  /** Usable as they are: numbers or words at strictly ascending times. */
  readonly clean: boolean;
  readonly fingerprint: string | undefined;
}

/** A number and its bits: two that differ at all are told apart. */
const number = new Float64Array(1);
const bits = new Uint32Array(number.buffer);

/** One pass over both columns: whether they can be used as they are, and 64 bits that tell equal content. */
function checked(times: ArrayLike<unknown>, values: ArrayLike<unknown>): Checked {
  let high = times.length;
  let low = 0x811c9dc5;
  let before = -Infinity;
  let numeric = true;
  for (let i = 0; i < times.length; i++) {
    const at = times[i];
    const value = values[i];
    if (typeof at !== 'number' || !(at > before) || at === Infinity) {
      return { clean: false, fingerprint: undefined };
    }
    if (typeof value === 'number') {
      number[0] = at;
      low = Math.imul(low ^ (bits[0] ?? 0), 0x01000193);
      low = Math.imul(low ^ (bits[1] ?? 0), 0x01000193);
      number[0] = value;
      high = Math.imul(high ^ (bits[0] ?? 0) ^ (low >>> 15), 0x85ebca6b);
      high = Math.imul(high ^ (bits[1] ?? 0), 0xc2b2ae35);
    } else if (typeof value === 'string') {
      numeric = false;
    } else {
      return { clean: false, fingerprint: undefined };
    }
    before = at;
  }
  return { clean: true, fingerprint: numeric ? `${times.length} ${before} ${high} ${low}` : undefined };
}

/** The two columns of a frame as they stand where that can be, else a copy in order without what is no sample. */
function borrow(times: ArrayLike<unknown>, values: ArrayLike<unknown>): SampleColumns {
  const { clean, fingerprint } = checked(times, values);
  if (clean) {
    const [atMs, value] = [times as ArrayLike<number>, values as ArrayLike<SampleValue>];
    return { length: times.length, atMs, value, fingerprint };
  }
  const samples: Sample[] = [];
  for (let row = 0; row < times.length; row++) {
    const atMs = times[row];
    const value = asSampleValue(values[row]);
    if (typeof atMs === 'number' && Number.isFinite(atMs) && value !== undefined) {
      samples.push({ atMs, value });
    }
  }
  return columnsOf(samples);
}

function labelsWithoutName(labels: Labels | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => name !== '__name__'));
}

/**
 * Raw matrices (instant query on a range selector) and range results look alike in a frame, down to the step in its time
 * field. They are told apart by the points: a range query's stand on multiples of the step, raw samples do not.
 */
function standsOnSteps(samples: SampleColumns, stepMs: number): boolean {
  for (let i = 0; i < samples.length; i++) {
    if ((samples.atMs[i] ?? 0) % stepMs !== 0) {
      return false;
    }
  }
  return samples.length > 0;
}

/** Step of a frame as the data source notes it; a vector (one instant) has none. */
function intervalOf(frame: DataFrame, time: Field): number | undefined {
  const interval = time.config.interval ?? undefined;
  return interval === undefined || interval <= 0 || resultTypeOf(frame) === 'vector' ? undefined : interval;
}

function columnsToSeries(frame: DataFrame, time: Field): Series[] {
  const intervalMs = intervalOf(frame, time);
  return frame.fields
    .filter((field) => isValueField(field) || field.type === FieldType.string)
    .map((field) => {
      const columns = borrow(time.values, field.values);
      return {
        ...columns,
        metric: field.labels?.['__name__'] ?? field.name,
        labels: labelsWithoutName(field.labels),
        intervalMs,
        onGrid: intervalMs !== undefined && standsOnSteps(columns, intervalMs),
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
    ...columnsOf(samples),
    metric: labels['__name__'] ?? valueField.name,
    labels: labelsWithoutName(labels),
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
            ...columnsOf([...samplesOf(before), ...samplesOf(one)]),
            intervalMs: before.intervalMs ?? one.intervalMs,
            onGrid: before.onGrid && one.onGrid,
          }
    );
  }
  return [...byKey.values()];
}

/** Every series in `frames`. Frames without a time field and empty frames give none. */
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
