// The activity timeline as data: threads, their lanes, checkpoints and totals per state. Knows no pixels.
import {
  AGENT_STATES,
  FINAL_THREAD_STATES,
  type AgentState,
  type ThreadState,
} from 'orchestrator-exporter/contract/states';
import { toSegments, withinRuns, type Extent, type Run, type Segment, type StatePoint } from './segments.ts';

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
  readonly points: readonly StatePoint[];
  readonly costUsd: number | undefined;
}

/** What was read of one thread. Every list may be empty and unsorted. */
export interface ThreadSamples {
  readonly thread: string;
  readonly states: readonly ThreadStatePoint[];
  readonly agents: readonly AgentSamples[];
  readonly checkpoints: readonly Checkpoint[];
  readonly costUsd: number | undefined;
  /** First instant of the exact spend series; undefined where there is none. */
  readonly spendMs: number | undefined;
}

export interface Lane {
  readonly thread: string;
  readonly agent: string;
  readonly segments: readonly Segment[];
  readonly costUsd: number | undefined;
  /** A tool's lane is drawn smaller, below the agent that called it. */
  readonly isTool: boolean;
}

export interface ThreadGroup {
  readonly thread: string;
  /** Last known state; undefined where the source does not say. */
  readonly state: ThreadState | undefined;
  readonly runs: readonly Run[];
  readonly lanes: readonly Lane[];
  /** The thread's own bar: where an agent failed or waited, on top of where it ran. */
  readonly rollUp: readonly Segment[];
  readonly checkpoints: readonly Checkpoint[];
  readonly costUsd: number | undefined;
}

/** {@link Extent} without what differs from lane to lane. */
export interface TimelineExtent extends Omit<Extent, 'startUnknown'> {
  /** Points are evaluations at a step and not what happened. */
  readonly sampled: boolean;
}

