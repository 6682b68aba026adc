// The slim scroll bar of lanes that do not fit: dragged, clicked beside, or moved with the keys of a scroll bar.
import React, { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { TimelineLayout } from '../layout/panel.ts';
import { t } from './translate.ts';

interface LaneScrollbarProps {
  readonly band: TimelineLayout;
  readonly left: number;
  readonly laneHeight: number;
  readonly onScroll: (scrollTop: number) => void;
}

const MIN_THUMB = 20;

export const LaneScrollbar = React.memo(function LaneScrollbar({
  band,
  left,
  laneHeight,
  onScroll,
}: LaneScrollbarProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const grabbed = useRef<number | undefined>(undefined);
  const visible = band.bottom - band.top;
  const most = band.contentHeight - visible;
  if (most <= 0) {
    return null;
  }
  const thumb = Math.max(MIN_THUMB, (visible * visible) / band.contentHeight);
  const thumbTop = (band.scrollTop / most) * (visible - thumb);
  const scrollTo = (top: number) => onScroll(Math.max(0, Math.min(most, top)));
  const topAt = (event: PointerEvent<HTMLDivElement>) =>
    event.clientY - event.currentTarget.getBoundingClientRect().top;
  const drag = (y: number, grab: number) => scrollTo(((y - grab) / Math.max(1, visible - thumb)) * most);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation();
    const y = topAt(event);
    const onThumb = y >= thumbTop && y <= thumbTop + thumb;
    grabbed.current = onThumb ? y - thumbTop : thumb / 2;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    if (!onThumb) {
      drag(y, thumb / 2);
    }
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation();
    if (grabbed.current !== undefined) {
      drag(topAt(event), grabbed.current);
    }
  };
  const onPointerUp = () => {
    grabbed.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: band.scrollTop - laneHeight,
      ArrowDown: band.scrollTop + laneHeight,
      PageUp: band.scrollTop - visible,
      PageDown: band.scrollTop + visible,
      Home: 0,
      End: most,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      scrollTo(to);
    }
  };

  return (
    <div
      className={styles.track}
      style={{ left, top: band.top, height: visible }}
      role="scrollbar"
      aria-label={t('scrollbar.label', 'Lanes')}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={Math.round(most)}
      aria-valuenow={Math.round(band.scrollTop)}
      tabIndex={0}
      data-testid="orchestrator-scrollbar"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
    >
      <div className={styles.thumb} style={{ transform: `translateY(${thumbTop}px)`, height: thumb }} />
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  track: css({
    position: 'absolute',
    width: 10,
    cursor: 'default',
    borderRadius: 5,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}` },
    '&:hover > div': { background: theme.colors.text.secondary },
  }),
  thumb: css({
    width: 5,
    marginLeft: 3,
    borderRadius: 3,
    background: theme.colors.text.disabled,
    opacity: 0.7,
  }),
});
