// Has snapshots made in a thread of their own, so that no event waits for one.
import { Worker } from 'node:worker_threads';
import type { Compaction } from './journal/compaction.ts';
import type { Compactor } from './journal/directory-journal.ts';
import type { SnapshotTask } from './snapshot-task.ts';

/** What dies young in the thread is let go of early: its memory comes on top of the exporter's. */
const YOUNG_MB = 8;

/** @param task asked at each run: budgets change. */
export function snapshotThread(
  task: () => SnapshotTask,
  file = new URL('./snapshot-worker.js', import.meta.url)
): Compactor {
  let running: Worker | undefined;
  return {
    run: () =>
      new Promise<Compaction>((resolve, reject) => {
        const worker = new Worker(file, {
          workerData: task(),
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
        });
        running = worker;
        // A host that embeds the exporter may end while a snapshot is made: it is only a cache.
        worker.unref();
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => {
          running = undefined;
          reject(new Error(`the thread that makes snapshots ended with code ${code}`));
        });
      }),
    stop: async () => {
      await running?.terminate();
    },
  };
}
