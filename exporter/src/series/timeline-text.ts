// The timeline as OpenMetrics text: samples of one series together, ascending, each with its own timestamp.
import type { NanoUsd } from '../contract/money.ts';
import { usdText } from '../contract/money.ts';
import { TIMELINE } from '../contract/metrics.ts';
import { familyHead, numberText, timestampText } from './exposition.ts';
import { TIMELINE_FAMILIES } from './timeline-series.ts';
import type { TimelineFamily, TimelineSeries } from './timeline-series.ts';

/** What was true of a series from `atMs` on. */
export interface Sample {
  readonly series: TimelineSeries;
  readonly atMs: number;
  readonly value: number;
}

function valueText(family: TimelineFamily, value: number): string {
  return family === 'threadCost' ? usdText(value as NanoUsd) : numberText(value);
}

/** Samples must come ascending within each series. Every family is named, also without samples; ends with `# EOF`. */
export function renderTimeline(samples: readonly Sample[]): string {
  const byFamily = new Map<TimelineFamily, Map<TimelineSeries, string>>(
    TIMELINE_FAMILIES.map((family) => [family, new Map<TimelineSeries, string>()])
  );
  for (const { series, atMs, value } of samples) {
    const lines = byFamily.get(series.family);
    const line = `${series.head}${valueText(series.family, value)} ${timestampText(atMs)}\n`;
    lines?.set(series, (lines.get(series) ?? '') + line);
  }
  let text = '';
  for (const [family, bySeries] of byFamily) {
    text += familyHead(TIMELINE[family]);
    for (const lines of bySeries.values()) text += lines;
  }
  return `${text}# EOF\n`;
}
