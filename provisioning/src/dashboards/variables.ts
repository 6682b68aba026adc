// The variables of the dashboard. Queries on labels, so that a thread that starts is there at the next refresh.
import { ENVIRONMENT_LABEL, PER_THREAD, SELF } from 'orchestrator-exporter/contract/metrics';
import { DATASOURCE_NAME, DATASOURCE_UID } from '../data-source.ts';
import { select, type Scope } from '../expressions.ts';

/** Scope of panels about the whole environment. */
export const ENVIRONMENT_SCOPE: Scope = [`${ENVIRONMENT_LABEL}="$environment"`];
/** Scope of panels about the chosen workflows. */
export const WORKFLOW_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'workflow=~"$workflow"'];
/** Scope of panels about the chosen threads; which are listed follows the workflow already. */
export const THREAD_SCOPE: Scope = [...ENVIRONMENT_SCOPE, 'thread=~"$thread"'];

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
  readonly current: { readonly text: string | readonly string[]; readonly value: string | readonly string[] };
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
    includeAll: multi,
    current,
    options: [],
    hide: 0,
    skipUrlSync: false,
  };
}

const ALL = { text: ['All'], value: ['$__all'] } as const;

/**
 * `datasource`, `environment`, `workflow`, `thread`. All has no value of its own: it becomes the list of what the query found,
 * so that All threads means all threads of the chosen workflows.
 */
export function variables(environment: string): readonly Variable[] {
  return [
    {
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
    },
    labelValues({
      name: 'environment',
      label: ENVIRONMENT_LABEL,
      description: 'The environment that the exporter is configured for.',
      of: SELF.buildInfo.name,
      multi: false,
      current: { text: environment, value: environment },
    }),
    labelValues({
      name: 'workflow',
      label: 'workflow',
      description: 'Workflows of the threads that the exporter holds.',
      of: select(PER_THREAD.threadInfo.name, ENVIRONMENT_SCOPE),
      multi: true,
      current: ALL,
    }),
    labelValues({
      name: 'thread',
      label: 'thread',
      description: 'Threads that the exporter holds, ended ones until their retention is over.',
      of: select(PER_THREAD.threadInfo.name, WORKFLOW_SCOPE),
      multi: true,
      current: ALL,
    }),
  ];
}
