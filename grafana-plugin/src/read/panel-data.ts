// From what Grafana hands over to what the panel draws, or what is missing for it. The only entry into read/.
import { FieldType, type DataFrame } from '@grafana/data';
import { BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { mostAtRiskFirst, toBurnDown, type BudgetSamples, type BurnDown } from '../model/burn-down.ts';
import { createLaneMemory, type LaneMemory } from '../model/lane-memory.ts';
import type { SpenderTotal } from '../model/spend.ts';
import { toTimeline, type ThreadGroup, type Timeline, type TimelineExtent } from '../model/timeline.ts';
import { readBudgets } from './budgets.ts';
import { toSeries, type Series } from './series.ts';
import { readSpenders } from './spend.ts';
import { readStateLooks, type StateLooks } from './state-looks.ts';
import { readTimeline, type Resolution } from './timeline.ts';

/** What a band has nothing of, and the queries that would bring it, one a line. */
export interface Lack {
  readonly of: 'states' | 'budget';
  readonly query: string;
}

export interface PanelData {
  readonly timeline: Timeline | undefined;
  readonly timelineLack: Lack | undefined;
  /** Most at risk first; it is the one that the figures are about. */
  readonly burnDowns: readonly BurnDown[];
  readonly budgetLack: Lack | undefined;
  /** Running totals of agents and models, for the spend of a brushed range. */
  readonly spenders: readonly SpenderTotal[];
  readonly resolution: Resolution | undefined;
  /** Names and colours that mappings and overrides give to states. */
  readonly looks: StateLooks;
}

export interface ReadInput {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** For how long a state or an amount is believed after its last sample. */
  readonly stalenessSeconds: number;
}

/** Outage that the exporter makes up for afterwards: Prometheus refuses samples older than about an hour. */
const EXACT_HOLE_MS = 3_600_000;

const NO_AGENT_STATES: Lack = {
  of: 'states',
  query: `${TIMELINE.agentState.name}{thread="$thread"}[2m\${__range_ms}ms]`,
};

const NO_BUDGET: Lack = {
  of: 'budget',
  query: [
    ...[BUDGETS.limit, BUDGETS.remaining].map((row) => `${row.name}{budget="$budget"}`),
    ...[PER_THREAD.threadBudgetLimit, PER_THREAD.threadBudgetRemaining].map((row) => `${row.name}{thread="$thread"}`),
  ].join('\n'),
};

function extentFor(input: ReadInput, resolution: Resolution): TimelineExtent {
  const stalenessMs = input.stalenessSeconds * 1000;
  return {
    fromMs: input.fromMs,
    toMs: input.toMs,
    nowMs: input.nowMs,
    sampled: resolution.kind === 'sampled',
    stalenessMs: resolution.kind === 'exact' ? stalenessMs : Math.max(stalenessMs, resolution.stepMs),
    // Exact samples are changes: what stands between two of them held. Sampled ones are absent where nothing was known.
    holeMs: resolution.kind === 'exact' ? EXACT_HOLE_MS : 1.5 * resolution.stepMs,
  };
}

/**
 * False for the budget of a thread of which the timeline knows nothing: it ended before the range, and its gauges merely have
 * not been withdrawn yet. Without a timeline nobody knows.
 */
function isOfRange({ kind, name }: BudgetSamples, timeline: Timeline | undefined): boolean {
  return kind !== 'thread' || timeline === undefined || timeline.groups.some((group) => group.thread === name);
}

/** A thread's budget ends with its thread. */
function withEnd(budget: BudgetSamples, groups: readonly ThreadGroup[]): BudgetSamples {
  const last = groups.find((group) => budget.kind === 'thread' && group.thread === budget.name)?.runs.at(-1);
  if (last?.endMs === undefined) {
    return budget;
  }
  // The ideal line of a thread runs from its true start to its true end, so it is drawn only once both are known.
  const periods = Number.isFinite(last.startMs) ? [{ startMs: last.startMs, endMs: last.endMs }] : [];
  return { ...budget, endedMs: last.endMs, periods };
}

/** What the read before left: built lanes, and all of it where nothing has changed since. */
export interface ReadMemory {
  readonly lanes: LaneMemory;
  last: LastRead | undefined;
}

interface LastRead {
  readonly content: string;
  readonly nowMs: number;
  /** From here on a later now changes nothing: no sample is believed any longer. */
  readonly settledMs: number;
  readonly data: PanelData;
}

export function createReadMemory(): ReadMemory {
  return { lanes: createLaneMemory(), last: undefined };
}

/** The same for frames of equal content and an equal range; undefined where there is more than plain series. */
function contentOf(frames: readonly DataFrame[], series: readonly Series[], input: ReadInput): string | undefined {
  const isPlain = frames.every((frame) => frame.fields.filter(({ type }) => type === FieldType.time).length === 1);
  if (!isPlain || series.some(({ fingerprint }) => fingerprint === undefined)) {
    return undefined;
  }
  const told = series.map(({ metric, labels, intervalMs, onGrid, fingerprint }) =>
    JSON.stringify([metric, labels, intervalMs, onGrid, fingerprint])
  );
  return [input.fromMs, input.toMs, input.stalenessSeconds, ...told].join('\n');
}

function settledMsOf(series: readonly Series[], input: ReadInput, resolution: Resolution | undefined): number {
  const stepMs = resolution?.kind === 'sampled' ? resolution.stepMs : 0;
  const lastMs = series.reduce(
    (latest, { atMs, length }) => Math.max(latest, atMs[length - 1] ?? -Infinity),
    -Infinity
  );
  return lastMs + Math.max(input.stalenessSeconds * 1000, stepMs);
}

/**
 * Reads `frames`; copies everything it keeps. Never throws on data: what cannot be read is missing and said so. With the
 * `memory` of the read before, lanes whose samples are the same are not built again, and where nothing changed at all the
 * very same object comes back.
 */
export function readPanelData(
  frames: readonly DataFrame[],
  input: ReadInput,
  memory: ReadMemory = createReadMemory()
): PanelData {
  const series = toSeries(frames);
  const content = contentOf(frames, series, input);
  const looks = readStateLooks(frames);
  const { last } = memory;
  const isSettled = last !== undefined && Math.min(input.nowMs, last.nowMs) > last.settledMs;
  if (last !== undefined && last.content === content && (isSettled || last.nowMs === input.nowMs)) {
    if (JSON.stringify(looks) !== JSON.stringify(last.data.looks)) {
      memory.last = { ...last, data: { ...last.data, looks } };
    }
    return memory.last?.data ?? last.data;
  }
  const data = { ...readSeries(frames, series, input, memory.lanes), looks };
  const settledMs = settledMsOf(series, input, data.resolution);
  memory.last = content === undefined ? undefined : { content, nowMs: input.nowMs, settledMs, data };
  return data;
}

function readSeries(
  frames: readonly DataFrame[],
  series: readonly Series[],
  input: ReadInput,
  memory: LaneMemory
): Omit<PanelData, 'looks'> {
  const read = readTimeline(series, frames);
  const timeline = read === undefined ? undefined : toTimeline(read.threads, extentFor(input, read.resolution), memory);
  const stalenessMs = input.stalenessSeconds * 1000;
  const burnDowns = readBudgets(series)
    .filter((budget) => isOfRange(budget, timeline))
    .map((budget) => toBurnDown(withEnd(budget, timeline?.groups ?? []), { nowMs: input.nowMs, stalenessMs }))
    .filter((burnDown) => burnDown !== undefined);
  return {
    timeline,
    timelineLack: timeline === undefined ? NO_AGENT_STATES : undefined,
    burnDowns: mostAtRiskFirst(burnDowns),
    budgetLack: burnDowns.length === 0 ? NO_BUDGET : undefined,
    spenders: readSpenders(series),
    resolution: read?.resolution,
  };
}
