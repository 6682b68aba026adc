import { completeOptions, DEFAULT_OPTIONS } from './options.ts';
import { plugin } from './module.ts';

test.each<{ name: string; stored: Parameters<typeof completeOptions>[0]; out: object }>([
  { name: 'nothing stored', stored: undefined, out: {} },
  { name: 'an empty object', stored: {}, out: {} },
  {
    name: 'what is stored stays',
    stored: { bands: 'burn-down', laneHeight: 20, showLegend: false, budgetScale: 'percent' },
    out: { bands: 'burn-down', laneHeight: 20, showLegend: false, budgetScale: 'percent' },
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
])('$name', ({ stored, out }) => {
  expect(completeOptions(stored)).toEqual({ ...DEFAULT_OPTIONS, ...out });
});

test('the plugin registers a panel', () => {
  expect(plugin.panel).toBeDefined();
});
