// What is missing or went wrong, in words, with advice.
import { LoadingState, type PanelData as GrafanaData } from '@grafana/data';
import type { Lack } from '../read/panel-data.ts';
import { t } from './translate.ts';

export interface Problem {
  readonly title: string;
  readonly advice: string;
  /** Lines to copy; empty where there are none. */
  readonly query: string;
}

export function lackText({ of, query }: Lack): Problem {
  switch (of) {
    case 'states':
      return {
        title: t('lack.states', 'No agent states in this range'),
        advice: t('lack.states-advice', 'Add an instant query (type Instant, format Time series):'),
        query,
      };
    case 'budget':
      return {
        title: t('lack.budget', 'No budget in this range'),
        advice: t('lack.budget-advice', 'Add range queries for a budget, or for the budget of a thread:'),
        query,
      };
  }
}

/** Undefined where the queries went well. */
export function queryProblem({ state, errors = [] }: Pick<GrafanaData, 'state' | 'errors'>): Problem | undefined {
  const message = errors[0]?.message ?? errors[0]?.data?.message;
  return state === LoadingState.Error
    ? {
        title: t('query.failed', 'The query failed'),
        advice: message ?? t('query.no-reason', 'No reason was given.'),
        query: '',
      }
    : undefined;
}
