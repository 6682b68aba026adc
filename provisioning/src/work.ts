// PromQL about the orchestrator's work: agents, nodes, checkpoints, and money that bought nothing.
import { AGGREGATES, ENVIRONMENT_LABEL, PER_THREAD, SELF } from 'orchestrator-exporter/contract/metrics';
import { select, stateIs, withThreadFacts, type Scope } from './expressions.ts';

const AGENT = `on (${ENVIRONMENT_LABEL}, thread, agent, instance)`;
const THREAD = `on (${ENVIRONMENT_LABEL}, thread, instance)`;

const agentsOf = (scope: Scope, state: 'running' | 'waiting'): string =>
  `${select(PER_THREAD.agentState.name, [...scope, stateIs([state])])} == 1`;

export const USUAL_RUN = 'environment_workflow_agent:orchestrator_agent_running_seconds:mean';

/** Seconds that an agent of a workflow stays running, the mean of all times that it has been. */
export function usualRun(scope: Scope): string {
  const sum = (name: string) =>
    `sum by (${ENVIRONMENT_LABEL}, workflow, agent) (${select(name, [...scope, stateIs(['running'])])})`;
  return `${sum(AGGREGATES.agentStateSeconds.name)} / (${sum(AGGREGATES.agentStateTransitions.name)} > 0)`;
}

/**
 * Seconds of silence of the agents that are running and have been silent for at least `seconds`. An agent that is in a long
 * call says nothing either: what usually runs that long, up to `usualFactor` times its mean, is not stuck.
 */
export function agentStuck(scope: Scope, { seconds, usualFactor }: { seconds: number; usualFactor: number }): string {
  const silent = withThreadFacts(
    `time() - ${select(PER_THREAD.agentLastEvent.name, scope)} >= ${seconds}
    and ${AGENT} ${agentsOf(scope, 'running')}`,
    scope
  );
  return `(
${silent}
)
unless
(
(
${silent}
)
< on (${ENVIRONMENT_LABEL}, workflow, agent) group_left () ${usualFactor} * ${select(USUAL_RUN, scope)}
)`;
}

/** Seconds for which agents have been waiting, at least `seconds`. */
export function agentWaitingFor(scope: Scope, seconds: number): string {
  return withThreadFacts(
    `time() - ${select(PER_THREAD.agentStateEntered.name, scope)} >= ${seconds}
    and ${AGENT} ${agentsOf(scope, 'waiting')}`,
    scope
  );
}

/** Age of the last checkpoint of threads that make checkpoints and have an agent running, at least `seconds`. */
export function checkpointOlderThan(scope: Scope, seconds: number): string {
  return withThreadFacts(
    `time() - ${select(PER_THREAD.threadLastCheckpoint.name, scope)} >= ${seconds}
    and ${THREAD} ${select(PER_THREAD.threadState.name, [...scope, stateIs(['running'])])} == 1
    and ${THREAD} ${agentsOf(scope, 'running')}`,
    scope
  );
}

/** Failed share of the runs of a node in 15 minutes, at least `ratio`, among nodes with at least `runs` runs. */
export function nodesFailing(scope: Scope, { ratio, runs }: { ratio: number; runs: number }): string {
  const sum = (matchers: Scope) =>
    `sum by (${ENVIRONMENT_LABEL}, workflow, node) (increase(${select(AGGREGATES.nodeRuns.name, matchers)}[15m]))`;
  return `${sum([...scope, 'outcome="failed"'])} / ${sum(scope)} >= ${ratio} and ${sum(scope)} >= ${runs}`;
}

/**
 * What a cost counter gained in an hour, as a difference of exact sums: increase() calls a series that is first seen at 50 USD
 * no spend. Such a series began at 0, if the exporter was there an hour ago; else nothing is known and nothing is said.
 */
function gainedInAnHour(name: string, scope: Scope): string {
  const sum = (offset: string) => `sum by (${ENVIRONMENT_LABEL}, workflow) (${select(name, scope)}${offset})`;
  const known = `group by (${ENVIRONMENT_LABEL}) (${select(SELF.buildInfo.name, scope)} offset 1h)`;
  return `(${sum('')} - (${sum(' offset 1h')} or 0 * ${sum('')} and on (${ENVIRONMENT_LABEL}) ${known}))`;
}

/** USD of an hour that went to threads that failed, at least `usd` and at least `ratio` of what the workflow spent in it. */
export function spendWasted(scope: Scope, { usd, ratio }: { usd: number; ratio: number }): string {
  return `${gainedInAnHour(AGGREGATES.wastedCost.name, scope)}
>= ${usd}
>= ${ratio} * ${gainedInAnHour(AGGREGATES.cost.name, scope)}`;
}

/** Seconds since the newest event of an environment, at least `seconds`, while agents are running in it. */
export function noEventsFor(scope: Scope, seconds: number): string {
  const by = `by (${ENVIRONMENT_LABEL}, instance)`;
  return `time() - max ${by} (${select(AGGREGATES.lastEvent.name, scope)}) >= ${seconds}
and sum ${by} (${select(AGGREGATES.agents.name, [...scope, stateIs(['running'])])}) > 0`;
}
