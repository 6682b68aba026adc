// Which states are shown: a set as bits, and what a click in the legend makes of it.
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';

/** Bits `1 << AGENT_STATE_CODE[state]`. */
export type StateSet = number;

export const ALL_STATES: StateSet = AGENT_STATES.reduce((set, state) => set | bitOf(state), 0);

function bitOf(state: AgentState): StateSet {
  return 1 << AGENT_STATE_CODE[state];
}

export function hasState(set: StateSet, state: AgentState): boolean {
  return (set & bitOf(state)) !== 0;
}

/**
 * What a legend's click makes of `shown`, as in Grafana's own: a plain click leaves `state` alone, a second one brings all
 * back; with ctrl or cmd it is taken out or added. Nothing at all is never shown: that brings all back too.
 */
export function clickState(shown: StateSet, state: AgentState, { additive }: { additive: boolean }): StateSet {
  const bit = bitOf(state);
  const next = additive ? shown ^ bit : shown === bit ? ALL_STATES : bit;
  return next === 0 ? ALL_STATES : next;
}
