// What each stage of taking an event in costs, one after the other in this process: the events of the load, whole bodies,
// fresh state in every round, the median and the best of the rounds. Processor time, that of the collector of garbage while
// the stage runs included, not wall time: others on the machine do not count, though they make it dearer.
import { parseBudgets } from 'orchestrator-exporter/contract/budgets';
import { systemClock } from '../../exporter/dist/clock.js';
import { Gateway } from '../../exporter/dist/gateway/server.js';
import { complexityProblem } from '../../exporter/dist/http/complexity.js';
import { MemoryJournal } from '../../exporter/dist/journal/memory-journal.js';
import { decodeEntry, encodeEntries } from '../../exporter/dist/journal/record.js';
import { BudgetLedger } from '../../exporter/dist/model/budgets.js';
import type { Change } from '../../exporter/dist/model/change.js';
import { OrchestratorModel } from '../../exporter/dist/model/orchestrator-model.js';
import { Pipeline } from '../../exporter/dist/pipeline.js';
import { Projection } from '../../exporter/dist/projection.js';
import { PriceBook } from '../../exporter/dist/price-book.js';
import { Admission } from '../../exporter/dist/series/admission.js';
import { SeriesRegistry } from '../../exporter/dist/series/registry.js';
import { SelfMetrics } from '../../exporter/dist/series/self.js';
import { SeriesOutput } from '../../exporter/dist/series/series-output.js';
import { Timeline } from '../../exporter/dist/series/timeline.js';
import { readBody } from '../../exporter/dist/source/body.js';
import { eventDigest } from '../../exporter/dist/source/event-id.js';
import { parseEvent } from '../../exporter/dist/source/parse.js';
import { BUDGETS } from './exporter-process.ts';
import { median } from './latencies.ts';
import type { Pattern } from './recorded-runs.ts';
import { table, threeDigits } from './table.ts';
import { Workload } from './workload.ts';

const BATCH = 100;
const LABELS = { team: 'default', workflow: 'default' };
const nothing = (): void => undefined;

/** A stage gets its state ready, and then does its work on all bodies. */
type Stage = (bodies: readonly string[]) => () => void | Promise<void>;

export async function stagesTable(options: {
  readonly patterns: readonly Pattern[];
  readonly events: number;
  readonly rounds: number;
}): Promise<string> {
  const { events, rounds } = options;
  const workload = new Workload({ patterns: options.patterns, sender: 'stages', threads: 400, turns: 8 });
  const bodies = Array.from({ length: Math.ceil(events / BATCH) }, (_, at) => {
    return workload.body(BATCH, { endMs: Date.now() - 5_000 + at, spanMs: 1 }).text;
  });
  const micros = new Map<string, number[]>(Object.keys(STAGES).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, stage] of Object.entries(STAGES)) {
      const work = stage(bodies);
      const began = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(began);
      micros.get(name)?.push((user + system) / (bodies.length * BATCH));
    }
  }
  const rows = [...micros].map(([name, all]) => [name, threeDigits(median(all)), threeDigits(Math.min(...all))]);
  return table([['stage', 'median CPU us/event', 'best'], ...rows]);
}

