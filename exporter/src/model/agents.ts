// The lanes of a thread and the state each is in. State follows event time: what is older than the newest word on an
// agent's state does not alter it.
import type { AgentActive, AgentStateSet } from '../contract/event.ts';
import { OVERFLOW_LABEL } from '../contract/labels.ts';
import { ZERO_USD } from '../contract/money.ts';
import type { AgentState } from '../contract/states.ts';
import type { Change } from './change.ts';
import { at, type AgentRecord, type Step } from './thread-record.ts';

/** Lanes of one thread; further names share the lane `other`. */
export const MAX_AGENTS_PER_THREAD = 1_000;

/**
 * The lane of this name, heard of at the event's time. One that is new begins in the state `initial` and is announced.
 */
export function hearOfAgent(step: Step, name: string, initial: AgentState): AgentRecord {
  const { thread, event, changes } = step;
  const named = thread.agents.get(name);
  const hasRoom = step.lanesAreFull !== true && thread.agents.size < MAX_AGENTS_PER_THREAD;
  const lane = named !== undefined || hasRoom ? name : OVERFLOW_LABEL;
  const known = named ?? thread.agents.get(lane);
  if (known === undefined) {
    // What trails the end of a thread starts nothing.
    const to = thread.endedMs === undefined || initial === 'failed' ? initial : 'completed';
    const agent = newAgent(lane, to, event.timestampMs);
    thread.agents.set(lane, agent);
    changes.push(seen(step, lane));
    changes.push({ kind: 'agent-state', ...at(step), agent: lane, from: undefined, to, heldMs: 0 });
    return agent;
  }
  if (event.timestampMs >= known.lastEventMs) {
    known.lastEventMs = event.timestampMs;
    changes.push(seen(step, lane));
  }
  return known;
}

/** Written out, as every change that most events make: `{...at(step)}` takes several times as long. */
function seen({ thread, event }: Step, agent: string): Change {
  return { kind: 'agent-seen', threadId: thread.threadId, workflow: thread.workflow, atMs: event.timestampMs, agent };
}

/** Whether the event is older than the newest word on the agent's state; if so it is noted as late. */
export function isLate(step: Step, agent: AgentRecord): boolean {
  if (step.event.timestampMs >= agent.assertedMs) return false;
  step.changes.push({ kind: 'anomaly', ...at(step), anomaly: 'late' });
  return true;
}

/** The agent is in the state `to` from `atMs` on, but never before the newest word on it. */
export function moveAgent(step: Step, agent: AgentRecord, { to, atMs }: { to: AgentState; atMs: number }): void {
  const whenMs = Math.max(atMs, agent.assertedMs);
  agent.assertedMs = whenMs;
  if (agent.state === to) return;
  const { threadId, workflow } = step.thread;
  step.changes.push({
    kind: 'agent-state',
    threadId,
    workflow,
    atMs: whenMs,
    agent: agent.agent,
    from: agent.state,
    to,
    heldMs: whenMs - agent.sinceMs,
  });
  agent.state = to;
  agent.sinceMs = whenMs;
}

/** `agent.active` and `agent.state`: the orchestrator says itself what the agent is. */
export function setAgent(step: Step<AgentActive | AgentStateSet>): void {
  const { event } = step;
  const to = event.type === 'agent.active' ? 'running' : event.state;
  const agent = hearOfAgent(step, event.agent, to);
  agent.named = true;
  if (isLate(step, agent)) return;
  if (event.task !== undefined) agent.task = event.task;
  moveAgent(step, agent, { to, atMs: event.timestampMs });
}

/** A thread is paused while an agent is, and none runs, waits or is queued. */
export function isPaused(agents: ReadonlyMap<string, AgentRecord>): boolean {
  let paused = false;
  for (const { state } of agents.values()) {
    if (state === 'running' || state === 'waiting' || state === 'queued') return false;
    paused ||= state === 'paused';
  }
  return paused;
}

function newAgent(agent: string, state: AgentState, atMs: number): AgentRecord {
  return {
    agent,
    state,
    sinceMs: atMs,
    lastEventMs: atMs,
    spend: ZERO_USD,
    task: undefined,
    assertedMs: atMs,
    named: false,
    openRuns: [],
    earlyEnds: [],
    lastRunEndMs: atMs,
  };
}
