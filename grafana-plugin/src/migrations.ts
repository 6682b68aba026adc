// Options from before: of older versions of this panel, and what another panel's options and field config mean here.
import {
  MappingType,
  ThresholdsMode,
  type FieldConfigSource,
  type PanelModel,
  type ThresholdsConfig,
  type ValueMap,
  type ValueMapping,
} from '@grafana/data';
import { AGENT_STATE_CODE, AGENT_STATES } from 'orchestrator-exporter/contract/states';
import { completeOptions, DEFAULT_OPTIONS, OPTIONS_VERSION, type PanelOptions } from './options.ts';
import { lookOf } from './read/state-looks.ts';

type Unknown = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TOOLTIP_OF_CORE: ReadonlyMap<unknown, PanelOptions['tooltip']> = new Map([
  ['single', 'single'],
  ['multi', 'all'],
  ['none', 'none'],
]);

/** What the legend and tooltip options that all core panels share mean here; nothing where they say nothing. */
export function adoptSharedOptions(options: unknown): Partial<PanelOptions> {
  const { legend, tooltip } = isRecord(options) ? options : {};
  // Older ones hid it by a mode or by `isVisible`.
  const hidden = isRecord(legend) && (legend['displayMode'] === 'hidden' || legend['isVisible'] === false);
  const taken = completeOptions({ legend: hidden ? { ...legend, displayMode: 'list', showLegend: false } : legend });
  const mode = isRecord(tooltip) ? TOOLTIP_OF_CORE.get(tooltip['mode']) : undefined;
  return {
    ...(isRecord(legend) ? { legend: taken.legend } : {}),
    ...(mode === undefined ? {} : { tooltip: mode }),
  };
}

/** The colour that thresholds give to a value: of the last step that it reaches. */
function thresholdColor(thresholds: ThresholdsConfig, value: number): string | undefined {
  return thresholds.steps.filter((step) => (step.value ?? -Infinity) <= value).at(-1)?.color;
}

/**
 * Mappings that name and colour the state codes as `config` did where thresholds coloured them. Undefined where its own
 * mappings say it all: no thresholds, or such as do not tell any two states apart, or percentages of a range that codes do
 * not have.
 */
export function mappingsOfThresholds({ defaults }: FieldConfigSource): ValueMapping[] | undefined {
  const { thresholds, color, mappings = [] } = defaults;
  if (thresholds === undefined || thresholds.mode === ThresholdsMode.Percentage || color?.mode !== 'thresholds') {
    return undefined;
  }
  const colors = new Set(AGENT_STATES.map((state) => thresholdColor(thresholds, AGENT_STATE_CODE[state])));
  if (colors.size < 2) {
    return undefined;
  }
  const options: ValueMap['options'] = {};
  for (const state of AGENT_STATES) {
    const look = lookOf(mappings, state);
    const code = AGENT_STATE_CODE[state];
    const own = look?.color ?? thresholdColor(thresholds, code);
    options[String(code)] = {
      ...(look?.name === undefined ? {} : { text: look.name }),
      ...(own === undefined ? {} : { color: own }),
      index: code,
    };
  }
  return [{ type: MappingType.ValueToText, options }, ...mappings];
}

/** Panels whose values are states: there thresholds colour states, elsewhere amounts. */
const STATE_PANELS: ReadonlySet<string> = new Set(['state-timeline', 'status-history']);

/**
 * What stays when a panel becomes this one. Grafana itself keeps value mappings, fixed colours and data links; it takes
 * options back from here, and the field config only as far as it is changed in place.
 */
export function adoptPanel(
  panel: Pick<PanelModel, 'fieldConfig'>,
  previous: {
    readonly pluginId: string;
    readonly options: unknown;
    readonly fieldConfig: FieldConfigSource | undefined;
  }
): Partial<PanelOptions> {
  const mappings =
    STATE_PANELS.has(previous.pluginId) && previous.fieldConfig !== undefined
      ? mappingsOfThresholds(previous.fieldConfig)
      : undefined;
  if (mappings !== undefined && !Object.isFrozen(panel.fieldConfig.defaults)) {
    panel.fieldConfig.defaults.mappings = mappings;
  }
  return { ...adoptSharedOptions(previous.options), version: OPTIONS_VERSION };
}

/**
 * Stored options as those of this version. Those of a later version stay as they are. Options without a version may come
 * from another panel whose type was changed by hand: what means the same is taken over, what is unknown goes.
 */
export function migrateOptions(stored: unknown): Partial<PanelOptions> {
  const given = isRecord(stored) ? stored : {};
  const { version } = given;
  if (typeof version === 'number' && version >= OPTIONS_VERSION) {
    return given;
  }
  const complete = completeOptions(given);
  const known = Object.keys(DEFAULT_OPTIONS).filter((key) => key in given);
  const kept = Object.entries(complete).filter(([key]) => known.includes(key));
  return { ...Object.fromEntries(kept), ...adoptSharedOptions(given), version: OPTIONS_VERSION };
}
