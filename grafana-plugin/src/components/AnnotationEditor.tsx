// Asks for the words of an annotation and hands them to the dashboard, which saves them.
import React, { useEffect, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Field, Input, TextArea, useStyles2 } from '@grafana/ui';
import { AnnotationBox } from './AnnotationBox.tsx';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';
import type { Draft } from './use-annotating.ts';

interface AnnotationEditorProps {
  readonly draft: Draft;
  readonly time: TimeFormat;
  readonly onClose: () => void;
}

function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

export function AnnotationEditor({ draft, time, onClose }: AnnotationEditorProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { range, words } = draft;
  const [description, setDescription] = useState(words.description);
  const [tags, setTags] = useState(words.tags.join(', '));
  const [failure, setFailure] = useState<string>();
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);

  const save = async () => {
    try {
      await Promise.resolve(draft.save({ tags: tagsOf(tags), description: description.trim() }));
      onClose();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : t('annotation.not-saved', 'It could not be saved'));
    }
  };
  const times = [range.fromMs, ...(range.toMs > range.fromMs ? [range.toMs] : [])].map((ms) => time.exactTime(ms));
  const title =
    draft.kind === 'new' ? t('annotation.add', 'Add annotation') : t('annotation.change', 'Change annotation');
  return (
    <AnnotationBox label={title} testId="orchestrator-annotation-editor" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div className={styles.head}>
          <span>{title}</span>
          <span className={styles.time}>{times.join(' \u2013 ')}</span>
        </div>
        <Field label={t('annotation.description', 'Description')} invalid={failure !== undefined} error={failure}>
          <TextArea
            ref={first}
            rows={2}
            value={description}
            aria-label={t('annotation.description', 'Description')}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
        </Field>
        <Field label={t('annotation.tags', 'Tags')} description={t('annotation.tags-hint', 'Separated by commas')}>
          <Input
            value={tags}
            aria-label={t('annotation.tags', 'Tags')}
            onChange={(event) => setTags(event.currentTarget.value)}
          />
        </Field>
        <div className={styles.foot}>
          <Button size="sm" variant="secondary" fill="outline" type="button" onClick={onClose}>
            {t('annotation.cancel', 'Cancel')}
          </Button>
          <Button size="sm" type="submit" disabled={description.trim() === ''}>
            {t('annotation.save', 'Save')}
          </Button>
        </div>
      </form>
    </AnnotationBox>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
  }),
  time: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  foot: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(1) }),
});
