// The slider of the replay over the chart: a rail above the plots, the cursor through both bands, what comes later dimmed.
import React, { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { PanelLayout } from '../layout/panel.ts';
import { timeOfX, xOfTime } from '../layout/time-axis.ts';
import type { TimeFormat } from './time-format.ts';
import type { Replay } from './use-replay.ts';
import { t } from './translate.ts';

interface ReplayScrubberProps {
  readonly replay: Replay;
  readonly layout: PanelLayout;
  readonly time: TimeFormat;
  /** What is read to who cannot see it: time, states, money. */
  readonly valueText: string;
}

/** As high as the mark of now. */
const FLAG_BOTTOM = 15;
const FLAG_CHAR_WIDTH = 6;
const FLAG_PADDING = 5;

export function ReplayScrubber({ replay, layout, time, valueText }: ReplayScrubberProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const dragging = useRef(false);
  const { axis, plotTop, plotBottom } = layout;
  const { atMs, fromMs, endMs } = replay;
  const endX = Math.min(axis.right, xOfTime(axis, endMs));
  if (endX <= axis.left || plotBottom <= plotTop) {
    return null;
  }
  const x = Math.min(endX, Math.max(axis.left, xOfTime(axis, atMs ?? endMs)));
  const told = atMs === undefined ? '' : time.exactTime(atMs);
  const flagWidth = FLAG_CHAR_WIDTH * told.length + 2 * FLAG_PADDING;
  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    replay.seek(timeOfX(axis, axis.left + event.clientX - box.left));
  };
  return (
    <>
      {atMs !== undefined && (
        <>
          <div
            className={styles.later}
            style={{ left: x, width: Math.max(0, axis.right - x), top: plotTop, height: plotBottom - plotTop }}
          />
          <div
            className={styles.cursor}
            data-testid="orchestrator-replay-cursor"
            style={{ transform: `translateX(${x}px)`, top: FLAG_BOTTOM, height: plotBottom - FLAG_BOTTOM }}
          />
          <div
            className={styles.flag}
            data-testid="orchestrator-replay-time"
            style={{ left: Math.min(layout.width - flagWidth, Math.max(0, x - flagWidth / 2)), width: flagWidth }}
          >
            {told}
          </div>
        </>
      )}
      <div
        className={styles.rail}
        role="slider"
        tabIndex={0}
        aria-label={t('replay.instant', 'Replay: instant')}
        aria-valuemin={fromMs}
        aria-valuemax={endMs}
        aria-valuenow={atMs ?? endMs}
        aria-valuetext={valueText}
        aria-keyshortcuts="ArrowLeft ArrowRight PageUp PageDown Home End Space"
        style={{ left: axis.left, width: endX - axis.left, height: Math.max(6, plotTop - 4) }}
        onKeyDown={(event) => onKey(event, replay)}
        onPointerDown={(event) => {
          event.stopPropagation();
          if (event.button === 0) {
            dragging.current = true;
            event.currentTarget.setPointerCapture?.(event.pointerId);
            seekTo(event);
          }
        }}
        onPointerMove={(event) => {
          if (dragging.current) {
            event.stopPropagation();
            seekTo(event);
          }
        }}
        onPointerUp={() => {
          dragging.current = false;
        }}
        onPointerCancel={() => {
          dragging.current = false;
        }}
        onDoubleClick={(event) => event.stopPropagation()}
      ></div>
    </>
  );
}

function onKey(event: KeyboardEvent<HTMLDivElement>, replay: Replay): void {
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => replay.step('transition', -1),
    ArrowRight: () => replay.step('transition', 1),
    ArrowDown: () => replay.step('transition', -1),
    ArrowUp: () => replay.step('transition', 1),
    PageDown: () => replay.step('checkpoint', -1),
    PageUp: () => replay.step('checkpoint', 1),
    Home: () => replay.seek(replay.fromMs),
    End: replay.goLive,
    ' ': replay.togglePlay,
  };
  const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
  if (action !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  rail: css({
    position: 'absolute',
    top: 0,
    cursor: 'ew-resize',
    touchAction: 'none',
    // The rail itself, thinner than what can be grasped.
    '&::after': {
      content: '""',
      position: 'absolute',
      left: 0,
      right: 0,
      bottom: 0,
      height: 4,
      borderRadius: 2,
      background: theme.colors.border.weak,
    },
    '&:hover::after': { background: theme.colors.border.strong },
    '&:focus-visible': { outline: 'none' },
    '&:focus-visible::after': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
  }),
  cursor: css({
    position: 'absolute',
    left: -1,
    width: 0,
    borderLeft: `2px solid ${theme.colors.primary.main}`,
    pointerEvents: 'none',
  }),
  flag: css({
    position: 'absolute',
    top: 0,
    height: FLAG_BOTTOM,
    lineHeight: `${FLAG_BOTTOM}px`,
    borderRadius: 2,
    textAlign: 'center',
    fontSize: 10,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    color: theme.colors.primary.contrastText,
    background: theme.colors.primary.main,
    pointerEvents: 'none',
    zIndex: 1,
  }),
  later: css({
    position: 'absolute',
    background: theme.colors.background.primary,
    opacity: 0.6,
    pointerEvents: 'none',
  }),
});
