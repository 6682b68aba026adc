// The variables of the dashboards. Queries on labels, so that a thread that starts is there at the next refresh. All has no value
// of its own: it becomes the list of what the query found, so that All threads means all threads of the chosen workflows.
import { AGGREGATES, BUDGETS, ENVIRONMENT_LABEL, PER_THREAD, SELF } from 'orchestrator-exporter/contract/metrics';
import { DATASOURCE_NAME, DATASOURCE_UID } from '../data-source.ts';
import { select, type Scope } from '../expressions.ts';

/** Scope of panels about the whole environment. */
export const ENVIRONMENT_SCOPE: Scope = [`${ENVIRONMENT_LABEL}="$environment"`];
/** Scope of series that carry the workflow. */
export const WORKFLOW_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'workflow=~"$workflow"'];
/** Scope of series that carry the team too. */
export const WORK_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'team=~"$team"', 'workflow=~"$workflow"'];
/** Scope of panels about the chosen threads; which are listed follows the workflow already. */
export const THREAD_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'thread=~"$thread"'];
export const BUDGET_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'budget="$budget"'];
/** Scope of what exporters say of themselves. */
export const EXPORTER_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'instance=~"$instance"'];
/** Scope of what Prometheus says of exporters: it does not know the environment. */
export const TARGET_SCOPE: Scope = ['job=~"orchestrator-.*"', 'instance=~"$instance"'];

/** Grafana's codes: when to ask again, and in which order to list. */
const ON_TIME_RANGE_CHANGE = 2;
const ALPHABETICAL = 1;

export interface Variable {
  readonly name: string;
  readonly type: 'datasource' | 'query';
  readonly [key: string]: unknown;
}

interface LabelValues {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Series of which the values of `label` are listed. */
  readonly of: string;
  readonly multi: boolean;
  /** Empty: the first that is found. */
  readonly current:
    | Readonly<Record<string, never>>
    | { readonly text: string | readonly string[]; readonly value: string | readonly string[] };
}

function labelValues({ name, label, description, of, multi, current }: LabelValues): Variable {
  const query = `label_values(${of}, ${label})`;
  return {
    name,
    type: 'query',
    label: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    description,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    refresh: ON_TIME_RANGE_CHANGE,
    sort: ALPHABETICAL,
    regex: '',
    multi,
    // Where the first is chosen, All is not offered: it would be chosen instead.
    includeAll: multi && 'value' in current,
    current,
    options: [],
    hide: 0,
    skipUrlSync: false,
  };
}

const ALL = { text: ['All'], value: ['$__all'] } as const;

const DATASOURCE_VARIABLE: Variable = {
  name: 'datasource',
  type: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  regex: '',
  refresh: 1,
  multi: false,
  includeAll: false,
  current: { text: DATASOURCE_NAME, value: DATASOURCE_UID },
  options: [],
  hide: 0,
  skipUrlSync: false,
};

/** Those of every dashboard. */
const base = (environment: string): readonly Variable[] => [
  DATASOURCE_VARIABLE,
  labelValues({
    name: 'environment',
    label: ENVIRONMENT_LABEL,
    description: 'The environment that the exporter is configured for.',
    of: SELF.buildInfo.name,
    multi: false,
    current: { text: environment, value: environment },
  }),
];

/** Threads come and go, spend stays: what either of them knows is listed. */
const known = (scope: Scope): string =>
  select('', [`__name__=~"${PER_THREAD.threadInfo.name}|${AGGREGATES.cost.name}"`, ...scope]);

const TEAM = labelValues({
  name: 'team',
  label: 'team',
  description: 'Teams that threads or spend belong to.',
  of: known(ENVIRONMENT_SCOPE),
  multi: true,
  current: ALL,
});
const WORKFLOW = labelValues({
  name: 'workflow',
  label: 'workflow',
  description: 'Workflows of the chosen teams.',
  of: known([...ENVIRONMENT_SCOPE, 'team=~"$team"']),
  multi: true,
  current: ALL,
});

/** `datasource`, `environment`, `team`, `workflow`: each lists what the ones before it leave. */
export const workVariables = (environment: string): readonly Variable[] => [...base(environment), TEAM, WORKFLOW];

/** With the budget that the dashboard is about. */
export const budgetVariables = (environment: string): readonly Variable[] => [
  ...base(environment),
  labelValues({
    name: 'budget',
    label: 'budget',
    description: 'Budgets of the environment.',
    of: select(BUDGETS.info.name, ENVIRONMENT_SCOPE),
    multi: false,
    current: {},
  }),
  TEAM,
  WORKFLOW,
];

/** With one or several threads, the first of the chosen workflows unless told otherwise. */
export const threadVariables = (environment: string, several: boolean): readonly Variable[] => [
  ...workVariables(environment),
  labelValues({
    name: 'thread',
    label: 'thread',
    description: 'Threads that the exporter holds, ended ones until their retention is over.',
    of: select(PER_THREAD.threadInfo.name, WORK_SCOPE),
    multi: several,
    current: {},
  }),
];

/** With the exporters of the environment. */
export const exporterVariables = (environment: string): readonly Variable[] => [
  ...base(environment),
  labelValues({
    name: 'instance',
    label: 'instance',
    description: 'Exporters of the environment.',
    of: select(SELF.buildInfo.name, ENVIRONMENT_SCOPE),
    multi: true,
    current: ALL,
  }),
];
