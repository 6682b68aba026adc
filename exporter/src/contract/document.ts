// Reading documents that people write (YAML or JSON, already parsed): mappings, unknown keys, and values in problems.
import { nearestName } from './nearest-name.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping's own value of a key; what it inherits (`constructor`) is nothing that anybody wrote. */
export function valueOf(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

const MAX_SHOWN = 80;

/** A value as short text for a problem. Never throws, also for what refers to itself. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no NaN and no infinities, YAML has.
  if (typeof value === 'number') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // An alias of YAML can make a list its own element; its type says enough.
  }
  text ??= `a ${typeof value}`;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** One problem for every key that is not known, with the nearest known one where there is one. */
export function refuseUnknownKeys(
  { mapping, known, place }: { mapping: Mapping; known: readonly string[]; place: string },
  problems: string[]
): void {
  for (const key of Object.keys(mapping).filter((name) => !known.includes(name))) {
    const nearest = nearestName(key, known);
    const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
    problems.push(`${place} has an unknown key ${shown(key)}: ${hint}`);
  }
}

/**
 * Where in its document a problem lies, as keys and indices: problems begin with their place, `budgets[0].match.team must be ...`.
 * Of an unknown key the path ends in that key. Empty for what concerns the whole document.
 */
export function problemPath(problem: string): readonly (string | number)[] {
  // `budgets.yml` is the whole document.
  const place = /^(?!\w+\.yml )[a-z_]+(?:\[\d+\]|\.[a-z_]+)*(?= )/.exec(problem)?.[0] ?? '';
  const path = [...place.matchAll(/\[(\d+)\]|[a-z_]+/g)].map(([key, index]) =>
    index === undefined ? key : Number(index)
  );
  const unknown = / has an unknown key ("(?:[^"\\]|\\.)*"):/.exec(problem)?.[1];
  return unknown === undefined ? path : [...path, JSON.parse(unknown) as string];
}
