// The settled samples of the last hour as lines of a snapshot: a consumer that was away goes on over a restart.
import type { SampleRing } from './sample-ring.ts';
import type { SeriesRef, SettledSample, TimelineSeries, TimelineSeriesSet } from './timeline-series.ts';

/** Samples of one line, in their order: their series, named once, and numbers. */
export interface SamplesDump {
  readonly series: readonly SeriesRef[];
  /** `shiftMs` is how far ties moved the sample. */
  readonly samples: readonly (readonly [series: number, atMs: number, shiftMs: number, value: number, event: number])[];
}

const PER_LINE = 500;

export function* dumpSamples(ring: SampleRing<SettledSample>): Generator<SamplesDump> {
  for (let first = ring.first; first < ring.next; first += PER_LINE) {
    const places = new Map<TimelineSeries, number>();
    const samples: SamplesDump['samples'][number][] = [];
    for (let i = first; i < Math.min(first + PER_LINE, ring.next); i += 1) {
      const sample = ring.at(i);
      if (sample === undefined) continue;
      const { series, atMs, trueMs, value, event } = sample;
      const place = places.get(series) ?? places.size;
      places.set(series, place);
      samples.push([place, atMs, atMs - trueMs, value, event]);
    }
    yield { series: [...places.keys()].map(({ ref }) => ref), samples };
  }
}

/** @throws RangeError when a sample is of a series that the line does not name. */
export function* loadSamples({ series, samples }: SamplesDump, set: TimelineSeriesSet): Generator<SettledSample> {
  const known = series.map((ref) => set.of(ref));
  for (const [place, atMs, shiftMs, value, event] of samples) {
    const own = known[place];
    if (own === undefined) throw new RangeError(`a sample of series ${place} of ${known.length}`);
    yield { series: own, atMs, trueMs: atMs - shiftMs, value, event };
  }
}
