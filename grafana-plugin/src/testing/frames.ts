// Data frames for tests, in the shapes that Grafana's Prometheus data source delivers.
import { createDataFrame, FieldType, type DataFrame } from '@grafana/data';

type Samples = ReadonlyArray<readonly [atMs: number, value: number]>;

interface SeriesFrame {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: Samples;
}

/** Raw samples of an instant query on a range selector; the step in the time field is none of theirs. */
export function rawFrame({ metric, labels, samples }: SeriesFrame): DataFrame {
  return createDataFrame({
    meta: { custom: { resultType: 'matrix' } },
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: 15_000 }, values: samples.map(([atMs]) => atMs) },
      {
        name: metric,
        type: FieldType.number,
        config: {},
        labels: { __name__: metric, environment: 'dev', ...labels },
        values: samples.map(([, value]) => value),
      },
    ],
  });
}

/** A range query's result at every step of [fromMs, toMs]; undefined leaves the step out, as Prometheus does. */
export function rangeFrame(
  series: Omit<SeriesFrame, 'samples'>,
  grid: { fromMs: number; toMs: number; stepMs: number },
  valueAt: (atMs: number) => number | undefined
): DataFrame {
  const samples: Array<[number, number]> = [];
  for (let atMs = grid.fromMs; atMs <= grid.toMs; atMs += grid.stepMs) {
    const value = valueAt(atMs);
    if (value !== undefined) {
      samples.push([atMs, value]);
    }
  }
  const frame = rawFrame({ ...series, samples });
  const [time, ...rest] = frame.fields;
  return time === undefined ? frame : { ...frame, fields: [{ ...time, config: { interval: grid.stepMs } }, ...rest] };
}
