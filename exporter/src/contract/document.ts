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
