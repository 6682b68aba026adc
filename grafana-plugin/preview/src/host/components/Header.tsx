// The bar on top: which dashboard, that this is not Grafana, time range, refresh, theme.
import { css } from '@emotion/css';
import { dateTimeForTimeZone, type AbsoluteTimeRange, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Badge, Combobox, RefreshPicker, TimeRangePicker, ToolbarButton, useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import type { DashboardModel } from '../dashboard.ts';
import type { Preview } from '../preview.ts';
import type { UrlState } from '../url-state.ts';
import type { Session } from './use-session.ts';
import type { UpdateUrl } from './use-url-state.ts';

const INTERVALS = ['1s', '5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'];

export interface HeaderProps {
  readonly preview: Preview;
  readonly dashboard: DashboardModel;
  readonly session: Session | undefined;
  /** Refresh interval, empty for off. */
  readonly interval: string;
  readonly url: UrlState;
  readonly updateUrl: UpdateUrl;
  readonly refresh: () => void;
  readonly setRange: (range: AbsoluteTimeRange) => void;
}

export function Header(props: HeaderProps): React.JSX.Element {
  const { preview, dashboard, session, interval, url, updateUrl, refresh } = props;
  const styles = useStyles2(getStyles);
  const light = url.theme === 'light';
  return (
    <header className={styles.bar}>
      {preview.dashboards.length > 1 ? (
        <Combobox
          aria-label="Dashboard"
          width={32}
          value={dashboard.uid}
          options={preview.dashboards.map(({ uid, title }) => ({ value: uid, label: title }))}
          onChange={({ value }) => {
            updateUrl({ dashboard: value, viewPanel: undefined, variables: new Map() });
          }}
        />
      ) : (
        <h1 className={styles.title}>{dashboard.title}</h1>
      )}
      <span data-testid="preview-host-note">
        <Badge
          color="blue"
          text="Preview host, not Grafana"
          tooltip={`The built plugin and the provisioned dashboard, run with the @grafana ${preview.hostVersion} packages against ${preview.prometheus}. There is no Grafana server here.`}
        />
      </span>
      <span className={styles.version}>@grafana {preview.hostVersion}</span>
      <span className={styles.gap} />
      {session !== undefined && <TimeControls {...props} session={session} />}
      <RefreshPicker
        value={interval}
        intervals={INTERVALS}
        onRefresh={refresh}
        onIntervalChanged={(chosen) => {
          updateUrl({ refresh: chosen });
        }}
      />
      <ToolbarButton
        variant="canvas"
        icon="adjust-circle"
        tooltip={light ? 'Dark theme' : 'Light theme'}
        aria-label={light ? 'Dark theme' : 'Light theme'}
        onClick={() => {
          updateUrl({ theme: light ? 'dark' : 'light' });
        }}
      />
    </header>
  );
}

function TimeControls({ session, updateUrl, setRange }: HeaderProps & { session: Session }): React.JSX.Element {
  const { timeRange, timeZone } = session;
  const [history, setHistory] = useState<TimeRange[]>([]);
  const fromMs = timeRange.from.valueOf();
  const toMs = timeRange.to.valueOf();
  const half = (toMs - fromMs) / 2;
  return (
    <TimeRangePicker
      value={timeRange}
      timeZone={timeZone}
      history={history}
      isOnCanvas
      onChange={(chosen) => {
        const text = (part: TimeRange['raw']['from']): string =>
          typeof part === 'string' ? part : String(part.valueOf());
        setHistory((known) => [dateless(chosen, timeZone), ...known].slice(0, 4));
        updateUrl({ from: text(chosen.raw.from), to: text(chosen.raw.to) });
      }}
      onChangeTimeZone={() => undefined}
      onMoveBackward={() => {
        setRange({ from: fromMs - half, to: toMs - half });
      }}
      onMoveForward={() => {
        setRange({ from: fromMs + half, to: toMs + half });
      }}
      onZoom={() => {
        setRange({ from: fromMs - half, to: toMs + half });
      }}
    />
  );
}

/** A range as the picker's list of recent ranges keeps it: evaluated, so that choosing it again shows the same. */
function dateless({ from, to }: TimeRange, timeZone: string): TimeRange {
  const fixed = {
    from: dateTimeForTimeZone(timeZone, from.valueOf()),
    to: dateTimeForTimeZone(timeZone, to.valueOf()),
  };
  return { ...fixed, raw: fixed };
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1, 2),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  title: css({ ...theme.typography.h5, margin: 0, fontWeight: theme.typography.fontWeightMedium }),
  version: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  gap: css({ flexGrow: 1 }),
});
