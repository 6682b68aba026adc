import { PanelOptionsEditorBuilder, standardEditorsRegistry } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { completeOptions, DEFAULT_OPTIONS } from './options.ts';
import { plugin } from './module.ts';

const LEGEND = { showLegend: true, displayMode: LegendDisplayMode.Table, placement: 'right', width: 240, calcs: [] };

test.each<{ name: string; stored: Parameters<typeof completeOptions>[0]; out: object }>([
  { name: 'nothing stored', stored: undefined, out: {} },
  { name: 'an empty object', stored: {}, out: {} },
  {
    name: 'what is stored stays',
    stored: { bands: 'burn-down', laneHeight: 20, legend: LEGEND, budgetScale: 'percent' },
    out: { bands: 'burn-down', laneHeight: 20, legend: LEGEND, budgetScale: 'percent' },
  },
  {
    name: 'numbers are kept within their limits',
    stored: { laneHeight: -1, timelineShare: 7 },
    out: { laneHeight: 14, timelineShare: 0.8 },
  },
  {
    name: 'hand-edited nonsense gives way to defaults',
    stored: { bands: 'all', budgetScale: 'eur', laneHeight: 'NaN', stalenessSeconds: NaN, showFigures: 'yes' },
    out: {},
  },
  {
    name: 'a legend of nonsense is the default one',
    stored: { legend: { showLegend: 1, displayMode: 'pie', placement: 'top', width: -3, calcs: 'all' } },
    out: {},
  },
  { name: 'a legend that is none', stored: { legend: null }, out: {} },
])('$name', ({ stored, out }) => {
  expect(completeOptions(stored)).toEqual({ ...DEFAULT_OPTIONS, ...out });
});

test('the plugin registers a panel', () => {
  expect(plugin.panel).toBeDefined();
});

test('every option has an editor with a name, a description and its default', () => {
  standardEditorsRegistry.setInit(() =>
    ['text', 'number', 'slider', 'boolean', 'radio', 'select', 'multi-select', 'color'].map((id) => ({
      id,
      name: id,
      editor: () => null,
    }))
  );
  const builder = new PanelOptionsEditorBuilder<typeof DEFAULT_OPTIONS>();
  plugin.getPanelOptionsSupplier()(builder, { data: [] });
  const items = builder.getItems();
  expect(completeOptions(plugin.defaults)).toEqual(DEFAULT_OPTIONS);
  expect(Object.keys(plugin.defaults).sort()).toEqual(Object.keys(DEFAULT_OPTIONS).sort());
  const isSilent = (text: string | undefined): boolean => (text ?? '') === '';
  expect(items.filter((item) => isSilent(item.name) || isSilent(item.description)).map(({ path }) => path)).toEqual([]);
});
