// The panel's options and their defaults, in one place. Option editors (module.ts) and the panel both read from here.
import { AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { LegendDisplayMode, type VizLegendOptions } from '@grafana/schema';
import { GROUP_LEVELS, LANE_SORTS, type GroupLevel, type LaneSort } from './model/lane-tree.ts';

import type { BudgetScale } from './layout/burn-down.ts';
import type { CostView } from './layout/panel.ts';

export type Bands = 'both' | 'timeline' | 'burn-down';
export type TooltipMode = 'all' | 'single' | 'none';

/** Version of the stored options; a change of their meaning counts it up, and migrations.ts brings older ones along. */
export const OPTIONS_VERSION = 1;

export const COST_VIEWS = ['off', 'lane', 'segment'] as const satisfies readonly CostView[];

export interface PanelOptions {
  version: number;
  bands: Bands;
  /** Largest part of the plot's height that the timeline may take when both bands are drawn, 0..1. */
  timelineShare: number;
  /** Height of a lane in CSS pixels; lanes of tools take 0.6 of it. */
  laneHeight: number;
  /** Levels of groups, from the outside in; empty: no groups. */
  groupBy: GroupLevel[];
  /** Groups start collapsed. */
  collapseGroups: boolean;
  sortLanes: LaneSort;
  /** The state whose time the lanes are sorted by. */
  sortState: AgentState;
  /** Only lanes with all of these words in agent, thread or workflow. */
  laneFilter: string;
  /** With more lanes than this a filter box stands above them. */
  filterBoxFrom: number;
  /** Stretches in which no lane is active take next to no room on the time axis. */
  foldIdle: boolean;
  /** Shorter ones, in seconds, are left as they are. */
  foldIdleSeconds: number;
  showFigures: boolean;
  showCheckpoints: boolean;
  showReplay: boolean;
  showIdealLine: boolean;
  /** What the burn-down's axis counts. */
  budgetScale: BudgetScale;
  showForecast: boolean;
  /** Which agents the tooltip names; `none`: there is no tooltip, and none to pin. */
  tooltip: TooltipMode;
  /** Where the timeline says what was spent in the visible range; with it comes the figure of what was wasted. */
  showCost: CostView;
  /** As core panels have it. */
  legend: VizLegendOptions;
  /** Minutes of spend that the burn rate and the forecast look back on; 0: as the budget's period asks for. */
  forecastLookback: number;
  /** Seconds for which a state is believed after its last sample. */
  stalenessSeconds: number;
}

export const DEFAULT_OPTIONS: Readonly<PanelOptions> = {
  version: OPTIONS_VERSION,
  bands: 'both',
  timelineShare: 0.6,
  laneHeight: 26,
  groupBy: ['thread'],
  collapseGroups: false,
  sortLanes: 'activity',
  sortState: 'waiting',
  laneFilter: '',
  filterBoxFrom: 30,
  foldIdle: false,
  foldIdleSeconds: 300,
  showFigures: true,
  showCheckpoints: true,
  showReplay: true,
  showIdealLine: true,
  budgetScale: 'auto',
  showForecast: true,
  tooltip: 'all',
  showCost: 'segment',
  legend: { showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] },
  forecastLookback: 0,
  stalenessSeconds: 60,
};

const BUDGET_SCALES: ReadonlySet<unknown> = new Set<BudgetScale>(['auto', 'usd', 'percent']);
const TOOLTIP_MODES: readonly TooltipMode[] = ['all', 'single', 'none'];
const BANDS: ReadonlySet<unknown> = new Set<Bands>(['both', 'timeline', 'burn-down']);

function numberWithin(value: unknown, range: { min: number; max: number; otherwise: number }): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(range.max, Math.max(range.min, value))
    : range.otherwise;
}

/** The known ones of stored words, each once, in their order. */
function wordsOf<T extends string>(value: unknown, known: readonly T[], otherwise: readonly T[]): T[] {
  return Array.isArray(value)
    ? [...new Set(known.filter((word) => value.includes(word)))].sort((a, b) => value.indexOf(a) - value.indexOf(b))
    : [...otherwise];
}

function wordOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.find((word) => word === value) ?? otherwise;
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}

const LEGEND_MODES = [LegendDisplayMode.List, LegendDisplayMode.Table, LegendDisplayMode.Hidden];

function legendOf(value: unknown): VizLegendOptions {
  const given: Partial<Record<keyof VizLegendOptions, unknown>> =
    typeof value === 'object' && value !== null ? value : {};
  const otherwise = DEFAULT_OPTIONS.legend;
  return {
    ...otherwise,
    showLegend: flag(given.showLegend, otherwise.showLegend),
    displayMode: wordOf(given.displayMode, LEGEND_MODES, otherwise.displayMode),
    placement: wordOf(given.placement, ['bottom', 'right'], otherwise.placement),
    ...(typeof given.width === 'number' && given.width > 0 ? { width: given.width } : {}),
  };
}

/** Limits of the numeric options; the editors offer the same. */
export const OPTION_LIMITS = {
  timelineShare: { min: 0.2, max: 0.8 },
  laneHeight: { min: 14, max: 60 },
  filterBoxFrom: { min: 0, max: 100_000 },
  foldIdleSeconds: { min: 1, max: 30 * 24 * 3_600 },
  forecastLookback: { min: 0, max: 7 * 24 * 60 },
  stalenessSeconds: { min: 1, max: 3_600 },
} as const;

/** Stored options, which may be partial or hand-edited, as complete and valid ones: defaults fill, numbers are clamped. */
export function completeOptions(stored: Partial<Record<keyof PanelOptions, unknown>> | undefined): PanelOptions {
  const given = stored ?? {};
  const number = (key: keyof typeof OPTION_LIMITS) =>
    numberWithin(given[key], { ...OPTION_LIMITS[key], otherwise: DEFAULT_OPTIONS[key] });
  return {
    version: OPTIONS_VERSION,
    bands: BANDS.has(given.bands) ? (given.bands as Bands) : DEFAULT_OPTIONS.bands,
    timelineShare: number('timelineShare'),
    laneHeight: number('laneHeight'),
    groupBy: wordsOf(given.groupBy, GROUP_LEVELS, DEFAULT_OPTIONS.groupBy),
    collapseGroups: flag(given.collapseGroups, DEFAULT_OPTIONS.collapseGroups),
    sortLanes: wordOf(given.sortLanes, LANE_SORTS, DEFAULT_OPTIONS.sortLanes),
    sortState: wordOf(given.sortState, AGENT_STATES, DEFAULT_OPTIONS.sortState),
    laneFilter: typeof given.laneFilter === 'string' ? given.laneFilter : DEFAULT_OPTIONS.laneFilter,
    filterBoxFrom: number('filterBoxFrom'),
    foldIdle: flag(given.foldIdle, DEFAULT_OPTIONS.foldIdle),
    foldIdleSeconds: number('foldIdleSeconds'),
    showFigures: flag(given.showFigures, DEFAULT_OPTIONS.showFigures),
    showReplay: flag(given.showReplay, DEFAULT_OPTIONS.showReplay),
    showCheckpoints: flag(given.showCheckpoints, DEFAULT_OPTIONS.showCheckpoints),
    budgetScale: BUDGET_SCALES.has(given.budgetScale)
      ? (given.budgetScale as BudgetScale)
      : DEFAULT_OPTIONS.budgetScale,
    showIdealLine: flag(given.showIdealLine, DEFAULT_OPTIONS.showIdealLine),
    showForecast: flag(given.showForecast, DEFAULT_OPTIONS.showForecast),
    tooltip: wordOf(given.tooltip, TOOLTIP_MODES, DEFAULT_OPTIONS.tooltip),
    showCost: wordOf(given.showCost, COST_VIEWS, DEFAULT_OPTIONS.showCost),
    legend: legendOf(given.legend),
    forecastLookback: number('forecastLookback'),
    stalenessSeconds: number('stalenessSeconds'),
  };
}
