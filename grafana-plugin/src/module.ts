// Registers the panel and its option editors; no logic.
import { FieldConfigProperty, PanelPlugin, type SelectFieldConfigSettings } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { initPluginTranslations } from '@grafana/i18n';
import { AGENT_STATES } from 'orchestrator-exporter/contract/states';
import { OrchestratorPanel } from './components/OrchestratorPanel.tsx';
import { adoptPanel, migrateOptions } from './migrations.ts';
import { DEFAULT_OPTIONS, OPTION_LIMITS, type PanelOptions } from './options.ts';
import pluginJson from './plugin.json';
import { suggest } from './suggestions.ts';

// Grafana loads the languages that plugin.json names; where this fails, the texts are the English ones of the code.
initPluginTranslations(pluginJson.id).catch(() => undefined);

const TIMELINE_OPTIONS = ['Timeline'];
const BURN_DOWN_OPTIONS = ['Burn-down'];
const LEGEND_OPTIONS = ['Legend'];
const TOOLTIP_OPTIONS = ['Tooltip'];
const DATA_OPTIONS = ['Data'];

function showsTimeline(options: Partial<PanelOptions>): boolean {
  return options.bands !== 'burn-down';
}

function showsBurnDown(options: Partial<PanelOptions>): boolean {
  return options.bands !== 'timeline';
}

function showsLegend(options: Partial<PanelOptions>): boolean {
  return showsTimeline(options) && options.legend?.showLegend !== false;
}

/** Standard field options that mean nothing here; mappings and colours name and colour states, links stand in the tooltip. */
const MEANINGLESS_OPTIONS = [
  FieldConfigProperty.Unit,
  FieldConfigProperty.Min,
  FieldConfigProperty.Max,
  FieldConfigProperty.FieldMinMax,
  FieldConfigProperty.Decimals,
  FieldConfigProperty.DisplayName,
  FieldConfigProperty.NoValue,
  FieldConfigProperty.Thresholds,
  FieldConfigProperty.Filterable,
  FieldConfigProperty.Actions,
];

const LINK_VARIABLES =
  '${__segment.start}, .end, .duration (milliseconds), .state, .agent, .thread, .workflow and .labels.NAME';

