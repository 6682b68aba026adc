// The series of the timeline: which exist, what each holds at the watermark, and which still get a heartbeat.
import { ENVIRONMENT_LABEL, TIMELINE } from '../contract/metrics.ts';
import { FINAL_THREAD_STATES, THREAD_STATE_CODE } from '../contract/states.ts';
import { labelsText } from './exposition.ts';

export const TIMELINE_FAMILIES = ['agentState', 'threadState', 'threadCost', 'checkpoint'] as const;
export type TimelineFamily = (typeof TIMELINE_FAMILIES)[number];

/**
 * Series of forgotten threads that are remembered for their order, about 5 MB. Past it the thread that was forgotten first goes
 * before its time: should it come back within the hour, Prometheus may refuse a sample that goes before one it has.
 */
const MAX_FORGOTTEN_SERIES = 10_000;

const FINAL_CODES: ReadonlySet<number> = new Set([...FINAL_THREAD_STATES].map((state) => THREAD_STATE_CODE[state]));

/** One series. `value` is a state code, nano-USD or a checkpoint index, by family. */
export interface TimelineSeries {
  readonly family: TimelineFamily;
  readonly ref: SeriesRef;
  /** Labels behind `environment`, in the order of the catalogue. */
  readonly values: readonly string[];
  /** `name{labels} `, ready to be followed by a value and a timestamp. */
  readonly head: string;
  /** The newest settled sample: merged, in its place for good. */
  settledMs: number;
  settledValue: number | undefined;
  /** When it truly was; before `settledMs` where ties had to be moved apart. */
  settledTrueMs: number;
  /** Number of the event that its first sample came of; see Timeline. Infinite before. */
  firstEvent: number;
  /** The newest heartbeat any consumer was given: nothing may be put at or before it any more. */
  heartbeatMs: number;
  /** Where somebody was told that it ends; nor may anything be put at or before that. */
  endMs: number;
}

/** What was true of a series from `atMs` on. */
export interface Sample {
  readonly series: TimelineSeries;
  readonly atMs: number;
  readonly value: number;
}

/** A sample that stands for good. */
export interface SettledSample extends Sample {
  /** When it truly was; before `atMs` where ties had to be moved apart. */
  readonly trueMs: number;
  /** Number of the event that it came of. */
  readonly event: number;
}

interface ThreadSeries {
  readonly threadState: TimelineSeries;
  readonly threadCost: TimelineSeries;
  readonly checkpoint: TimelineSeries;
  readonly agents: Map<string, TimelineSeries>;
  forgotten: boolean;
}

/** The newest settled sample; null where there is none. */
type SettledDump = readonly [
  settledMs: number | null,
  value: number | null,
  trueMs: number | null,
  /** Absent in snapshots of before it was kept. */
  firstEvent?: number | null,
];

/** The series of a thread in a snapshot. */
export interface TimelineSeriesDump {
  readonly threadId: string;
  readonly forgotten: boolean;
  readonly threadState: SettledDump;
  readonly threadCost: SettledDump;
  readonly checkpoint: SettledDump;
  readonly agents: readonly (readonly [lane: string, SettledDump])[];
}

/** JSON knows no infinity. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function dumpSettled({ settledMs, settledValue, settledTrueMs, firstEvent }: TimelineSeries): SettledDump {
  return [finiteOrNull(settledMs), settledValue ?? null, finiteOrNull(settledTrueMs), finiteOrNull(firstEvent)];
}

function loadSettled(series: TimelineSeries, [settledMs, value, trueMs, firstEvent]: SettledDump): void {
  series.settledMs = settledMs ?? Number.NEGATIVE_INFINITY;
  series.settledValue = value ?? undefined;
  series.settledTrueMs = trueMs ?? Number.NEGATIVE_INFINITY;
  series.firstEvent = firstEvent ?? (settledMs === null ? Number.POSITIVE_INFINITY : 0);
}

/** The series of one sample: agents have one each, the others are the thread's. */
export type SeriesRef =
  | { readonly family: 'agentState'; readonly threadId: string; readonly lane: string }
  | { readonly family: Exclude<TimelineFamily, 'agentState'>; readonly threadId: string };

export class TimelineSeriesSet {
  readonly #environment: string;
  /** Forgotten ones stand in the order in which they were. */
  readonly #threads = new Map<string, ThreadSeries>();
  readonly #maxForgotten: number;
  #forgotten = 0;

  constructor(environment: string, maxForgotten = MAX_FORGOTTEN_SERIES) {
    this.#environment = environment;
    this.#maxForgotten = maxForgotten;
  }

  /** Threads that have series, forgotten ones included. */
  get threads(): number {
    return this.#threads.size;
  }

  of(ref: SeriesRef): TimelineSeries {
    const thread = this.#thread(ref.threadId);
    if (ref.family !== 'agentState') return thread[ref.family];
    let series = thread.agents.get(ref.lane);
    if (series === undefined) {
      series = this.#series(ref, [ref.threadId, ref.lane]);
      thread.agents.set(ref.lane, series);
      if (thread.forgotten) this.#forgotten += 1;
    }
    return series;
  }

