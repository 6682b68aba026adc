// Both files that a person writes, read together so that everything wrong with either is said at once.
import type { Environment } from '../environments/environment.ts';
import { budgetsOf, type Budgets } from './budgets-file.ts';
import { environmentOf } from './environment-file.ts';
import { readSource, type Override } from './source-document.ts';

export interface Inputs {
  readonly environment: Environment;
  readonly budgets: Budgets;
}

export type InputsResult =
  { readonly ok: true; readonly inputs: Inputs } | { readonly ok: false; readonly problems: readonly string[] };

/** Never throws. */
export function readInputs(budgetsFile: string, environmentFile: string, overrides: readonly Override[]): InputsResult {
  const budgetsSource = readSource(budgetsFile);
  const environmentSource = readSource(environmentFile, overrides);
  const budgets = budgetsSource.ok ? budgetsOf(budgetsSource.document) : budgetsSource;
  const environment = environmentSource.ok ? environmentOf(environmentSource.document) : environmentSource;
  if (budgets.ok && environment.ok) {
    return { ok: true, inputs: { environment: environment.environment, budgets: budgets.budgets } };
  }
  return {
    ok: false,
    problems: [...(budgets.ok ? [] : budgets.problems), ...(environment.ok ? [] : environment.problems)],
  };
}
