// How deep and how large one event may be, found out without recursion, before anything else looks at it.

export interface ComplexityLimits {
  readonly maxDepth: number;
  /** Keys of objects and elements of arrays, all levels together. */
  readonly maxKeys: number;
}

/** Levels that are looked at in the call stack: events have two or three. */
const SHALLOW = 8;

/** Why parsed JSON is refused; undefined when it is within the limits. Stops at the first excess. */
export function complexityProblem(value: unknown, limits: ComplexityLimits): string | undefined {
  const isHarmless = limits.maxDepth >= SHALLOW && shallowKeys(value, SHALLOW) <= limits.maxKeys;
  return isHarmless ? undefined : wholeProblem(value, limits);
}

/** Keys and elements of all levels; infinite where there are more levels than `levels`. */
function shallowKeys(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return Number.POSITIVE_INFINITY;
  let keys = 0;
  // Of parsed JSON nothing is inherited that can be enumerated.
  for (const key in value) {
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    keys += typeof inner === 'object' ? 1 + shallowKeys(inner, levels - 1) : 1;
  }
  return keys;
}

function wholeProblem(value: unknown, { maxDepth, maxKeys }: ComplexityLimits): string | undefined {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  let keys = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > maxDepth) return `the event is nested deeper than ${maxDepth} levels`;
    const inner: readonly unknown[] = Array.isArray(next.value) ? next.value : Object.values(next.value);
    keys += inner.length;
    if (keys > maxKeys) return `the event has more than ${maxKeys} keys and elements`;
    const depth = next.depth + 1;
    for (const child of inner) if (typeof child === 'object') open.push({ value: child, depth });
  }
  return undefined;
}