export const plugin = new PanelPlugin<PanelOptions>(OrchestratorPanel).setPanelOptions((builder) =>
  builder
    // Not to be edited: with it, new panels say by which version's meaning their options are to be read.
    .addNumberInput({
      path: 'version',
      name: 'Version',
      description: 'Of the stored options',
      defaultValue: DEFAULT_OPTIONS.version,
      showIf: () => false,
    })
    .addRadio({
      path: 'bands',
      name: 'Bands',
      description: 'Which bands are drawn on the time axis',
      defaultValue: DEFAULT_OPTIONS.bands,
      settings: {
        options: [
          { value: 'both', label: 'Both' },
          { value: 'timeline', label: 'Timeline' },
          { value: 'burn-down', label: 'Burn-down' },
        ],
      },
    })
    .addSliderInput({
      path: 'timelineShare',
      name: 'Timeline share',
      description: 'Largest part of the height for the timeline; what it does not need goes to the burn-down',
      defaultValue: DEFAULT_OPTIONS.timelineShare,
      settings: { ...OPTION_LIMITS.timelineShare, step: 0.05 },
      showIf: (options) => showsTimeline(options) && showsBurnDown(options),
    })
    .addBooleanSwitch({
      path: 'showFigures',
      name: 'Figures',
      description: 'Remaining budget, burn rate, trend, exhaustion and state above the plots',
      defaultValue: DEFAULT_OPTIONS.showFigures,
    })
    .addRadio({
      path: 'tooltip',
      // Not the group's name: Grafana would hide name and description.
      name: 'Tooltip mode',
      description: `All active agents, only the one below the pointer, or none. A click pins it and shows the data links, in whose addresses stand ${LINK_VARIABLES}`,
      category: TOOLTIP_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.tooltip,
      settings: {
        options: [
          { value: 'all', label: 'All' },
          { value: 'single', label: 'Single' },
          { value: 'none', label: 'Hidden' },
        ],
      },
    })
    .addNumberInput({
      path: 'stalenessSeconds',
      name: 'Staleness (seconds)',
      description: 'How long a state or an amount is believed after its last sample; at least two scrape intervals',
      category: DATA_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.stalenessSeconds,
      settings: { ...OPTION_LIMITS.stalenessSeconds, integer: true },
    })
    .addSliderInput({
      path: 'laneHeight',
      name: 'Lane height (px)',
      description: 'Lanes that do not fit scroll',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.laneHeight,
      settings: { ...OPTION_LIMITS.laneHeight, step: 1 },
      showIf: showsTimeline,
    })
    // Grafana types a multi-select's value as one of its options.
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'groupBy',
      name: 'Groups',
      description: 'Levels of collapsible groups, from the outside in',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.groupBy,
      settings: {
        options: [
          { value: 'workflow', label: 'Workflow' },
          { value: 'thread', label: 'Thread' },
          { value: 'agent', label: 'Agent' },
        ],
      },
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'collapseGroups',
      name: 'Groups start collapsed',
      description: 'A collapsed group is one bar that shows where any of its lanes failed, waited or ran',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.collapseGroups,
      showIf: showsTimeline,
    })
    .addSelect({
      path: 'sortLanes',
      name: 'Sort by',
      description: 'Order of groups and of lanes in them; tools stay below the agent that called them',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.sortLanes,
      settings: {
        options: [
          { value: 'activity', label: 'First activity' },
          { value: 'name', label: 'Name' },
          { value: 'cost', label: 'Cost' },
          { value: 'state-time', label: 'Time in a state' },
        ],
      },
      showIf: showsTimeline,
    })
    .addSelect({
      path: 'sortState',
      name: 'Sort by time in',
      description: 'Lanes and groups that were longest in this state come first',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.sortState,
      settings: { options: AGENT_STATES.map((state) => ({ value: state, label: state })) },
      showIf: (options) => showsTimeline(options) && options.sortLanes === 'state-time',
    })
    .addTextInput({
      path: 'laneFilter',
      name: 'Filter',
      description: 'Only lanes with all of these words in agent, thread or workflow',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.laneFilter,
      showIf: showsTimeline,
    })
    .addNumberInput({
      path: 'filterBoxFrom',
      name: 'Filter box above (lanes)',
      description: 'With more lanes than this a filter box stands above them',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.filterBoxFrom,
      settings: { ...OPTION_LIMITS.filterBoxFrom, integer: true },
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'showCost',
      name: 'Cost',
      description:
        "Spend in the visible range beside the lanes, and on the bars where it is known which state spent it. Wasted is what runs spent that ended in failure: an agent's states from becoming active until it failed, and all of a thread that failed or timed out",
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.showCost,
      settings: {
        options: [
          { value: 'off', label: 'Off' },
          { value: 'lane', label: 'Lanes' },
          { value: 'segment', label: 'Lanes and bars' },
        ],
      },
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'foldIdle',
      name: 'Fold idle time',
      description:
        'Stretches in which no lane is queued, running, waiting or paused become narrow strips of the time axis that tell their length',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.foldIdle,
      showIf: showsTimeline,
    })
    .addNumberInput({
      path: 'foldIdleSeconds',
      name: 'Fold from (seconds)',
      description: 'Shorter stretches are left as they are',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.foldIdleSeconds,
      settings: { ...OPTION_LIMITS.foldIdleSeconds, integer: true },
      showIf: (options) => showsTimeline(options) && options.foldIdle === true,
    })
    .addBooleanSwitch({
      path: 'showReplay',
      name: 'Replay',
      description: 'Controls to go through the range again: step by transition or checkpoint, play, snap to live',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.showReplay,
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'showCheckpoints',
      name: 'Checkpoints',
      description: 'Mark saved checkpoints on a rail above the lanes',
      category: TIMELINE_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.showCheckpoints,
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'budgetScale',
      name: 'Scale',
      description: 'Auto: US dollars, and parts of the limit where budgets of very different sizes are drawn together',
      category: BURN_DOWN_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.budgetScale,
      settings: {
        options: [
          { value: 'auto', label: 'Auto' },
          { value: 'usd', label: 'US dollars' },
          { value: 'percent', label: 'Percent' },
        ],
      },
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'showIdealLine',
      name: 'Ideal line',
      description: "Even spend from the period's true start to its end, whatever the visible range",
      category: BURN_DOWN_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.showIdealLine,
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'showForecast',
      name: 'Forecast',
      description: 'Projection with its uncertainty, where the range reaches past now',
      category: BURN_DOWN_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.showForecast,
      showIf: showsBurnDown,
    })
    .addNumberInput({
      path: 'forecastLookback',
      name: 'Lookback (minutes)',
      description: 'Spend that burn rate, trend and forecast look back on',
      category: BURN_DOWN_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.forecastLookback,
      settings: { ...OPTION_LIMITS.forecastLookback, integer: true },
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'legend.showLegend',
      name: 'Visibility',
      description:
        'States with total time, share and count, and the resolution of what is drawn; a click shows one state',
      category: LEGEND_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.legend.showLegend,
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'legend.displayMode',
      name: 'Mode',
      description: 'A table has total time, share and count in columns of their own',
      category: LEGEND_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.legend.displayMode,
      settings: {
        options: [
          { value: LegendDisplayMode.List, label: 'List' },
          { value: LegendDisplayMode.Table, label: 'Table' },
        ],
      },
      showIf: showsLegend,
    })
    .addRadio({
      path: 'legend.placement',
      name: 'Placement',
      description: 'Below 600 px of width it stands at the bottom',
      category: LEGEND_OPTIONS,
      defaultValue: DEFAULT_OPTIONS.legend.placement,
      settings: {
        options: [
          { value: 'bottom', label: 'Bottom' },
          { value: 'right', label: 'Right' },
        ],
      },
      showIf: showsLegend,
    })
    .addNumberInput({
      path: 'legend.width',
      name: 'Width (px)',
      description: 'Of a legend at the right; empty: as wide as it needs',
      category: LEGEND_OPTIONS,
      settings: { placeholder: 'Auto', integer: true, min: 100 },
      showIf: (options) => showsLegend(options) && options.legend?.placement === 'right',
    })
);

plugin
  .useFieldConfig({ disableStandardOptions: MEANINGLESS_OPTIONS })
  .setDataSupport({ annotations: true })
  .setMigrationHandler(({ options }) => migrateOptions(options))
  .setPanelChangeHandler((panel, pluginId, options, fieldConfig) =>
    adoptPanel(panel, { pluginId, options, fieldConfig })
  )
  .setSuggestionsSupplier((summary) => suggest(summary));
