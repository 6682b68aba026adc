// The closed vocabularies of agent and thread states, with the codes that the timeline series carry.

export const AGENT_STATES = ['idle', 'queued', 'running', 'waiting', 'paused', 'completed', 'failed'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** Value of `orchestrator_timeline_agent_state`. Fixed for ever: dashboards and stored samples depend on them. */
export const AGENT_STATE_CODE: Readonly<Record<AgentState, number>> = {
  idle: 0,
  queued: 1,
  running: 2,
  waiting: 3,
  paused: 4,
  completed: 5,
  failed: 6,
};

export const THREAD_STATES = ['running', 'paused', 'completed', 'failed', 'timeout'] as const;
export type ThreadState = (typeof THREAD_STATES)[number];

/** Value of `orchestrator_timeline_thread_state`: the agent's code where the word is the same, 7 for a timeout. */
export const THREAD_STATE_CODE: Readonly<Record<ThreadState, number>> = {
  running: 2,
  paused: 4,
  completed: 5,
  failed: 6,
  timeout: 7,
};

/** States a thread does not leave by itself. An event after the end starts the thread anew (same id, next run). */
export const FINAL_THREAD_STATES: ReadonlySet<ThreadState> = new Set(['completed', 'failed', 'timeout']);

export const GRAPH_STATUSES = ['success', 'failure', 'timeout'] as const;
export type GraphStatus = (typeof GRAPH_STATUSES)[number];

/** Thread state that a `graph.complete` status leads to. */
export const THREAD_STATE_OF_STATUS: Readonly<Record<GraphStatus, ThreadState>> = {
  success: 'completed',
  failure: 'failed',
  timeout: 'timeout',
};
