// Node runs: a start opens a run on its lane, an end closes the oldest open run of its node.
import type { NodeOutcome } from '../contract/labels.ts';
import { hearOfAgent, isLate, moveAgent } from './agents.ts';
import { at, type AgentRecord, type OpenRun, type Step, type ThreadRecord } from './thread-record.ts';

/** Open runs, and ends without a start, that one lane remembers; the oldest are given up. */
const MAX_REMEMBERED_RUNS = 1_000;
/** As many of each as all lanes of a thread together remember; past it a lane remembers its newest only. */
const MAX_REMEMBERED_RUNS_OF_THREAD = 10_000;

export interface RunStart {
  readonly node: string;
  readonly lane: string;
  readonly byRoute: boolean;
}

export interface RunEnd {
  readonly node: string;
  readonly lane: string;
  readonly outcome: NodeOutcome;
  readonly durationMs: number | undefined;
}

/** The lane runs. A StateGraph runs one node at a time, so a start there shows that a node still open had thrown. */
export function startRun(step: Step, { node, lane, byRoute }: RunStart): void {
  const { thread, event } = step;
  if (event.dialect === 'state-graph') giveUpOpenRuns(step);
  const agent = hearOfAgent(step, lane, 'running');
  const early =
    agent.earlyEnds.length === 0
      ? -1
      : agent.earlyEnds.findIndex((end) => end.node === node && end.atMs > event.timestampMs);
  if (early >= 0) {
    agent.earlyEnds.splice(early, 1);
    isLate(step, agent);
    return;
  }
  if (thread.endedMs !== undefined) return;
  openRun(step, agent, { node, startMs: event.timestampMs, dialect: event.dialect, byRoute });
  if (event.timestampMs >= thread.currentNodeMs) {
    thread.currentNode = node;
    thread.currentNodeMs = event.timestampMs;
  }
  // A late start of a run that is still open: idle is disproved, a state that was set on purpose is not.
  if (isLate(step, agent) && agent.state !== 'idle') return;
  moveAgent(step, agent, { to: 'running', atMs: event.timestampMs });
}

/** Counts the run, with the time between its two events where the orchestrator gives no duration. */
export function endRun(step: Step, { node, lane, outcome, durationMs }: RunEnd): void {
  const { thread, event, changes } = step;
  const agent = hearOfAgent(step, lane, outcome === 'failed' ? 'failed' : 'idle');
  const opened = closeRun(step, agent, node);
  if (opened === undefined) {
    changes.push({ kind: 'anomaly', ...at(step), anomaly: 'end_without_start' });
    remember(agent.earlyEnds, { node, atMs: event.timestampMs }, earlyEndsOf(thread));
  }
  const tookMs = durationMs ?? timeBetween(step, opened);
  if (tookMs !== undefined) {
    thread.timedRuns += 1;
    thread.timedRunsMs += tookMs;
  }
  if (!thread.stepsReported) thread.stepCount += 1;
  agent.lastRunEndMs = Math.max(agent.lastRunEndMs, event.timestampMs);
  const { threadId, workflow } = thread;
  const { timestampMs: atMs } = event;
  changes.push({ kind: 'node-run', threadId, workflow, atMs, node, agent: agent.agent, outcome, durationMs: tookMs });
  if (isLate(step, agent)) return;
  if (outcome === 'failed') {
    moveAgent(step, agent, { to: 'failed', atMs: event.timestampMs });
  } else if (agent.openRuns.length === 0 && agent.state !== 'failed' && agent.state !== 'completed') {
    moveAgent(step, agent, { to: 'idle', atMs: agent.lastRunEndMs });
  }
}

/** A route that carries runs ends `node` only where it was seen to run: the first route leaves a node that never did. */
export function hasOpenRun(step: Step, node: string): boolean {
  return step.thread.agents.get(node)?.openRuns.some((run) => run.node === node) ?? false;
}

/** Forgets what is open, without counting: the run of the thread that they belonged to is over. */
export function dropOpenRuns(step: Step): void {
  step.thread.openRunCount = 0;
  for (const agent of step.thread.agents.values()) {
    agent.openRuns.length = 0;
    agent.earlyEnds.length = 0;
  }
}

function openRun({ thread }: Step, agent: AgentRecord, run: OpenRun): void {
  const same = openRunOf(agent, run.node);
  const open = agent.openRuns[same];
  // A route and a start event of the same node tell of one run.
  if (open !== undefined && run.byRoute) return;
  if (open?.byRoute === true) {
    agent.openRuns[same] = { ...run, startMs: Math.min(open.startMs, run.startMs) };
    return;
  }
  thread.openRunCount += remember(agent.openRuns, run, thread.openRunCount);
}

function closeRun({ thread }: Step, agent: AgentRecord, node: string): OpenRun | undefined {
  const oldest = openRunOf(agent, node);
  if (oldest < 0) return undefined;
  thread.openRunCount -= 1;
  // Mostly the only one: `splice` would make a list of it.
  return oldest === agent.openRuns.length - 1 ? agent.openRuns.pop() : agent.openRuns.splice(oldest, 1)[0];
}

/** Place of the oldest open run of the node; -1 without any. */
function openRunOf({ openRuns }: AgentRecord, node: string): number {
  for (let at = 0; at < openRuns.length; at += 1) if (openRuns[at]?.node === node) return at;
  return -1;
}

function timeBetween(step: Step, opened: OpenRun | undefined): number | undefined {
  if (opened === undefined) return undefined;
  const tookMs = step.event.timestampMs - opened.startMs;
  if (tookMs >= 0) return tookMs;
  step.changes.push({ kind: 'anomaly', ...at(step), anomaly: 'duration_negative' });
  return undefined;
}

function giveUpOpenRuns(step: Step): void {
  const { thread, event, changes } = step;
  if (thread.openRunCount === 0) return;
  const isOlder = (run: OpenRun): boolean => run.dialect === 'state-graph' && run.startMs <= event.timestampMs;
  for (const agent of thread.agents.values()) {
    const thrown = agent.openRuns.filter(isOlder);
    if (thrown.length === 0) continue;
    for (const run of thrown) {
      closeRun(step, agent, run.node);
      const fact = { node: run.node, agent: agent.agent, outcome: 'failed', durationMs: undefined } as const;
      changes.push({ kind: 'node-run', ...at(step), ...fact });
    }
    moveAgent(step, agent, { to: 'failed', atMs: event.timestampMs });
  }
}

function earlyEndsOf({ agents }: ThreadRecord): number {
  let sum = 0;
  for (const { earlyEnds } of agents.values()) sum += earlyEnds.length;
  return sum;
}

/** Appends, giving up the lane's oldest past the bounds. @returns by how much the list grew. */
function remember<T>(list: T[], item: T, ofThread: number): 0 | 1 {
  list.push(item);
  const max = ofThread < MAX_REMEMBERED_RUNS_OF_THREAD ? MAX_REMEMBERED_RUNS : 1;
  if (list.length <= max) return 1;
  list.shift();
  return 0;
}
