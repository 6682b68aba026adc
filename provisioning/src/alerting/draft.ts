// An alert before it is put into an environment's terms, and the pieces of text that several alerts share.
import type { AlertName } from './names.ts';

export type Severity = 'warning' | 'critical';

/** Which part an alert is about, for routing: money, the orchestrator's work, or the pipeline that measures them. */
export type Component = 'budget' | 'orchestrator' | 'exporter';

export interface Draft {
  readonly name: AlertName;
  readonly severity: Severity;
  readonly component: Component;
  readonly expr: string;
  readonly summary: string;
  readonly description: string;
  readonly forSeconds?: number;
  /** Dashboard variables beside the environment, as `name=template`. */
  readonly variables?: string;
}

/**
 * Template pipeline that looks up another series of the same budget or thread when the alert fires. Go's %q quotes as PromQL
 * does, so a name with quotes in it stays inside its string.
 */
export const lookUp = (metric: string, label: 'budget' | 'thread'): string =>
  `printf "${metric}{environment=%q, ${label}=%q}" $labels.environment $labels.${label} | query`;

interface Figure {
  readonly metric: string;
  readonly of: 'budget' | 'thread';
  readonly decimals: number;
}

/** USD of another series, `unknown` where there is none. */
export const usd = ({ metric, of, decimals }: Figure): string =>
  `{{ with ${lookUp(metric, of)} }}{{ . | first | value | printf "%.${decimals}f" }}{{ else }}unknown{{ end }}`;

export const THREAD_FACTS =
  '{{ with $labels.workflow }} Workflow: {{ . }}.{{ end }}{{ with $labels.team }} Team: {{ . }}.{{ end }}';

export const THREAD_VARIABLE = 'var-thread={{ $labels.thread | urlquery }}';
