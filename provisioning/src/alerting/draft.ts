// An alert before it is put into an environment's terms, and the pieces of text that several alerts share.
import type { AlertName } from './names.ts';

export type Severity = 'info' | 'warning' | 'critical';

/** Which part an alert is about, for routing: money, the orchestrator's work, or the pipeline that measures them. */
export const COMPONENTS = ['budget', 'orchestrator', 'exporter'] as const;
export type Component = (typeof COMPONENTS)[number];

export interface Draft {
  readonly name: AlertName;
  readonly severity: Severity;
  readonly component: Component;
  readonly expr: string;
  /** In a template language; `$value` stands for the value that fired. */
  readonly summary: string;
  readonly description: string;
  readonly forSeconds?: number;
  /** Dashboard variables beside the environment, as `name=template`. */
  readonly variables?: string;
}

export const THREAD_FACTS =
  '{{ with $labels.workflow }} Workflow: {{ . }}.{{ end }}{{ with $labels.team }} Team: {{ . }}.{{ end }}';

export const THREAD_VARIABLE = 'var-thread={{ $labels.thread | urlquery }}';
export const BUDGET_VARIABLE = 'var-budget={{ $labels.budget | urlquery }}';
