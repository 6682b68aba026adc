// How the legend is shown and what room it takes, given what was asked for and how large the panel is.
import type { VizLegendOptions } from '@grafana/schema';

export interface LegendRoom {
  readonly mode: 'list' | 'table';
  readonly placement: 'bottom' | 'right';
  /** Height at the bottom, width at the right, CSS pixels. */
  readonly size: number;
}

/** Below this height the legend goes. */
const MIN_HEIGHT = 240;
/** Below this width it stands at the bottom wherever it is asked for. */
const RIGHT_MIN_WIDTH = 600;
export const LIST_HEIGHT = 24;
const TABLE_HEAD_HEIGHT = 24;
const TABLE_ROW_HEIGHT = 25;
/** The resolution below a table. */
const NOTE_HEIGHT = 20;
const MAX_PART = 0.4;
const WIDTH = { list: 200, table: 300 };

/** Undefined: no legend. Takes at most two fifths of the panel; a table with no room for its first row is a list. */
export function legendRoom(
  legend: Pick<VizLegendOptions, 'showLegend' | 'displayMode' | 'placement' | 'width'>,
  panel: { readonly width: number; readonly height: number; readonly items: number }
): LegendRoom | undefined {
  const { displayMode, placement, width } = legend;
  if (!legend.showLegend || displayMode === 'hidden' || panel.height < MIN_HEIGHT) {
    return undefined;
  }
  const mode = displayMode === 'table' ? 'table' : 'list';
  if (placement === 'right' && panel.width >= RIGHT_MIN_WIDTH) {
    const wanted = width !== undefined && width > 0 ? width : WIDTH[mode];
    return { mode, placement: 'right', size: Math.round(Math.min(wanted, MAX_PART * panel.width)) };
  }
  const natural = TABLE_HEAD_HEIGHT + TABLE_ROW_HEIGHT * panel.items + NOTE_HEIGHT;
  const size = Math.round(Math.min(natural, MAX_PART * panel.height));
  return mode === 'table' && size >= TABLE_HEAD_HEIGHT + TABLE_ROW_HEIGHT + NOTE_HEIGHT
    ? { mode, placement: 'bottom', size }
    : { mode: 'list', placement: 'bottom', size: LIST_HEIGHT };
}
