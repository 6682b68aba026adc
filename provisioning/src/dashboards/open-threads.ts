// The threads that have not ended, as a table.
import { ENVIRONMENT_LABEL, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { ageOf, max, sum } from '../aggregate.ts';
import { select } from '../expressions.ts';
import { ofOpenThreads, openThreads } from '../thread-figures.ts';
import { OVERSPENT_STEPS } from './budget-figures.ts';
import { STATE_WORD_MAPPING } from './colours.ts';
import { column, linkTo } from './links.ts';
import { rows } from './panels.ts';
import { table } from './table.ts';
import { ENVIRONMENT_SCOPE as ENV, WORK_SCOPE } from './variables.ts';

const USD = { unit: 'currencyUSD', decimals: 2 } as const;
const KEPT = [ENVIRONMENT_LABEL, 'thread', 'instance'];

const byThread = (expr: string) => rows(max(['thread'], ofOpenThreads(expr, WORK_SCOPE)));
export const openThreadsTable = table({
  title: 'Open threads',
  description: 'Threads that have not ended, the most expensive first. A click leads to the timeline of the thread.',
  queries: [
    rows(openThreads(WORK_SCOPE)),
    rows(max(['thread', 'state'], ofOpenThreads(`${select(PER_THREAD.threadState.name, ENV)} == 1`, WORK_SCOPE))),
    byThread(sum(KEPT, select(PER_THREAD.threadCost.name, ENV))),
    byThread(select(PER_THREAD.threadBudgetRemaining.name, ENV)),
    byThread(`time() - ${max(KEPT, select(PER_THREAD.agentLastEvent.name, ENV))}`),
    byThread(ageOf(PER_THREAD.threadLastCheckpoint.name, ENV)),
  ],
  columns: [
    {
      of: 'thread',
      title: 'Thread',
      links: [linkTo('thread', { kept: ['team', 'workflow'], chosen: { thread: column('Thread') } })],
    },
    { of: 'workflow', title: 'Workflow' },
    { of: 'state', title: 'State', width: 75, cell: 'color', mappings: [STATE_WORD_MAPPING] },
    { of: 2, title: 'Spent', ...USD, width: 68 },
    {
      of: 3,
      title: 'Budget left',
      ...USD,
      width: 90,
      cell: 'color',
      steps: OVERSPENT_STEPS,
      noValue: 'no budget',
    },
    { of: 4, title: 'Silent for', unit: 's', decimals: 0, width: 78 },
    { of: 5, title: 'Checkpoint', unit: 's', decimals: 0, width: 90, noValue: 'none yet' },
  ],
  sortBy: 'Spent',
  descending: true,
  noValue: 'no thread is open',
});
