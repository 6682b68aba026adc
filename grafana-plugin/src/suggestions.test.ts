import {
  createDataFrame,
  FieldType,
  getPanelDataSummary,
  VisualizationSuggestionScore,
  type DataFrame,
} from '@grafana/data';
import { BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { plugin } from './module.ts';
import { rawFrame } from './testing/frames.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { bandsOf, suggest } from './suggestions.ts';

const NO_LEGEND = { ...DEFAULT_OPTIONS.legend, showLegend: false };
const of = (metric: { readonly name: string }): DataFrame =>
  rawFrame({ metric: metric.name, labels: {}, samples: [[1, 1]] });
const TABLE = createDataFrame({ fields: [{ name: BUDGETS.remaining.name, type: FieldType.number, values: [1] }] });

test.each<{ name: string; frames: DataFrame[]; bands: string | undefined }>([
  { name: 'nothing', frames: [], bands: undefined },
  { name: 'a frame without fields', frames: [createDataFrame({ fields: [] })], bands: undefined },
  { name: 'other series', frames: [rawFrame({ metric: 'up', labels: {}, samples: [[1, 1]] })], bands: undefined },
  { name: 'a name that only begins alike', frames: [of({ name: `${TIMELINE.agentState.name}_x` })], bands: undefined },
  { name: 'exact states', frames: [of(TIMELINE.agentState)], bands: 'timeline' },
  {
    name: 'sampled states and money',
    frames: [of(PER_THREAD.agentState), of(PER_THREAD.threadBudgetRemaining)],
    bands: 'both',
  },
  { name: 'a budget', frames: [of(BUDGETS.remaining)], bands: 'burn-down' },
  { name: 'a field of that name without labels', frames: [TABLE], bands: 'burn-down' },
])('bands for $name: $bands', ({ frames, bands }) => {
  expect(bandsOf(frames)).toBe(bands);
  const suggested = suggest(getPanelDataSummary(frames));
  expect(suggested?.map(({ score, options }) => ({ score, options }))).toEqual(
    bands === undefined ? undefined : [{ score: VisualizationSuggestionScore.Best, options: { bands } }]
  );
});

test('the card of a suggestion shows only the plots', () => {
  const [one] = suggest(getPanelDataSummary([of(TIMELINE.agentState)])) ?? [];
  one?.cardOptions?.previewModifier?.(one);
  expect(one?.options).toEqual({ bands: 'timeline', showFigures: false, legend: NO_LEGEND, showReplay: false });
});

test('the plugin offers it to Grafana', () => {
  plugin.meta = { id: 'x', name: 'y' } as typeof plugin.meta;
  expect(plugin.getSuggestions(getPanelDataSummary([of(BUDGETS.remaining)]))).toMatchObject([
    { pluginId: 'x', options: { bands: 'burn-down' } },
  ]);
});
