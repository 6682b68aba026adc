// Recording rules, named level:metric:operation. What dashboards and alerts of a whole environment read often.
import { ENVIRONMENT_LABEL } from 'orchestrator-exporter/contract/metrics';
import { KNOWN_DAYS, knownDays, USUAL_HOUR, usualHour } from './budget-pace.ts';
import type { Environment } from './environments/environment.ts';
import { budgetElapsedRatio, costRate, inEnvironment, nodeDurationP95, tokenRate } from './expressions.ts';
import { overShards, shardRules } from './shards.ts';
import { USUAL_RUN, usualRun } from './work.ts';

/** USD per second. */
export const SPEND_RATE = 'environment_workflow_agent:orchestrator_cost_usd:rate5m';
export const NODE_P95 = 'environment_workflow_node:orchestrator_node_duration_seconds:p95_rate5m';
/** Share of a budget's period that is over. */
export const ELAPSED = 'environment_budget:orchestrator_budget_elapsed:ratio';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export function recordingRules(environment: Environment): readonly RecordingRule[] {
  const scope = inEnvironment(environment.name);
  const by = (...labels: string[]) => ({ scope, over: '5m', by: [ENVIRONMENT_LABEL, ...labels] });
  const rules = [
    { record: 'environment:orchestrator_cost_usd:rate5m', expr: costRate(by()) },
    {
      record: SPEND_RATE,
      expr: costRate(by('workflow', 'agent')),
    },
    { record: 'environment_direction:orchestrator_tokens:rate5m', expr: tokenRate(by('direction')) },
    {
      record: NODE_P95,
      expr: nodeDurationP95(by('workflow', 'node')),
    },
    { record: ELAPSED, expr: budgetElapsedRatio(scope) },
    { record: USUAL_HOUR, expr: usualHour(scope) },
    { record: KNOWN_DAYS, expr: knownDays(scope) },
    { record: USUAL_RUN, expr: usualRun(scope) },
  ];
  return [
    ...(environment.shards.length === 0 ? [] : shardRules(scope)),
    ...rules.map(({ record, expr }) => ({ record, expr: overShards(environment, expr) })),
  ];
}
