// The states as other sources write them: codes, words, or values that a value mapping turns into words.
import type { Field } from '@grafana/data';
import {
  AGENT_STATE_CODE,
  AGENT_STATES,
  THREAD_STATE_CODE,
  THREAD_STATES,
  type AgentState,
  type ThreadState,
} from 'orchestrator-exporter/contract/states';
import { UNKNOWN_CODE } from '../model/state-columns.ts';
import type { SampleValue } from './series.ts';

const AGENT_STATE_OF_CODE = new Map(AGENT_STATES.map((state) => [AGENT_STATE_CODE[state], state]));
const THREAD_STATE_OF_CODE = new Map(THREAD_STATES.map((state) => [THREAD_STATE_CODE[state], state]));
const AGENT_STATE_OF_WORD = new Map<string, AgentState>(AGENT_STATES.map((state) => [state, state]));

/** State of a code; undefined for NaN and codes that no state has. */
function agentStateOfCode(code: SampleValue): AgentState | undefined {
  return typeof code === 'number' ? AGENT_STATE_OF_CODE.get(code) : undefined;
}

export function threadStateOfCode(code: SampleValue): ThreadState | undefined {
  return typeof code === 'number' ? THREAD_STATE_OF_CODE.get(code) : undefined;
}

/** State of a word in any case, with surrounding space. */
export function agentStateOfWord(word: string): AgentState | undefined {
  return AGENT_STATE_OF_WORD.get(word.trim().toLowerCase());
}

/** State of a sample of another source: its word, what its value mapping says, else its code. */
export function agentStateOf(value: SampleValue, field: Field): AgentState | undefined {
  if (typeof value === 'string') {
    return agentStateOfWord(value);
  }
  const mapped =
    field.config.mappings !== undefined && field.config.mappings.length > 0 ? field.display?.(value).text : undefined;
  return (mapped === undefined ? undefined : agentStateOfWord(mapped)) ?? agentStateOfCode(value);
}

/** {@link agentStateOf} as a code; {@link UNKNOWN_CODE} where there is no state. */
export function agentCodeOf(value: SampleValue, field: Field): number {
  const state = agentStateOf(value, field);
  return state === undefined ? UNKNOWN_CODE : AGENT_STATE_CODE[state];
}
