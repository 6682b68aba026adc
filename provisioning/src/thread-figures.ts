// PromQL about single threads and their agents, as tables and graphs show them.
import { ENVIRONMENT_LABEL, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE, THREAD_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { max, sum } from './aggregate.ts';
import { select, stateIs, type Scope } from './expressions.ts';

const THREAD = `on (${ENVIRONMENT_LABEL}, thread, instance)`;
const AGENT = `on (${ENVIRONMENT_LABEL}, thread, agent, instance)`;

/** `expr` of the threads of a team and workflow, which the series of a thread do not carry. */
export const ofThreads = (expr: string, scope: Scope): string =>
  `(${expr}) and ${THREAD} ${select(PER_THREAD.threadInfo.name, scope)}`;

/** The threads that have not ended, with their workflow and team. */
export function openThreads(scope: Scope): string {
  const open = select(PER_THREAD.threadState.name, [...environmentOf(scope), stateIs(['running', 'paused'])]);
  return max(['thread', 'workflow', 'team'], `${select(PER_THREAD.threadInfo.name, scope)} and ${THREAD} ${open} == 1`);
}

const environmentOf = (scope: Scope): Scope => scope.filter((matcher) => matcher.startsWith(ENVIRONMENT_LABEL));

/** `expr`, which has no workflow, of the threads that have not ended. */
export function ofOpenThreads(expr: string, scope: Scope): string {
  const open = select(PER_THREAD.threadState.name, [...environmentOf(scope), stateIs(['running', 'paused'])]);
  return ofThreads(`${expr} and ${THREAD} ${open} == 1`, scope);
}

const codesOf = (name: string, codes: Readonly<Record<string, number>>, scope: Scope): string =>
  Object.entries(codes)
    .map(([state, code]) => `${code} * (${select(name, [...scope, `state="${state}"`])} == 1)`)
    .join(' or ');

/** The state of each thread, as its code. */
export const threadStateCode = (scope: Scope): string =>
  max([ENVIRONMENT_LABEL, 'thread', 'instance'], codesOf(PER_THREAD.threadState.name, THREAD_STATE_CODE, scope));

/** The state of each agent of a thread, as its code. */
export const agentStateCode = (scope: Scope): string =>
  max(['thread', 'agent'], codesOf(PER_THREAD.agentState.name, AGENT_STATE_CODE, scope));

/** Agents of the threads in one of `states`. */
export const agentsOfThreads = (scope: Scope, states: readonly AgentState[]): string =>
  sum([], select(PER_THREAD.agentState.name, [...scope, stateIs(states)]));

/** Seconds since the epoch at which agents entered a state, of those that are in it. */
export function inStateSince(scope: Scope, state: AgentState): string {
  const entered = select(PER_THREAD.agentStateEntered.name, scope);
  return `${entered} and ${AGENT} ${select(PER_THREAD.agentState.name, [...scope, stateIs([state])])} == 1`;
}
