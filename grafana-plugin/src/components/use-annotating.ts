// Creating, changing and deleting annotations: offered where the dashboard lets this viewer do it.
import { useCallback, useState } from 'react';
import { usePanelContext, type PanelContext } from '@grafana/ui';
import type { Annotation } from '../model/annotation.ts';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface AnnotationWords {
  readonly description: string;
  readonly tags: string[];
}

/** What is being written. */
export interface Draft {
  readonly kind: 'new' | 'change';
  /** Whole milliseconds; both the same for an instant. */
  readonly range: Range;
  readonly words: AnnotationWords;
  /** The dashboard's own saves and may take its time, whatever its type says. */
  readonly save: (words: AnnotationWords) => unknown;
}

export interface Annotating {
  /** Undefined: the host does not offer it, or not to this viewer. */
  readonly begin: ((range: Range) => void) | undefined;
  /** Undefined while nothing is being written. */
  readonly draft: Draft | undefined;
  readonly close: () => void;
  /** Opens the draft for a change; undefined where this viewer may not. */
  readonly changeOf: (annotation: Annotation) => (() => void) | undefined;
  readonly deleteOf: (annotation: Annotation) => (() => unknown) | undefined;
}

type ChangeContext = Pick<PanelContext, 'canEditAnnotations' | 'onAnnotationUpdate'>;

/**
 * Grafana's type says text, its server takes a number and answers 400 to any text (12.4); ids of annotations of another make
 * stay as they are.
 */
function asServed(id: string): string {
  return /^\d{1,15}$/.test(id) ? (Number(id) as unknown as string) : id;
}

/** The dashboard's own way to save a change of `annotation`, if this viewer may make one. */
function changeDraft(annotation: Annotation, context: ChangeContext): Draft | undefined {
  const { canEditAnnotations, onAnnotationUpdate } = context;
  const { id, startMs, endMs = startMs, text, tags, dashboardUid } = annotation;
  if (id === undefined || onAnnotationUpdate === undefined || canEditAnnotations?.(dashboardUid) !== true) {
    return undefined;
  }
  return {
    kind: 'change',
    range: { fromMs: startMs, toMs: endMs },
    words: { description: text, tags: [...tags] },
    save: (words) => onAnnotationUpdate({ id: asServed(id), from: startMs, to: endMs, ...words }),
  };
}

export function useAnnotating(): Annotating {
  const context = usePanelContext();
  const { canAddAnnotations, onAnnotationCreate, canDeleteAnnotations, onAnnotationDelete } = context;
  const [draft, setDraft] = useState<Draft>();
  const close = useCallback(() => setDraft(undefined), []);
  const isOffered = onAnnotationCreate !== undefined && canAddAnnotations?.() === true;
  const begin = (range: Range) =>
    setDraft({
      kind: 'new',
      range,
      words: { description: '', tags: [] },
      save: (words) => onAnnotationCreate?.({ from: range.fromMs, to: range.toMs, ...words }),
    });
  return {
    begin: isOffered ? begin : undefined,
    draft,
    close,
    changeOf: (annotation) => {
      const change = changeDraft(annotation, context);
      return change === undefined ? undefined : () => setDraft(change);
    },
    deleteOf: ({ id, dashboardUid }) =>
      id !== undefined && onAnnotationDelete !== undefined && canDeleteAnnotations?.(dashboardUid) === true
        ? () => onAnnotationDelete(id)
        : undefined,
  };
}
