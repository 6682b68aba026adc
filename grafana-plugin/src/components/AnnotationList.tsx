// The annotations of one mark, each with what this viewer may do to it. Deleting is asked twice: there is no way back.
import React, { useEffect, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import type { Annotation } from '../model/annotation.ts';
import { AnnotationBox } from './AnnotationBox.tsx';
import { AnnotationText } from './AnnotationText.tsx';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';
import type { Annotating } from './use-annotating.ts';

interface AnnotationListProps {
  readonly annotations: readonly Annotation[];
  readonly annotating: Pick<Annotating, 'changeOf' | 'deleteOf'>;
  readonly time: TimeFormat;
  readonly onClose: () => void;
}

export function AnnotationList(props: AnnotationListProps): React.ReactElement {
  const { annotations, annotating, time, onClose } = props;
  const styles = useStyles2(getStyles);
  const [asked, setAsked] = useState<Annotation>();
  const [failure, setFailure] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus({ preventScroll: true }), []);

  const remove = async (act: () => unknown) => {
    try {
      await Promise.resolve(act());
      onClose();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : t('annotation.not-deleted', 'It could not be deleted'));
    }
  };
  return (
    <AnnotationBox
      label={t('annotation.list', 'Annotations here')}
      testId="orchestrator-annotation-list"
      onClose={onClose}
    >
      <div ref={box}>
        {annotations.map((annotation, i) => {
          const [change, act] = [annotating.changeOf(annotation), annotating.deleteOf(annotation)];
          return (
            <div key={annotation.id ?? i} className={styles.one}>
              <AnnotationText annotation={annotation} time={time} />
              <div className={styles.actions}>
                {change !== undefined && (
                  <Button
                    size="sm"
                    variant="secondary"
                    fill="text"
                    icon="pen"
                    onClick={() => {
                      onClose();
                      change();
                    }}
                  >
                    {t('annotation.change-this', 'Change')}
                  </Button>
                )}
                {act !== undefined && (
                  <Button
                    size="sm"
                    variant="secondary"
                    fill="text"
                    icon="trash-alt"
                    onClick={() => setAsked(annotation)}
                  >
                    {t('annotation.delete', 'Delete')}
                  </Button>
                )}
              </div>
              {asked === annotation && act !== undefined && (
                <Button size="sm" variant="destructive" autoFocus onClick={() => void remove(act)}>
                  {t('annotation.delete-now', 'Delete for good')}
                </Button>
              )}
            </div>
          );
        })}
        {failure !== undefined && <div role="alert">{failure}</div>}
        <div className={styles.foot}>
          <Button size="sm" variant="secondary" fill="outline" onClick={onClose}>
            {t('annotation.close', 'Close')}
          </Button>
        </div>
      </div>
    </AnnotationBox>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  one: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
    '& > :first-child': { flex: '1 1 0', minWidth: 0 },
  }),
  actions: css({ display: 'flex', alignItems: 'flex-start', gap: theme.spacing(0.5) }),
  foot: css({ display: 'flex', justifyContent: 'flex-end' }),
});
