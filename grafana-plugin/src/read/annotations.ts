// Annotation and exemplar frames as Grafana hands them over beside the data. Copies everything it keeps.
import { FieldType, type DataFrame, type Field } from '@grafana/data';
import type { Annotation } from '../model/annotation.ts';
import { resultTypeOf } from './series.ts';

/** A frame with more would be a mistake of its query: what is beyond it is left out. */
const MAX_ROWS = 5_000;

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function emptyAsNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** 0 stands for annotations that Grafana made up from something else, alert history for one. */
function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === '' || text === '0' ? undefined : text;
}

function rowsOf(frame: DataFrame): number[] {
  return Array.from({ length: Math.min(MAX_ROWS, frame.length) }, (_, row) => row);
}

function annotationsOf(frame: DataFrame): Annotation[] {
  const byName = new Map(frame.fields.map((field) => [field.name.toLowerCase(), field]));
  const time = byName.get('time') ?? frame.fields.find((field) => field.type === FieldType.time);
  const cell = (name: string, row: number): unknown => byName.get(name)?.values[row];
  return rowsOf(frame).flatMap((row): Annotation[] => {
    const startMs = timeOf(time?.values[row]);
    if (startMs === undefined) {
      return [];
    }
    const endMs = timeOf(cell('timeend', row));
    const tags: unknown = cell('tags', row);
    return [
      {
        kind: 'annotation',
        id: idOf(cell('id', row)),
        dashboardUid: emptyAsNone(textOf(cell('dashboarduid', row))),
        startMs,
        endMs: endMs !== undefined && endMs > startMs && cell('isregion', row) !== false ? endMs : undefined,
        color: emptyAsNone(textOf(cell('color', row))),
        title: textOf(cell('title', row)),
        text: textOf(cell('text', row)),
        tags: Array.isArray(tags) ? tags.map(textOf).filter((tag) => tag !== '') : [],
      },
    ];
  });
}

/** `trace_id: 4bf9...` and the like, line by line. */
function exemplarText(fields: readonly Field[], row: number): string {
  return fields
    .map((field) => `${field.name}: ${textOf(field.values[row])}`)
    .filter((line) => !line.endsWith(': '))
    .join('\n');
}

function exemplarsOf(frame: DataFrame): Annotation[] {
  const time = frame.fields.find((field) => field.type === FieldType.time);
  const rest = frame.fields.filter((field) => field !== time);
  return rowsOf(frame).flatMap((row): Annotation[] => {
    const startMs = timeOf(time?.values[row]);
    return startMs === undefined
      ? []
      : [
          {
            kind: 'exemplar',
            id: undefined,
            dashboardUid: undefined,
            startMs,
            endMs: undefined,
            color: undefined,
            title: '',
            text: exemplarText(rest, row),
            tags: [],
          },
        ];
  });
}

/** Annotations and exemplars of `frames` by their start. Rows without a time are left out; marks on other scales too. */
export function readAnnotations(frames: readonly DataFrame[]): Annotation[] {
  return frames
    .filter((frame) => frame.name !== 'xymark')
    .flatMap((frame) =>
      frame.name === 'exemplar' || resultTypeOf(frame) === 'exemplar' ? exemplarsOf(frame) : annotationsOf(frame)
    )
    .sort((a, b) => a.startMs - b.startMs);
}
