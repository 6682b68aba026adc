// One dashboard: header, variables, and the panels on Grafana's grid of 24 columns.
import { css } from '@emotion/css';
import { EventBusSrv, rangeUtil, type AbsoluteTimeRange, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { DashboardModel, PanelModel } from '../dashboard.ts';
import { replaceText } from '../replace-text.ts';
import type { Preview } from '../preview.ts';
import { isRefreshInterval, type UrlState } from '../url-state.ts';
import { Header } from './Header.tsx';
import { Message } from './Message.tsx';
import { PanelView } from './PanelView.tsx';
import { useSession, type Session } from './use-session.ts';
import type { UpdateUrl } from './use-url-state.ts';
import { VariableBar } from './VariableBar.tsx';

export interface DashboardPageProps {
  readonly preview: Preview;
  readonly dashboard: DashboardModel;
  readonly url: UrlState;
  readonly updateUrl: UpdateUrl;
}

export function DashboardPage({ preview, dashboard, url, updateUrl }: DashboardPageProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [tick, setTick] = useState(0);
  const refresh = useCallback(() => {
    setTick((count) => count + 1);
  }, []);
  const interval = url.refresh ?? dashboard.refresh;
  useInterval(refresh, interval);
  const session = useSession({ dashboard, url, tick });
  const setRange = useCallback(
    ({ from, to }: AbsoluteTimeRange) => {
      updateUrl({ from: String(Math.round(from)), to: String(Math.round(to)) });
    },
    [updateUrl]
  );

  return (
    <div className={styles.page}>
      <Header {...{ preview, dashboard, session, interval, url, updateUrl, refresh, setRange }} />
      {preview.problems.length > 0 && (
        <Message
          severity="warning"
          title="Files in the dashboards folder that are no dashboard"
          text={preview.problems.join('\n')}
        />
      )}
      {session !== undefined && (
        <main className={styles.main}>
          <VariableBar variables={session.variables} chosen={url.variables} updateUrl={updateUrl} />
          <PanelGrid {...{ preview, dashboard, session, url, updateUrl, setRange }} />
        </main>
      )}
    </div>
  );
}

function useInterval(run: () => void, interval: string): void {
  useEffect(() => {
    if (!isRefreshInterval(interval)) return undefined;
    const ms = rangeUtil.intervalToMs(interval);
    const timer = setInterval(() => {
      // A hidden page asks nothing, as Grafana does.
      if (document.visibilityState === 'visible') run();
    }, ms);
    return () => {
      clearInterval(timer);
    };
  }, [run, interval]);
}

interface PanelGridProps extends DashboardPageProps {
  readonly session: Session;
  readonly setRange: (range: AbsoluteTimeRange) => void;
}

function PanelGrid({ preview, dashboard, session, url, updateUrl, setRange }: PanelGridProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const eventBus = useMemo(() => new EventBusSrv(), [dashboard]);
  const { viewPanel } = url;
  const toggleView = useCallback(
    (panelId: number) => {
      updateUrl({ viewPanel: viewPanel === undefined ? panelId : undefined });
    },
    [updateUrl, viewPanel]
  );
  const shared = {
    plugins: preview.plugins,
    graphTooltip: dashboard.graphTooltip,
    session,
    eventBus,
    setRange,
    toggleView,
    isViewedAlone: viewPanel !== undefined,
  };
  if (viewPanel !== undefined) {
    const panel = dashboard.panels.find(({ id }) => id === viewPanel);
    if (panel === undefined) {
      return (
        <Message severity="warning" title="No such panel" text={`The dashboard has no panel with id ${viewPanel}.`} />
      );
    }
    return (
      <div className={styles.single}>
        <PanelView key={panel.id} panel={panel} {...shared} />
      </div>
    );
  }
  return (
    <div className={styles.grid}>
      {dashboard.panels.map((panel) => (
        <div key={panel.id} className={styles.cell} style={gridArea(panel)}>
          {panel.type === 'row' ? (
            <h2 className={styles.row}>{replaceText(panel.title, { bindings: session.bindings, format: 'text' })}</h2>
          ) : (
            <PanelView panel={panel} {...shared} />
          )}
        </div>
      ))}
    </div>
  );
}

const gridArea = ({ gridPos }: PanelModel): React.CSSProperties => ({
  gridColumn: `${gridPos.x + 1} / span ${gridPos.w}`,
  gridRow: `${gridPos.y + 1} / span ${gridPos.h}`,
});

// Row height and gap are Grafana's.
const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ minHeight: '100vh', background: theme.colors.background.canvas }),
  main: css({ padding: theme.spacing(2) }),
  grid: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(24, minmax(0, 1fr))',
    gridAutoRows: 30,
    gap: 8,
    [theme.breakpoints.down('md')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
  cell: css({
    minWidth: 0,
    [theme.breakpoints.down('md')]: { gridColumn: '1 / -1 !important', gridRowStart: 'auto !important' },
  }),
  single: css({ height: 'calc(100vh - 140px)', minHeight: 320 }),
  row: css({ ...theme.typography.h5, margin: 0, lineHeight: '30px', color: theme.colors.text.primary }),
});
