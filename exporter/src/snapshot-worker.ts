// The thread in which a snapshot is made: started with a task, it posts what came of it and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { openDirectory } from './journal/storage.ts';
import { makeSnapshot } from './snapshot-task.ts';
import type { SnapshotTask } from './snapshot-task.ts';

const task = workerData as SnapshotTask;
const storage = await openDirectory(task.directory);
const compaction = await makeSnapshot(task, {
  storage,
  now: () => Date.now(),
  monotonic: () => performance.now(),
});
await storage.close();
parentPort?.postMessage(compaction);
