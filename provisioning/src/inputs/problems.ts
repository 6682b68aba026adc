// What is wrong with a document, said where it stands: `file:line:column: path: value is refused; expected ...`.
import { nearestName } from 'orchestrator-exporter/contract/nearest-name';
import { shown } from 'orchestrator-exporter/contract/document';
import type { z } from 'zod';
import type { Path, SourceDocument } from './source-document.ts';

export interface Problem {
  readonly path: Path;
  readonly text: string;
}

/** `receivers[0].url_file` */
export const dotted = (path: Path): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The problems that a schema found. `keysAt` says which keys are known in the mapping at a path. */
export function schemaProblems(
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  keysAt: (path: Path) => readonly string[]
): readonly Problem[] {
  return issues.flatMap((issue): readonly Problem[] => {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(path);
      return issue.keys.map((key) => {
        const nearest = nearestName(key, known);
        const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
        return { path: [...path, key], text: `${shown(key)} is not known here; ${hint}` };
      });
    }
    const found = valueAt(value, path);
    return [
      {
        path,
        text: `${path.length === 0 ? 'the file' : dotted(path)}${found === undefined ? ' is missing' : `: ${shown(found)} is refused`}; expected ${issue.message}`,
      },
    ];
  });
}

/** One line for each, in the order of the file. */
export function located(source: SourceDocument, problems: readonly Problem[]): readonly string[] {
  const lineOf = (place: string): number[] => place.split(':').slice(-2).map(Number);
  return problems
    .map(({ path, text }) => ({ place: source.at(path), text }))
    .sort((a, b) => {
      const [lineA = 0, columnA = 0] = lineOf(a.place);
      const [lineB = 0, columnB = 0] = lineOf(b.place);
      return lineA - lineB || columnA - columnB || 0;
    })
    .map(({ place, text }) => `${place}: ${text}`);
}