export interface Timeline {
  readonly groups: readonly ThreadGroup[];
  /** Transitions drawn, for comparison with the exporter's counter. */
  readonly transitions: number;
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
    if (FINAL_THREAD_STATES.has(state)) {
      // The range may show no more than the end of a run, or the end repeated by heartbeats.
      if (startMs !== undefined || runs.length === 0) {
        runs.push({ startMs: startMs ?? -Infinity, endMs: atMs });
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

const ROLL_UP_ORDER: readonly AgentState[] = ['failed', 'waiting'];

/** Union of the lanes' segments of the two states that a reader of the collapsed thread must see. */
function rollUpOf(lanes: readonly Lane[]): Segment[] {
  return ROLL_UP_ORDER.toReversed().flatMap((state) => {
    const merged: Segment[] = [];
    const all = lanes.flatMap((lane) => lane.segments.filter((segment) => segment.state === state));
    for (const segment of all.sort((a, b) => a.startMs - b.startMs)) {
      const before = merged.at(-1);
      if (before !== undefined && segment.startMs <= before.endMs) {
        const longer = segment.endMs > before.endMs ? segment : before;
        merged[merged.length - 1] = { ...before, endMs: longer.endMs, ongoing: longer.ongoing };
      } else {
        merged.push(segment);
      }
    }
    return merged;
  });
}

function firstActiveMs(lane: Lane): number {
  return lane.segments.find((segment) => segment.state !== 'idle')?.startMs ?? Infinity;
}

/** Agents by first activity, then name; each tool's lane below the agent that was running when the tool first did. */
export function orderLanes(lanes: readonly Lane[]): Lane[] {
  const byActivity = [...lanes].sort(
    (a, b) => firstActiveMs(a) - firstActiveMs(b) || (a.agent < b.agent ? -1 : a.agent > b.agent ? 1 : 0)
  );
  const agents = byActivity.filter((lane) => !lane.isTool);
  const toolsOf = new Map<Lane | undefined, Lane[]>();
  for (const tool of byActivity.filter((lane) => lane.isTool)) {
    const calledMs = firstActiveMs(tool);
    const caller = agents
      .flatMap((lane) => lane.segments.filter((s) => s.state === 'running').map((segment) => ({ lane, segment })))
      .filter(({ segment }) => segment.startMs <= calledMs && calledMs <= segment.endMs)
      .reduce<{ lane: Lane; segment: Segment } | undefined>(
        (latest, item) => (latest === undefined || item.segment.startMs >= latest.segment.startMs ? item : latest),
        undefined
      )?.lane;
    toolsOf.set(caller, [...(toolsOf.get(caller) ?? []), tool]);
  }
  return [...agents.flatMap((agent) => [agent, ...(toolsOf.get(agent) ?? [])]), ...(toolsOf.get(undefined) ?? [])];
}

/**
 * Whether the agent's first sample may be a heartbeat, which repeats a state of unknown age. Heartbeats repeat all of a
 * thread's series at one instant, so a first sample is a true beginning if no other agent and no spend stands at the same
 * instant, or if the thread is known from before. Samples from before the range (a second query with `offset`) end the doubt.
 */
function mayHaveBegunBefore(agent: AgentSamples, thread: ThreadSamples, extent: TimelineExtent): boolean {
  const firstMs = firstSampleMs(agent.points);
  if (firstMs < extent.fromMs || extent.sampled) {
    return firstMs - extent.fromMs <= extent.holeMs;
  }
  const others = thread.agents.filter((other) => other !== agent).map((other) => firstSampleMs(other.points));
  const threadKnownMs = Math.min(...others, firstSampleMs(thread.states), thread.spendMs ?? Infinity);
  return (
    threadKnownMs >= firstMs &&
    firstMs - extent.fromMs <= extent.stalenessMs &&
    (others.includes(firstMs) || thread.spendMs === firstMs)
  );
}

function firstSampleMs(points: ReadonlyArray<{ readonly atMs: number }>): number {
  return points.reduce((earliest, point) => Math.min(earliest, point.atMs), Infinity);
}

/** Running threads first, then by first activity and name. Pure: samples may come in any order, with duplicates and holes. */
export function toTimeline(threads: readonly ThreadSamples[], extent: TimelineExtent): Timeline {
  let transitions = 0;
  const groups = threads.map((samples): ThreadGroup => {
    const runs = toRuns(samples.states);
    const lanes = samples.agents.map((agent): Lane => {
      const startUnknown = mayHaveBegunBefore(agent, samples, extent);
      const all = withinRuns(toSegments(agent.points, { ...extent, startUnknown }), runs);
      const segments = all.filter((segment) => segment.endMs >= extent.fromMs);
      transitions += segments.filter((segment) => !segment.beganBefore).length;
      return {
        thread: samples.thread,
        agent: agent.agent,
        segments,
        costUsd: agent.costUsd,
        isTool: isToolLane(agent.agent),
      };
    });
    const lastState = [...samples.states]
      .sort((a, b) => a.atMs - b.atMs)
      .findLast((point) => point.state !== undefined);
    return {
      thread: samples.thread,
      state: lastState?.state,
      runs: runs.length > 0 ? runs : runsOfLanes(lanes, extent),
      lanes: orderLanes(lanes),
      rollUp: rollUpOf(lanes),
      checkpoints: distinctCheckpoints(samples.checkpoints),
      costUsd: samples.costUsd,
    };
  });
  return { groups: groups.sort(byUrgency), transitions };
}

/** Threads that run come first: with many on one panel, those that ended would push them out of view. */
function byUrgency(a: ThreadGroup, b: ThreadGroup): number {
  const ended = (group: ThreadGroup) => Number(group.runs.every((run) => run.endMs !== undefined));
  const start = (group: ThreadGroup) => Math.min(Infinity, ...group.lanes.map(firstActiveMs));
  const [startA, startB] = [start(a), start(b)];
  return ended(a) - ended(b) || (startA === startB ? (a.thread < b.thread ? -1 : 1) : startA - startB);
}

/** Where the source names no thread states, a thread ran while its lanes say anything. */
function runsOfLanes(lanes: readonly Lane[], extent: TimelineExtent): Run[] {
  const segments = lanes.flatMap((lane) => lane.segments);
  if (segments.length === 0) {
    return [];
  }
  const endMs = segments.reduce((latest, segment) => Math.max(latest, segment.endMs), -Infinity);
  const startMs = segments.reduce((earliest, segment) => Math.min(earliest, segment.startMs), Infinity);
  return [{ startMs, endMs: endMs >= extent.nowMs ? undefined : endMs }];
}

/** One marker for each index: heartbeats repeat the last one. A lower index later is a thread that started anew. */
function distinctCheckpoints(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  const sorted = [...checkpoints].sort((a, b) => a.atMs - b.atMs);
  return sorted.filter((checkpoint, i) => sorted[i - 1]?.index !== checkpoint.index);
}

export interface StateTotal {
  readonly state: AgentState;
  readonly totalMs: number;
  readonly count: number;
  /** Part of the time that all lanes are known for, 0..1. */
  readonly share: number;
}

/** Totals of what lies inside the visible range, in the order of the state codes; states that do not occur are left out. */
export function totalsPerState(timeline: Timeline, range: { fromMs: number; toMs: number }): StateTotal[] {
  const totals = new Map<AgentState, { totalMs: number; count: number }>();
  for (const lane of timeline.groups.flatMap((group) => group.lanes)) {
    for (const segment of lane.segments) {
      const visibleMs = Math.min(segment.endMs, range.toMs) - Math.max(segment.startMs, range.fromMs);
      if (visibleMs < 0) {
        continue;
      }
      const total = totals.get(segment.state) ?? { totalMs: 0, count: 0 };
      totals.set(segment.state, { totalMs: total.totalMs + visibleMs, count: total.count + 1 });
    }
  }
  const all = [...totals.values()].reduce((sum, total) => sum + total.totalMs, 0);
  return AGENT_STATES.flatMap((state) => {
    const total = totals.get(state);
    return total === undefined ? [] : [{ state, ...total, share: all === 0 ? 0 : total.totalMs / all }];
  });
}

/** How many agents are in each state at `atMs`. */
export function agentsPerState(group: ThreadGroup, atMs: number): Map<AgentState, number> {
  const counts = new Map<AgentState, number>();
  for (const lane of group.lanes) {
    const state = lane.isTool
      ? undefined
      : lane.segments.findLast((segment) => segment.startMs <= atMs && segment.endMs >= atMs)?.state;
    if (state !== undefined) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  }
  return counts;
}
