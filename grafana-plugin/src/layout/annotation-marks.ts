// Annotations and exemplars on the axis: where their marks, lines and regions stand. One mark a pixel, however many there are.
import type { Annotation } from '../model/annotation.ts';
import { xOfTime, type TimeAxis } from './time-axis.ts';

export interface AnnotationMark {
  readonly kind: Annotation['kind'];
  /** CSS pixels, within the axis. */
  readonly x: number;
  /** 0: an instant. */
  readonly width: number;
  /** Whether its beginning and its end are in view: only there stands a line. */
  readonly hasStart: boolean;
  readonly hasEnd: boolean;
  /** All that stand on this very place, the first of them gives the colour. */
  readonly annotations: readonly [Annotation, ...Annotation[]];
}

/** Marks in view, in the order of `annotations`; those of one kind that cover the same pixels are one. */
export function annotationMarks(annotations: readonly Annotation[], axis: TimeAxis): AnnotationMark[] {
  const marks = new Map<string, AnnotationMark>();
  for (const annotation of annotations) {
    const { kind, startMs, endMs = startMs } = annotation;
    if (endMs < axis.fromMs || startMs > axis.toMs || axis.toMs <= axis.fromMs) {
      continue;
    }
    const x = Math.round(xOfTime(axis, Math.max(axis.fromMs, startMs)));
    const width = Math.round(xOfTime(axis, Math.min(axis.toMs, endMs))) - x;
    const key = `${kind} ${x} ${width}`;
    const before = marks.get(key);
    const hasStart = startMs >= axis.fromMs || before?.hasStart === true;
    const hasEnd = endMs <= axis.toMs || before?.hasEnd === true;
    const all: AnnotationMark['annotations'] =
      before === undefined ? [annotation] : [before.annotations[0], ...before.annotations.slice(1), annotation];
    marks.set(key, { kind, x, width, hasStart, hasEnd, annotations: all });
  }
  return [...marks.values()];
}
