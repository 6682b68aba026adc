// The timeline's samples by metric name and labels: exact series first, one-hot gauges where there are none, then what
// other sources offer. Never by refId or display name.
import type { DataFrame } from '@grafana/data';
import { AGGREGATES, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { THREAD_STATES, type ThreadState } from 'orchestrator-exporter/contract/states';
import { pointColumns, type PointColumns, type SpanColumns } from '../model/build-states.ts';
import { UNKNOWN_CODE } from '../model/state-columns.ts';
import type { ThreadTotals } from '../model/lane-spend.ts';
import type { MoneyPoint } from '../model/burn-down.ts';
import type { AgentSamples, ThreadSamples, ThreadStatePoint } from '../model/timeline.ts';
import { readIntervalRows } from './interval-rows.ts';
import { amountOf, samplesOf, type SampleColumns, type Series } from './series.ts';
import { agentCodeOf, agentStateOfWord, threadStateOfCode } from './state-words.ts';

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
  readonly workflow: string;
  readonly points: readonly PointColumns[];
  readonly spans?: SpanColumns | undefined;
}

/** Default step where neither the source nor the points tell one. */
const UNKNOWN_STEP_MS = 15_000;

export function label(series: Series, name: string): string {
  return series.labels[name] ?? '';
}

function ofMetric(series: readonly Series[], metric: { readonly name: string }): Series[] {
  return series.filter((one) => one.metric === metric.name);
}

/** The series of one metric by the thread they are about. */
function byThread(series: readonly Series[], metric: { readonly name: string }): ReadonlyMap<string, Series[]> {
  const found = new Map<string, Series[]>();
  for (const one of ofMetric(series, metric)) {
    const thread = label(one, 'thread');
    const own = found.get(thread) ?? [];
    own.push(one);
    found.set(thread, own);
  }
  return found;
}

/** One lane for each agent of a thread; series that differ in other labels only are its sub-lanes. */
function lanesOf(series: readonly Series[], pointsOf: (one: Series) => PointColumns): Lane[] {
  return groupBy(series, ['thread', 'agent']).map((group) => {
    const of = (name: string) => group.map((one) => label(one, name)).find((value) => value !== '') ?? '';
    return { thread: of('thread'), agent: of('agent'), workflow: of('workflow'), points: group.map(pointsOf) };
  });
}

function exactLanes(series: readonly Series[]): Lane[] {
  const found = ofMetric(series, TIMELINE.agentState).filter((one) => label(one, 'agent') !== '');
  return lanesOf(found, (one) => ({
    length: one.length,
    atMs: one.atMs,
    code: one.value,
    fingerprint: one.fingerprint,
  }));
}

/** The series that share `labels` of `names`, in order of first appearance. */
function groupBy(series: readonly Series[], names: readonly string[]): Series[][] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = JSON.stringify(names.map((name) => label(one, name)));
    const group = groups.get(key) ?? [];
    group.push(one);
    groups.set(key, group);
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
    for (const { atMs, value } of samplesOf(one)) {
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
  return groupBy(found, ['thread', 'agent']).flatMap((group) => {
    const [first] = lanesOf(group, () => pointColumns([]));
    return first === undefined ? [] : [{ ...first, points: [pointColumns(foldOneHot(group, agentStateOfWord))] }];
  });
}

function hasWords(series: SampleColumns): boolean {
  return Array.from({ length: series.length }, (_, i) => series.value[i]).some((value) => typeof value === 'string');
}

/** Series of any other name with an agent label, or of words: codes, mapped values or state words. */
function foreignLanes(series: readonly Series[]): Lane[] {
  const found = series
    .filter((one) => !one.metric.startsWith('orchestrator_'))
    .filter((one) => label(one, 'agent') !== '' || hasWords(one))
    .map((one) => (label(one, 'agent') === '' ? { ...one, labels: { ...one.labels, agent: one.metric } } : one));
  const lanes = lanesOf(found, (one) => ({
    length: one.length,
    atMs: one.atMs,
    code: Uint8Array.from(one.value, (value) => agentCodeOf(value, one.field)),
  }));
  const isKnown = (points: PointColumns) => Array.from(points.code).some((code) => code !== UNKNOWN_CODE);
  return lanes.filter((lane) => lane.points.some(isKnown));
}

function medianGapMs({ atMs, length }: SampleColumns): number | undefined {
  const gaps = Array.from({ length: Math.max(0, length - 1) }, (_, i) => (atMs[i + 1] ?? 0) - (atMs[i] ?? 0));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
}

function stepOf(series: readonly Series[]): number {
  const steps = series.map((one) => one.intervalMs ?? medianGapMs(one)).filter((step) => step !== undefined);
  return steps.length === 0 ? UNKNOWN_STEP_MS : Math.max(...steps);
}

