// `replaceVariables` for titles, texts and data links: dashboard variables plus the scoped ones of a field or value.
import { interpolate, type Bindings, type VariableBinding } from './interpolate.ts';

export interface ReplaceContext {
  readonly bindings: Bindings;
  readonly scopedVars?:
    Readonly<Record<string, { readonly text?: unknown; readonly value?: unknown } | undefined>> | undefined;
  /** Grafana allows a function; only names are known here. */
  readonly format?: unknown;
}

/** Scoped variables go before dashboard variables; values that are not text or numbers are left alone. */
export function replaceText(template: string, { bindings, scopedVars, format }: ReplaceContext): string {
  const scoped = Object.entries(scopedVars ?? {}).flatMap(([name, entry]): [string, VariableBinding][] => {
    const value = entry?.value;
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    return [
      [
        name,
        { value: String(value), text: typeof entry?.text === 'string' ? entry.text : String(value), multi: false },
      ],
    ];
  });
  const all = new Map([...bindings, ...scoped]);
  const named = typeof format === 'string' ? format : undefined;
  return named === undefined
    ? interpolate(template, all)
    : interpolate(template, all, (binding) => interpolate(`\${x:${named}}`, new Map([['x', binding]])));
}
