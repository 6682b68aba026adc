// One panel: its frame, its data, and whichever plugin draws it.
import type { AbsoluteTimeRange, EventBusSrv, PanelPlugin } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { Badge, IconButton, LoadingPlaceholder, PanelChrome } from '@grafana/ui';
import { useEffect, useState } from 'react';
import type { PanelModel } from '../dashboard.ts';
import { loadPlugin, type PluginListing } from '../plugin-loader.ts';
import { changePanel, loadPanel, type PreparedPanel } from '../prepare-panel.ts';
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
  /** No other panel is in view. */
  readonly isViewedAlone: boolean;
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
  const { panel, session, width, height, isViewedAlone, toggleView } = props;
  const data = usePanelData({ panel, session, widthPx: width });
  const [shownAs, setShownAs] = useState<string>();
  const shown = useShown({ panel, plugins: props.plugins, shownAs });
  const title = replaceText(panel.title, { bindings: session.bindings, format: 'text' });
  const problem = typeof shown === 'string' ? shown : data.errors?.map(({ message }) => message).join('\n');
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
        <>
          {/* As Grafana's choice of a visualization does; it lasts until the page is left. */}
          {props.plugins
            .filter(({ id }) => id !== panel.type && isViewedAlone)
            .map(({ id, name }) => (
              <IconButton
                key={id}
                name="sync"
                tooltip={`Show as ${name}`}
                onClick={() => {
                  setShownAs(id);
                }}
              />
            ))}
          <IconButton
            name="eye"
            tooltip="View this panel alone, and back"
            onClick={() => {
              toggleView(panel.id);
            }}
          />
        </>
      }
      {...(problem === undefined ? {} : { statusMessage: problem })}
    >
      {(innerWidth, innerHeight) =>
        typeof shown === 'string' ? (
          <p role="alert">{shown}</p>
        ) : shown === undefined || data.state === LoadingState.NotStarted ? (
          <LoadingPlaceholder text="" />
        ) : (
          <PluginPanel
            key={shown.plugin.meta.id}
            {...props}
            {...shown}
            {...{ data, title }}
            width={innerWidth}
            height={innerHeight}
          />
        )
      }
    </PanelChrome>
  );
}

interface Shown {
  readonly plugin: PanelPlugin;
  readonly prepared: PreparedPanel;
}

interface ShownRequest {
  readonly panel: PanelModel;
  readonly plugins: readonly PluginListing[];
  /** Another plugin than the panel's own. */
  readonly shownAs: string | undefined;
}

/** The plugin with the options it begins with, undefined while it loads, or why it cannot be loaded. */
function useShown({ panel, plugins, shownAs }: ShownRequest): Shown | string | undefined {
  const [shown, setShown] = useState<Shown | string>();
  useEffect(() => {
    const type = shownAs ?? panel.type;
    const prepare = async (): Promise<Shown> => {
      const listing = plugins.find(({ id }) => id === type);
      const plugin = listing === undefined ? corePanel(type) : await loadPlugin(listing);
      const prepared = shownAs === undefined ? await loadPanel(plugin, panel) : changePanel(plugin, panel);
      return { plugin, prepared };
    };
    prepare().then(setShown, (error: unknown) => {
      setShown(`The plugin ${type} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, [panel, plugins, shownAs]);
  return shown;
}
