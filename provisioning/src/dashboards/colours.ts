// One colour per meaning, the same in every dashboard and in our own panel: blue works, amber waits for somebody, grey is queued
// or over, violet is paused, red failed. Names are Grafana's own, so that they follow the theme.
import {
  AGENT_STATE_CODE,
  THREAD_STATE_CODE,
  type AgentState,
  type ThreadState,
} from 'orchestrator-exporter/contract/states';
import type { Mapping, Step } from './schema.ts';

export type Colours = Readonly<Record<string, string>>;

export const STATE_COLOURS: Readonly<Record<AgentState | ThreadState, string>> = {
  idle: '#6E6E6E',
  queued: '#A8A8A8',
  running: 'blue',
  waiting: 'dark-yellow',
  paused: 'purple',
  completed: '#8E8E8E',
  failed: 'red',
  timeout: 'dark-red',
};

/** Of nodes' outcomes and threads' endings. */
export const OUTCOME_COLOURS: Colours = {
  completed: 'blue',
  success: 'blue',
  saved: 'blue',
  failed: 'red',
  failure: 'red',
  timeout: 'dark-red',
};

const look = (state: AgentState | ThreadState, index: number) => ({
  text: state,
  color: STATE_COLOURS[state],
  index,
});

/** Codes as the timeline has them, shown as words. */
export const STATE_CODE_MAPPING: Mapping = {
  type: 'value',
  options: Object.fromEntries(
    Object.entries({ ...AGENT_STATE_CODE, ...THREAD_STATE_CODE }).map(([state, code], index) => [
      String(code),
      look(state as AgentState | ThreadState, index),
    ])
  ),
};

/** The words themselves, coloured. */
export const STATE_WORD_MAPPING: Mapping = {
  type: 'value',
  options: Object.fromEntries(
    Object.keys(STATE_COLOURS).map((state, index) => [state, look(state as AgentState | ThreadState, index)])
  ),
};

export const PLAIN: readonly Step[] = [{ color: 'text', value: null }];
export const warnFrom = (value: number): readonly Step[] => [...PLAIN, { color: 'orange', value }];
export const failFrom = (value: number): readonly Step[] => [...PLAIN, { color: 'red', value }];
/** Two limits, in ascending order. */
export const warnAndFail = (warning: number, failure: number): readonly Step[] => [
  ...PLAIN,
  { color: 'orange', value: warning },
  { color: 'red', value: failure },
];
