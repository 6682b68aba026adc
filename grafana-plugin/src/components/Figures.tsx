// The figures above the plots. Warnings colour the figure that warns, nothing else.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Figure, Tone } from './figures-text.ts';

interface FiguresProps {
  readonly figures: readonly Figure[];
  /** Small panels: remaining and exhaustion only, on one line. */
  readonly compact: boolean;
}

export const FIGURES_HEIGHT = 52;
export const COMPACT_FIGURES_HEIGHT = 24;

export function Figures({ figures, compact }: FiguresProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const tones: Record<Tone, string> = { plain: '', warning: styles.warning, critical: styles.critical };
  const shown = compact ? figures.filter((figure) => figure.id === 'remaining' || figure.id === 'exhaustion') : figures;
  return (
    <dl className={compact ? styles.compactRow : styles.row} data-testid="orchestrator-figures">
      {shown.map((figure) => (
        <div
          key={figure.id}
          className={compact ? styles.compactFigure : styles.figure}
          title={figure.hint}
          data-testid={`orchestrator-figure-${figure.id}`}
        >
          {!compact && <dt className={styles.label}>{figure.label}</dt>}
          <dd className={styles.line}>
            <span className={`${compact ? styles.compactValue : styles.value} ${tones[figure.tone]}`}>
              {figure.value}
            </span>
            <span className={styles.detail}>{figure.detail}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    gap: theme.spacing(5),
    height: FIGURES_HEIGHT,
    margin: 0,
    overflow: 'hidden',
    flexShrink: 0,
  }),
  compactRow: css({
    display: 'flex',
    gap: theme.spacing(2),
    height: COMPACT_FIGURES_HEIGHT,
    margin: 0,
    overflow: 'hidden',
    flexShrink: 0,
  }),
  figure: css({ minWidth: 0, flexShrink: 0, '&:first-child': { minWidth: 144 }, '&:last-child': { flexShrink: 1 } }),
  compactFigure: css({ minWidth: 0, '&:first-child': { flexShrink: 0 } }),
  label: css({
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
    fontSize: 11,
    fontWeight: theme.typography.fontWeightRegular,
    lineHeight: '16px',
  }),
  line: css({ whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis', lineHeight: '26px' }),
  value: css({ color: theme.colors.text.primary, fontSize: 20, fontVariantNumeric: 'tabular-nums', marginRight: 6 }),
  compactValue: css({
    color: theme.colors.text.primary,
    fontSize: 15,
    fontVariantNumeric: 'tabular-nums',
    marginRight: 4,
  }),
  detail: css({ color: theme.colors.text.secondary, fontSize: 12, fontVariantNumeric: 'tabular-nums' }),
  warning: css({ color: theme.visualization.getColorByName(theme.isDark ? 'orange' : 'semi-dark-orange') }),
  critical: css({ color: theme.visualization.getColorByName('red') }),
});
