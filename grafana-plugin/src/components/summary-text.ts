// The panel in one sentence, for those who cannot see the canvas, and the note on its resolution.
import { shortDuration } from '../layout/duration-text.ts';
import { transitionsIn } from '../model/totals.ts';
import type { PanelData } from '../read/panel-data.ts';
import type { Figure } from './figures-text.ts';

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** What the canvas shows, as its accessible name. */
export function summaryText(data: PanelData, figures: readonly Figure[]): string {
  const groups = data.timeline?.groups ?? [];
  const lanes = groups.reduce((sum, group) => sum + group.lanes.length, 0);
  const what =
    groups.length === 0 ? '' : `Timeline of ${plural(groups.length, 'thread')} with ${plural(lanes, 'lane')}`;
  const said = figures.map((figure) => `${figure.label} ${figure.value} ${figure.detail}`.trim());
  return [what, ...said].filter((part) => part !== '').join('. ');
}

/** `exact to 1 ms`, or `sampled, \u00b115 s, 12 transitions between samples`. Empty without a timeline. */
export function resolutionText(
  data: Pick<PanelData, 'resolution' | 'timeline'>,
  range: { fromMs: number; toMs: number }
): string {
  const { resolution, timeline } = data;
  if (resolution === undefined || timeline === undefined) {
    return '';
  }
  if (resolution.kind === 'exact') {
    return 'exact to 1 ms';
  }
  const sampled = `sampled, \u00b1${shortDuration(resolution.stepMs)}`;
  if (resolution.counted === undefined) {
    return sampled;
  }
  const hidden = Math.max(0, Math.round(resolution.counted) - transitionsIn(timeline.lanes, range));
  return `${sampled}, ${plural(hidden, 'transition')} between samples`;
}
