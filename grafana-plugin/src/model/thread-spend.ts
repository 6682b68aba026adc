// Spend of a thread and of its lanes: whose each step is, and what of it was wasted.
import type { Run } from './build-states.ts';
import { spendSteps, threadSteps, type ThreadTotals } from './lane-spend.ts';
import { isOfFailedRun, placeSpend, type LaneSpend, type PlacedStep } from './segment-spend.ts';
import { runningSince, type StateColumns } from './state-columns.ts';

interface Spender {
  readonly agent: string;
  readonly tracks: readonly StateColumns[];
}

/** A running total that is there at the start of the range may hold what was spent before it, unless the thread began later. */
function baselineOf(runs: readonly Run[], fromMs: number, intervalMs: number): number {
  return (runs[0]?.startMs ?? -Infinity) > fromMs ? -Infinity : fromMs + intervalMs;
}

/** `lanes` of one thread with when each spent what, and the same of the thread itself, ascending; undefined without totals. */
export function withSpend<L extends Spender>(
  lanes: readonly L[],
  totals: ThreadTotals | undefined,
  { runs, fromMs }: { readonly runs: readonly Run[]; readonly fromMs: number }
): { lanes: ReadonlyArray<L & { readonly spend?: LaneSpend }>; spend: readonly PlacedStep[] | undefined } {
  if (totals === undefined || totals.exact.length + totals.agents.length === 0) {
    return { lanes, spend: undefined };
  }
  const baselineMs = baselineOf(runs, fromMs, totals.intervalMs);
  const tracksOf = new Map(lanes.map(({ agent, tracks }) => [agent, tracks]));
  const isActive = (agent: string, ms: number) => runningSince(tracksOf.get(agent) ?? [], ms) > -Infinity;
  const steps = spendSteps(totals, { baselineMs, isActive });
  const isRead = new Set(totals.agents.map(({ agent }) => agent));
  const own = totals.exact.length > 0 ? threadSteps(totals.exact, baselineMs) : [...steps.values()].flat();
  return {
    lanes: lanes.map((lane) =>
      isRead.has(lane.agent) ? { ...lane, spend: placeSpend(steps.get(lane.agent) ?? [], lane.tracks, runs) } : lane
    ),
    spend: own
      .sort((a, b) => a.toMs - b.toMs)
      .map((step) => ({ ...step, waste: isOfFailedRun(step, runs) ? 'thread' : 'none' })),
  };
}
