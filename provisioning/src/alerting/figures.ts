// What the texts of alerts tell beside the value that fired: figures that are looked up when the alert fires, in the template
// language of Prometheus and in that of Grafana.
import { BUDGETS, ENVIRONMENT_LABEL, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { select, type Scope } from '../expressions.ts';

interface Figure {
  readonly metric: string;
  readonly of: 'budget' | 'thread';
  readonly lookback?: '1h';
  /** USD per second are told as USD per hour. */
  readonly times?: number;
}

export const FIGURES = {
  spent: { metric: BUDGETS.spent.name, of: 'budget' },
  limit: { metric: BUDGETS.limit.name, of: 'budget' },
  remaining: { metric: BUDGETS.remaining.name, of: 'budget' },
  rate: { metric: BUDGETS.burnRate.name, of: 'budget', lookback: '1h', times: 3600 },
  exhaustion: { metric: BUDGETS.exhaustion.name, of: 'budget' },
  periodEnd: { metric: BUDGETS.periodEnd.name, of: 'budget' },
  threadLimit: { metric: PER_THREAD.threadBudgetLimit.name, of: 'thread' },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureName = keyof typeof FIGURES;

const timesOf = ({ times }: Figure): string => (times === undefined ? '' : `${times} * `);

/** A template language: `{{ with lookUp(figure) }}{{ found | ... }}{{ else }}there is none{{ end }}`. */
export interface TemplateLanguage {
  /** The value that fired, in a format such as `humanizePercentage`. */
  readonly value: (format: string) => string;
  readonly lookUp: (name: FigureName) => string;
  readonly found: string;
}

/** Asks Prometheus itself. Go's %q quotes as PromQL does, so a name with quotes in it stays inside its string. */
export const PROMETHEUS_TEXT: TemplateLanguage = {
  value: (format) => `{{ $value | ${format} }}`,
  lookUp: (name) => {
    const figure: Figure = FIGURES[name];
    const lookback = figure.lookback === undefined ? '' : `, lookback='${figure.lookback}'`;
    const series = `${figure.metric}{${ENVIRONMENT_LABEL}=%q, ${figure.of}=%q${lookback}}`;
    return `printf "${timesOf(figure)}${series}" $labels.environment $labels.${figure.of} | query`;
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
  const figure: Figure = FIGURES[name];
  const matchers = [...scope, ...(figure.lookback === undefined ? [] : [`lookback="${figure.lookback}"`])];
  const value = `${timesOf(figure)}max by (${ENVIRONMENT_LABEL}, ${figure.of}) (${select(figure.metric, matchers)})`;
  return `${value} or on () label_replace(vector(0), "figure", "none", "", "")`;
}

interface Text {
  readonly say: TemplateLanguage;
  readonly figure: FigureName;
}

/** USD of a figure, `unknown` where there is none. */
export const usd = ({ say, figure }: Text, decimals = 2): string =>
  `{{ with ${say.lookUp(figure)} }}{{ ${say.found} | printf "%.${decimals}f" }}{{ else }}unknown{{ end }}`;

/** A sentence about a figure, ` before VALUE after`, or nothing where there is none. */
export const sentence = ({ say, figure }: Text, before: string, format: string, after = '.'): string =>
  `{{ with ${say.lookUp(figure)} }} ${before} {{ ${say.found} | ${format} }}${after}{{ end }}`;
