// How long the event loop is held: the time between two turns of a timer of 1 ms, and how much of it the process was on a
// processor. On a machine that others use too the first says how long the system kept it waiting as well.
import type { Block } from './scrape-protocol.ts';

const PERIOD_MS = 1;

export class LoopWatch {
  #timer: NodeJS.Timeout | undefined;
  #longest: Block = { wallMs: 0, cpuMs: 0 };

  begin(): void {
    this.#longest = { wallMs: 0, cpuMs: 0 };
    let lastMs = performance.now();
    let lastCpuMs = cpuMs();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const nowCpuMs = cpuMs();
      const wall = nowMs - lastMs;
      // The loop's own thread was on a processor neither longer than the time that went by nor longer than all threads were.
      const cpu = Math.min(wall, nowCpuMs - lastCpuMs);
      const { wallMs, cpuMs: longestCpuMs } = this.#longest;
      this.#longest = { wallMs: Math.max(wallMs, wall), cpuMs: Math.max(longestCpuMs, cpu) };
      lastMs = nowMs;
      lastCpuMs = nowCpuMs;
    }, PERIOD_MS);
  }

  /** @returns the longest since {@link begin} */
  end(): Block {
    clearInterval(this.#timer);
    return this.#longest;
  }
}

/** Of all threads, to the microsecond. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
