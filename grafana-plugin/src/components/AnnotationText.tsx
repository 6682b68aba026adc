// What an annotation or an exemplar says, as text, whatever it looks like.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { plainText } from '../layout/label-fit.ts';
import type { Annotation } from '../model/annotation.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface AnnotationTextProps {
  readonly annotation: Annotation;
  readonly time: TimeFormat;
}

function timesText({ startMs, endMs }: Annotation, time: TimeFormat): string {
  return endMs === undefined ? time.exactTime(startMs) : `${time.exactTime(startMs)} \u2013 ${time.exactTime(endMs)}`;
}

/** What it is called; empty where nobody named it. */
export function titleOf({ kind, title }: Annotation): string {
  return kind === 'exemplar' ? t('annotation.exemplar', 'Exemplar') : plainText(title);
}

/** Several lines may stand there; each alone can do no harm to the others. */
function lines(text: string): string[] {
  return text.split('\n', 12).map(plainText);
}

export function AnnotationText({ annotation, time }: AnnotationTextProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { text, tags } = annotation;
  const title = titleOf(annotation);
  return (
    <div className={styles.text}>
      <div className={styles.weak}>{timesText(annotation, time)}</div>
      {title !== '' && <div className={styles.title}>{title}</div>}
      {lines(text).map((line, n) => (
        <div key={n}>{line}</div>
      ))}
      {tags.length > 0 && <div className={styles.weak}>{tags.map(plainText).join(', ')}</div>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ fontSize: 12, overflowWrap: 'anywhere' }),
  title: css({ fontWeight: theme.typography.fontWeightMedium }),
  weak: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
});
