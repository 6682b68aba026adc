// One option of the configuration, and the kinds that there are many of.
import { z } from 'zod';
import { parseDuration } from './contract/duration.ts';

/** One row: where the option stands, what it takes, what it is without it. */
export interface Option<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** As it would be written in the file; null where the option may be left out altogether. */
  readonly fallback: string | number | readonly string[] | null;
  readonly accepts: string;
  readonly help: string;
  /** A secret may stand here by mistake: problems name keys, never values. */
  readonly sensitive?: true;
  /** What is printed of the value; all of it unless told. */
  printed?(value: T): unknown;
}

export function option<T>(row: Option<T>): Option<T> {
  return row;
}

/** Ms from a text such as `15m`. */
export const duration = (minMs: number, maxMs: number): z.ZodType<number> =>
  z
    .string()
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .pipe(z.number().min(minMs).max(maxMs));
/** A whole number within bounds. */
export const count = (row: {
  readonly path: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}): Option<number> => ({
  path: row.path,
  schema: z.int().min(row.min).max(row.max),
  fallback: row.fallback,
  accepts: `a whole number from ${row.min} to ${row.max}`,
  help: row.help,
});
