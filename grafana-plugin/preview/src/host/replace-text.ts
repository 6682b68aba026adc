// `replaceVariables` for titles, texts and data links: dashboard variables plus the scoped ones of a field or value.
import { interpolate, type Bindings, type VariableBinding } from './interpolate.ts';

export interface ReplaceContext {
  readonly bindings: Bindings;
  readonly scopedVars?:
    Readonly<Record<string, { readonly text?: unknown; readonly value?: unknown } | undefined>> | undefined;
  /** Grafana allows a function; only names are known here. */
  readonly format?: unknown;
}

/** Text and number of a scoped variable and of its fields, as `name` and `name.field`. */
function bindingsOf(name: string, value: unknown, text?: unknown): [string, VariableBinding][] {
  if (typeof value === 'string' || typeof value === 'number') {
    const written = String(value);
    return [[name, { value: written, text: typeof text === 'string' ? text : written, multi: false }]];
  }
  // Grafana's own context of a value is no variable, and has frames in it.
  return typeof value === 'object' && value !== null && name !== '__dataContext'
    ? Object.entries(value).flatMap(([field, one]) => bindingsOf(`${name}.${field}`, one))
    : [];
}

/** Scoped variables go before dashboard variables; values that are neither text, numbers nor fields of them are left alone. */
export function replaceText(template: string, { bindings, scopedVars, format }: ReplaceContext): string {
  const scoped = Object.entries(scopedVars ?? {}).flatMap(([name, entry]) =>
    bindingsOf(name, entry?.value, entry?.text)
  );
  const all = new Map([...bindings, ...scoped]);
  const named = typeof format === 'string' ? format : undefined;
  return named === undefined
    ? interpolate(template, all)
    : interpolate(template, all, (binding) => interpolate(`\${x:${named}}`, new Map([['x', binding]])));
}
