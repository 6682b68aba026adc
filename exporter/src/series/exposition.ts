// Text exposition format 0.0.4 and OpenMetrics 1.0: escaping and the spelling of labels, numbers and times. Strings only.

const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Content type of /metrics/timeline. */
export const OPENMETRICS_CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const TO_ESCAPE = /[\\"\n]/;

/** The two spellings of one page; their sample lines are alike, what stands above them is not. */
export type ExpositionFormat = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: TEXT_CONTENT_TYPE,
  openmetrics: OPENMETRICS_CONTENT_TYPE,
};

/** What an OpenMetrics page ends with. */
export const OPENMETRICS_END = '# EOF\n';

/** Backslash, quote and line feed escaped; everything else has been made safe by `labelValue`. */
function escapeLabelValue(value: string): string {
  if (!TO_ESCAPE.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** `a="x",b="y"` in the order given; no braces, so that more labels can follow. */
export function labelsText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${name}="${escapeLabelValue(values[i] ?? '')}"`).join(',');
}

interface FamilyName {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/**
 * The two comment lines of a family. In OpenMetrics a counter is called by its name without `_total`, and quotes in HELP are
 * escaped, which text 0.0.4 reads as they stand.
 */
export function familyHead({ name, type, help }: FamilyName, format: ExpositionFormat): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (format === 'text') return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${escaped.replaceAll('"', '\\"')}\n# TYPE ${family} ${type}\n`;
}

/** A sample value as both formats write it. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** Milliseconds since the epoch as seconds with three decimals: the timestamp of an OpenMetrics sample. */
export function timestampText(ms: number): string {
  const whole = Math.floor(ms / 1000);
  return `${whole}.${String(ms - whole * 1000).padStart(3, '0')}`;
}
