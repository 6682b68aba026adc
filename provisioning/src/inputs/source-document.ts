// A YAML file that a person wrote: its value, and where in the text each part of it stands.
import { readFileSync, statSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

export type Path = readonly (string | number)[];

export interface SourceDocument {
  /** As it was named on the command line. */
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** `file:line:column` of a key or an item, or of the nearest thing around it that the file has. */
  readonly at: (path: Path) => string;
}

export type SourceResult =
  | { readonly ok: true; readonly document: SourceDocument }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Set after reading, as if the file said so. */
export interface Override {
  /** Dotted, `prometheus.url`. */
  readonly path: string;
  readonly value: string;
}

const MAX_BYTES = 1_048_576;
/** What aliases may unfold to, against files that explode. */
const MAX_ALIASES = 100;

/** Never throws; all that is wrong with the file's syntax at once. */
export function readSource(file: string, overrides: readonly Override[] = []): SourceResult {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return { ok: false, problems: [`${file}: ${size} bytes; at most ${MAX_BYTES} are accepted`] };
    return parseSource(file, new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)), overrides);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : String(code ?? error);
    return { ok: false, problems: [`${file}: cannot be read: ${reason}`] };
  }
}

/** As {@link readSource}, of a text. */
export function parseSource(file: string, text: string, overrides: readonly Override[] = []): SourceResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) {
    return { ok: false, problems: wrong.map(({ message, pos }) => `${place(pos[0])}: no valid YAML: ${message}`) };
  }
  const set = new Set(overrides.map(({ path }) => path));
  try {
    for (const { path, value } of overrides) document.setIn(path.split('.'), parseDocument(value).toJS() as unknown);
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const at = (path: Path): string =>
      set.has(path.join('.')) ? `--set ${path.join('.')}` : place(offsetOf(document, path));
    return { ok: true, document: { file, text, value, at } };
  } catch (error) {
    return { ok: false, problems: [`${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** Where the key or the item of a path begins; where there is none, the innermost thing around it. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const around: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const found = isMap(around)
      ? around.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key
      : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
