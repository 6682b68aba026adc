// Fills the registries of option editors and standard field options, which `setPanelOptions` and `useFieldConfig` need.
import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type FieldConfigPropertyItem,
  type StandardEditorsRegistryItem,
} from '@grafana/data';

const EDITOR_IDS = [
  'text',
  'number',
  'slider',
  'boolean',
  'radio',
  'select',
  'multi-select',
  'unit',
  'links',
  'mappings',
  'thresholds',
  'fieldColor',
  'color',
  'stats-picker',
  'strings',
  'timezone',
  'field-name',
  'dashboard-uid',
  'string-array',
  'actions',
];

/** The host has no panel editor, so that an editor is never drawn. */
const noEditor = (): null => null;

type Processor = FieldConfigPropertyItem['process'];

/** Standard options with their real processors and, where there is one, the default that Grafana gives. */
const FIELD_OPTIONS: readonly { id: string; path?: string; process: unknown; defaultValue?: unknown }[] = [
  { id: 'unit', process: unitOverrideProcessor },
  { id: 'min', process: numberOverrideProcessor },
  { id: 'max', process: numberOverrideProcessor },
  { id: 'decimals', process: numberOverrideProcessor },
  { id: 'displayName', process: displayNameOverrideProcessor },
  { id: 'noValue', process: stringOverrideProcessor },
  { id: 'color', process: identityOverrideProcessor },
  { id: 'links', process: dataLinksOverrideProcessor },
  { id: 'actions', process: identityOverrideProcessor },
  { id: 'mappings', process: valueMappingsOverrideProcessor, defaultValue: [] },
  {
    id: 'thresholds',
    process: thresholdsOverrideProcessor,
    defaultValue: {
      mode: 'absolute',
      steps: [
        { value: -Infinity, color: 'green' },
        { value: 80, color: 'red' },
      ],
    },
  },
  { id: 'fieldMinMax', process: booleanOverrideProcessor },
  { id: 'filterable', process: booleanOverrideProcessor },
];

export function registerStandardEditors(): void {
  standardEditorsRegistry.setInit(() =>
    EDITOR_IDS.map((id): StandardEditorsRegistryItem => ({ id, name: id, editor: noEditor }))
  );
  standardFieldConfigEditorRegistry.setInit(() =>
    FIELD_OPTIONS.map(({ id, process, defaultValue }): FieldConfigPropertyItem => ({
      id,
      path: id,
      name: id,
      editor: noEditor,
      override: noEditor,
      process: process as Processor,
      shouldApply: () => true,
      ...(defaultValue === undefined ? {} : { defaultValue }),
    }))
  );
}
