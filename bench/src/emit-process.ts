// An orchestrator in its own process that emits at a fixed rate, with an exporter listening in the same process or without:
// what each call takes, and the processor time of the whole process.
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createExporter } from 'orchestrator-exporter';
import { BUDGETS } from './exporter-process.ts';
import { quantiles, type Quantiles } from './latencies.ts';
import { readPatterns } from './recorded-runs.ts';
import { Workload } from './workload.ts';

export interface EmitOptions {
  readonly attached: boolean;
  readonly rate: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly threads: number;
  readonly turns: number;
  readonly folder: string;
  readonly fixtures: string;
}

export interface EmitResult {
  /** Of each call of `emit`, microseconds. */
  readonly callUs: Quantiles;
  /** Processor time of the whole process while it emitted, in percent of one core. */
  readonly cpuPercent: number;
  readonly events: number;
  /** As the exporter counts them; undefined without one. */
  readonly counted: number | undefined;
}

const TURN_MS = 5;
/** Until the exporter has settled what came before. */
const SETTLED_MS = 3_000;

async function emit(options: EmitOptions): Promise<EmitResult> {
  const { attached, rate, seconds, warmUpSeconds, folder } = options;
  const home = mkdtempSync(join(folder, 'emit-'));
  const budgets = join(home, 'budgets.yml');
  writeFileSync(budgets, JSON.stringify(BUDGETS));
  const listen = { host: '127.0.0.1', port: 0 };
  const config = { environment: 'bench', listen, data_dir: join(home, 'journal'), budgets_file: budgets };
  const exporter = attached ? createExporter(config, { log: () => undefined }) : undefined;
  try {
    const url = (await exporter?.listen())?.url;
    const emitter = new EventEmitter();
    exporter?.attach(emitter);
    // An orchestrator has a listener of its own in both cases.
    let heard = 0;
    emitter.on('metrics', () => {
      heard += 1;
    });
    const workload = new Workload({ ...options, patterns: readPatterns(options.fixtures), sender: 'emit' });
    const perTurn = Math.round((rate * TURN_MS) / 1_000);
    const turns = Math.round((seconds * 1_000) / TURN_MS);
    const events = (each: number, count: number, fromMs: number): readonly (readonly object[])[] =>
      Array.from({ length: count }, (_, turn) => {
        const { text } = workload.body(each, { endMs: fromMs + turn * TURN_MS, spanMs: TURN_MS });
        return text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as object);
      });
    // An orchestrator that has been running for a while: ten times as many a second, so that code and series are there.
    const warmUpTurns = Math.round((warmUpSeconds * 1_000) / TURN_MS);
    await emitAll(emitter, events(10 * perTurn, warmUpTurns, Date.now()), () => undefined);
    // Made before: making them is the orchestrator's work.
    const prepared = events(perTurn, turns, Date.now() + SETTLED_MS);
    await sleep(SETTLED_MS);
    const calls = new Float64Array(turns * perTurn);
    let at = 0;
    const cpuBefore = process.cpuUsage();
    await emitAll(emitter, prepared, (us) => {
      calls[at++] = us;
    });
    const { user, system } = process.cpuUsage(cpuBefore);
    await sleep(500);
    const text = url === undefined ? undefined : await (await fetch(`${url}/metrics`)).text();
    return {
      callUs: quantiles([...calls]),
      cpuPercent: (user + system) / 1e4 / seconds,
      events: heard,
      counted: text === undefined ? undefined : countOf(text),
    };
  } finally {
    await exporter?.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function emitAll(
  emitter: EventEmitter,
  events: readonly (readonly object[])[],
  took: (us: number) => void
): Promise<void> {
  const beganMs = performance.now();
  for (const [turn, emitted] of events.entries()) {
    const leftMs = beganMs + turn * TURN_MS - performance.now();
    if (leftMs > 0) await sleep(leftMs);
    for (const prepared of emitted) {
      const event = made(prepared);
      const before = performance.now();
      emitter.emit('metrics', event);
      took((performance.now() - before) * 1_000);
    }
  }
}

/** As an orchestrator makes it, the moment before it emits it: what the listeners read is not to be fetched from memory first. */
function made(event: object): object {
  const { payload } = event as { readonly payload?: unknown };
  return typeof payload === 'object' && payload !== null ? { ...event, payload: { ...payload } } : { ...event };
}

function countOf(exposition: string): number {
  const lines = exposition.split('\n').filter((line) => line.startsWith('orchestrator_exporter_events_total{'));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

process.send?.(await emit(JSON.parse(process.argv[2] ?? '{}') as EmitOptions));
process.disconnect();
