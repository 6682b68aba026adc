import { LegendDisplayMode, type VizLegendOptions } from '@grafana/schema';
import { legendRoom, type LegendRoom } from './legend-room.ts';

const { List, Table, Hidden } = LegendDisplayMode;

describe('room of the legend', () => {
  test.each<{
    name: string;
    legend?: Partial<VizLegendOptions>;
    panel?: { width?: number; height?: number; items?: number };
    out: LegendRoom | undefined;
  }>([
    { name: 'one line at the bottom', out: { mode: 'list', placement: 'bottom', size: 24 } },
    { name: 'none where it is switched off', legend: { showLegend: false }, out: undefined },
    { name: 'none where it is hidden', legend: { displayMode: Hidden }, out: undefined },
    { name: 'none in a low panel', panel: { height: 239 }, out: undefined },
    {
      name: 'a table takes a line for each state, its head and the note',
      legend: { displayMode: Table },
      out: { mode: 'table', placement: 'bottom', size: 169 },
    },
    {
      name: 'at most two fifths of the height: the rest scrolls',
      legend: { displayMode: Table },
      panel: { height: 300 },
      out: { mode: 'table', placement: 'bottom', size: 120 },
    },
    {
      name: 'a table without states is a list',
      legend: { displayMode: Table },
      panel: { items: 0 },
      out: { mode: 'list', placement: 'bottom', size: 24 },
    },
    {
      name: 'a table at the right',
      legend: { displayMode: Table, placement: 'right' },
      out: { mode: 'table', placement: 'right', size: 300 },
    },
    {
      name: 'a list at the right is as wide as asked for',
      legend: { placement: 'right', width: 333 },
      out: { mode: 'list', placement: 'right', size: 333 },
    },
    {
      name: 'no width is so large that it leaves no plot',
      legend: { placement: 'right', width: 1e9 },
      panel: { width: 800 },
      out: { mode: 'list', placement: 'right', size: 320 },
    },
    {
      name: 'a negative width is none',
      legend: { placement: 'right', width: -5 },
      out: { mode: 'list', placement: 'right', size: 200 },
    },
    {
      name: 'a narrow panel has no right side to spare',
      legend: { placement: 'right' },
      panel: { width: 599 },
      out: { mode: 'list', placement: 'bottom', size: 24 },
    },
  ])('$name', ({ legend, panel, out }) => {
    const options = { showLegend: true, displayMode: List, placement: 'bottom', calcs: [], ...legend } as const;
    expect(legendRoom(options, { width: 1_200, height: 600, items: 5, ...panel })).toEqual(out);
  });
});
