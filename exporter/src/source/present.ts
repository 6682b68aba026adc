// Objects without the fields that turned out to be absent.

type Present<T> = { -readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  -readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same object without the keys whose value is undefined. */
export function present<T extends object>(fields: T): Present<T> {
  const found: Record<string, unknown> = {};
  // Names of fields are written in the source, so none of them is `__proto__`.
  for (const name in fields) if (fields[name] !== undefined) found[name] = fields[name];
  return found as Present<T>;
}
