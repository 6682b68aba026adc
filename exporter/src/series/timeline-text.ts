// The timeline as OpenMetrics text: samples of one series together, ascending, each with its own timestamp.
import type { NanoUsd } from '../contract/money.ts';
import { usdText } from '../contract/money.ts';
import { TIMELINE } from '../contract/metrics.ts';
import { familyHead, numberText, OPENMETRICS_END, timestampText } from './exposition.ts';
import { TIMELINE_FAMILIES } from './timeline-series.ts';
import type { Sample, TimelineFamily, TimelineSeries } from './timeline-series.ts';

function valueText(family: TimelineFamily, value: number): string {
  return family === 'threadCost' ? usdText(value as NanoUsd) : numberText(value);
}

/** Lines made at once. */
const PAGE_LINES = 1_000;

/**
 * Samples must come ascending within each series. Every family is named, also without samples; ends with `# EOF`. Some of the
 * pages are empty: the work between them was grouping.
 */
export function* timelinePages(samples: readonly Sample[]): Generator<string> {
  const byFamily = new Map<TimelineFamily, Map<TimelineSeries, Sample[]>>(
    TIMELINE_FAMILIES.map((family) => [family, new Map<TimelineSeries, Sample[]>()])
  );
  let grouped = 0;
  for (const sample of samples) {
    const bySeries = byFamily.get(sample.series.family);
    const own = bySeries?.get(sample.series);
    if (own === undefined) bySeries?.set(sample.series, [sample]);
    else own.push(sample);
    grouped += 1;
    if (grouped % (10 * PAGE_LINES) === 0) yield '';
  }
  for (const [family, bySeries] of byFamily) {
    let lines = [familyHead(TIMELINE[family], 'openmetrics')];
    for (const own of bySeries.values()) {
      for (const { series, atMs, value } of own) {
        lines.push(`${series.head}${valueText(family, value)} ${timestampText(atMs)}\n`);
        if (lines.length < PAGE_LINES) continue;
        yield lines.join('');
        lines = [];
      }
    }
    yield lines.join('');
  }
  yield OPENMETRICS_END;
}
