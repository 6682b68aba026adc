// Parser, price table, pipeline, model, ledger and series as the exporter joins them, with a clock and a journal to hand.
import { parseBudgets } from '../src/contract/budgets.ts';
import type { PriceTable } from '../src/contract/price-table.ts';
import { parsePrices } from '../src/contract/prices.ts';
import type { Journal, JournalEntry } from '../src/journal/journal.ts';
import { BudgetLedger } from '../src/model/budgets.ts';
import { OrchestratorModel } from '../src/model/orchestrator-model.ts';
import { Pipeline } from '../src/pipeline.ts';
import { Projection } from '../src/projection.ts';
import { PriceBook } from '../src/price-book.ts';
import { Admission } from '../src/series/admission.ts';
import { SeriesRegistry } from '../src/series/registry.ts';
import { SeriesOutput } from '../src/series/series-output.ts';
import { Timeline } from '../src/series/timeline.ts';
import { parseEvent } from '../src/source/parse.ts';
import { sortedPage } from './sorted-page.ts';

export interface HarnessOptions {
  readonly prices: object | undefined;
  readonly budgets: readonly object[];
  readonly nowMs: number;
  readonly maxUnpriced?: number;
}

export class MetricsHarness {
  readonly journalled: JournalEntry[] = [];
  readonly anomalies: string[] = [];
  nowMs: number;
  failing = false;
  readonly #options: HarnessOptions;
  readonly #model: OrchestratorModel;
  readonly #ledger: BudgetLedger;
  readonly #registry: SeriesRegistry;
  readonly #series: SeriesOutput;
  readonly #book: PriceBook;
  readonly #pipeline: Pipeline;

  constructor(options: HarnessOptions) {
    this.#options = options;
    this.nowMs = options.nowMs;
    const budgets = parseBudgets({ budgets: options.budgets });
    if (!budgets.ok) throw new Error(budgets.problems.join('\n'));
    const clock = { now: () => this.nowMs, monotonic: () => 0, every: () => () => undefined };
    this.#ledger = new BudgetLedger(budgets.budgets);
    this.#model = new OrchestratorModel({
      retentionMs: 60_000,
      ...(options.maxUnpriced === undefined ? {} : { maxUnpriced: options.maxUnpriced }),
    });
    this.#registry = new SeriesRegistry({
      environment: 'e',
      maxSeriesPerFamily: 100,
      maxLabelValues: 100,
      onFold: () => undefined,
    });
    const nothing = (): void => undefined;
    const admission = new Admission({
      maxThreads: 100,
      maxLanes: 100,
      onThreadRefused: nothing,
      onLaneFolded: nothing,
    });
    const timeline = new Timeline({
      environment: 'e',
      latenessMs: 0,
      capacity: 1_000,
      retentionMs: 60_000,
      admission,
      now: () => this.nowMs,
      onDrop: nothing,
    });
    const sources = { registry: this.#registry, model: this.#model, admission, timeline };
    this.#series = new SeriesOutput({ ...sources, defaultWorkflow: 'w' });
    this.#book = new PriceBook({ table: tableOf(options.prices), model: this.#model, clock });
    const journal: Journal = {
      durable: false,
      records: 0,
      append: (entries) => {
        if (this.failing) return Promise.reject(new Error('the disk is full'));
        this.journalled.push(...entries);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    this.#pipeline = new Pipeline({
      parse: this.#book.pricing(parseEvent),
      model: this.#model,
      projection: new Projection({
        model: this.#model,
        budgets: this.#ledger,
        outputs: [this.#series, this.#book],
        onError: (error) => {
          throw error;
        },
      }),
      journal,
      clock,
      tally: {
        accepted: () => undefined,
        rejected: () => undefined,
        duplicate: () => undefined,
        anomaly: (kind) => this.anomalies.push(kind),
        lagSeconds: () => undefined,
      },
      defaults: { team: 'x', workflow: 'w' },
    });
  }

  async ingest(...events: readonly object[]): Promise<void> {
    await this.#pipeline.ingest(
      events.map((raw) => ({ raw })),
      'http'
    );
  }

  usePrices(document: object): void {
    const table = tableOf(document);
    if (table !== undefined) this.#book.use(table);
  }

  settle(): Promise<void> {
    return this.#book.settle((items) => this.#pipeline.ingest(items, 'exporter'));
  }

  /** Another exporter that has read this one's journal, as text, and nothing else. */
  restarted(prices: object | undefined): MetricsHarness {
    const next = new MetricsHarness({ ...this.#options, prices, nowMs: this.nowMs });
    for (const entry of JSON.parse(JSON.stringify(this.journalled)) as JournalEntry[]) next.#pipeline.restore(entry);
    return next;
  }

  /** Lines of the page whose metric is one of the names, sorted within each metric, zeros of known labels left out. */
  lines(...names: readonly string[]): string[] {
    return sortedPage(this.#registry.render())
      .split('\n')
      .filter((line) => names.includes(line.slice(0, line.indexOf('{'))));
  }

  budget(): { readonly spent: number; readonly untrusted: readonly string[] } {
    const [view] = this.#ledger.views(this.nowMs);
    if (view === undefined) throw new Error('there is no budget');
    return { spent: view.spent, untrusted: view.untrusted };
  }

  thread(id: string): { readonly total: number | undefined; readonly agent: number | undefined } {
    const thread = this.#model.threads.get(id);
    return { total: thread?.total, agent: thread?.agents.get('a')?.spend };
  }
}

function tableOf(document: object | undefined): PriceTable | undefined {
  if (document === undefined) return undefined;
  const parsed = parsePrices(document);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.table;
}
