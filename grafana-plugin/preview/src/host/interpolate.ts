// Replaces dashboard variables and time macros in queries, titles and links, with Grafana's syntax and escaping.

export interface VariableBinding {
  readonly value: string | readonly string[];
  /** What a title shows. */
  readonly text: string;
  /** Set when several values can be chosen: the query then compares with `=~` and needs regex escaping. */
  readonly multi: boolean;
  /** True for a value that is query text already, such as a custom "All" value or a macro. */
  readonly verbatim?: boolean;
}

export type Bindings = ReadonlyMap<string, VariableBinding>;

const REFERENCE = /\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

const values = (binding: VariableBinding): readonly string[] =>
  typeof binding.value === 'string' ? [binding.value] : binding.value;

/** A value inside a double-quoted PromQL string. */
const quoteEscape = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
const regexEscape = (value: string): string => value.replace(/[\\^$*+?.()|{}[\]]/g, '\\$&');

const alternatives = (parts: readonly string[]): string =>
  parts.length === 1 ? (parts[0] ?? '') : `(${parts.join('|')})`;

/** How Grafana's Prometheus data source writes a value: plain for `=`, an escaped alternative for `=~`. */
export function prometheusFormat(binding: VariableBinding): string {
  if (binding.verbatim === true) return alternatives(values(binding));
  if (!binding.multi) return values(binding).map(quoteEscape).join(',');
  return alternatives(values(binding).map((value) => quoteEscape(regexEscape(value))));
}

/** How Grafana writes a value where no format is asked for and no data source is involved: `a` or `{a,b}`. */
export function globFormat(binding: VariableBinding): string {
  const all = values(binding);
  return all.length === 1 ? (all[0] ?? '') : `{${all.join(',')}}`;
}

function namedFormat(format: string, binding: VariableBinding): string | undefined {
  const all = values(binding);
  switch (format) {
    case 'raw':
    case 'csv':
      return all.join(',');
    case 'pipe':
      return all.join('|');
    case 'regex':
      return alternatives(all.map(regexEscape));
    case 'text':
      return binding.text;
    case 'uriencode':
      return encodeURI(all.join(','));
    case 'percentencode':
      return encodeURIComponent(all.join(','));
    case 'glob':
      return globFormat(binding);
    default:
      return undefined;
  }
}

/**
 * Replaces `$name`, `${name}`, `${name.path}`, `${name:format}` and `[[name]]`; what is not bound stays as it is written. A
 * path is bound as `name.path`; of a variable without fields it says nothing.
 */
export function interpolate(
  template: string,
  bindings: Bindings,
  defaultFormat: (binding: VariableBinding) => string = globFormat
): string {
  return template.replace(REFERENCE, (match: string, ...groups: unknown[]) => {
    const [plain, squared, squaredFormat, braced, path, bracedFormat] = groups as (string | undefined)[];
    const field = path?.replace(/\["?([^"\]]+)"?\]/g, '.$1');
    const binding = bindings.get(`${braced}.${field}`) ?? bindings.get(plain ?? squared ?? braced ?? '');
    if (binding === undefined) return match;
    const format = squaredFormat ?? bracedFormat;
    return (format === undefined ? undefined : namedFormat(format, binding)) ?? defaultFormat(binding);
  });
}
