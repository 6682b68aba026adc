// The buttons of the replay: to the checkpoints and transitions before and after, play, speed, live.
import React from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, useStyles2 } from '@grafana/ui';
import { SPEEDS, type ReplayActions } from './use-replay.ts';
import { t } from './translate.ts';

/** What they take while the panel is live, CSS pixels. */
export const REPLAY_WIDTH = { full: 218, compact: 20 };

interface ReplayControlsProps {
  readonly replay: ReplayActions;
  /** Small panels: play and live only. */
  readonly compact: boolean;
}

function Controls({ replay, compact }: ReplayControlsProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { atMs, playing, speed } = replay;
  const play = (
    // Its own key: where the controls become one button, it is this one and not the first of them.
    <IconButton
      key="play"
      name={playing ? 'pause' : 'play'}
      tooltip={playing ? t('replay.pause', 'Pause the replay') : t('replay.play', 'Replay the range')}
      onClick={replay.togglePlay}
    />
  );
  const live = (
    <button
      type="button"
      className={cx(styles.live, atMs === undefined && styles.isLive)}
      aria-pressed={atMs === undefined}
      onClick={replay.goLive}
    >
      <span className={styles.dot} aria-hidden="true" />
      {t('replay.live', 'Live')}
    </button>
  );
  if (compact) {
    return (
      <div
        className={styles.row}
        role="group"
        aria-label={t('replay.label', 'Replay')}
        data-testid="orchestrator-replay"
      >
        {play}
        {atMs !== undefined && live}
      </div>
    );
  }
  return (
    <div className={styles.row} role="group" aria-label={t('replay.label', 'Replay')} data-testid="orchestrator-replay">
      <IconButton
        name="step-backward"
        tooltip={t('replay.checkpoint-before', 'Checkpoint before')}
        onClick={() => replay.step('checkpoint', -1)}
      />
      <IconButton
        name="angle-left"
        size="lg"
        tooltip={t('replay.transition-before', 'Transition before')}
        onClick={() => replay.step('transition', -1)}
      />
      {play}
      <IconButton
        name="angle-right"
        size="lg"
        tooltip={t('replay.transition-next', 'Next transition')}
        onClick={() => replay.step('transition', 1)}
      />
      <IconButton
        name="step-backward"
        className={styles.mirrored}
        tooltip={t('replay.checkpoint-next', 'Next checkpoint')}
        onClick={() => replay.step('checkpoint', 1)}
      />
      <button
        type="button"
        className={styles.speed}
        aria-label={t('replay.speed', 'Speed {{speed}} times; change it', { speed })}
        onClick={() => replay.setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
      >
        {speed}
        {'\u00d7'}
      </button>
      {live}
    </div>
  );
}

/** Made anew only when the replay moves: nothing in it depends on the range. */
export const ReplayControls = React.memo(Controls);

const getStyles = (theme: GrafanaTheme2) => {
  const button = {
    display: 'inline-flex',
    alignItems: 'center',
    height: 22,
    padding: theme.spacing(0, 0.75),
    fontSize: 11,
    color: theme.colors.text.secondary,
    background: 'transparent',
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    '&:hover': { color: theme.colors.text.primary, background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
  } as const;
  return {
    row: css({
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'flex-end',
      gap: theme.spacing(0.5),
      flexShrink: 0,
      alignSelf: 'center',
    }),
    mirrored: css({ '& svg': { transform: 'scaleX(-1)' } }),
    speed: css({ ...button, minWidth: 42, justifyContent: 'center', fontVariantNumeric: 'tabular-nums' }),
    live: css({ ...button, gap: 5 }),
    isLive: css({ color: theme.colors.text.primary }),
    dot: css({
      width: 7,
      height: 7,
      borderRadius: '50%',
      background: 'currentColor',
      [`button[aria-pressed='true'] > &`]: { background: theme.visualization.getColorByName('green') },
    }),
  };
};
