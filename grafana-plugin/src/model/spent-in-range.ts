// What lanes, groups and the whole panel spent within a range, and how much of it was wasted.
import type { PlacedStep } from './segment-spend.ts';
import type { Lane, ThreadGroup } from './timeline.ts';

export interface Spent {
  readonly usd: number;
  readonly wastedUsd: number;
  /** Longest stretch within which the instant of a step is not known, ms; 0: all are exact. */
  readonly resolutionMs: number;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function sumOf(steps: readonly PlacedStep[], { fromMs, toMs }: Range, isWasted: (step: PlacedStep) => boolean): Spent {
  let [usd, wastedUsd, resolutionMs] = [0, 0, 0];
  for (const step of steps) {
    // A step that is seen after the end of the range may lie within it: it is told where it was seen.
    if (step.toMs > fromMs && step.toMs <= toMs) {
      usd += step.usd;
      wastedUsd += isWasted(step) ? step.usd : 0;
      resolutionMs = Math.max(resolutionMs, step.toMs - step.fromMs);
    }
  }
  return { usd, wastedUsd, resolutionMs };
}

/** Undefined where it is not known what the lane spent when. */
export function spentByLane(lane: Lane, range: Range): Spent | undefined {
  return lane.spend === undefined ? undefined : sumOf(lane.spend.steps, range, ({ waste }) => waste !== 'none');
}

function added(all: ReadonlyArray<Spent | undefined>): Spent | undefined {
  const known = all.filter((spent) => spent !== undefined);
  return known.length === 0
    ? undefined
    : {
        usd: known.reduce((sum, { usd }) => sum + usd, 0),
        wastedUsd: known.reduce((sum, { wastedUsd }) => sum + wastedUsd, 0),
        resolutionMs: Math.max(...known.map(({ resolutionMs }) => resolutionMs)),
      };
}

export function spentByLanes(lanes: readonly Lane[], range: Range): Spent | undefined {
  return added(lanes.map((lane) => spentByLane(lane, range)));
}

/**
 * Of threads: with what no agent accounts for. Wasted is all that runs of threads that failed or timed out spent, and of the
 * other runs what agents spent in runs of their own that ended in failure; nothing counts twice.
 */
export function spentByThreads(threads: readonly ThreadGroup[], range: Range): Spent | undefined {
  return added(
    threads.map(({ spend, lanes }): Spent | undefined => {
      if (spend === undefined) {
        return undefined;
      }
      const own = sumOf(spend, range, ({ waste }) => waste === 'thread');
      const byAgents = lanes.reduce(
        (sum, lane) => sum + sumOf(lane.spend?.steps ?? [], range, ({ waste }) => waste === 'agent').wastedUsd,
        0
      );
      return { ...own, wastedUsd: own.wastedUsd + byAgents };
    })
  );
}
