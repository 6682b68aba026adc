// The activity timeline as data: threads, their lanes, checkpoints and totals per state. Knows no pixels.
import { AGENT_STATE_CODE, type AgentState, type ThreadState } from 'orchestrator-exporter/contract/states';
import { packSpans, withinRuns, type Extent, type PointColumns, type Run, type SpanColumns } from './build-states.ts';
import type { ThreadTotals } from './lane-spend.ts';
import { createLaneMemory, type LaneMemory } from './lane-memory.ts';
import type { LaneSpend, PlacedStep } from './segment-spend.ts';
import { withSpend } from './thread-spend.ts';
import { runningSince, segmentAt, startOf, stateOfCode, UNKNOWN_CODE, type StateColumns } from './state-columns.ts';

export interface ThreadStatePoint {
  readonly atMs: number;
  readonly state: ThreadState | undefined;
}

export interface Checkpoint {
  readonly atMs: number;
  readonly index: number;
}

/** What was read of one agent of one thread. */
export interface AgentSamples {
  readonly agent: string;
  /** One for each series that names this agent: each is drawn in a sub-lane of its own. */
  readonly points: readonly PointColumns[];
  /** Rows with a start and an end, which may overlap. */
  readonly spans?: SpanColumns | undefined;
  readonly costUsd: number | undefined;
}

/** What was read of one thread. Every list may be empty; states and checkpoints may be unsorted. */
export interface ThreadSamples {
  readonly thread: string;
  readonly workflow?: string;
  readonly states: readonly ThreadStatePoint[];
  readonly agents: readonly AgentSamples[];
  readonly checkpoints: readonly Checkpoint[];
  readonly costUsd: number | undefined;
  /** First instant of the exact spend series; undefined where there is none. */
  readonly spendMs: number | undefined;
  /** Running totals of the thread and of its agents; undefined where none were read. */
  readonly totals?: ThreadTotals | undefined;
}

export interface Lane {
  /** Unique in the timeline, and the same from one refresh to the next. */
  readonly key: string;
  readonly workflow: string;
  readonly thread: string;
  readonly agent: string;
  /** One; more where states overlap: nothing is hidden behind a neighbour. */
  readonly tracks: readonly StateColumns[];
  readonly costUsd: number | undefined;
  /** When it spent what; undefined where its running total was not read. */
  readonly spend?: LaneSpend | undefined;
  /** A tool's lane is drawn smaller, below the agent that called it. */
  readonly isTool: boolean;
  /** Key of the lane of the agent that ran when the tool first did. */
  readonly callerKey: string | undefined;
  /** Start of the first state that is not idle, Infinity without one: of all that was read, not of what is visible. */
  readonly firstActiveMs: number;
}

export interface ThreadGroup {
  readonly thread: string;
  readonly workflow: string;
  /** Last known state; undefined where the source does not say. */
  readonly state: ThreadState | undefined;
  readonly runs: readonly Run[];
  /** By first activity, tools below their callers. */
  readonly lanes: readonly Lane[];
  /** Ascending. */
  readonly checkpoints: readonly Checkpoint[];
  readonly costUsd: number | undefined;
  /** When it spent what, ascending, with what no agent accounts for; undefined where no running total was read. */
  readonly spend?: readonly PlacedStep[] | undefined;
}

/** {@link Extent} without what differs from lane to lane. */
export interface TimelineExtent extends Omit<Extent, 'startUnknown'> {
  /** Points are evaluations at a step and not what happened. */
  readonly sampled: boolean;
}

export interface Timeline {
  readonly groups: readonly ThreadGroup[];
  /** All lanes of all groups. */
  readonly lanes: readonly Lane[];
}

/** Lanes named `tool:<name>` belong to tools (semantic convention of the emitters we read). */
export function isToolLane(agent: string): boolean {
  return agent.startsWith('tool:');
}

/** Runs of a thread: from its first state, or the first after an end, to its next final state. */
export function toRuns(states: readonly ThreadStatePoint[]): Run[] {
  const runs: Run[] = [];
  let startMs: number | undefined;
  for (const { atMs, state } of [...states].sort((a, b) => a.atMs - b.atMs)) {
    if (state === undefined) {
      continue;
    }
    if (state === 'completed' || state === 'failed' || state === 'timeout') {
      // The range may show no more than the end of a run, or the end repeated by heartbeats.
      if (startMs !== undefined || runs.length === 0) {
        runs.push({ startMs: startMs ?? -Infinity, endMs: atMs, outcome: state });
      }
      startMs = undefined;
    } else {
      startMs ??= atMs;
    }
  }
  if (startMs !== undefined) {
    runs.push({ startMs, endMs: undefined });
  }
  return runs;
}

