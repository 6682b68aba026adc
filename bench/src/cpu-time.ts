// Processor time of another process, fine enough for a round of a tenth of a second.
import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from './linux-process.ts';

/** What /proc/PID/stat rounds away, twice. */
const ROUNDED_NS = 20e6;

/** Begins to measure; what it returns gives the nanoseconds on a processor since then, of all threads together. */
export function cpuMeter(pid: number): () => number {
  const [fineBefore, coarseBefore] = [threadsNs(pid), cpuSeconds(pid)];
  // A thread that ended takes its schedstat with it; the process's own count keeps it, in steps of 10 ms.
  return () => Math.max(threadsNs(pid) - fineBefore, (cpuSeconds(pid) - coarseBefore) * 1e9 - ROUNDED_NS);
}

function threadsNs(pid: number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It ended between the two readings.
    }
  }
  return sum;
}
