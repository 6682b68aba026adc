// The timeline's samples by metric name and labels: exact series first, one-hot gauges where there are none, then what
// other sources offer. Never by refId or display name.
import type { DataFrame } from '@grafana/data';
import { AGGREGATES, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { THREAD_STATES, type ThreadState } from 'orchestrator-exporter/contract/states';
import type { StatePoint } from '../model/segments.ts';
import type { AgentSamples, ThreadSamples, ThreadStatePoint } from '../model/timeline.ts';
import { readIntervalRows } from './interval-rows.ts';
import type { Sample, Series } from './series.ts';
import { agentStateOf, agentStateOfCode, agentStateOfWord, threadStateOfCode } from './state-words.ts';

export type Resolution =
  | { readonly kind: 'exact' }
  /** `counted`: transitions that the exporter counted in the range, undefined where its counter was not queried. */
  | { readonly kind: 'sampled'; readonly stepMs: number; readonly counted: number | undefined };

export interface TimelineSamples {
  readonly threads: readonly ThreadSamples[];
  readonly resolution: Resolution;
}

interface Lane {
  readonly thread: string;
  readonly agent: string;
  readonly points: readonly StatePoint[];
}

/** Default step where neither the source nor the points tell one. */
const UNKNOWN_STEP_MS = 15_000;

export function label(series: Series, name: string): string {
  return series.labels[name] ?? '';
}

function ofMetric(series: readonly Series[], metric: { readonly name: string }): Series[] {
  return series.filter((one) => one.metric === metric.name);
}

function exactLanes(series: readonly Series[]): Lane[] {
  return ofMetric(series, TIMELINE.agentState)
    .filter((one) => label(one, 'agent') !== '')
    .map((one) => ({
      thread: label(one, 'thread'),
      agent: label(one, 'agent'),
      points: one.samples.map((sample) => ({ atMs: sample.atMs, state: agentStateOfCode(sample.value) })),
    }));
}

/** The series that share `labels` of `names`, in order of first appearance. */
function groupBy(series: readonly Series[], names: readonly string[]): Series[][] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = JSON.stringify(names.map((name) => label(one, name)));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** One-hot series of one subject as points: at each instant the state whose series is 1; NaN or none is "unknown". */
function foldOneHot<T>(
  series: readonly Series[],
  stateOf: (word: string) => T | undefined
): Array<{ atMs: number; state: T | undefined }> {
  const stateAt = new Map<number, T | undefined>();
  for (const one of series) {
    const state = stateOf(label(one, 'state'));
    for (const { atMs, value } of one.samples) {
      if (value === 1) {
        stateAt.set(atMs, state);
      } else if (!stateAt.has(atMs)) {
        stateAt.set(atMs, undefined);
      }
    }
  }
  return [...stateAt].map(([atMs, state]) => ({ atMs, state })).sort((a, b) => a.atMs - b.atMs);
}

function oneHotLanes(series: readonly Series[]): Lane[] {
  const found = ofMetric(series, PER_THREAD.agentState).filter((one) => label(one, 'agent') !== '');
  return groupBy(found, ['thread', 'agent']).map((group) => ({
    thread: group[0] === undefined ? '' : label(group[0], 'thread'),
    agent: group[0] === undefined ? '' : label(group[0], 'agent'),
    points: foldOneHot(group, agentStateOfWord),
  }));
}

/** Series of any other name with an agent label, or of words: codes, mapped values or state words. */
function foreignLanes(series: readonly Series[]): Lane[] {
  return series
    .filter((one) => !one.metric.startsWith('orchestrator_'))
    .filter((one) => label(one, 'agent') !== '' || one.samples.some((sample) => typeof sample.value === 'string'))
    .map((one) => ({
      thread: label(one, 'thread'),
      agent: label(one, 'agent') === '' ? one.metric : label(one, 'agent'),
      points: one.samples.map(({ atMs, value }) => ({ atMs, state: agentStateOf(value, one.field) })),
    }))
    .filter((lane) => lane.points.some((point) => point.state !== undefined));
}

function medianGapMs(points: ReadonlyArray<{ readonly atMs: number }>): number | undefined {
  const gaps = points.slice(1).map((point, i) => point.atMs - (points[i]?.atMs ?? point.atMs));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
}

function stepOf(series: readonly Series[]): number {
  const steps = series.map((one) => one.intervalMs ?? medianGapMs(one.samples)).filter((step) => step !== undefined);
  return steps.length === 0 ? UNKNOWN_STEP_MS : Math.max(...steps);
}

/** Rise of a counter over its samples; a fall is a restart and starts from zero. */
function increase(samples: readonly Sample[]): number {
  return samples.reduce((sum, sample, i) => {
    const before = samples[i - 1]?.value;
    if (typeof sample.value !== 'number' || typeof before !== 'number') {
      return sum;
    }
    return sum + (sample.value >= before ? sample.value - before : sample.value);
  }, 0);
}

function countedTransitions(series: readonly Series[], lanes: readonly Lane[]): number | undefined {
  const agents = new Set(lanes.map((lane) => lane.agent));
  const counters = ofMetric(series, AGGREGATES.agentStateTransitions).filter((one) => agents.has(label(one, 'agent')));
  return counters.length === 0 ? undefined : counters.reduce((sum, one) => sum + increase(one.samples), 0);
}

function threadStatesOf(series: readonly Series[], thread: string): ThreadStatePoint[] {
  const exact = ofMetric(series, TIMELINE.threadState).find((one) => label(one, 'thread') === thread);
  if (exact !== undefined) {
    return exact.samples.map(({ atMs, value }) => ({ atMs, state: threadStateOfCode(value) }));
  }
  const words: ReadonlySet<string> = new Set(THREAD_STATES);
  const isThreadState = (word: string): word is ThreadState => words.has(word);
  return foldOneHot(
    ofMetric(series, PER_THREAD.threadState).filter((one) => label(one, 'thread') === thread),
    (word) => (isThreadState(word) ? word : undefined)
  );
}

/** Last finite value of a series. */
export function lastNumber(series: Series | undefined): number | undefined {
  const last = series?.samples.findLast(
    (sample) => typeof sample.value === 'number' && Number.isFinite(sample.value)
  )?.value;
  return typeof last === 'number' ? last : undefined;
}

function costsOf(
  series: readonly Series[],
  thread: string
): { total: number | undefined; byAgent: Map<string, number> } {
  const byAgent = new Map<string, number>();
  for (const one of ofMetric(series, PER_THREAD.threadCost).filter((s) => label(s, 'thread') === thread)) {
    const usd = lastNumber(one);
    if (usd !== undefined) {
      byAgent.set(label(one, 'agent'), (byAgent.get(label(one, 'agent')) ?? 0) + usd);
    }
  }
  const exact = lastNumber(ofMetric(series, TIMELINE.threadCost).find((one) => label(one, 'thread') === thread));
  const sum = byAgent.size === 0 ? undefined : [...byAgent.values()].reduce((a, b) => a + b, 0);
  return { total: exact ?? sum, byAgent };
}

function checkpointsOf(series: readonly Series[], thread: string): ThreadSamples['checkpoints'] {
  return ofMetric(series, TIMELINE.checkpoint)
    .filter((one) => label(one, 'thread') === thread)
    .flatMap((one) => one.samples)
    .flatMap(({ atMs, value }) =>
      typeof value === 'number' && Number.isFinite(value) ? [{ atMs, index: value }] : []
    );
}

/**
 * What `series` and `frames` say of agents and threads; undefined when they name no agent's state at all. One source is
 * used for all lanes, the most exact there is, so that no lane is drawn twice.
 */
export function readTimeline(series: readonly Series[], frames: readonly DataFrame[]): TimelineSamples | undefined {
  const exact = exactLanes(series);
  const oneHot = exact.length > 0 ? [] : oneHotLanes(series);
  const rows: readonly Lane[] = exact.length + oneHot.length > 0 ? [] : readIntervalRows(frames);
  const foreign = exact.length + oneHot.length + rows.length > 0 ? [] : foreignLanes(series);
  const lanes = [...exact, ...oneHot, ...rows, ...foreign];
  if (lanes.length === 0) {
    return undefined;
  }
  const threads = [...new Set(lanes.map((lane) => lane.thread))];
  return {
    threads: threads.map((thread) => {
      const { total, byAgent } = costsOf(series, thread);
      return {
        thread,
        states: threadStatesOf(series, thread),
        agents: lanes
          .filter((lane) => lane.thread === thread)
          .map((lane): AgentSamples => ({ agent: lane.agent, points: lane.points, costUsd: byAgent.get(lane.agent) })),
        checkpoints: checkpointsOf(series, thread),
        costUsd: total,
        spendMs: ofMetric(series, TIMELINE.threadCost).find((one) => label(one, 'thread') === thread)?.samples[0]?.atMs,
      };
    }),
    resolution: resolutionOf(series, { exact, oneHot, rows, foreign }),
  };
}

function resolutionOf(
  series: readonly Series[],
  found: { exact: readonly Lane[]; oneHot: readonly Lane[]; rows: readonly Lane[]; foreign: readonly Lane[] }
): Resolution {
  if (found.rows.length > 0) {
    return { kind: 'exact' };
  }
  if (found.exact.length > 0) {
    const own = ofMetric(series, TIMELINE.agentState);
    const onGrid = own.every((one) => one.onGrid);
    return onGrid ? { kind: 'sampled', stepMs: stepOf(own), counted: undefined } : { kind: 'exact' };
  }
  const own = found.oneHot.length > 0 ? ofMetric(series, PER_THREAD.agentState) : series;
  return { kind: 'sampled', stepMs: stepOf(own), counted: countedTransitions(series, found.oneHot) };
}