/** Rise of a counter over its samples; a fall is a restart and starts from zero. */
function increase({ value, length }: SampleColumns): number {
  let sum = 0;
  for (let i = 1; i < length; i++) {
    const [before, after] = [value[i - 1], value[i]];
    if (typeof before === 'number' && typeof after === 'number') {
      sum += after >= before ? after - before : after;
    }
  }
  return sum;
}

function countedTransitions(series: readonly Series[], lanes: readonly Lane[]): number | undefined {
  const agents = new Set(lanes.map((lane) => lane.agent));
  const counters = ofMetric(series, AGGREGATES.agentStateTransitions).filter((one) => agents.has(label(one, 'agent')));
  return counters.length === 0 ? undefined : counters.reduce((sum, one) => sum + increase(one), 0);
}

function threadStatesOf(exact: Series | undefined, oneHot: readonly Series[]): ThreadStatePoint[] {
  if (exact !== undefined) {
    return samplesOf(exact).map(({ atMs, value }) => ({ atMs, state: threadStateOfCode(value) }));
  }
  const words: ReadonlySet<string> = new Set(THREAD_STATES);
  const isThreadState = (word: string): word is ThreadState => words.has(word);
  return foldOneHot(oneHot, (word) => (isThreadState(word) ? word : undefined));
}

/** Last value of a series that can be counted with. */
export function lastNumber(series: SampleColumns | undefined): number | undefined {
  for (let i = (series?.length ?? 0) - 1; i >= 0; i--) {
    const value = amountOf(series?.value[i]);
    if (value !== undefined) {
      return value;
    }
  }
  return undefined;
}

function costsOf(
  exact: Series | undefined,
  perAgent: readonly Series[]
): { total: number | undefined; byAgent: Map<string, number> } {
  const byAgent = new Map<string, number>();
  for (const one of perAgent) {
    const usd = lastNumber(one);
    if (usd !== undefined) {
      byAgent.set(label(one, 'agent'), (byAgent.get(label(one, 'agent')) ?? 0) + usd);
    }
  }
  const sum = byAgent.size === 0 ? undefined : [...byAgent.values()].reduce((a, b) => a + b, 0);
  return { total: lastNumber(exact) ?? sum, byAgent };
}

function moneyOf(series: SampleColumns): MoneyPoint[] {
  return samplesOf(series).flatMap(({ atMs, value }) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ atMs, usd: value }] : []
  );
}

/** Running totals of a thread and its agents; where several series name one agent, nobody knows when their sum rose. */
function totalsOf(exact: Series | undefined, perAgent: readonly Series[]): ThreadTotals | undefined {
  const once = groupBy(perAgent, ['agent']).flatMap((group) => (group.length === 1 ? group : []));
  return exact === undefined && once.length === 0
    ? undefined
    : {
        exact: exact === undefined ? [] : moneyOf(exact),
        agents: once.map((one) => ({ agent: label(one, 'agent'), points: moneyOf(one) })),
        intervalMs: once.length === 0 ? 0 : stepOf(once),
      };
}

function checkpointsOf(series: readonly Series[]): ThreadSamples['checkpoints'] {
  return series
    .flatMap(samplesOf)
    .flatMap(({ atMs, value }) =>
      typeof value === 'number' && Number.isFinite(value) ? [{ atMs, index: value }] : []
    );
}

function threadsOf(series: readonly Series[], lanes: readonly Lane[]): ThreadSamples[] {
  const states = byThread(series, TIMELINE.threadState);
  const oneHotStates = byThread(series, PER_THREAD.threadState);
  const costs = byThread(series, TIMELINE.threadCost);
  const costsPerAgent = byThread(series, PER_THREAD.threadCost);
  const checkpoints = byThread(series, TIMELINE.checkpoint);
  const infos = byThread(series, PER_THREAD.threadInfo);
  const lanesByThread = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const own = lanesByThread.get(lane.thread) ?? [];
    own.push(lane);
    lanesByThread.set(lane.thread, own);
  }
  return [...lanesByThread].map(([thread, own]) => {
    const exactCost = costs.get(thread)?.[0];
    const { total, byAgent } = costsOf(exactCost, costsPerAgent.get(thread) ?? []);
    const info = infos.get(thread)?.at(-1);
    const workflow = own.map((lane) => lane.workflow).find((name) => name !== '');
    return {
      thread,
      workflow: workflow ?? (info === undefined ? '' : label(info, 'workflow')),
      states: threadStatesOf(states.get(thread)?.[0], oneHotStates.get(thread) ?? []),
      agents: own.map(({ agent, points, spans }): AgentSamples => ({
        agent,
        points,
        spans,
        costUsd: byAgent.get(agent),
      })),
      checkpoints: checkpointsOf(checkpoints.get(thread) ?? []),
      costUsd: total,
      spendMs: exactCost?.atMs[0],
      totals: totalsOf(exactCost, costsPerAgent.get(thread) ?? []),
    };
  });
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
  return { threads: threadsOf(series, lanes), resolution: resolutionOf(series, { exact, oneHot, rows, foreign }) };
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
