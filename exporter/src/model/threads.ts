// The life of a thread: it starts with its first event, ends, starts again, and is forgotten.
import type { OrchestratorEvent } from '../contract/event.ts';
import { subtractUsd, type NanoUsd } from '../contract/money.ts';
import {
  FINAL_THREAD_STATES,
  THREAD_STATE_OF_STATUS,
  type AgentState,
  type GraphStatus,
  type ThreadState,
} from '../contract/states.ts';
import { isPaused, moveAgent } from './agents.ts';
import { dropOpenRuns } from './node-runs.ts';
import { at, newThread, receivedMs, type Step, type ThreadRecord, type TotalFrame } from './thread-record.ts';

/** What is kept of a forgotten thread, so that its running total is not spent again when it comes back. */
export interface ForgottenThread {
  readonly state: ThreadState;
  readonly endedMs: number | undefined;
  readonly total: NanoUsd;
  readonly frame: TotalFrame;
}

export function forgotten({ state, endedMs, total, frame }: ThreadRecord): ForgottenThread {
  return { state, endedMs, total, frame };
}

/**
 * The thread of its first event, or of the first since it was forgotten: then it goes on as it was, also as one that has
 * ended, unless the event begins its next run.
 */
export function startThread(event: OrchestratorEvent, before: ForgottenThread | undefined): Step {
  const thread = newThread(event);
  const step: Step = { thread, event, changes: [] };
  if (before !== undefined) {
    const { total, frame, state, endedMs } = before;
    Object.assign(thread, { total, spendBase: total, runStartTotal: total, frame: { ...frame }, state, endedMs });
    if (beginsNextRun(step)) {
      thread.state = 'running';
      renew(thread, event.timestampMs);
    }
  }
  const spent = before === undefined || before.total === 0 ? {} : { spentBefore: before.total };
  step.changes.push({ kind: 'thread-started', ...at(step), team: thread.team, again: before !== undefined, ...spent });
  step.changes.push({ kind: 'thread-state', ...at(step), from: undefined, to: thread.state });
  return step;
}

/**
 * Whether the event begins the next run of a thread that has ended. Work that begins does, after the end's millisecond
 * or, for a node, in it; so does a running total that begins anew. What trails an end (the last cost, a checkpoint, an
 * end that was overtaken) belongs to the run that ended, and leaves the thread ended.
 */
export function beginsNextRun({ thread, event }: Step): boolean {
  if (thread.endedMs === undefined || event.timestampMs < thread.endedMs) return false;
  const after = event.timestampMs > thread.endedMs;
  switch (event.type) {
    case 'node.start':
      return true;
    case 'agent.active':
      return after;
    case 'agent.state':
      return after && event.state !== 'completed' && event.state !== 'failed';
    case 'route.next':
      return after && event.to !== undefined && event.to !== END;
    case 'cost.updated':
      return after && event.total !== undefined && event.total < thread.frame.reported;
    case 'node.complete':
    case 'node.error':
    case 'checkpoint.saved':
    case 'checkpoint.failed':
    case 'graph.complete':
    case 'progress':
      return false;
  }
}

/** The route target that ends a thread. */
export const END = 'END';

export function startAgain(step: Step): void {
  const { thread, event, changes } = step;
  dropOpenRuns(step);
  renew(thread, event.timestampMs);
  changes.push({ kind: 'thread-started', ...at(step), team: thread.team, again: true });
  setThreadState(step, 'running');
}

function renew(thread: ThreadRecord, startedMs: number): void {
  thread.startedMs = startedMs;
  thread.endedMs = undefined;
  thread.runStartTotal = thread.total;
  thread.priorFrame = thread.frame;
  thread.frame = { reported: thread.frame.reported, heard: false };
}

/** Undefined where the state stays: an agent that had failed, and one that had nothing to do when its thread failed. */
function stateAtEnd(state: AgentState, status: GraphStatus): AgentState | undefined {
  if (state === 'failed') return undefined;
  if (status === 'success') return 'completed';
  return state === 'idle' || state === 'completed' ? undefined : 'failed';
}

/** Ends the thread's run and its agents with it; none of them changes before the newest word on it. */
export function endThread(step: Step, status: GraphStatus, durationMs: number | undefined): void {
  const { thread, event, changes } = step;
  if (FINAL_THREAD_STATES.has(thread.state)) return;
  const endedMs = event.timestampMs;
  for (const agent of thread.agents.values()) {
    const to = stateAtEnd(agent.state, status);
    if (to !== undefined) moveAgent(step, agent, { to, atMs: endedMs });
  }
  thread.endedMs = endedMs;
  setThreadState(step, THREAD_STATE_OF_STATUS[status]);
  changes.push({
    kind: 'thread-finished',
    ...at(step),
    status,
    durationMs: durationMs ?? Math.max(0, endedMs - thread.startedMs),
    spend: subtractUsd(thread.total, thread.runStartTotal),
  });
}

/** Follows the agents into a pause and out of it. */
export function followAgents(step: Step): void {
  const { thread, changes } = step;
  for (const { kind } of changes) {
    if (kind !== 'agent-state') continue;
    if (FINAL_THREAD_STATES.has(thread.state)) return;
    setThreadState(step, isPaused(thread.agents) ? 'paused' : 'running');
    return;
  }
}

export function noteReceipt({ thread, event }: Step): void {
  thread.lastEventMs = Math.max(thread.lastEventMs, event.timestampMs);
  thread.lastReceivedMs = Math.max(thread.lastReceivedMs, receivedMs(event));
  if (event.stepCount === undefined) return;
  thread.stepsReported = true;
  if (event.timestampMs >= thread.currentNodeMs) thread.stepCount = event.stepCount;
}

function setThreadState(step: Step, to: ThreadState): void {
  const { thread, changes } = step;
  if (thread.state === to) return;
  changes.push({ kind: 'thread-state', ...at(step), from: thread.state, to });
  thread.state = to;
}