/** Start of the first state of one track that is not idle; Infinity without one. */
function firstActiveMs(columns: StateColumns): number {
  for (let i = 0; i < columns.length; i++) {
    if (columns.code[i] !== AGENT_STATE_CODE.idle && columns.code[i] !== UNKNOWN_CODE) {
      return startOf(columns, i);
    }
  }
  return Infinity;
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Agents by first activity, then name; each tool's lane below the agent that was running when the tool first did. */
export function orderLanes(lanes: readonly Lane[]): Lane[] {
  const byActivity = [...lanes].sort((a, b) =>
    a.firstActiveMs === b.firstActiveMs ? byName(a.agent, b.agent) : a.firstActiveMs - b.firstActiveMs
  );
  const agents = byActivity.filter((lane) => !lane.isTool);
  const tools = byActivity
    .filter((lane) => lane.isTool)
    .map((tool): Lane => {
      let caller: { readonly key: string; readonly sinceMs: number } | undefined;
      for (const agent of agents) {
        const sinceMs = runningSince(agent.tracks, tool.firstActiveMs);
        if (sinceMs > -Infinity && (caller === undefined || sinceMs >= caller.sinceMs)) {
          caller = { key: agent.key, sinceMs };
        }
      }
      return { ...tool, callerKey: caller?.key };
    });
  return belowCallers(agents, tools);
}

/** `agents` in their order, each followed by its tools; tools without a caller last. */
export function belowCallers(agents: readonly Lane[], tools: readonly Lane[]): Lane[] {
  const present = new Set(agents.map((agent) => agent.key));
  const toolsOf = new Map<string | undefined, Lane[]>();
  for (const tool of tools) {
    const caller = tool.callerKey !== undefined && present.has(tool.callerKey) ? tool.callerKey : undefined;
    const siblings = toolsOf.get(caller) ?? [];
    siblings.push(tool);
    toolsOf.set(caller, siblings);
  }
  return [...agents.flatMap((agent) => [agent, ...(toolsOf.get(agent.key) ?? [])]), ...(toolsOf.get(undefined) ?? [])];
}

/**
 * Whether the agent's first sample may be a heartbeat, which repeats a state of unknown age. Heartbeats repeat all of a
 * thread's series at one instant, so a first sample is a true beginning if no other agent and no spend stands at the same
 * instant, or if the thread is known from before. Samples from before the range (a second query with `offset`) end the doubt.
 */
function mayHaveBegunBefore(firstMs: number, thread: FirstSamples, extent: TimelineExtent): boolean {
  if (firstMs < extent.fromMs || extent.sampled) {
    return firstMs - extent.fromMs <= extent.holeMs;
  }
  const isShared = (thread.agentsAt.get(firstMs) ?? 0) > 1 || thread.spendMs === firstMs;
  return thread.earliestMs >= firstMs && firstMs - extent.fromMs <= extent.stalenessMs && isShared;
}

/** The first samples of a thread's series. */
interface FirstSamples {
  readonly earliestMs: number;
  /** How many agents have their first sample at an instant. */
  readonly agentsAt: ReadonlyMap<number, number>;
  readonly spendMs: number | undefined;
}

function firstSampleMs(agent: AgentSamples): number {
  return agent.points.reduce((earliest, points) => Math.min(earliest, points.atMs[0] ?? Infinity), Infinity);
}

function firstSamplesOf(thread: ThreadSamples): FirstSamples {
  const agentsAt = new Map<number, number>();
  let earliestMs = thread.spendMs ?? Infinity;
  for (const agent of thread.agents) {
    const firstMs = firstSampleMs(agent);
    agentsAt.set(firstMs, (agentsAt.get(firstMs) ?? 0) + 1);
    earliestMs = Math.min(earliestMs, firstMs);
  }
  for (const { atMs } of thread.states) {
    earliestMs = Math.min(earliestMs, atMs);
  }
  return { earliestMs, agentsAt, spendMs: thread.spendMs };
}

/** What a thread's lanes are built with. */
interface ThreadContext {
  readonly samples: ThreadSamples;
  readonly runs: readonly Run[];
  readonly first: FirstSamples;
  readonly extent: TimelineExtent;
  readonly memory: LaneMemory;
}

function laneOf(agent: AgentSamples, { samples, runs, first, extent, memory }: ThreadContext): Lane {
  const key = JSON.stringify([samples.thread, agent.agent]);
  const startUnknown = mayHaveBegunBefore(firstSampleMs(agent), first, extent);
  const sampled = agent.points.map((points, i) => memory.states(`${i} ${key}`, points, { ...extent, startUnknown }));
  const packed = agent.spans === undefined ? [] : packSpans(agent.spans, extent);
  const tracks = [...sampled, ...packed].map((columns) => withinRuns(columns, runs));
  return {
    key,
    workflow: samples.workflow ?? '',
    thread: samples.thread,
    agent: agent.agent,
    tracks,
    costUsd: agent.costUsd,
    isTool: isToolLane(agent.agent),
    callerKey: undefined,
    firstActiveMs: Math.min(Infinity, ...tracks.map(firstActiveMs)),
  };
}

/**
 * Running threads first, then by first activity and name. Pure but for `memory`, which only saves work: samples may have
 * duplicates and holes.
 */
export function toTimeline(
  threads: readonly ThreadSamples[],
  extent: TimelineExtent,
  memory: LaneMemory = createLaneMemory()
): Timeline {
  memory.begin();
  const groups = threads.map((samples): ThreadGroup => {
    const runs = toRuns(samples.states);
    const context = { samples, runs, first: firstSamplesOf(samples), extent, memory };
    const built = samples.agents.map((agent) => laneOf(agent, context));
    const { lanes: spenders, spend } = withSpend(built, samples.totals, { runs, fromMs: extent.fromMs });
    const lanes = orderLanes(spenders);
    const lastState = [...samples.states]
      .sort((a, b) => a.atMs - b.atMs)
      .findLast((point) => point.state !== undefined);
    return {
      thread: samples.thread,
      workflow: samples.workflow ?? '',
      state: lastState?.state,
      runs: runs.length > 0 ? runs : runsOfLanes(lanes, extent),
      lanes,
      checkpoints: distinctCheckpoints(samples.checkpoints),
      costUsd: samples.costUsd,
      spend,
    };
  });
  const ordered = groups.sort(byUrgency);
  return { groups: ordered, lanes: ordered.flatMap((group) => group.lanes) };
}

/** First activity of any of the lanes; Infinity without one. */
export function firstActivity(lanes: readonly Lane[]): number {
  return lanes.reduce((earliest, lane) => Math.min(earliest, lane.firstActiveMs), Infinity);
}

/** Whether none of the thread's runs goes on. */
export function hasEnded(group: ThreadGroup): boolean {
  return group.runs.every((run) => run.endMs !== undefined);
}

/** Threads that run come first: with many on one panel, those that ended would push them out of view. */
function byUrgency(a: ThreadGroup, b: ThreadGroup): number {
  const [startA, startB] = [firstActivity(a.lanes), firstActivity(b.lanes)];
  return (
    Number(hasEnded(a)) - Number(hasEnded(b)) || (startA === startB ? byName(a.thread, b.thread) : startA - startB)
  );
}

/** Where the source names no thread states, a thread ran while its lanes say anything. */
function runsOfLanes(lanes: readonly Lane[], extent: TimelineExtent): Run[] {
  const known = lanes.flatMap((lane) => lane.tracks.filter((columns) => columns.length > 0));
  if (known.length === 0) {
    return [];
  }
  const endMs = known.reduce((latest, columns) => Math.max(latest, columns.endMs), -Infinity);
  const startMs = known.reduce((earliest, columns) => Math.min(earliest, startOf(columns, 0)), Infinity);
  return [{ startMs, endMs: endMs >= extent.nowMs ? undefined : endMs }];
}

/** One marker for each index: heartbeats repeat the last one. A lower index later is a thread that started anew. */
function distinctCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  const sorted = [...checkpoints].sort((a, b) => a.atMs - b.atMs);
  return sorted.filter((checkpoint, i) => sorted[i - 1]?.index !== checkpoint.index);
}

/** How many agents are in each state at `atMs`; tools are not counted. */
export function agentsPerState(group: ThreadGroup, atMs: number): Map<AgentState, number> {
  const counts = new Map<AgentState, number>();
  for (const lane of group.lanes.filter((one) => !one.isTool)) {
    for (const columns of lane.tracks) {
      // What ended at this very instant still counts: a range that lies in the past is told as it was at its end.
      const state = segmentAt(columns, atMs)?.state ?? (columns.endMs === atMs ? lastState(columns) : undefined);
      if (state !== undefined) {
        counts.set(state, (counts.get(state) ?? 0) + 1);
        break;
      }
    }
  }
  return counts;
}

function lastState(columns: StateColumns): AgentState | undefined {
  return stateOfCode(columns.code[columns.length - 1]);
}
