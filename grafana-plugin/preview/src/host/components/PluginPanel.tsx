// Gives a panel plugin everything that Grafana gives it: options with defaults, field overrides, context, services.
import {
  arrayToDataFrame,
  CoreApp,
  DataTopic,
  PluginContextProvider,
  useFieldOverrides,
  type AbsoluteTimeRange,
  type AnnotationEventUIModel,
  type DataFrame,
  type EventBusSrv,
  type FieldConfigSource,
  type InterpolateFunction,
  type PanelData,
  type PanelPlugin,
} from '@grafana/data';
import { ErrorBoundaryAlert, PanelContextProvider, useTheme2, type PanelContext } from '@grafana/ui';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { PanelModel } from '../dashboard.ts';
import type { PreparedPanel } from '../prepare-panel.ts';
import { replaceText } from '../replace-text.ts';
import type { Session } from './use-session.ts';

interface Annotation {
  readonly id: string;
  readonly time: number;
  readonly timeEnd: number;
  readonly isRegion: boolean;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly color: string;
}

/** As Grafana hands them to panels: parallel fields, the topic in the frame's meta. */
function annotationFrame(annotations: readonly Annotation[]): DataFrame {
  const frame = arrayToDataFrame([...annotations]);
  frame.meta = { dataTopic: DataTopic.Annotations };
  return frame;
}

/** As Grafana saves it: an instant ends at 0. */
function annotationOf({ id = '', from, to, tags, description }: AnnotationEventUIModel): Annotation {
  const isRegion = to > from;
  return { id, time: from, timeEnd: isRegion ? to : 0, isRegion, tags, title: '', text: description, color: '#5794f2' };
}

export interface PluginPanelProps {
  readonly panel: PanelModel;
  readonly session: Session;
  readonly eventBus: EventBusSrv;
  readonly graphTooltip: number;
  readonly setRange: (range: AbsoluteTimeRange) => void;
  readonly plugin: PanelPlugin;
  /** Its options and field config when it is first shown. */
  readonly prepared: PreparedPanel;
  readonly data: PanelData;
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

export function PluginPanel(props: PluginPanelProps): React.JSX.Element | null {
  const { panel, plugin, data, session, eventBus, graphTooltip, setRange, width, height, title } = props;
  const theme = useTheme2();
  // What the panel changes about itself lasts until the page is left: there is nothing to save it in.
  const [options, setOptions] = useState(props.prepared.options);
  const [fieldConfig, setFieldConfig] = useState<FieldConfigSource>(props.prepared.fieldConfig);
  const { bindings } = session;
  const replaceVariables = useCallback<InterpolateFunction>(
    (text, scopedVars, format) => replaceText(text, { bindings, scopedVars, format }),
    [bindings]
  );
  // Annotations that are made here last until the page is left: there is no Grafana to save them in.
  const [annotations, setAnnotations] = useState<readonly Annotation[]>([]);
  const nextId = useRef(1);
  const overridden = useFieldOverrides(plugin, fieldConfig, data, session.timeZone, theme, replaceVariables);
  const context = useMemo<PanelContext>(
    () => ({
      eventsScope: '__global_',
      eventBus: eventBus.newScopedBus(`panel-${panel.id}`, { onlyLocal: false }),
      sync: () => graphTooltip,
      app: CoreApp.Dashboard,
      canAddAnnotations: () => true,
      onAnnotationCreate: (event) => {
        setAnnotations((before) => [...before, annotationOf({ ...event, id: String(nextId.current++) })]);
      },
      canEditAnnotations: () => true,
      onAnnotationUpdate: (event) => {
        // As Grafana's server, this is given a number, whatever the type says.
        const changed = annotationOf({ ...event, id: String(event.id) });
        setAnnotations((before) => before.map((one) => (one.id === changed.id ? changed : one)));
      },
      canDeleteAnnotations: () => true,
      onAnnotationDelete: (id) => {
        setAnnotations((before) => before.filter((one) => one.id !== id));
      },
    }),
    [eventBus, panel.id, graphTooltip]
  );
  const annotated = useMemo(
    () =>
      overridden === undefined || !plugin.dataSupport.annotations || annotations.length === 0
        ? overridden
        : { ...overridden, annotations: [...(overridden.annotations ?? []), annotationFrame(annotations)] },
    [overridden, plugin, annotations]
  );
  const renders = useRef(0);
  renders.current += 1;

  const Panel = plugin.panel;
  if (Panel === null || annotated === undefined) return null;
  return (
    <PluginContextProvider meta={plugin.meta}>
      <PanelContextProvider value={context}>
        <ErrorBoundaryAlert dependencies={[plugin, data]}>
          <Panel
            id={panel.id}
            data={annotated}
            title={title}
            timeRange={data.timeRange}
            timeZone={session.timeZone}
            options={options}
            fieldConfig={fieldConfig}
            transparent={panel.transparent}
            width={width}
            height={height}
            renderCounter={renders.current}
            replaceVariables={replaceVariables}
            onOptionsChange={setOptions}
            onFieldConfigChange={setFieldConfig}
            onChangeTimeRange={setRange}
            eventBus={context.eventBus}
          />
        </ErrorBoundaryAlert>
      </PanelContextProvider>
    </PluginContextProvider>
  );
}
