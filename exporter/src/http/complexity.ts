// How deep and how large one event may be, found out without recursion, before anything else looks at it.

export interface ComplexityLimits {
  readonly maxDepth: number;
  /** Keys of objects and elements of arrays, all levels together. */
  readonly maxKeys: number;
}

/** Why parsed JSON is refused; undefined when it is within the limits. Stops at the first excess. */
export function complexityProblem(value: unknown, { maxDepth, maxKeys }: ComplexityLimits): string | undefined {
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
