// Time as a parameter: everything that needs "now" or a timer is handed a Clock.

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
  /** Calls `tick` every `periodMs` until the returned function is called; never keeps the process alive. */
  every(periodMs: number, tick: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  every: (periodMs, tick) => {
    const timer = setInterval(tick, periodMs);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