  /**
   * What is still true at the watermark: state and cost of threads that had not ended by then, and of those that ended at
   * `endedSinceMs` or later. Checkpoints are instants.
   */
  *heartbeats(endedSinceMs = Number.POSITIVE_INFINITY): Iterable<TimelineSeries> {
    for (const thread of this.#threads.values()) {
      const state = thread.threadState.settledValue;
      if (thread.forgotten || state === undefined) continue;
      if (FINAL_CODES.has(state) && thread.threadState.settledMs < endedSinceMs) continue;
      yield thread.threadState;
      yield thread.threadCost;
      yield* thread.agents.values();
    }
  }

  has(threadId: string): boolean {
    return this.#threads.has(threadId);
  }

  /** Of a thread that has ended: when, and its series that hold anything. Undefined while it goes on. */
  ended(threadId: string): { readonly atMs: number; readonly series: readonly TimelineSeries[] } | undefined {
    const thread = this.#threads.get(threadId);
    const state = thread?.threadState.settledValue;
    if (thread === undefined || state === undefined || !FINAL_CODES.has(state)) return undefined;
    const all = [thread.threadState, thread.threadCost, thread.checkpoint, ...thread.agents.values()];
    const series = all.filter(({ settledValue }) => settledValue !== undefined);
    return { atMs: thread.threadState.settledMs, series };
  }

  /** No heartbeat any more; the order of its samples is still kept until `purge`. */
  forget(threadId: string): void {
    const thread = this.#threads.get(threadId);
    if (thread === undefined || thread.forgotten) return;
    thread.forgotten = true;
    this.#threads.delete(threadId);
    this.#threads.set(threadId, thread);
    this.#forgotten += sizeOf(thread);
    for (const [oldestId, oldest] of this.#threads) {
      if (this.#forgotten <= this.#maxForgotten) return;
      if (oldest.forgotten) this.#drop(oldestId, oldest);
    }
  }

  /** A forgotten thread that is heard of again goes on in the same series. */
  revive(threadId: string): void {
    const thread = this.#thread(threadId);
    if (thread.forgotten) this.#forgotten -= sizeOf(thread);
    thread.forgotten = false;
  }

  /** Lets go of forgotten threads whose last sample is older than `beforeMs`, when no event may come before it any more. */
  purge(beforeMs: number): void {
    for (const [threadId, thread] of this.#threads) {
      if (!thread.forgotten) continue;
      const all = [thread.threadState, thread.threadCost, thread.checkpoint, ...thread.agents.values()];
      if (all.every((series) => Math.max(series.settledMs, series.heartbeatMs) < beforeMs))
        this.#drop(threadId, thread);
    }
  }

  #drop(threadId: string, thread: ThreadSeries): void {
    this.#threads.delete(threadId);
    if (thread.forgotten) this.#forgotten -= sizeOf(thread);
  }

  /** Heartbeats are left out: they are what this process has told. */
  *dump(): Generator<TimelineSeriesDump> {
    for (const [threadId, { forgotten, threadState, threadCost, checkpoint, agents }] of this.#threads) {
      yield {
        threadId,
        forgotten,
        threadState: dumpSettled(threadState),
        threadCost: dumpSettled(threadCost),
        checkpoint: dumpSettled(checkpoint),
        agents: [...agents].map(([lane, series]) => [lane, dumpSettled(series)]),
      };
    }
  }

  load({ threadId, forgotten, threadState, threadCost, checkpoint, agents }: TimelineSeriesDump): void {
    const thread = this.#thread(threadId);
    loadSettled(thread.threadState, threadState);
    loadSettled(thread.threadCost, threadCost);
    loadSettled(thread.checkpoint, checkpoint);
    for (const [lane, settled] of agents) loadSettled(this.of({ family: 'agentState', threadId, lane }), settled);
    if (!forgotten) return;
    thread.forgotten = true;
    this.#forgotten += sizeOf(thread);
  }

  #thread(threadId: string): ThreadSeries {
    let thread = this.#threads.get(threadId);
    if (thread === undefined) {
      thread = {
        threadState: this.#series({ family: 'threadState', threadId }, [threadId]),
        threadCost: this.#series({ family: 'threadCost', threadId }, [threadId]),
        checkpoint: this.#series({ family: 'checkpoint', threadId }, [threadId]),
        agents: new Map(),
        forgotten: false,
      };
      this.#threads.set(threadId, thread);
    }
    return thread;
  }

  #series(ref: SeriesRef, values: readonly string[]): TimelineSeries {
    const { family } = ref;
    const row = TIMELINE[family];
    const labels = labelsText([ENVIRONMENT_LABEL, ...row.labels], [this.#environment, ...values]);
    return {
      family,
      ref,
      values,
      head: `${row.name}{${labels}} `,
      settledMs: Number.NEGATIVE_INFINITY,
      settledValue: undefined,
      settledTrueMs: Number.NEGATIVE_INFINITY,
      firstEvent: Number.POSITIVE_INFINITY,
      heartbeatMs: Number.NEGATIVE_INFINITY,
      endMs: Number.NEGATIVE_INFINITY,
    };
  }
}

function sizeOf({ agents }: ThreadSeries): number {
  return 3 + agents.size;
}
