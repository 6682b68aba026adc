// What is missing, and the query that would bring it. Instead of the plots, or as a strip above the one that draws.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Problem } from './problem-text.ts';

interface MessageProps {
  readonly problems: readonly Problem[];
  readonly width: number;
  readonly height: number;
  /** Beside the query, which a double click selects a word of. */
  readonly onDoubleClick: () => void;
}

/** Room for each problem's advice and query; below it only titles are shown. */
const ADVICE_MIN_HEIGHT = 130;
const ADVICE_MIN_WIDTH = 400;

export function Message({ problems, width, height, onDoubleClick }: MessageProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const roomy = width >= ADVICE_MIN_WIDTH && height >= ADVICE_MIN_HEIGHT * problems.length;
  return (
    <div
      className={styles.center}
      style={{ width, height }}
      data-testid="orchestrator-message"
      role="status"
      onDoubleClick={onDoubleClick}
    >
      {problems.map((problem) => (
        <div key={problem.title} className={styles.problem} title={`${problem.advice}\n${problem.query}`.trim()}>
          <div className={styles.title}>{problem.title}</div>
          {roomy && problem.advice !== '' && <div className={styles.advice}>{problem.advice}</div>}
          {roomy && problem.query !== '' && (
            <pre className={styles.query} onDoubleClick={(event) => event.stopPropagation()}>
              {problem.query}
            </pre>
          )}
        </div>
      ))}
    </div>
  );
}

interface NoticeProps {
  readonly problem: Problem;
}

export const NOTICE_HEIGHT = 26;

/** The band that cannot be drawn, in one line; the other one draws. */
export function Notice({ problem }: NoticeProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <div
      className={styles.notice}
      data-testid="orchestrator-notice"
      role="status"
      title={[problem.advice, problem.query].join('\n')}
    >
      {problem.title}. {problem.advice} <code className={styles.inline}>{problem.query.split('\n')[0]}</code>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  center: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(3),
    padding: theme.spacing(1),
    overflow: 'auto',
    textAlign: 'center',
  }),
  problem: css({ maxWidth: '100%' }),
  title: css({ color: theme.colors.text.primary, fontSize: theme.typography.h5.fontSize }),
  advice: css({ color: theme.colors.text.secondary, marginTop: theme.spacing(0.5) }),
  query: css({
    display: 'inline-block',
    textAlign: 'left',
    maxWidth: '100%',
    margin: `${theme.spacing(1)} 0 0`,
    padding: theme.spacing(0.75, 1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'break-word',
  }),
  notice: css({
    height: NOTICE_HEIGHT,
    lineHeight: `${NOTICE_HEIGHT}px`,
    flexShrink: 0,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    color: theme.colors.text.secondary,
    fontSize: 12,
  }),
  inline: css({ fontSize: 11 }),
});
