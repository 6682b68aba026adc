// The budgets file, which is the exporter's: parsed by the exporter's own rules, its problems told by line.
import { parseBudgets, type BudgetDefinition } from 'orchestrator-exporter/contract/budgets';
import { problemPath } from 'orchestrator-exporter/contract/document';
import { located } from './problems.ts';
import type { SourceDocument } from './source-document.ts';

export interface Budgets {
  /** As the person wrote it: the exporter reads the same. */
  readonly text: string;
  readonly definitions: readonly BudgetDefinition[];
}

export type BudgetsFileResult =
  { readonly ok: true; readonly budgets: Budgets } | { readonly ok: false; readonly problems: readonly string[] };

/** Never throws. No budgets at all is a problem here: there would be nothing to alert on. */
export function budgetsOf(source: SourceDocument): BudgetsFileResult {
  const parsed = parseBudgets(source.value);
  if (!parsed.ok) {
    const problems = parsed.problems.map((text) => ({ path: problemPath(text), text }));
    return { ok: false, problems: located(source, problems) };
  }
  if (parsed.budgets.length === 0) {
    return { ok: false, problems: [`${source.at(['budgets'])}: there is no budget; expected at least one`] };
  }
  return { ok: true, budgets: { text: source.text, definitions: parsed.budgets } };
}
