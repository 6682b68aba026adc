// How long the event loop is held: the time between two turns of a timer of 1 ms, and how much of it the process was on a
// processor. On a machine that others use too the first says how long the system kept it waiting as well.
import { quantiles } from './latencies.ts';
import type { Quantiles } from './latencies.ts';

const PERIOD_MS = 1;

/** Of every two turns of the timer, milliseconds. */
export interface Blocks {
  readonly wallMs: Quantiles;
  /** The loop's thread was on a processor no longer than this. */
  readonly cpuMs: Quantiles;
}

export class LoopWatch {
  #timer: NodeJS.Timeout | undefined;
  #walls: number[] = [];
  #cpus: number[] = [];

  begin(): void {
    const walls: number[] = (this.#walls = []);
    const cpus: number[] = (this.#cpus = []);
    let lastMs = performance.now();
    let lastCpuMs = cpuMs();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const nowCpuMs = cpuMs();
      walls.push(nowMs - lastMs);
      // Neither longer than the time that went by, nor longer than all threads together were.
      cpus.push(Math.min(nowMs - lastMs, nowCpuMs - lastCpuMs));
      lastMs = nowMs;
      lastCpuMs = nowCpuMs;
    }, PERIOD_MS);
  }

  /** @returns what was since {@link begin} */
  end(): Blocks {
    clearInterval(this.#timer);
    return { wallMs: quantiles(this.#walls), cpuMs: quantiles(this.#cpus) };
  }
}

/** Of all threads, to the microsecond. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
