// Budgets of threads that are divided over several exporters: each knows what its own threads spent. Rules add that up, and
// everything that reads a budget reads what they record. Exporters that all get every event are no shards: theirs is no sum.
import { BUDGETS, ENVIRONMENT_LABEL } from 'orchestrator-exporter/contract/metrics';
import type { Environment } from './environments/environment.ts';
import { EXPORTER_JOB, select, type Scope } from './expressions.ts';

type Budget = keyof typeof BUDGETS;

const OF_BUDGET = `${ENVIRONMENT_LABEL}, budget`;
const ON = `on (${OF_BUDGET})`;

/** Labels that a recorded series keeps beside environment and budget, and the operation that its name ends with. */
const RECORDED: Readonly<Record<Budget, { readonly labels?: readonly string[]; readonly operation: string }>> = {
  info: { labels: ['owner', 'window', 'timezone'], operation: 'max' },
  limit: { operation: 'max' },
  spent: { operation: 'sum' },
  remaining: { operation: 'sum' },
  usedRatio: { operation: 'sum' },
  thresholdRatio: { labels: ['threshold'], operation: 'max' },
  periodStart: { operation: 'max' },
  periodEnd: { operation: 'max' },
  burnRate: { labels: ['lookback'], operation: 'sum' },
  exhaustion: { operation: 'sum' },
  valid: { operation: 'min' },
};

function recordedName(budget: Budget): string {
  const { labels = [], operation } = RECORDED[budget];
  return `${[ENVIRONMENT_LABEL, 'budget', ...labels].join('_')}:${BUDGETS[budget].name}:${operation}`;
}

/** Each name of a series of a budget as a whole word, with what is recorded of it. */
const NAMES = (Object.keys(BUDGETS) as Budget[]).map(
  (budget) => [new RegExp(String.raw`(?<![\w:])${BUDGETS[budget].name}(?![\w:])`, 'g'), recordedName(budget)] as const
);

/** PromQL, or a text with PromQL in it, that reads budgets over all shards where the environment has some. */
export function overShards({ shards }: Environment, text: string): string {
  return shards.length === 0 ? text : NAMES.reduce((all, [name, recorded]) => all.replace(name, recorded), text);
}

/**
 * A recorded series under the name that the exporter gives it: our panel knows budgets by their names. Nothing else is done to
 * what is no series of a budget.
 */
export function namedOverShards(environment: Environment, expr: string): string {
  const found = (Object.keys(BUDGETS) as Budget[]).find((budget) => expr.startsWith(`${BUDGETS[budget].name}{`));
  if (environment.shards.length === 0 || found === undefined) return expr;
  return `label_replace(${overShards(environment, expr)}, "__name__", "${BUDGETS[found].name}", "", "")`;
}

/** The recording rules, in the order in which they read each other. */
export function shardRules(scope: Scope): readonly { readonly record: string; readonly expr: string }[] {
  const of = (budget: Budget): string => select(BUDGETS[budget].name, scope);
  const by = (budget: Budget): string => [OF_BUDGET, ...(RECORDED[budget].labels ?? [])].join(', ');
  // A thread is in one exporter whole. And nothing rather than too little: only while every exporter is scraped.
  const ofThreads = select(BUDGETS.info.name, [...scope, 'window="thread"']);
  const known = (budget: Budget): string => `${of(budget)} unless on (job) up{job="${EXPORTER_JOB}"} == 0`;
  const sum = (budget: Budget): string => `sum by (${by(budget)}) (
  ${known(budget)} unless ${ON} ${ofThreads}
)
or max by (${by(budget)}) (${known(budget)})`;
  const max = (budget: Budget): string => `max by (${by(budget)}) (${of(budget)})`;
  const total = (budget: Budget): string => select(recordedName(budget), scope);
  const expressions: Readonly<Record<Budget, string>> = {
    // One of them, should exporters disagree about an owner for a while: two would be an error in what joins them.
    info: `topk by (${OF_BUDGET}) (1, count by (${by('info')}) (${of('info')})) ^ 0`,
    limit: max('limit'),
    spent: sum('spent'),
    remaining: `${total('limit')} - ${total('spent')}`,
    usedRatio: `${total('spent')} / ${total('limit')}`,
    thresholdRatio: max('thresholdRatio'),
    periodStart: max('periodStart'),
    periodEnd: max('periodEnd'),
    burnRate: sum('burnRate'),
    // As the exporter projects it, but that it takes the whole last hour; of what has no period nothing is projected, and at a
    // rate of 0 it is never.
    exhaustion: `time() + (${total('remaining')} > 0) / ignoring (lookback) ${select(recordedName('burnRate'), [...scope, 'lookback="1h"'])}
  < ${total('periodEnd')}`,
    valid: `min by (${OF_BUDGET}) (${of('valid')})`,
  };
  return (Object.keys(expressions) as Budget[]).map((budget) => ({
    record: recordedName(budget),
    expr: expressions[budget],
  }));
}
