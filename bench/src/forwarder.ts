// What the forwarder takes from an orchestrator: time added to its emit, and processor time.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startExporter } from './exporter-process.ts';
import { median } from './latencies.ts';
import { table, threeDigits } from './table.ts';

const PROCESS = join(import.meta.dirname, 'forwarder-process.js');

export const LISTENERS = ['none', 'forwarder', 'spool'] as const;
export type Listener = (typeof LISTENERS)[number];

export interface EmittingOptions {
  readonly url: string;
  readonly listener: Listener;
  /** Events per second. */
  readonly rate: number;
  readonly seconds: number;
  /** Folder of the recorded runs. */
  readonly fixtures: string;
  /** Directory of the spool. */
  readonly spool?: string;
}

export interface Emitting {
  readonly events: number;
  /** Of one emit, microseconds, the listener's work included. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
  /** Of one core, all threads of the process. */
  readonly cpuPercent: number;
  /** Emitted and not answered for by the exporter. */
  readonly lost: number;
}

interface ForwarderBench {
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  /** On the disk of the exporter and of the spool; what is made in it is removed again. */
  readonly folder: string;
  readonly repository: string;
}

export type ForwarderFigures = Readonly<Record<Listener, readonly Emitting[]>>;

/** Rounds of each listener in turn, against one exporter; the medians, and what was lost. */
export async function measureForwarder(
  options: ForwarderBench
): Promise<{ readonly text: string; readonly lost: number; readonly found: ForwarderFigures }> {
  const { rate, seconds, rounds, folder, repository } = options;
  const exporter = await startExporter({ folder, repository });
  const found: { [K in Listener]: Emitting[] } = { none: [], forwarder: [], spool: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const listener of LISTENERS) {
        const spool = listener === 'spool' ? mkdtempSync(join(folder, 'spool-')) : undefined;
        const emitting: EmittingOptions = {
          ...{ url: exporter.url, listener, rate, seconds, fixtures: join(repository, 'fixtures/runs') },
          ...(spool === undefined ? {} : { spool }),
        };
        const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, JSON.stringify(emitting)]);
        found[listener].push(JSON.parse(stdout) as Emitting);
        if (spool !== undefined) rmSync(spool, { recursive: true });
      }
    }
  } finally {
    await exporter.stop();
  }
  return {
    text: forwarderTable(found),
    found,
    lost: Object.values(found)
      .flat()
      .reduce((sum, { lost }) => sum + lost, 0),
  };
}

const NAMES: Readonly<Record<Listener, string>> = {
  none: 'a counter alone',
  forwarder: 'forwarder',
  spool: 'forwarder with a spool',
};

/** Medians over the rounds; what is added is against the counter alone. */
export function forwarderTable(found: ForwarderFigures): string {
  const of = (listener: Listener, figure: (emitting: Emitting) => number): number =>
    median(found[listener].map(figure));
  const rows = LISTENERS.map((listener) => {
    const p50 = of(listener, ({ p50Us }) => p50Us);
    const cpu = of(listener, ({ cpuPercent }) => cpuPercent);
    return [
      NAMES[listener],
      threeDigits(p50),
      threeDigits(of(listener, ({ p99Us }) => p99Us)),
      threeDigits(of(listener, ({ p999Us }) => p999Us)),
      threeDigits(of(listener, ({ maxUs }) => maxUs)),
      threeDigits(p50 - of('none', ({ p50Us }) => p50Us)),
      threeDigits(cpu),
      threeDigits(cpu - of('none', ({ cpuPercent }) => cpuPercent)),
    ];
  });
  const head = ['who listens', 'emit p50 us', 'p99', 'p99.9', 'max', 'added p50 us', 'CPU % of a core', 'added CPU %'];
  return table([head, ...rows]);
}
