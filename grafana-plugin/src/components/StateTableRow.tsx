// The rows of the table of states: a state with its times and what it spent, or the end of a run.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import { plainText } from '../layout/label-fit.ts';
import type { Listed, ListedRunEnd, ListedState } from '../model/listed-states.ts';
import { durationText, spendText } from './hover-text.ts';
import { StateSwatch } from './StateSwatch.tsx';
import { stateWord } from './state-words.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

/** Those of the marks on the timeline. */
const GLYPHS = { completed: '\u2713', failed: '\u2715' };

interface RowProps<T extends Listed> {
  readonly palette: Palette;
  readonly time: TimeFormat;
  readonly row: T;
  /** Instants are known to the step of the samples only. */
  readonly sampled: boolean;
  readonly hasThreads: boolean;
  readonly hasCost: boolean;
}

export function StateTableRow({ row, ...props }: RowProps<Listed>): React.ReactElement {
  return row.kind === 'state' ? <StateRow {...props} row={row} /> : <RunEndRow {...props} row={row} />;
}

/** An instant: it has no end and lasts no time. */
function RunEndRow({ row, time, hasThreads, hasCost }: RowProps<ListedRunEnd>): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { thread, outcome, atMs } = row;
  return (
    <tr className={styles.runEnd}>
      <td>{t('states.run-end', 'End of the run')}</td>
      {hasThreads && (
        <td className={styles.name} title={plainText(thread)}>
          {plainText(thread)}
        </td>
      )}
      <td>
        <span className={styles.state}>
          <span aria-hidden="true" className={outcome === 'completed' ? styles.completed : styles.failed}>
            {outcome === 'completed' ? GLYPHS.completed : GLYPHS.failed}
          </span>
          {stateWord(outcome)}
        </span>
      </td>
      <td className={styles.time}>{time.exactTime(atMs)}</td>
      <td />
      <td />
      {hasCost && <td />}
    </tr>
  );
}

function StateRow({ row, palette, time, sampled, hasThreads, hasCost }: RowProps<ListedState>): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { lane, segment, spend } = row;
  const { state, startMs, endMs, beganBefore, ongoing } = segment;
  return (
    <tr>
      <td className={styles.name} title={plainText(lane.agent)}>
        {plainText(lane.agent)}
      </td>
      {hasThreads && (
        <td className={styles.name} title={plainText(lane.thread)}>
          {plainText(lane.thread)}
        </td>
      )}
      <td>
        <span className={styles.state}>
          <StateSwatch state={state} palette={palette} />
          {palette.stateName[state]}
        </span>
      </td>
      <td className={styles.time}>{`${beganBefore ? '\u2264 ' : ''}${time.exactTime(startMs)}`}</td>
      <td className={styles.time}>{ongoing ? t('states.ongoing', 'ongoing') : time.exactTime(endMs)}</td>
      <td className={styles.figure}>{durationText(segment, sampled)}</td>
      {hasCost && <td className={styles.figure}>{spend === undefined ? '' : spendText(spend)}</td>}
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  runEnd: css({ fontWeight: theme.typography.fontWeightMedium }),
  completed: css({ width: 10, textAlign: 'center', color: theme.visualization.getColorByName('green') }),
  failed: css({ width: 10, textAlign: 'center', color: theme.visualization.getColorByName('red') }),
  name: css({ maxWidth: 260, overflow: 'hidden', textOverflow: 'ellipsis' }),
  state: css({ display: 'inline-flex', alignItems: 'center', gap: 6, verticalAlign: 'middle' }),
  time: css({ fontVariantNumeric: 'tabular-nums' }),
  figure: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums' }),
});
