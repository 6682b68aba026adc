// Clocks on which nothing depends on how fast the machine is, or on when a test runs.
import { systemClock } from '../src/clock.ts';
import type { Clock } from '../src/clock.ts';

const TICK_MS = 10;
/** Of a time in which the process did not get to run, so much passes. */
const MOST_STEP_MS = 100;

export interface PausableClock {
  readonly now: () => number;
  readonly stop: () => void;
  /** Goes on from where it stands. @returns how far it is behind the machine's from then on, in milliseconds. */
  readonly start: () => number;
}

/** The machine's wall clock, less the times for which it was stopped. */
export function pausableClock(): PausableClock {
  let behindMs = 0;
  let stoppedMs: number | undefined;
  const now = (): number => stoppedMs ?? Date.now() - behindMs;
  return {
    now,
    stop: () => {
      stoppedMs = now();
    },
    start: () => {
      behindMs = Date.now() - now();
      stoppedMs = undefined;
      return behindMs;
    },
  };
}

export interface RunningClock extends Clock {
  readonly now: () => number;
  readonly stop: () => void;
}

/** The machine's, whose wall stands at this moment: no day, no month ends while a test runs. */
export function stoppedClock(): Clock {
  const atMs = Date.now();
  return { ...systemClock, now: () => atMs };
}

/**
 * Goes only while this process does: where a machine stands still for seconds no time has passed, and nothing that an
 * exporter in this process is sent becomes late by it. Begins at the machine's time; timers are the machine's.
 */
export function runningClock(): RunningClock {
  let lastMs = performance.now();
  let nowMs = Date.now();
  const now = (): number => {
    const atMs = performance.now();
    nowMs += Math.min(atMs - lastMs, MOST_STEP_MS);
    lastMs = atMs;
    return Math.floor(nowMs);
  };
  const ticking = setInterval(now, TICK_MS).unref();
  return {
    ...systemClock,
    now,
    stop: () => {
      clearInterval(ticking);
    },
  };
}
