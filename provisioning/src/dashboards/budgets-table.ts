// All budgets side by side.
import { BUDGETS } from 'orchestrator-exporter/contract/metrics';
import { max, milliseconds } from '../aggregate.ts';
import { burnMultiple, runsOutAt } from '../budget-pace.ts';
import type { Environment } from '../environments/environment.ts';
import { select } from '../expressions.ts';
import { ELAPSED } from '../recording-rules.ts';
import { MULTIPLE, NOT_IN_SIGHT, PACE_STEPS, TRUSTED, usedSteps } from './budget-figures.ts';
import { column, linkTo } from './links.ts';
import { rows } from './panels.ts';
import type { Draft } from './schema.ts';
import { table } from './table.ts';
import { ENVIRONMENT_SCOPE as ENV } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 2 } as const;

export function budgetsTable(environment: Environment): Draft {
  const of = (expr: string) => rows(max(['budget'], expr));
  return table({
    title: 'Budgets',
    description:
      'Every budget at the end of the time range; of a budget for each thread the live thread that has spent most. A click leads to its burn-down.',
    queries: [
      rows(max(['budget', 'owner', 'window'], select(BUDGETS.info.name, ENV))),
      of(select(BUDGETS.limit.name, ENV)),
      of(select(BUDGETS.spent.name, ENV)),
      of(select(BUDGETS.remaining.name, ENV)),
      of(select(BUDGETS.usedRatio.name, ENV)),
      of(select(ELAPSED, ENV)),
      of(burnMultiple(ENV, '1h')),
      of(milliseconds(runsOutAt(ENV))),
      of(milliseconds(select(BUDGETS.periodEnd.name, ENV))),
      of(select(BUDGETS.valid.name, ENV)),
    ],
    columns: [
      {
        of: 'budget',
        title: 'Budget',
        links: [linkTo('budget', { chosen: { budget: column('Budget') } })],
      },
      { of: 'owner', title: 'Owner', width: 85 },
      { of: 'window', title: 'Window', width: 70 },
      { of: 1, title: 'Limit', ...USD, width: 82 },
      { of: 2, title: 'Spent', ...USD, width: 82 },
      { of: 3, title: 'Left', ...USD, width: 82 },
      { of: 4, title: 'Used', unit: 'percentunit', decimals: 1, cell: 'gauge', max: 1, steps: usedSteps(environment) },
      { of: 5, title: 'Elapsed', unit: 'percentunit', decimals: 1, width: 70 },
      { of: 6, title: 'Pace', unit: MULTIPLE, decimals: 1, width: 60, cell: 'color', steps: PACE_STEPS },
      { of: 7, title: 'Runs out', unit: 'dateTimeFromNow', width: 100, noValue: NOT_IN_SIGHT },
      { of: 8, title: 'Period ends', unit: 'dateTimeFromNow', width: 100 },
      { of: 9, title: 'Trusted', width: 70, cell: 'color', mappings: [TRUSTED] },
    ],
    sortBy: 'Used',
    descending: true,
    noValue: 'no budget is declared (budgets_file)',
  });
}
