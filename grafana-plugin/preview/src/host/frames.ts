// Turns answers of the Prometheus HTTP API into the data frame JSON that Grafana's backend gives for them. Pure.

/** The JSON form of a frame, as `dataFrameFromJSON` of @grafana/data takes it. */
export interface FrameJson {
  readonly schema: {
    readonly refId: string;
    readonly name?: string;
    readonly meta?: Readonly<Record<string, unknown>>;
    readonly fields: readonly FrameField[];
  };
  readonly data: {
    readonly values: readonly (readonly unknown[])[];
    /** Where a column's nulls are NaN or infinite, by index. */
    readonly entities?: readonly (Entities | null)[];
  };
}

export interface FrameField {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string';
  readonly labels?: PrometheusLabels;
  readonly config: Readonly<Record<string, unknown>>;
}

type Entities = Readonly<Partial<Record<'NaN' | 'Inf' | 'NegInf', readonly number[]>>>;

export type PrometheusLabels = Readonly<Record<string, string>>;
/** Seconds since the epoch with a fraction, and the value as text. */
export type PrometheusSample = readonly [number, string];

export type PrometheusData =
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixSeries[] }
  | { readonly resultType: 'vector'; readonly result: readonly VectorSeries[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: PrometheusSample };

interface MatrixSeries {
  readonly metric: PrometheusLabels;
  readonly values: readonly PrometheusSample[];
}
interface VectorSeries {
  readonly metric: PrometheusLabels;
  readonly value: PrometheusSample;
}

/** As `/api/v1/query_exemplars` answers. */
export interface ExemplarSeries {
  readonly seriesLabels: PrometheusLabels;
  readonly exemplars: readonly {
    readonly labels: PrometheusLabels;
    /** As text. */
    readonly value: string;
    /** Seconds since the epoch with a fraction. */
    readonly timestamp: number;
  }[];
}

export interface FrameRequest {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format: 'time_series' | 'table';
  readonly stepMs: number;
  readonly stepText: string;
  /** Warnings and infos of the answer. */
  readonly notices: readonly string[];
}

/** One frame a series (or one table). Steps without a sample stay absent; NaN and infinities travel as entities. */
export function framesOf(data: PrometheusData, request: FrameRequest): FrameJson[] {
  const series = seriesOf(data);
  const resultType = data.resultType;
  const frames =
    series.length === 0
      ? [emptyFrame(request)]
      : request.format === 'table'
        ? [tableFrame(series, request)]
        : series.map((one) => seriesFrame(one, { resultType, request }));
  return frames.map((frame, index) => withMeta(frame, { resultType, request, first: index === 0 }));
}

/**
 * All exemplars as one frame with a column for each label, as Grafana's data source hands them to panels; undefined where
 * there are none. Grafana thins out many of them before that, the host does not.
 */
export function exemplarFrame(series: readonly ExemplarSeries[], refId: string): FrameJson | undefined {
  const rows = series
    .flatMap(({ seriesLabels, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) => ({ labels: { ...seriesLabels, ...labels }, value, timestamp }))
    )
    .sort((a, b) => a.timestamp - b.timestamp);
  if (rows.length === 0) return undefined;
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].sort();
  return {
    schema: {
      refId,
      name: 'exemplar',
      meta: { custom: { resultType: 'exemplar' }, dataTopic: 'annotations' },
      fields: [
        { name: 'Time', type: 'time', config: {} },
        { name: 'Value', type: 'number', config: {} },
        ...names.map((name): FrameField => ({ name, type: 'string', config: {} })),
      ],
    },
    data: {
      values: [
        rows.map(({ timestamp }) => Math.round(timestamp * 1_000)),
        rows.map(({ value }) => Number(value)),
        ...names.map((name) => rows.map(({ labels }) => labels[name] ?? '')),
      ],
    },
  };
}

function seriesOf(data: PrometheusData): readonly MatrixSeries[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result;
    case 'vector':
      return data.result.map(({ metric, value }) => ({ metric, values: [value] }));
    case 'scalar':
    case 'string':
      return [{ metric: {}, values: [data.result] }];
  }
}

const emptyFrame = ({ refId }: FrameRequest): FrameJson => ({
  schema: { refId, fields: [] },
  data: { values: [] },
});

const timeField = ({ stepMs }: FrameRequest): FrameField => ({
  name: 'Time',
  type: 'time',
  config: { interval: stepMs },
});

