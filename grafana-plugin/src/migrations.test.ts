import { MappingType, ThresholdsMode, type FieldConfigSource, type ValueMapping } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { plugin } from './module.ts';
import { adoptPanel, mappingsOfThresholds, migrateOptions } from './migrations.ts';
import { DEFAULT_OPTIONS, type PanelOptions } from './options.ts';

const NO_LEGEND = { ...DEFAULT_OPTIONS.legend, showLegend: false };
const TABLE = { ...DEFAULT_OPTIONS.legend, displayMode: LegendDisplayMode.Table, placement: 'right' };

test.each<{ name: string; stored: unknown; out: object }>([
  { name: 'nothing', stored: undefined, out: { version: 1 } },
  { name: 'an empty object', stored: {}, out: { version: 1 } },
  { name: 'what is no object', stored: ['bands'], out: { version: 1 } },
  {
    name: 'options of before versions',
    stored: { bands: 'timeline', laneHeight: 30 },
    out: { version: 1, bands: 'timeline', laneHeight: 30 },
  },
  {
    name: 'values out of their limits and nonsense',
    stored: { laneHeight: 1e9, bands: '<script>', groupBy: 'thread' },
    out: { version: 1, laneHeight: 60, bands: 'both', groupBy: ['thread'] },
  },
  {
    name: 'a version that is no number',
    stored: { version: '1', showFigures: false },
    out: { version: 1, showFigures: false },
  },
  {
    name: 'unknown keys of another panel',
    stored: { rowHeight: 0.9, perPage: 20, ['__proto__']: 1 },
    out: { version: 1 },
  },
  {
    name: 'legend and tooltip of another panel',
    stored: { legend: { showLegend: false }, tooltip: { mode: 'single' } },
    out: { version: 1, legend: NO_LEGEND, tooltip: 'single' },
  },
  {
    name: 'this version stays',
    stored: { version: 1, laneHeight: 30, later: 2 },
    out: { version: 1, laneHeight: 30, later: 2 },
  },
  { name: 'a later version stays', stored: { version: 9, bands: 'three' }, out: { version: 9, bands: 'three' } },
])('migrates $name', ({ stored, out }) => {
  const once = migrateOptions(stored);
  expect(once).toEqual(out);
  expect(migrateOptions(once)).toEqual(once);
});

const config = (defaults: FieldConfigSource['defaults']): FieldConfigSource => ({ defaults, overrides: [] });
const THRESHOLDS = {
  mode: ThresholdsMode.Absolute,
  steps: [
    { value: -Infinity, color: 'green' },
    { value: 3, color: 'orange' },
    { value: 6, color: 'red' },
  ],
};
const BY_THRESHOLDS = { thresholds: THRESHOLDS, color: { mode: 'thresholds' } };
const MAPPINGS: ValueMapping[] = [
  { type: MappingType.ValueToText, options: { '2': { text: 'working', color: 'blue' }, '3': { text: 'blocked' } } },
];

test.each<{ name: string; defaults: FieldConfigSource['defaults']; out: unknown }>([
  { name: 'no thresholds', defaults: { mappings: MAPPINGS }, out: undefined },
  {
    name: 'thresholds that do not colour',
    defaults: { thresholds: THRESHOLDS, color: { mode: 'fixed' } },
    out: undefined,
  },
  {
    name: 'percentages',
    defaults: { ...BY_THRESHOLDS, thresholds: { ...THRESHOLDS, mode: ThresholdsMode.Percentage } },
    out: undefined,
  },
  { name: 'no steps', defaults: { ...BY_THRESHOLDS, thresholds: { ...THRESHOLDS, steps: [] } }, out: undefined },
  {
    name: "Grafana's default steps, which reach no code",
    defaults: {
      ...BY_THRESHOLDS,
      thresholds: {
        ...THRESHOLDS,
        steps: [
          { value: -Infinity, color: 'green' },
          { value: 80, color: 'red' },
        ],
      },
    },
    out: undefined,
  },
  {
    name: 'colours by thresholds',
    defaults: BY_THRESHOLDS,
    out: [
      {
        type: 'value',
        options: {
          0: { color: 'green', index: 0 },
          1: { color: 'green', index: 1 },
          2: { color: 'green', index: 2 },
          3: { color: 'orange', index: 3 },
          4: { color: 'orange', index: 4 },
          5: { color: 'orange', index: 5 },
          6: { color: 'red', index: 6 },
        },
      },
    ],
  },
  {
    name: 'mappings first, thresholds where they say no colour',
    defaults: { ...BY_THRESHOLDS, mappings: MAPPINGS },
    out: [
      {
        type: 'value',
        options: {
          0: { color: 'green', index: 0 },
          1: { color: 'green', index: 1 },
          2: { text: 'working', color: 'blue', index: 2 },
          3: { text: 'blocked', color: 'orange', index: 3 },
          4: { color: 'orange', index: 4 },
          5: { color: 'orange', index: 5 },
          6: { color: 'red', index: 6 },
        },
      },
      ...MAPPINGS,
    ],
  },
])('thresholds as mappings: $name', ({ defaults, out }) => {
  expect(mappingsOfThresholds(config(defaults))).toEqual(out);
});

test.each<{ name: string; pluginId: string; options: unknown; out: object; mapped: boolean }>([
  {
    name: 'a State timeline',
    pluginId: 'state-timeline',
    options: { rowHeight: 0.9, legend: TABLE, tooltip: { mode: 'multi' } },
    out: { version: 1, legend: TABLE, tooltip: 'all' },
    mapped: true,
  },
  {
    name: 'a Status history without a legend',
    pluginId: 'status-history',
    options: { legend: { displayMode: 'hidden' }, tooltip: { mode: 'none' } },
    out: { version: 1, legend: NO_LEGEND, tooltip: 'none' },
    mapped: true,
  },
  {
    name: 'a Time series: its thresholds are about amounts',
    pluginId: 'timeseries',
    options: { legend: { showLegend: false } },
    out: { version: 1, legend: NO_LEGEND },
    mapped: false,
  },
  { name: 'no options', pluginId: 'text', options: undefined, out: { version: 1 }, mapped: false },
  {
    name: 'hostile ones',
    pluginId: 'x',
    options: { legend: [], tooltip: { mode: { toString: 1 } } },
    out: { version: 1 },
    mapped: false,
  },
])('from $name', ({ pluginId, options, out, mapped }) => {
  const panel = { fieldConfig: config({}) };
  expect(adoptPanel(panel, { pluginId, options, fieldConfig: config(BY_THRESHOLDS) })).toEqual(out);
  expect(panel.fieldConfig.defaults.mappings === undefined).toBe(!mapped);
});

test('a frozen field config is left as it is', () => {
  const panel = { fieldConfig: { defaults: Object.freeze({}), overrides: [] } };
  expect(adoptPanel(panel, { pluginId: 'state-timeline', options: {}, fieldConfig: config(BY_THRESHOLDS) })).toEqual({
    version: 1,
  });
});

test('the plugin registers both, and new panels carry the version', () => {
  const model = { id: 1, type: 'x', options: { laneHeight: 1 } as PanelOptions, fieldConfig: config({}) };
  expect(plugin.onPanelMigration?.(model)).toEqual({ version: 1, laneHeight: 14 });
  expect(plugin.onPanelTypeChanged?.(model, 'timeseries', {}, config({}))).toEqual({ version: 1 });
});
