// What it takes from an event in this process until all its metrics are updated: here, and with the same updates made in
// prom-client as an application makes them. The updates are those that this exporter makes, written down once.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CATALOGUE } from '../../exporter/dist/contract/metrics.js';
import type { MetricRow } from '../../exporter/dist/contract/metrics.js';
import type { OrchestratorEvent } from '../../exporter/dist/contract/event.js';
import type { Change } from '../../exporter/dist/model/change.js';
import { SeriesRegistry } from '../../exporter/dist/series/registry.js';
import { eventOf, newModel, newOutput, REGISTRY } from './fed-series.ts';
import { median } from './latencies.ts';
import type { Pattern } from './recorded-runs.ts';
import { table, threeDigits } from './table.ts';
import type { RecorderTask, Update } from './update-recorder.ts';
import { Workload } from './workload.ts';

interface Told {
  readonly event: OrchestratorEvent;
  readonly changes: readonly Change[];
}

export interface UpdateOptions {
  readonly patterns: readonly Pattern[];
  readonly events: number;
  readonly threads: number;
  readonly rounds: number;
}

/** Events handled at a stretch, before the other contender has the processor's caches. */
const STRETCH = 2_000;

/** The first half of the events warms up and makes the series; the second one is measured. */
export async function updateTable({ patterns, events, threads, rounds }: UpdateOptions): Promise<string> {
  const lines = linesOf({ patterns, events, threads });
  const recorder = new Worker(join(import.meta.dirname, 'update-recorder.js'), {
    workerData: { lines, stretch: STRETCH } satisfies RecorderTask,
  });
  const [updates] = (await once(recorder, 'message')) as [readonly string[]];
  const nanos = { model: [] as number[], series: [] as number[], promClient: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const measured = measureRound(lines, updates);
    nanos.model.push(measured.model);
    nanos.series.push(measured.series);
    nanos.promClient.push(measured.promClient);
  }
  const rows = Object.entries({
    'all its series, from what the model said changed': nanos.series,
    'model and all its series, from the event': nanos.series.map((one, round) => one + (nanos.model[round] ?? 0)),
    'the same updates in prom-client': nanos.promClient,
  }).map(([name, all]) => {
    const ratios = all.map((one, round) => (nanos.promClient[round] ?? Number.NaN) / one);
    return [name, threeDigits(median(all)), threeDigits(Math.min(...all)), `${threeDigits(median(ratios))}x`];
  });
  const measured = updates.slice(updates.length / 2).map((text) => (JSON.parse(text) as readonly Update[]).length);
  const calls = measured.reduce((sum, one) => sum + one, 0) / (measured.length * STRETCH);
  return `${calls.toFixed(1)} updates an event.\n\n${table([['from an event to', 'median CPU ns/event', 'best', 'prom-client takes'], ...rows])}`;
}

/** Nanoseconds of processor time an event, in steps that alternate. */
function measureRound(
  lines: readonly string[],
  updates: readonly string[]
): { readonly model: number; readonly series: number; readonly promClient: number } {
  const model = newModel();
  const output = newOutput(new SeriesRegistry(REGISTRY), model);
  const app = new Application();
  const micros = { model: 0, series: 0, promClient: 0 };
  const timed = (step: keyof typeof micros, isMeasured: boolean, work: () => void): void => {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    if (isMeasured) micros[step] += user + system;
  };
  const half = Math.floor(lines.length / 2);
  for (let at = 0; at < lines.length; at += STRETCH) {
    const isMeasured = at >= half;
    const events = lines.slice(at, at + STRETCH).map(eventOf);
    const told: Told[] = [];
    timed('model', isMeasured, () => {
      for (const event of events) told.push({ event, changes: model.apply(event) });
    });
    timed('series', isMeasured, () => {
      for (const { event, changes } of told) output.apply(event, changes);
    });
    // With new labels for each call, as an application makes them.
    const calls = JSON.parse(updates[at / STRETCH] ?? '[]') as readonly Update[];
    timed('promClient', isMeasured, () => {
      for (const call of calls) app.update(call);
    });
  }
  const perEvent = (sum: number): number => (1_000 * sum) / (lines.length - half);
  return { model: perEvent(micros.model), series: perEvent(micros.series), promClient: perEvent(micros.promClient) };
}

function linesOf(options: Omit<UpdateOptions, 'rounds'>): readonly string[] {
  const workload = new Workload({ ...options, sender: 'update', turns: 1_000 });
  return workload.body(options.events, { endMs: Date.now(), spanMs: options.events }).text.trim().split('\n');
}

/** The same metrics in prom-client. */
class Application {
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    const registers = [new Registry()];
    for (const row of CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows))) {
      const base = { name: row.name, help: row.help, labelNames: ['environment', ...row.labels], registers };
      if (row.type === 'counter') this.#counters.set(row.name, new Counter(base));
      else if (row.type === 'gauge') this.#gauges.set(row.name, new Gauge(base));
      else this.#histograms.set(row.name, new Histogram({ ...base, buckets: [...(row.buckets ?? [])] }));
    }
  }

  update({ metric, labels, how, amount }: Update): void {
    const counter = this.#counters.get(metric);
    if (counter !== undefined) {
      // A total that is set here is one that the application adds to.
      counter.inc(labels, how === 'set' ? 1 : amount);
      return;
    }
    const gauge = this.#gauges.get(metric);
    if (gauge !== undefined) {
      if (how === 'set') gauge.set(labels, amount);
      else gauge.inc(labels, amount);
      return;
    }
    this.#histograms.get(metric)?.observe(labels, amount);
  }
}