const STAGES: Readonly<Record<string, Stage>> = {
  'read NDJSON': (bodies) => () => {
    for (const body of bodies) readBody(body, 'ndjson');
  },
  'limits of depth and size': (bodies) => {
    const raws = rawsOf(bodies);
    return () => {
      for (const raw of raws) complexityProblem(raw, { maxDepth: 64, maxKeys: 10_000 });
    };
  },
  'digest (in the next)': (bodies) => {
    const raws = rawsOf(bodies) as readonly Readonly<Record<string, unknown>>[];
    return () => {
      for (const raw of raws) {
        eventDigest({
          threadId: raw['threadId'],
          type: 'x',
          timestamp: raw['timestamp'],
          payload: raw['payload'] ?? raw,
        });
      }
    };
  },
  'parse and validate': (bodies) => {
    const raws = rawsOf(bodies);
    return () => {
      for (const raw of raws) parseEvent(raw, { receivedMs: Date.now(), ...LABELS });
    };
  },
  'encode for the journal': (bodies) => {
    const entries = entriesOf(bodies);
    return () => {
      for (let at = 0; at < entries.length; at += BATCH) encodeEntries(entries.slice(at, at + BATCH), 1 << 22);
    };
  },
  'decode from the journal': (bodies) => {
    const lines = entriesOf(bodies).map((entry) => encodeEntries([entry], 1 << 22)[0]?.lines.toString() ?? '');
    return () => {
      for (const line of lines) decodeEntry(line);
    };
  },
  model: (bodies) => {
    const entries = entriesOf(bodies);
    const { model } = newModel();
    return () => {
      for (const { event } of entries) model.apply(event);
    };
  },
  budgets: (bodies) => {
    const changes = changesOf(bodies);
    const { ledger } = newModel();
    return () => {
      for (const list of changes) ledger.apply(list);
    };
  },
  'series and timeline': (bodies) => {
    const entries = entriesOf(bodies);
    const changes = changesOf(bodies);
    const { model } = newModel();
    const { series } = newSeries(model);
    return () => {
      entries.forEach(({ event }, at) => {
        series.apply(event, changes[at] ?? []);
      });
    };
  },
  'timeline settles': (bodies) => {
    const { model } = newModel();
    const { series, timeline } = newSeries(model);
    for (const { event } of entriesOf(bodies)) series.apply(event, model.apply(event));
    return () => {
      timeline.sweep();
    };
  },
  'self metrics': (bodies) => {
    const entries = entriesOf(bodies);
    const self = newSelf();
    return () => {
      for (const { event } of entries) {
        self.accepted(event.type, 'http');
        self.lagSeconds(0.01);
      }
    };
  },
  'the pipeline with all of these, no journal': (bodies) => {
    const pipeline = newPipeline();
    return async () => {
      for (const body of bodies) {
        const read = readBody(body, 'ndjson');
        if (read.ok) await pipeline.ingest(read.items, 'http');
      }
    };
  },
  'a restart: decode, model, budgets, series': (bodies) => {
    const lines = entriesOf(bodies).map((entry) => encodeEntries([entry], 1 << 22)[0]?.lines.toString() ?? '');
    const pipeline = newPipeline();
    return () => {
      for (const line of lines) {
        const entry = decodeEntry(line);
        if (entry !== undefined) pipeline.restore(entry);
      }
    };
  },
};

function rawsOf(bodies: readonly string[]): readonly unknown[] {
  return bodies.flatMap((body) =>
    body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)
  );
}

function entriesOf(bodies: readonly string[]) {
  return rawsOf(bodies).map((raw) => {
    const parsed = parseEvent(raw, { receivedMs: Date.now(), ...LABELS });
    if (!parsed.ok) throw new Error(parsed.rejection.message);
    return { event: parsed.event, digest: parsed.digest, source: 'http' as const };
  });
}

function changesOf(bodies: readonly string[]): readonly (readonly Change[])[] {
  const { model } = newModel();
  return entriesOf(bodies).map(({ event }) => model.apply(event));
}

function newModel(): { readonly model: OrchestratorModel; readonly ledger: BudgetLedger } {
  const parsed = parseBudgets(BUDGETS);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const ledger = new BudgetLedger(parsed.budgets);
  const model = new OrchestratorModel({ retentionMs: 900_000, threadLimit: (thread) => ledger.threadLimit(thread) });
  return { model, ledger };
}

function newSeries(model: OrchestratorModel): { readonly series: SeriesOutput; readonly timeline: Timeline } {
  const registry = new SeriesRegistry({
    environment: 'bench',
    maxSeriesPerFamily: 10_000,
    maxLabelValues: 200,
    onFold: nothing,
  });
  const admission = new Admission({
    maxThreads: 500,
    maxLanes: 10_000,
    onThreadRefused: nothing,
    onLaneFolded: nothing,
  });
  const timeline = new Timeline({
    environment: 'bench',
    latenessMs: 2_000,
    capacity: 100_000,
    retentionMs: 900_000,
    admission,
    now: () => Date.now(),
    onDrop: nothing,
  });
  return { series: new SeriesOutput({ registry, model, admission, timeline, defaultWorkflow: 'default' }), timeline };
}

function newSelf(): SelfMetrics {
  return new SelfMetrics({ environment: 'bench', version: '0', journalDurable: true });
}

function newPipeline(): Pipeline {
  const { model, ledger } = newModel();
  const prices = new PriceBook({ table: undefined, model, clock: systemClock });
  const gateway = new Gateway({
    model,
    past: undefined,
    replay: undefined,
    epoch: () => '',
    clock: { ...systemClock, every: () => nothing },
    maxClients: 1,
    maxMessageBytes: 1,
    maxQueuedBytes: 1,
    maxSubscriptions: 1,
    maxResumeBytes: 0,
    resumeMs: 0,
    pingPeriodMs: 1,
    onSlice: nothing,
    onFrames: nothing,
    onError: nothing,
  });
  return new Pipeline({
    parse: prices.pricing(parseEvent),
    model,
    projection: new Projection({ model, budgets: ledger, outputs: [newSeries(model).series, gateway, prices] }),
    journal: new MemoryJournal(),
    clock: systemClock,
    tally: newSelf(),
    defaults: LABELS,
  });
}
