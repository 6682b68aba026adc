// The calls by which an application would update in prom-client what this exporter updates, written down in a thread of its own:
// the cells are listened to, and code whose methods were replaced once is never as fast again.
import { parentPort, workerData } from 'node:worker_threads';
import type { MetricRow } from '../../exporter/dist/contract/metrics.js';
import { HistogramCell, MillisecondsCell, MoneyCell, NumberCell } from '../../exporter/dist/series/cell.js';
import type { Cell } from '../../exporter/dist/series/cell.js';
import type { Family } from '../../exporter/dist/series/family.js';
import { SeriesRegistry } from '../../exporter/dist/series/registry.js';
import { eventOf, newModel, newOutput, REGISTRY } from './fed-series.ts';

/** One call that an application would make. */
export interface Update {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly how: 'add' | 'set' | 'observe';
  readonly amount: number;
}

export interface RecorderTask {
  readonly lines: readonly string[];
  /** Events whose updates are told together. */
  readonly stretch: number;
}

/** What the series were told by each event, as calls of an application. */
function updatesOf(lines: readonly string[]): readonly (readonly Update[])[] {
  const rows = new Map<Cell, MetricRow>();
  class NamingRegistry extends SeriesRegistry {
    override numbers(...args: Parameters<SeriesRegistry['numbers']>): ReturnType<SeriesRegistry['numbers']> {
      return naming(super.numbers(...args));
    }
    override milliseconds(
      ...args: Parameters<SeriesRegistry['milliseconds']>
    ): ReturnType<SeriesRegistry['milliseconds']> {
      return naming(super.milliseconds(...args));
    }
    override money(...args: Parameters<SeriesRegistry['money']>): ReturnType<SeriesRegistry['money']> {
      return naming(super.money(...args));
    }
    override histogram(...args: Parameters<SeriesRegistry['histogram']>): ReturnType<SeriesRegistry['histogram']> {
      return naming(super.histogram(...args));
    }
  }
  const naming = <C extends Cell>(family: Family<C>): Family<C> => {
    const find = family.cell.bind(family);
    family.cell = (values) => {
      const cell = find(values);
      rows.set(cell, family.row);
      return cell;
    };
    return family;
  };
  let now: Update[] = [];
  const note = (cell: Cell, how: Update['how'], amount: number): void => {
    const row = rows.get(cell);
    if (row === undefined) throw new Error('an update of a series that was not asked for');
    const labels = Object.fromEntries(row.labels.map((name, i) => [name, cell.labels[i] ?? '']));
    now.push({ metric: row.name, labels: { environment: 'bench', ...labels }, how, amount });
  };
  const restore = [
    spied(NumberCell, 'add', (cell, amount) => {
      note(cell, 'add', amount);
    }),
    spied(NumberCell, 'set', (cell, amount) => {
      note(cell, 'set', amount);
    }),
    spied(MillisecondsCell, 'add', (cell, ms) => {
      note(cell, 'add', ms / 1e3);
    }),
    // `raise` sets what it raises.
    spied(MillisecondsCell, 'set', (cell, ms) => {
      note(cell, 'set', ms / 1e3);
    }),
    spied(MoneyCell, 'add', (cell, nano) => {
      note(cell, 'add', nano / 1e9);
    }),
    spied(MoneyCell, 'set', (cell, nano) => {
      note(cell, 'set', nano / 1e9);
    }),
    spied(HistogramCell, 'observe', (cell, value) => {
      note(cell, 'observe', value);
    }),
  ];
  try {
    const model = newModel();
    const output = newOutput(new NamingRegistry(REGISTRY), model);
    return lines.map((line) => {
      const event = eventOf(line);
      now = [];
      output.apply(event, model.apply(event));
      return now;
    });
  } finally {
    for (const undo of restore) undo();
  }
}

/** Hears of the calls of a method of cells. @returns what ends it. */
function spied<K extends string>(
  kind: { readonly prototype: Cell & Record<K, (amount: never) => void> },
  method: K,
  hear: (cell: Cell, amount: number) => void
): () => void {
  const { prototype } = kind as unknown as { readonly prototype: Record<string, (amount: number) => void> };
  const original = prototype[method];
  if (original === undefined) throw new Error(`cells have no ${method}`);
  prototype[method] = function heard(this: Cell, amount: number): void {
    hear(this, amount);
    original.call(this, amount);
  };
  return () => {
    prototype[method] = original;
  };
}

/** What {@link updatesOf} tells, as a text for each stretch: so much that the collector need not look at every call all the time. */
const { lines, stretch } = workerData as RecorderTask;
const updates = updatesOf(lines);
const stretches = Array.from({ length: Math.ceil(lines.length / stretch) }, (_, at) =>
  JSON.stringify(updates.slice(at * stretch, (at + 1) * stretch).flat())
);
parentPort?.postMessage(stretches);
