// The thread in which a snapshot is made: started with a task, it posts what came of it and ends.
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openDirectory } from './journal/storage.ts';
import { makeSnapshot } from './snapshot-task.ts';
import type { SnapshotTask } from './snapshot-task.ts';

/** Events come first. Linux has a priority for each thread; elsewhere a snapshot runs at that of the process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without /proc, or where it is forbidden.
  }
}

giveWay();
const task = workerData as SnapshotTask;
const storage = await openDirectory(task.directory);
const compaction = await makeSnapshot(task, {
  storage,
  now: () => Date.now(),
  monotonic: () => performance.now(),
});
await storage.close();
parentPort?.postMessage(compaction);
