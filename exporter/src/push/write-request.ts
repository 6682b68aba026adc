// Timeline samples as a Prometheus WriteRequest, protobuf in snappy: remote write 1.0,
// https://prometheus.io/docs/specs/prw/remote_write_spec/.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import snappy from 'snappyjs';
import { ENVIRONMENT_LABEL, TIMELINE } from '../contract/metrics.ts';
import type { TimelineFamily, TimelineSeries } from '../series/timeline-series.ts';

/** One sample to be pushed; without a value the series ends there. */
export interface PushedSample {
  readonly series: TimelineSeries;
  readonly atMs: number;
  readonly value: number | undefined;
}

export const WRITE_REQUEST_HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
} as const;

/** The NaN by which Prometheus tells that a series has ended from one that someone measured (model/value). */
const STALE_BITS = 0x7ff0_0000_0000_0002n;

// Field numbers of prompb: WriteRequest, TimeSeries, Label, Sample.
const TIMESERIES = 1;
const LABELS = 1;
const SAMPLES = 2;
const LABEL = { name: 1, value: 2 };
const SAMPLE = { value: 1, timestamp: 2 };

export class WriteRequests {
  readonly #environment: string;
  /** Labels of a series never change. */
  readonly #labels = new WeakMap<TimelineSeries, Uint8Array>();

  constructor(environment: string) {
    this.#environment = environment;
  }

  /** Samples of one series stand together in the order they come in, which must be ascending. */
  encode(samples: readonly PushedSample[]): Uint8Array {
    const bySeries = new Map<TimelineSeries, PushedSample[]>();
    for (const sample of samples) {
      const own = bySeries.get(sample.series);
      if (own === undefined) bySeries.set(sample.series, [sample]);
      else own.push(sample);
    }
    const writer = new BinaryWriter();
    for (const [series, own] of bySeries) {
      writer.tag(TIMESERIES, WireType.LengthDelimited).fork().raw(this.#labelsOf(series));
      for (const { atMs, value } of own) {
        writer.tag(SAMPLES, WireType.LengthDelimited).fork().tag(SAMPLE.value, WireType.Bit64);
        if (value === undefined) writer.fixed64(STALE_BITS);
        else writer.double(valueOf(series.family, value));
        writer.tag(SAMPLE.timestamp, WireType.Varint).int64(Math.round(atMs)).join();
      }
      writer.join();
    }
    return snappy.compress(writer.finish());
  }

  #labelsOf(series: TimelineSeries): Uint8Array {
    let bytes = this.#labels.get(series);
    if (bytes === undefined) {
      const row = TIMELINE[series.family];
      const pairs = [
        ['__name__', row.name],
        [ENVIRONMENT_LABEL, this.#environment],
        ...row.labels.map((label, at) => [label, series.values[at] ?? '']),
      ] as [string, string][];
      const writer = new BinaryWriter();
      // Sorted as the specification asks. An empty label is one that is not there.
      for (const [name, value] of pairs.filter(([, text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1))) {
        writer.tag(LABELS, WireType.LengthDelimited).fork();
        writer.tag(LABEL.name, WireType.LengthDelimited).string(name);
        writer.tag(LABEL.value, WireType.LengthDelimited).string(value).join();
      }
      bytes = writer.finish();
      this.#labels.set(series, bytes);
    }
    return bytes;
  }
}

/** Money is nano-USD until here; one division of whole numbers rounds like reading the decimal text does. */
export function valueOf(family: TimelineFamily, value: number): number {
  return family === 'threadCost' ? value / 1e9 : value;
}
