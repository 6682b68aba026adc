// The figures above the plots. Warnings colour the figure that warns, nothing else.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Figure, Tone } from './figure.ts';

interface FiguresProps {
  readonly figures: readonly Figure[];
  /** Small panels: the most important figures only, on one line. */
  readonly compact: boolean;
  /** Of the panel, CSS pixels. */
  readonly width: number;
  /** At the right: controls, if there are any. */
  readonly children?: React.ReactNode;
}

export const FIGURES_HEIGHT = 52;
export const COMPACT_FIGURES_HEIGHT = 24;

/** More of them stand closer together. */
const USUAL_FIGURES = 5;
/** So many of them say less where each has less room than this, CSS pixels. */
const TIGHT = { figures: 5, widthEach: 236 };

/** Each needs so much at least; those that say least go where there is not that much, CSS pixels. */
const LEAST_ROOM = 130;
const FIRST_TO_GO: ReadonlyArray<Figure['id']> = ['wasted', 'trend'];

function fitting(figures: readonly Figure[], width: number): readonly Figure[] {
  const surplus = Math.max(0, figures.length - Math.floor(width / LEAST_ROOM));
  const gone = FIRST_TO_GO.filter((id) => figures.some((figure) => figure.id === id)).slice(0, surplus);
  return figures.filter(({ id }) => !gone.includes(id));
}

/** What is left and until when; without a budget the state. */
function compactFigures(figures: readonly Figure[]): readonly Figure[] {
  const money = figures.filter((figure) => figure.id === 'remaining' || figure.id === 'exhaustion');
  return money.length > 0 ? money : figures.filter((figure) => figure.id === 'state');
}

export function Figures({ figures, compact, width, children }: FiguresProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const tones: Record<Tone, string> = { plain: '', warning: styles.warning, critical: styles.critical };
  const shown = compact ? compactFigures(figures) : fitting(figures, width);
  const isTight = shown.length >= TIGHT.figures && width < TIGHT.widthEach * shown.length;
  return (
    <div className={compact ? styles.compactRow : styles.row}>
      <dl
        className={
          compact ? styles.compactList : isTight || shown.length > USUAL_FIGURES ? styles.closeList : styles.list
        }
        data-testid="orchestrator-figures"
      >
        {shown.map((figure) => (
          <div
            key={figure.id}
            className={compact ? styles.compactFigure : styles.figure}
            title={isTight ? [figure.hint, figure.detail].filter((text) => text !== '').join('\n') : figure.hint}
            data-testid={`orchestrator-figure-${figure.id}`}
          >
            {!compact && <dt className={styles.label}>{figure.label}</dt>}
            <dd className={styles.line}>
              <span className={`${compact ? styles.compactValue : styles.value} ${tones[figure.tone]}`}>
                {figure.value}
              </span>
              <span className={styles.detail}>{isTight ? (figure.shortDetail ?? figure.detail) : figure.detail}</span>
            </dd>
          </div>
        ))}
      </dl>
      {Boolean(children) && <div className={styles.controls}>{children}</div>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', height: FIGURES_HEIGHT, flexShrink: 0, gap: theme.spacing(2) }),
  compactRow: css({ display: 'flex', height: COMPACT_FIGURES_HEIGHT, flexShrink: 0, gap: theme.spacing(1) }),
  controls: css({ display: 'flex', gap: 'inherit', flexShrink: 0, marginLeft: 'auto' }),
  list: css({ display: 'flex', gap: theme.spacing(5), margin: 0, overflow: 'hidden', minWidth: 0 }),
  closeList: css({ display: 'flex', gap: theme.spacing(2.5), margin: 0, overflow: 'hidden', minWidth: 0 }),
  compactList: css({ display: 'flex', gap: theme.spacing(2), margin: 0, overflow: 'hidden', minWidth: 0 }),
  figure: css({ minWidth: 0, flexShrink: 0, '&:first-child': { minWidth: 144 }, '&:last-child': { flexShrink: 1 } }),
  compactFigure: css({ minWidth: 0, '&:first-child': { flexShrink: 0 } }),
  label: css({
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
    fontSize: 11,
    fontWeight: theme.typography.fontWeightRegular,
    lineHeight: '16px',
  }),
  // The value stays whole for as long as there is room for it; the detail goes first.
  line: css({ display: 'flex', alignItems: 'baseline', whiteSpace: 'nowrap', overflow: 'hidden', lineHeight: '26px' }),
  value: css({
    flexShrink: 0,
    maxWidth: '100%',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: theme.colors.text.primary,
    fontSize: 20,
    fontVariantNumeric: 'tabular-nums',
    marginRight: 6,
  }),
  compactValue: css({
    color: theme.colors.text.primary,
    flexShrink: 0,
    fontSize: 15,
    fontVariantNumeric: 'tabular-nums',
    marginRight: 4,
  }),
  detail: css({
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: theme.colors.text.secondary,
    fontSize: 12,
    fontVariantNumeric: 'tabular-nums',
  }),
  warning: css({ color: theme.visualization.getColorByName(theme.isDark ? 'orange' : 'semi-dark-orange') }),
  critical: css({ color: theme.visualization.getColorByName('red') }),
});
