// When Grafana should offer this panel: where the data holds series of the orchestrator.
import {
  VisualizationSuggestionScore,
  type DataFrame,
  type PanelDataSummary,
  type VisualizationSuggestion,
} from '@grafana/data';
import { BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { t } from './components/translate.ts';
import { DEFAULT_OPTIONS, type Bands, type PanelOptions } from './options.ts';

const STATES: ReadonlySet<string> = new Set([TIMELINE.agentState.name, PER_THREAD.agentState.name]);
const MONEY: ReadonlySet<string> = new Set([
  BUDGETS.remaining.name,
  PER_THREAD.threadBudgetRemaining.name,
  TIMELINE.threadCost.name,
]);

function nameOf(bands: Bands): string {
  switch (bands) {
    case 'both':
      return t('suggestion.both', 'Agent timeline and budget');
    case 'timeline':
      return t('suggestion.timeline', 'Agent timeline');
    case 'burn-down':
      return t('suggestion.burn-down', 'Budget burn-down');
  }
}

/** The bands that `frames` have data for. */
export function bandsOf(frames: readonly DataFrame[]): Bands | undefined {
  const metrics = new Set(
    frames.flatMap((frame) => frame.fields.map((field) => field.labels?.['__name__'] ?? field.name))
  );
  const has = (names: ReadonlySet<string>) => [...names].some((name) => metrics.has(name));
  if (has(STATES)) {
    return has(MONEY) ? 'both' : 'timeline';
  }
  return has(MONEY) ? 'burn-down' : undefined;
}

/** One suggestion, with the bands that have data; none for other data. */
export function suggest(
  summary: Pick<PanelDataSummary, 'hasData' | 'rawFrames'>
): Array<VisualizationSuggestion<PanelOptions>> | undefined {
  const bands = summary.hasData === true ? bandsOf(summary.rawFrames ?? []) : undefined;
  if (bands === undefined) {
    return undefined;
  }
  return [
    {
      name: nameOf(bands),
      score: VisualizationSuggestionScore.Best,
      options: { bands },
      cardOptions: {
        // The card is small: only the plots.
        previewModifier: (suggestion) => {
          const legend = { ...DEFAULT_OPTIONS.legend, showLegend: false };
          suggestion.options = { ...suggestion.options, showFigures: false, legend, showReplay: false };
        },
      },
    },
  ];
}
