// The mutable records behind ThreadView and AgentView, with what only the model needs to know.
import type { Dialect, OrchestratorEvent } from '../contract/event.ts';
import { nano, ZERO_USD, type NanoUsd } from '../contract/money.ts';
import type { TokenDirection } from '../contract/labels.ts';
import type { AgentState, ThreadState } from '../contract/states.ts';
import type { Change } from './change.ts';
import type { CheckpointView, SpendStep } from './views.ts';

export interface OpenRun {
  readonly node: string;
  readonly startMs: number;
  readonly dialect: Dialect;
  /** Opened by a route, not by a start event of its own. */
  readonly byRoute: boolean;
}

export interface AgentRecord {
  readonly agent: string;
  state: AgentState;
  sinceMs: number;
  lastEventMs: number;
  spend: NanoUsd;
  task: string | undefined;
  /** Event time of the newest event that said what the state is, whether or not it changed. */
  assertedMs: number;
  /** Whether an agent event named it; a bare node lane is not an agent to attribute spend to while there are such. */
  named: boolean;
  /** Oldest first. */
  readonly openRuns: OpenRun[];
  /** Ends that came before their start did, newest last. */
  readonly earlyEnds: { readonly node: string; readonly atMs: number }[];
  lastRunEndMs: number;
}

/** What one run of a thread has been told of its running total. A thread that starts again begins a new one. */
export interface TotalFrame {
  /** Highest running total reported in this run, or carried over from the run before. */
  reported: NanoUsd;
  /** Whether this run has reported a running total yet. */
  heard: boolean;
}

export interface ThreadRecord {
  readonly threadId: string;
  readonly workflow: string;
  readonly team: string;
  state: ThreadState;
  startedMs: number;
  lastEventMs: number;
  lastReceivedMs: number;
  endedMs: number | undefined;
  currentNode: string | undefined;
  /** Event time of what set `currentNode`. */
  currentNodeMs: number;
  stepCount: number;
  /** The orchestrator counts steps itself. */
  stepsReported: boolean;
  timedRuns: number;
  timedRunsMs: number;
  total: NanoUsd;
  /** `total` when the present run began. */
  runStartTotal: NanoUsd;
  frame: TotalFrame;
  /** Of the run before, for its events that arrive after the present run began. */
  priorFrame: TotalFrame | undefined;
  readonly tokens: Record<TokenDirection, number>;
  budgetLimit: NanoUsd | undefined;
  budgetRemaining: NanoUsd | undefined;
  budgetMs: number;
  /** Whether the limit is the orchestrator's own or of budgets.yml. */
  budgetReported: boolean;
  readonly agents: Map<string, AgentRecord>;
  openRunCount: number;
  readonly checkpoints: CheckpointView[];
  checkpointCount: number;
  spendBase: NanoUsd;
  readonly spendSteps: SpendStep[];
}

/** One event on its way through the model: the thread it belongs to and the changes it makes. */
export interface Step<E extends OrchestratorEvent = OrchestratorEvent> {
  readonly thread: ThreadRecord;
  readonly event: E;
  readonly changes: Change[];
  /** All threads together have as many lanes as they may: new names share the lane `other`. */
  readonly lanesAreFull?: boolean;
}

/** What every change of a step begins with; at the event's time unless told otherwise. */
export function at(
  { thread, event }: Step,
  atMs = event.timestampMs
): { readonly threadId: string; readonly workflow: string; readonly atMs: number } {
  return { threadId: thread.threadId, workflow: thread.workflow, atMs };
}

export function newThread(event: OrchestratorEvent): ThreadRecord {
  return {
    threadId: event.threadId,
    workflow: event.workflow ?? '',
    team: event.team ?? '',
    state: 'running',
    startedMs: event.timestampMs,
    lastEventMs: event.timestampMs,
    lastReceivedMs: receivedMs(event),
    endedMs: undefined,
    currentNode: undefined,
    currentNodeMs: event.timestampMs,
    stepCount: 0,
    stepsReported: false,
    timedRuns: 0,
    timedRunsMs: 0,
    total: ZERO_USD,
    runStartTotal: ZERO_USD,
    frame: { reported: ZERO_USD, heard: false },
    priorFrame: undefined,
    tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0, reasoning: 0 },
    budgetLimit: undefined,
    budgetRemaining: undefined,
    budgetMs: 0,
    budgetReported: false,
    agents: new Map(),
    openRunCount: 0,
    checkpoints: [],
    checkpointCount: 0,
    spendBase: ZERO_USD,
    spendSteps: [],
  };
}

/** A thread as a snapshot holds it. Tasks are not kept, as they are not journalled. */
export interface ThreadDump extends Omit<ThreadRecord, 'agents' | 'spendSteps'> {
  readonly agents: readonly Omit<AgentRecord, 'task'>[];
  /** Time and total in turn. */
  readonly spendSteps: readonly number[];
}

export function dumpThread(thread: ThreadRecord): ThreadDump {
  const agents = [...thread.agents.values()].map((agent) => ({ ...agent, task: undefined }));
  return { ...thread, agents, spendSteps: thread.spendSteps.flatMap(({ atMs, total }) => [atMs, total]) };
}

/** What JSON leaves out was undefined. */
export function loadThread(dump: ThreadDump): ThreadRecord {
  const agents = new Map(dump.agents.map((agent) => [agent.agent, { ...agent, task: undefined }]));
  const { endedMs, currentNode, priorFrame, budgetLimit, budgetRemaining } = dump;
  const spendSteps: SpendStep[] = [];
  for (let at = 0; at < dump.spendSteps.length; at += 2) {
    spendSteps.push({ atMs: dump.spendSteps[at] ?? 0, total: nano(dump.spendSteps[at + 1] ?? 0) });
  }
  return { ...dump, endedMs, currentNode, priorFrame, budgetLimit, budgetRemaining, agents, spendSteps };
}

export function receivedMs(event: OrchestratorEvent): number {
  return event.receivedMs ?? event.timestampMs;
}
