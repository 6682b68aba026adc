// What the texts of alerts tell beside the value that fired: figures that are looked up when the alert fires, in the template
// language of Prometheus and in that of Grafana.
import { BUDGETS, ENVIRONMENT_LABEL, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { select, type Scope } from '../expressions.ts';

/** Thresholds of a budget against its used ratio. */
const OF_BUDGET = `on (${ENVIRONMENT_LABEL}, budget, instance) group_left ()`;

/** A matcher inside of a string that stands in double quotes. */
const inSingleQuotes = (matcher: string): string => matcher.replaceAll('"', "'");

interface Figure {
  /** Labels of the alert that it belongs to, beside the environment. */
  readonly of: readonly ('budget' | 'thread' | 'threshold')[];
  /** PromQL; `found(name)` are the series of the alert. */
  readonly expr: (found: (name: string, more?: Scope) => string) => string;
  /** Which value is told where several exporters have one; the greatest where it is left out. */
  readonly least?: boolean;
}

const ofBudget = ({ name }: { readonly name: string }): Figure => ({ of: ['budget'], expr: (found) => found(name) });

const FIGURES = {
  spent: ofBudget(BUDGETS.spent),
  limit: ofBudget(BUDGETS.limit),
  remaining: ofBudget(BUDGETS.remaining),
  /** USD per hour. */
  rate: { of: ['budget'], expr: (found) => `3600 * ${found(BUDGETS.burnRate.name, ['lookback="1h"'])}` },
  exhaustion: ofBudget(BUDGETS.exhaustion),
  periodEnd: ofBudget(BUDGETS.periodEnd),
  threshold: { of: ['budget', 'threshold'], expr: (found) => found(BUDGETS.thresholdRatio.name) },
  nextThreshold: {
    of: ['budget'],
    expr: (found) => `${found(BUDGETS.thresholdRatio.name)} > ${OF_BUDGET} ${found(BUDGETS.usedRatio.name)}`,
    least: true,
  },
  threadLimit: { of: ['thread'], expr: (found) => found(PER_THREAD.threadBudgetLimit.name) },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;

/** A template language: `{{ with lookUp(figure) }}{{ found | ... }}{{ else }}there is none{{ end }}`. */
export interface TemplateLanguage {
  /** The value that fired, in a format such as `humanizePercentage`. */
  readonly value: (format: string) => string;
  readonly lookUp: (name: FigureName) => string;
  readonly found: string;
}

/**
 * Asks Prometheus itself. Go's %q quotes as PromQL does, so a name with quotes in it stays inside its string; its arguments are
 * numbered, as a query may name them twice. A label that the alert has not is empty there, and nothing is found.
 */
export const PROMETHEUS_TEXT: TemplateLanguage = {
  value: (format) => `{{ $value | ${format} }}`,
  lookUp: (name) => {
    const { of, expr, least = false }: Figure = FIGURES[name];
    const labels = [ENVIRONMENT_LABEL, ...of];
    const matchers = labels.map((label, i) => `${label}=%[${i + 1}]q`);
    const query = expr((metric, more = []) => select(metric, [...matchers, ...more.map(inSingleQuotes)]));
    const told = labels.map((label) => `$labels.${label}`).join(' ');
    return `printf "${least ? 'min' : 'max'}(${query})" ${told} | query`;
  },
  found: '. | first | value',
};

/** Name of the query in a Grafana-managed rule whose series fire. */
export const FIRING_QUERY = 'firing';

/**
 * Reads the rule's own queries, as a template cannot ask. Of a query that has no such series there is no value, nor is there of
 * the firing one while all is well: Grafana expands texts then, too, and logs an error where a format has nothing to format.
 */
export const GRAFANA_TEXT: TemplateLanguage = {
  value: (format) => `{{ with $values.${FIRING_QUERY} }}{{ .Value | ${format} }}{{ end }}`,
  lookUp: (name) => `$values.${name}`,
  found: '.Value',
};

/** The figures that texts in GRAFANA_TEXT read. */
export const figuresIn = (text: string): readonly FigureName[] =>
  (Object.keys(FIGURES) as FigureName[]).filter((name) => text.includes(`$values.${name} `));

/**
 * The query of a figure in a Grafana-managed rule, labelled so that it belongs to the alert of the same budget or thread. It is
 * never empty: Grafana takes one empty query of a rule for no data at all, and the alert would be silent. The series that
 * stands in has a label that no alert has, so no text reads it.
 */
export function figureQuery(name: FigureName, scope: Scope): string {
  const { of, expr, least = false }: Figure = FIGURES[name];
  const query = expr((metric, more = []) => select(metric, [...scope, ...more]));
  const value = `${least ? 'min' : 'max'} by (${[ENVIRONMENT_LABEL, ...of].join(', ')}) (${query})`;
  return `${value} or on () label_replace(vector(0), "figure", "none", "", "")`;
}

interface Text {
  readonly say: TemplateLanguage;
  readonly figure: FigureName;
}

/** USD of a figure, `unknown` where there is none. */
export const usd = ({ say, figure }: Text, decimals = 2): string =>
  `{{ with ${say.lookUp(figure)} }}{{ ${say.found} | printf "%.${decimals}f" }}{{ else }}unknown{{ end }}`;

/** What is told with a figure, `before VALUE after`, or nothing where there is none. */
export const clause = ({ say, figure }: Text, before: string, format: string, after = ''): string =>
  `{{ with ${say.lookUp(figure)} }}${before} {{ ${say.found} | ${format} }}${after}{{ end }}`;

/** A sentence of its own behind another one. */
export const sentence = (text: Text, before: string, format: string, after = '.'): string =>
  clause(text, ` ${before}`, format, after);
