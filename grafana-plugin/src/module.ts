// Registers the panel and its option editors; no logic.
import { FieldConfigProperty, PanelPlugin, type SelectFieldConfigSettings } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { initPluginTranslations } from '@grafana/i18n';
import { AGENT_STATES } from 'orchestrator-exporter/contract/states';
import { OrchestratorPanel } from './components/OrchestratorPanel.tsx';
import { stateWord } from './components/state-words.ts';
import { t } from './components/translate.ts';
import { adoptPanel, migrateOptions } from './migrations.ts';
import { DEFAULT_OPTIONS, OPTION_LIMITS, type PanelOptions } from './options.ts';
import pluginJson from './plugin.json';
import { suggest } from './suggestions.ts';

// Grafana loads the languages that plugin.json names; where this fails, the texts are the English ones of the code.
initPluginTranslations(pluginJson.id).catch(() => undefined);

// Texts are asked for when Grafana asks for the options: only then is the language known.
const timelineOptions = () => [t('option.category.timeline', 'Timeline')];
const burnDownOptions = () => [t('option.category.burn-down', 'Burn-down')];
const legendOptions = () => [t('option.category.legend', 'Legend')];
const tooltipOptions = () => [t('option.category.tooltip', 'Tooltip')];
const dataOptions = () => [t('option.category.data', 'Data')];

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
      name: t('option.version.name', 'Version'),
      description: t('option.version.description', 'Of the stored options'),
      defaultValue: DEFAULT_OPTIONS.version,
      showIf: () => false,
    })
    .addRadio({
      path: 'bands',
      name: t('option.bands.name', 'Bands'),
      description: t('option.bands.description', 'Which bands are drawn on the time axis'),
      defaultValue: DEFAULT_OPTIONS.bands,
      settings: {
        options: [
          { value: 'both', label: t('option.bands.both', 'Both') },
          { value: 'timeline', label: t('option.bands.timeline', 'Timeline') },
          { value: 'burn-down', label: t('option.bands.burn-down', 'Burn-down') },
        ],
      },
    })
    .addSliderInput({
      path: 'timelineShare',
      name: t('option.timelineShare.name', 'Timeline share'),
      description: t(
        'option.timelineShare.description',
        'Largest part of the height for the timeline; what it does not need goes to the burn-down'
      ),
      defaultValue: DEFAULT_OPTIONS.timelineShare,
      settings: { ...OPTION_LIMITS.timelineShare, step: 0.05 },
      showIf: (options) => showsTimeline(options) && showsBurnDown(options),
    })
    .addBooleanSwitch({
      path: 'showFigures',
      name: t('option.showFigures.name', 'Figures'),
      description: t(
        'option.showFigures.description',
        'Remaining budget, burn rate, trend, exhaustion and state above the plots'
      ),
      defaultValue: DEFAULT_OPTIONS.showFigures,
    })
    .addRadio({
      path: 'tooltip',
      // Not the group's name: Grafana would hide name and description.
      name: t('option.tooltip.name', 'Tooltip mode'),
      description: t(
        'option.tooltip.description',
        'All active agents, only the one below the pointer, or none. A click pins it and shows the data links, in whose addresses stand {{variables}}',
        { variables: LINK_VARIABLES }
      ),
      category: tooltipOptions(),
      defaultValue: DEFAULT_OPTIONS.tooltip,
      settings: {
        options: [
          { value: 'all', label: t('option.tooltip.all', 'All') },
          { value: 'single', label: t('option.tooltip.single', 'Single') },
          { value: 'none', label: t('option.tooltip.none', 'Hidden') },
        ],
      },
    })
    .addNumberInput({
      path: 'stalenessSeconds',
      name: t('option.stalenessSeconds.name', 'Staleness (seconds)'),
      description: t(
        'option.stalenessSeconds.description',
        'How long a state or an amount is believed after its last sample; at least two scrape intervals'
      ),
      category: dataOptions(),
      defaultValue: DEFAULT_OPTIONS.stalenessSeconds,
      settings: { ...OPTION_LIMITS.stalenessSeconds, integer: true },
    })
    .addSliderInput({
      path: 'laneHeight',
      name: t('option.laneHeight.name', 'Lane height (px)'),
      description: t('option.laneHeight.description', 'Lanes that do not fit scroll'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.laneHeight,
      settings: { ...OPTION_LIMITS.laneHeight, step: 1 },
      showIf: showsTimeline,
    })
    // Grafana types a multi-select's value as one of its options.
    .addMultiSelect<unknown, SelectFieldConfigSettings<unknown>>({
      path: 'groupBy',
      name: t('option.groupBy.name', 'Groups'),
      description: t('option.groupBy.description', 'Levels of collapsible groups, from the outside in'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.groupBy,
      settings: {
        options: [
          { value: 'workflow', label: t('option.groupBy.workflow', 'Workflow') },
          { value: 'thread', label: t('option.groupBy.thread', 'Thread') },
          { value: 'agent', label: t('option.groupBy.agent', 'Agent') },
        ],
      },
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'collapseGroups',
      name: t('option.collapseGroups.name', 'Groups start collapsed'),
      description: t(
        'option.collapseGroups.description',
        'A collapsed group is one bar that shows where any of its lanes failed, waited or ran'
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.collapseGroups,
      showIf: showsTimeline,
    })
    .addSelect({
      path: 'sortLanes',
      name: t('option.sortLanes.name', 'Sort by'),
      description: t(
        'option.sortLanes.description',
        'Order of groups and of lanes in them; tools stay below the agent that called them'
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.sortLanes,
      settings: {
        options: [
          { value: 'activity', label: t('option.sortLanes.activity', 'First activity') },
          { value: 'name', label: t('option.sortLanes.by-name', 'Name') },
          { value: 'cost', label: t('option.sortLanes.cost', 'Cost') },
          { value: 'state-time', label: t('option.sortLanes.state-time', 'Time in a state') },
        ],
      },
      showIf: showsTimeline,
    })
    .addSelect({
      path: 'sortState',
      name: t('option.sortState.name', 'Sort by time in'),
      description: t('option.sortState.description', 'Lanes and groups that were longest in this state come first'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.sortState,
      settings: { options: AGENT_STATES.map((state) => ({ value: state, label: stateWord(state) })) },
      showIf: (options) => showsTimeline(options) && options.sortLanes === 'state-time',
    })
    .addTextInput({
      path: 'laneFilter',
      name: t('option.laneFilter.name', 'Filter'),
      description: t(
        'option.laneFilter.description',
        'Only lanes with all of these words in agent, thread or workflow'
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.laneFilter,
      showIf: showsTimeline,
    })
    .addNumberInput({
      path: 'filterBoxFrom',
      name: t('option.filterBoxFrom.name', 'Filter box above (lanes)'),
      description: t('option.filterBoxFrom.description', 'With more lanes than this a filter box stands above them'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.filterBoxFrom,
      settings: { ...OPTION_LIMITS.filterBoxFrom, integer: true },
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'showCost',
      name: t('option.showCost.name', 'Cost'),
      description: t(
        'option.showCost.description',
        "Spend in the visible range beside the lanes, and on the bars where it is known which state spent it. Wasted is what runs spent that ended in failure: an agent's states from becoming active until it failed, and all of a thread that failed or timed out"
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.showCost,
      settings: {
        options: [
          { value: 'off', label: t('option.showCost.off', 'Off') },
          { value: 'lane', label: t('option.showCost.lane', 'Lanes') },
          { value: 'segment', label: t('option.showCost.segment', 'Lanes and bars') },
        ],
      },
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'foldIdle',
      name: t('option.foldIdle.name', 'Fold idle time'),
      description: t(
        'option.foldIdle.description',
        'Stretches in which no lane is queued, running, waiting or paused become narrow strips of the time axis that tell their length'
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.foldIdle,
      showIf: showsTimeline,
    })
    .addNumberInput({
      path: 'foldIdleSeconds',
      name: t('option.foldIdleSeconds.name', 'Fold from (seconds)'),
      description: t('option.foldIdleSeconds.description', 'Shorter stretches are left as they are'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.foldIdleSeconds,
      settings: { ...OPTION_LIMITS.foldIdleSeconds, integer: true },
      showIf: (options) => showsTimeline(options) && options.foldIdle === true,
    })
    .addBooleanSwitch({
      path: 'showReplay',
      name: t('option.showReplay.name', 'Replay'),
      description: t(
        'option.showReplay.description',
        'Controls to go through the range again: step by transition or checkpoint, play, snap to live'
      ),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.showReplay,
      showIf: showsTimeline,
    })
    .addBooleanSwitch({
      path: 'showCheckpoints',
      name: t('option.showCheckpoints.name', 'Checkpoints'),
      description: t('option.showCheckpoints.description', 'Mark saved checkpoints on a rail above the lanes'),
      category: timelineOptions(),
      defaultValue: DEFAULT_OPTIONS.showCheckpoints,
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'budgetScale',
      name: t('option.budgetScale.name', 'Scale'),
      description: t(
        'option.budgetScale.description',
        'Auto: US dollars, and parts of the limit where budgets of very different sizes are drawn together'
      ),
      category: burnDownOptions(),
      defaultValue: DEFAULT_OPTIONS.budgetScale,
      settings: {
        options: [
          { value: 'auto', label: t('option.budgetScale.auto', 'Auto') },
          { value: 'usd', label: t('option.budgetScale.usd', 'US dollars') },
          { value: 'percent', label: t('option.budgetScale.percent', 'Percent') },
        ],
      },
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'showIdealLine',
      name: t('option.showIdealLine.name', 'Ideal line'),
      description: t(
        'option.showIdealLine.description',
        "Even spend from the period's true start to its end, whatever the visible range"
      ),
      category: burnDownOptions(),
      defaultValue: DEFAULT_OPTIONS.showIdealLine,
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'showForecast',
      name: t('option.showForecast.name', 'Forecast'),
      description: t(
        'option.showForecast.description',
        'Projection with its uncertainty, where the range reaches past now'
      ),
      category: burnDownOptions(),
      defaultValue: DEFAULT_OPTIONS.showForecast,
      showIf: showsBurnDown,
    })
    .addNumberInput({
      path: 'forecastLookback',
      name: t('option.forecastLookback.name', 'Lookback (minutes)'),
      description: t(
        'option.forecastLookback.description',
        "Spend that burn rate, trend and forecast look back on. 0 chooses: 30 minutes for a thread; for a budget a quarter of its period, up to a week, as far as the dashboard's range reaches"
      ),
      category: burnDownOptions(),
      defaultValue: DEFAULT_OPTIONS.forecastLookback,
      settings: { ...OPTION_LIMITS.forecastLookback, integer: true },
      showIf: showsBurnDown,
    })
    .addBooleanSwitch({
      path: 'legend.showLegend',
      name: t('option.showLegend.name', 'Visibility'),
      description: t(
        'option.showLegend.description',
        'States with total time, share and count, and the resolution of what is drawn; a click shows one state'
      ),
      category: legendOptions(),
      defaultValue: DEFAULT_OPTIONS.legend.showLegend,
      showIf: showsTimeline,
    })
    .addRadio({
      path: 'legend.displayMode',
      name: t('option.displayMode.name', 'Mode'),
      description: t(
        'option.displayMode.description',
        'A table has total time, share and count in columns of their own'
      ),
      category: legendOptions(),
      defaultValue: DEFAULT_OPTIONS.legend.displayMode,
      settings: {
        options: [
          { value: LegendDisplayMode.List, label: t('option.displayMode.list', 'List') },
          { value: LegendDisplayMode.Table, label: t('option.displayMode.table', 'Table') },
        ],
      },
      showIf: showsLegend,
    })
    .addRadio({
      path: 'legend.placement',
      name: t('option.placement.name', 'Placement'),
      description: t('option.placement.description', 'Below 600 px of width it stands at the bottom'),
      category: legendOptions(),
      defaultValue: DEFAULT_OPTIONS.legend.placement,
      settings: {
        options: [
          { value: 'bottom', label: t('option.placement.bottom', 'Bottom') },
          { value: 'right', label: t('option.placement.right', 'Right') },
        ],
      },
      showIf: showsLegend,
    })
    .addNumberInput({
      path: 'legend.width',
      name: t('option.width.name', 'Width (px)'),
      description: t('option.width.description', 'Of a legend at the right; empty: as wide as it needs'),
      category: legendOptions(),
      settings: { placeholder: t('option.width.auto', 'Auto'), integer: true, min: 100 },
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