/** Milliseconds; Prometheus writes seconds with three decimals, which doubles hold to well below a millisecond. */
const milliseconds = ([seconds]: PrometheusSample): number => Math.round(seconds * 1_000);

interface Numbers {
  readonly values: (number | null)[];
  readonly entities: Entities | null;
}

function numbersOf(samples: readonly PrometheusSample[]): Numbers {
  const entities: Record<'NaN' | 'Inf' | 'NegInf', number[]> = { NaN: [], Inf: [], NegInf: [] };
  const values = samples.map(([, raw], index) => {
    const value = raw === '+Inf' ? Infinity : raw === '-Inf' ? -Infinity : Number(raw);
    if (Number.isFinite(value)) return value;
    entities[Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : 'NegInf'].push(index);
    return null;
  });
  const used = Object.fromEntries(Object.entries(entities).filter(([, indexes]) => indexes.length > 0));
  return { values, entities: Object.keys(used).length > 0 ? used : null };
}

function seriesFrame(
  { metric, values }: MatrixSeries,
  { resultType, request }: { resultType: PrometheusData['resultType']; request: FrameRequest }
): FrameJson {
  const times = values.map(milliseconds);
  if (resultType === 'string') {
    const fields = [timeField(request), { name: 'Value', type: 'string' as const, labels: {}, config: {} }];
    return { schema: { refId: request.refId, fields }, data: { values: [times, values.map(([, raw]) => raw)] } };
  }
  const { values: numbers, entities } = numbersOf(values);
  const name = legendOf(metric, request);
  const value: FrameField = {
    name: metric['__name__'] ?? 'Value',
    type: 'number',
    labels: { ...metric },
    config: name === '' ? {} : { displayNameFromDS: name },
  };
  return {
    schema: { refId: request.refId, fields: [timeField(request), value] },
    data: { values: [times, numbers], ...(entities === null ? {} : { entities: [null, entities] }) },
  };
}

/** The display name: `{{label}}` templates, else `name{label="value", ...}`; empty for `__auto`, which the page resolves. */
function legendOf(metric: PrometheusLabels, { legendFormat, expr }: FrameRequest): string {
  if (legendFormat === '__auto') return '';
  if (legendFormat !== '') {
    return legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, label: string) => metric[label] ?? '');
  }
  const labels = Object.entries(metric).filter(([label]) => label !== '__name__');
  const text = `${metric['__name__'] ?? ''}{${labels.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
  return text === '{}' ? expr : text;
}

/** All samples in one frame with a string column a label, ordered by time. */
function tableFrame(series: readonly MatrixSeries[], request: FrameRequest): FrameJson {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = series
    .flatMap(({ metric, values }) => values.map((sample) => ({ metric, sample })))
    .sort((a, b) => a.sample[0] - b.sample[0]);
  const { values, entities } = numbersOf(rows.map(({ sample }) => sample));
  const columns = labels.map((label) => rows.map(({ metric }) => metric[label] ?? null));
  const fields: FrameField[] = [
    timeField(request),
    ...labels.map((name) => ({ name, type: 'string' as const, config: { filterable: true } })),
    { name: `Value #${request.refId}`, type: 'number', config: {} },
  ];
  return {
    schema: { refId: request.refId, fields },
    data: {
      values: [rows.map(({ sample }) => milliseconds(sample)), ...columns, values],
      ...(entities === null ? {} : { entities: [null, ...labels.map(() => null), entities] }),
    },
  };
}

function withMeta(
  frame: FrameJson,
  { resultType, request, first }: { resultType: PrometheusData['resultType']; request: FrameRequest; first: boolean }
): FrameJson {
  const meta: Record<string, unknown> = {
    ...(request.format === 'table'
      ? { preferredVisualisationType: 'rawPrometheus' }
      : {
          type: resultType === 'matrix' ? 'timeseries-multi' : 'numeric-multi',
          typeVersion: [0, 1],
          preferredVisualisationType: 'graph',
        }),
    custom: { resultType, ...(first ? { calculatedMinStep: request.stepMs } : {}) },
    ...(first ? { executedQueryString: `Expr: ${request.expr}\nStep: ${request.stepText}` } : {}),
    ...(first && request.notices.length > 0
      ? { notices: request.notices.map((text) => ({ severity: 'warning', text })) }
      : {}),
  };
  return { ...frame, schema: { ...frame.schema, meta } };
}
