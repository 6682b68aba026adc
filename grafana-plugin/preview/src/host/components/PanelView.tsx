// One panel: its frame, its data, and whichever plugin draws it.
import type { AbsoluteTimeRange, EventBusSrv, PanelPlugin } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { Badge, IconButton, LoadingPlaceholder, PanelChrome } from '@grafana/ui';
import { useEffect, useState } from 'react';
import type { PanelModel } from '../dashboard.ts';
import { loadPlugin, type PluginListing } from '../plugin-loader.ts';
import { replaceText } from '../replace-text.ts';
import { corePanel } from './core-panels.tsx';
import { PluginPanel } from './PluginPanel.tsx';
import { usePanelData } from './use-panel-data.ts';
import type { Session } from './use-session.ts';
import { useSize } from './use-size.ts';

export interface PanelViewProps {
  readonly panel: PanelModel;
  readonly plugins: readonly PluginListing[];
  readonly session: Session;
  readonly eventBus: EventBusSrv;
  readonly graphTooltip: number;
  readonly setRange: (range: AbsoluteTimeRange) => void;
  readonly toggleView: (panelId: number) => void;
}

export function PanelView(props: PanelViewProps): React.JSX.Element {
  const { panel } = props;
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <section ref={ref} style={{ height: '100%' }} data-testid={`panel-${panel.id}`} aria-label={panel.title}>
      {size.width > 0 && <SizedPanel {...props} {...size} />}
    </section>
  );
}

function SizedPanel(props: PanelViewProps & { width: number; height: number }): React.JSX.Element {
  const { panel, session, width, height, toggleView } = props;
  const data = usePanelData({ panel, session, widthPx: width });
  const plugin = usePlugin(panel, props.plugins);
  const title = replaceText(panel.title, { bindings: session.bindings, format: 'text' });
  const problem = typeof plugin === 'string' ? plugin : data.errors?.map(({ message }) => message).join('\n');
  return (
    <PanelChrome
      width={width}
      height={height}
      title={title}
      description={panel.description}
      displayMode={panel.transparent ? 'transparent' : 'default'}
      loadingState={data.state}
      titleItems={
        panel.transformations > 0 ? (
          <Badge
            color="orange"
            text="untransformed"
            tooltip="Grafana applies transformations to this panel; the preview host does not."
          />
        ) : undefined
      }
      actions={
        <IconButton
          name="eye"
          tooltip="View this panel alone, and back"
          onClick={() => {
            toggleView(panel.id);
          }}
        />
      }
      {...(problem === undefined ? {} : { statusMessage: problem })}
    >
      {(innerWidth, innerHeight) =>
        typeof plugin === 'string' ? (
          <p role="alert">{plugin}</p>
        ) : plugin === undefined || data.state === LoadingState.NotStarted ? (
          <LoadingPlaceholder text="" />
        ) : (
          <PluginPanel {...props} {...{ plugin, data, title }} width={innerWidth} height={innerHeight} />
        )
      }
    </PanelChrome>
  );
}

/** The plugin, undefined while it loads, or why it cannot be loaded. */
function usePlugin(panel: PanelModel, plugins: readonly PluginListing[]): PanelPlugin | string | undefined {
  const [plugin, setPlugin] = useState<PanelPlugin | string>();
  useEffect(() => {
    const listing = plugins.find(({ id }) => id === panel.type);
    if (listing === undefined) {
      setPlugin(corePanel(panel.type));
      return;
    }
    loadPlugin(listing).then(setPlugin, (error: unknown) => {
      setPlugin(`The plugin ${panel.type} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, [panel, plugins]);
  return plugin;
}
