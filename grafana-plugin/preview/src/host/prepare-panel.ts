// What Grafana does to a panel's stored options before its plugin draws them: migration, and adoption after a change of type.
// In the order and with the arguments of VizPanel in Grafana's scenes.
import {
  getPanelOptionsWithDefaults,
  type FieldConfigSource,
  type PanelModel as GrafanaPanel,
  type PanelPlugin,
} from '@grafana/data';
import type { PanelModel } from './dashboard.ts';

export interface PreparedPanel {
  readonly options: Record<string, unknown>;
  readonly fieldConfig: FieldConfigSource;
}

type Stored = Pick<PanelModel, 'id' | 'title' | 'options' | 'fieldConfig' | 'pluginVersion'>;

/** Handlers may change what they are given in place. */
function copyFor(plugin: PanelPlugin, { id, title, options, fieldConfig, pluginVersion }: Stored): GrafanaPanel {
  return {
    id,
    title,
    options: structuredClone(options),
    fieldConfig: structuredClone(fieldConfig),
    pluginVersion,
    type: plugin.meta.id,
  } as GrafanaPanel;
}

function withDefaults(plugin: PanelPlugin, panel: GrafanaPanel, isAfterPluginChange: boolean): PreparedPanel {
  const prepared = getPanelOptionsWithDefaults({
    plugin,
    currentOptions: panel.options as Record<string, unknown>,
    currentFieldConfig: panel.fieldConfig,
    isAfterPluginChange,
  });
  return { options: prepared.options, fieldConfig: prepared.fieldConfig };
}

/** A stored panel of this plugin: migrated where another version stored it, then completed with defaults. */
export async function loadPanel(plugin: PanelPlugin, stored: Stored): Promise<PreparedPanel> {
  const panel = copyFor(plugin, stored);
  const { onPanelMigration } = plugin;
  if (
    onPanelMigration !== undefined &&
    (plugin.meta.info.version !== stored.pluginVersion || plugin.shouldMigrate?.(panel) === true)
  ) {
    panel.options = await onPanelMigration(panel);
  }
  return withDefaults(plugin, panel, false);
}

/** Without what belongs to the panel that it was. */
function standardOnly({ defaults, overrides }: FieldConfigSource): FieldConfigSource {
  return structuredClone({
    defaults: { ...defaults, custom: {} },
    overrides: overrides
      .map((rule) => ({ ...rule, properties: rule.properties.filter(({ id }) => !id.startsWith('custom.')) }))
      .filter(({ properties }) => properties.length > 0),
  });
}

/** A panel of another type as one of this plugin, which may adopt what was set there. */
export function changePanel(plugin: PanelPlugin, previous: Stored & Pick<PanelModel, 'type'>): PreparedPanel {
  const fieldConfig = standardOnly(previous.fieldConfig);
  const fresh = withDefaults(plugin, copyFor(plugin, { ...previous, options: {}, fieldConfig }), true);
  const panel = { ...copyFor(plugin, previous), ...fresh } as GrafanaPanel;
  const adopted = plugin.onPanelTypeChanged?.(
    panel,
    previous.type,
    structuredClone(previous.options),
    structuredClone(previous.fieldConfig)
  ) as Record<string, unknown> | undefined;
  return adopted === undefined || Object.keys(adopted).length === 0
    ? fresh
    : withDefaults(plugin, { ...panel, options: adopted }, true);
}
