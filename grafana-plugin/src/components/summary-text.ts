// The panel in one sentence, for those who cannot see the canvas, and the note on its resolution.
import { shortDuration } from '../layout/duration-text.ts';
import { transitionsIn } from '../model/totals.ts';
import type { PanelData } from '../read/panel-data.ts';
import type { Figure } from './figure.ts';
import { t } from './translate.ts';

/** What the canvas shows, as its accessible name. */
export function summaryText(data: PanelData, figures: readonly Figure[]): string {
  const groups = data.timeline?.groups ?? [];
  const lanes = groups.reduce((sum, group) => sum + group.lanes.length, 0);
  const what =
    groups.length === 0
      ? ''
      : `${t('summary.threads', 'Timeline of {{count}} threads', { count: groups.length, defaultValue_one: 'Timeline of {{count}} thread' })} ${t('summary.lanes', 'with {{count}} lanes', { count: lanes, defaultValue_one: 'with {{count}} lane' })}`;
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
    return t('summary.exact', 'exact to 1 ms');
  }
  const sampled = t('summary.sampled', 'sampled, \u00b1{{step}}', { step: shortDuration(resolution.stepMs) });
  if (resolution.counted === undefined) {
    return sampled;
  }
  const hidden = Math.max(0, Math.round(resolution.counted) - transitionsIn(timeline.lanes, range));
  return `${sampled}, ${t('summary.hidden', '{{count}} transitions between samples', { count: hidden, defaultValue_one: '{{count}} transition between samples' })}`;
}
