// A clock that stands until it is told to move; what is due happens in the order of its time.
import type { Clock } from '../../src/clock.ts';

interface Timer {
  atMs: number;
  readonly periodMs: number;
  readonly tick: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now = (): number => this.#nowMs;
  monotonic = (): number => this.#nowMs - 1_700_000_000_000;

  every = (periodMs: number, tick: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + periodMs, periodMs, tick };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  /** Lets everything happen that falls due within the next `ms`. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.atMs += Math.max(next.periodMs, 1);
      next.tick();
    }
    this.#nowMs = untilMs;
  }
}

/** Until everything that needs neither time nor I/O has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
