// One legend for the timeline, with totals per state, and the resolution of what is drawn at its right end.
import React from 'react';
import { css } from '@emotion/css';
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import { shortDuration } from '../layout/duration-text.ts';
import type { StateTotal } from '../model/totals.ts';
import { StateSwatch } from './StateSwatch.tsx';

interface LegendProps {
  readonly totals: readonly StateTotal[];
  readonly resolution: string;
  readonly palette: Palette;
  readonly showTotals: boolean;
}

export const LEGEND_HEIGHT = 24;

function shareText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** Failures are counted: how long an agent stayed failed says little, how often it failed a lot. */
function totalText(total: StateTotal): string {
  const share = total.state === 'failed' ? `${total.count}\u00d7` : shareText(total.share);
  return `${shortDuration(total.totalMs)} \u00b7 ${share}`;
}

/** What must not be missed comes first: where room is scarce the last ones go. */
const READING_ORDER: readonly AgentState[] = ['running', 'waiting', 'failed', 'queued', 'paused', 'completed', 'idle'];

function inReadingOrder(totals: readonly StateTotal[]): StateTotal[] {
  return [...totals].sort((a, b) => READING_ORDER.indexOf(a.state) - READING_ORDER.indexOf(b.state));
}

export function Legend({ totals, resolution, palette, showTotals }: LegendProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row} data-testid="orchestrator-legend">
      <ul className={styles.list}>
        {inReadingOrder(totals).map((total) => (
          <li key={total.state} className={styles.item}>
            <StateSwatch state={total.state} palette={palette} />
            <span>{palette.stateName[total.state]}</span>
            {showTotals && <span className={styles.total}>{totalText(total)}</span>}
          </li>
        ))}
      </ul>
      <span className={styles.resolution} data-testid="orchestrator-resolution">
        {resolution}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    alignItems: 'center',
    height: LEGEND_HEIGHT,
    gap: theme.spacing(2),
    flexShrink: 0,
    overflow: 'hidden',
    fontSize: 12,
    color: theme.colors.text.primary,
  }),
  // What does not fit wraps out of sight as a whole item: no total is ever cut in the middle.
  list: css({
    display: 'flex',
    flexWrap: 'wrap',
    height: 20,
    lineHeight: '20px',
    columnGap: theme.spacing(2),
    rowGap: theme.spacing(1),
    listStyle: 'none',
    overflow: 'hidden',
    flexGrow: 1,
    margin: 0,
    padding: 0,
  }),
  item: css({ display: 'flex', alignItems: 'center', gap: 6, whiteSpace: 'nowrap' }),
  total: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  resolution: css({
    lineHeight: '20px',
    color: theme.colors.text.secondary,
    fontSize: 11,
    whiteSpace: 'nowrap',
    opacity: 0.8,
  }),
});
