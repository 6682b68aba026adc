// The real exporter in a process whose memory can be measured after a forced collection, and whose wall clock can be moved and
// stopped.
import { once } from 'node:events';
import { join } from 'node:path';
import { startExporter } from '../journal/exporter-process.ts';
import type { ExporterProcess } from '../journal/exporter-process.ts';
import type { PausableClock } from '../running-clock.ts';

const HARNESS = join(__dirname, 'harness.cjs');

/** After a forced collection; the heap with the buffers outside of it. */
export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export interface HostedExporter extends ExporterProcess {
  readonly memory: () => Promise<Memory>;
  /** Moves its wall clock ahead, or back. */
  readonly advance: (ms: number) => Promise<void>;
  /** Lets it run for so long, with its timers: where it stands still meanwhile, for longer. */
  readonly run: (ms: number) => Promise<void>;
  /** Stops its wall clock; resolves with the time at which it stands. */
  readonly stopClock: () => Promise<number>;
  readonly startClock: () => Promise<void>;
}

interface HostOptions {
  /** The wall clock stands here from the start. */
  readonly stoppedMs?: number;
}

type Request =
  { readonly advanceMs: number } | { readonly runMs: number } | { readonly stop: boolean } | Record<string, never>;

export async function hostExporter(
  folder: string,
  sections: Readonly<Record<string, unknown>> = {},
  { stoppedMs }: HostOptions = {}
): Promise<HostedExporter> {
  const exporter = await startExporter(folder, sections, {
    nodeOptions: ['--expose-gc', '--require', HARNESS],
    ipc: true,
    env: stoppedMs === undefined ? {} : { HARNESS_STOPPED_MS: String(stoppedMs) },
  });
  const ask = async (request: Request): Promise<Memory & { readonly nowMs: number }> => {
    exporter.child.send(request);
    const [answer] = (await once(exporter.child, 'message')) as [Memory & { readonly nowMs: number }];
    return answer;
  };
  return {
    ...exporter,
    memory: () => ask({}),
    advance: async (advanceMs) => {
      await ask({ advanceMs });
    },
    run: async (runMs) => {
      await ask({ runMs });
    },
    stopClock: async () => (await ask({ stop: true })).nowMs,
    startClock: async () => {
      await ask({ stop: false });
    },
  };
}

/**
 * As {@link hostExporter}, by a clock that stands while it starts: what was sent to the one before it, and could not be
 * delivered while there was none, is not late by as long as a busy machine takes for that.
 */
export async function hostExporterBy(
  clock: PausableClock,
  folder: string,
  sections: Readonly<Record<string, unknown>> = {}
): Promise<HostedExporter> {
  clock.stop();
  const exporter = await hostExporter(folder, sections, { stoppedMs: clock.now() });
  await exporter.advance(-clock.start());
  await exporter.startClock();
  return exporter;
}
