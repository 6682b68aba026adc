// Where the time axis is folded: a strip through both bands that tells how long it stands for, and a button that opens and
// closes all of them.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { exactDuration, shortDuration } from '../layout/duration-text.ts';
import type { PanelLayout } from '../layout/panel.ts';
import { foldsOf } from '../layout/time-axis.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';
import type { Folds } from './use-folds.ts';

interface FoldMarksProps {
  readonly folds: Folds;
  readonly layout: PanelLayout;
  readonly time: TimeFormat;
}

/** Height of a character of the length, written from bottom to top; CSS pixels. */
const CHARACTER = 6.5;
/** Half of a tick's label may stand left of the axis. */
const TICK_ROOM = 36;
/** Below this the button only counts. */
const NAMED_WIDTH = 80;

export function FoldMarks({ folds, layout, time }: FoldMarksProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const { axis, plotTop, plotBottom } = layout;
  const drawn = foldsOf(axis);
  const height = plotBottom - plotTop;
  const room = axis.left - TICK_ROOM;
  const count = folds.isOpen ? folds.known : drawn.length;
  const label = folds.isOpen
    ? t('fold.close', 'Fold {{count}} idle gaps', { count, defaultValue_one: 'Fold {{count}} idle gap' })
    : t('fold.open', '{{count}} idle gaps folded', { count, defaultValue_one: '{{count}} idle gap folded' });
  return (
    <>
      {drawn.map(({ fromMs, toMs, left, right }) => {
        const text = shortDuration(toMs - fromMs);
        return (
          <div
            key={fromMs}
            className={styles.fold}
            role="img"
            aria-label={t('fold.label', 'Folded: {{length}} in which no lane was active, {{from}} to {{to}}', {
              length: exactDuration(toMs - fromMs),
              from: time.exactTime(fromMs),
              to: time.exactTime(toMs),
            })}
            data-testid="orchestrator-fold"
            style={{ left, width: right - left, top: plotTop, height }}
          >
            {text.length * CHARACTER < height && <span className={styles.length}>{text}</span>}
          </div>
        );
      })}
      {count > 0 && height > 0 && (
        <button
          type="button"
          className={styles.button}
          aria-pressed={!folds.isOpen}
          aria-label={label}
          title={label}
          data-testid="orchestrator-fold-button"
          style={{ top: plotBottom + 2, maxWidth: Math.max(24, room) }}
          onClick={folds.toggle}
          // The chart below would take a press for the beginning of a drag.
          onPointerDown={(event) => event.stopPropagation()}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          {room < NAMED_WIDTH ? `\u2af8 ${count}` : label}
        </button>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const line = theme.colors.border.medium;
  return {
    // Opaque enough that a bar which runs through is seen to be broken, and open enough that the budget's line is seen.
    fold: css({
      position: 'absolute',
      boxSizing: 'border-box',
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'center',
      overflow: 'hidden',
      pointerEvents: 'none',
      border: `1px dashed ${theme.colors.border.strong}`,
      borderWidth: '0 1px',
      background: `repeating-linear-gradient(135deg, ${line} 0 1px, transparent 1px 6px)`,
      backgroundColor: theme.colors.background.secondary,
      opacity: 0.92,
    }),
    length: css({
      writingMode: 'vertical-rl',
      transform: 'rotate(180deg)',
      padding: theme.spacing(0.5, 0),
      fontSize: 11,
      lineHeight: '14px',
      whiteSpace: 'nowrap',
      color: theme.colors.text.primary,
      background: theme.colors.background.secondary,
    }),
    button: css({
      position: 'absolute',
      left: 0,
      height: 18,
      padding: theme.spacing(0, 0.75),
      fontSize: 11,
      lineHeight: '16px',
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
      cursor: 'pointer',
      color: theme.colors.text.secondary,
      background: 'transparent',
      border: `1px solid ${line}`,
      borderRadius: theme.shape.radius.default,
      '&:hover': { color: theme.colors.text.primary, background: theme.colors.action.hover },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
    }),
  };
};
