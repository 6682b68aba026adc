// Asks for the text of a new annotation and hands it to the dashboard, which saves it.
import React, { useEffect, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Field, Input, TextArea, useStyles2, type PanelContext } from '@grafana/ui';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface AnnotationEditorProps {
  /** Whole milliseconds; both the same for an instant. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly time: TimeFormat;
  readonly onCreate: NonNullable<PanelContext['onAnnotationCreate']>;
  readonly onClose: () => void;
}

function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

export function AnnotationEditor({ range, time, onCreate, onClose }: AnnotationEditorProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const [description, setDescription] = useState('');
  const [tags, setTags] = useState('');
  const [failure, setFailure] = useState<string>();
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);

  const save = async () => {
    try {
      // The dashboard's own saves and may take its time, whatever the type says.
      await Promise.resolve(
        onCreate({ from: range.fromMs, to: range.toMs, tags: tagsOf(tags), description: description.trim() })
      );
      onClose();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : t('annotation.not-saved', 'It could not be saved'));
    }
  };
  const times = [range.fromMs, ...(range.toMs > range.fromMs ? [range.toMs] : [])].map((ms) => time.exactTime(ms));
  return (
    <form
      className={styles.box}
      role="dialog"
      aria-label={t('annotation.add', 'Add annotation')}
      data-testid="orchestrator-annotation-editor"
      // The chart below would take a press for the beginning of a drag.
      onPointerDown={(event) => event.stopPropagation()}
      onPointerMove={(event) => event.stopPropagation()}
      onPointerUp={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.head}>
        <span>{t('annotation.add', 'Add annotation')}</span>
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
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    top: 8,
    right: 8,
    width: 320,
    maxWidth: 'calc(100% - 16px)',
    maxHeight: 'calc(100% - 16px)',
    overflow: 'auto',
    padding: theme.spacing(1, 1.5),
    cursor: 'default',
    userSelect: 'text',
    fontSize: 12,
    background: theme.colors.background.elevated ?? theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
  }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(1),
  }),
  time: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  foot: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(1) }),
});
