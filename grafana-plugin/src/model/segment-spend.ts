// Which state of a lane each of its spend steps belongs to, and what of it was wasted.
import { AGENT_STATE_CODE } from 'orchestrator-exporter/contract/states';
import { hasFailed, type Run } from './build-states.ts';
import { endOf, indexAt, startOf, UNKNOWN_CODE, type StateColumns } from './state-columns.ts';
import type { SpendStep } from './lane-spend.ts';

/**
 * Why a spend is wasted: its agent's run ended in failure (`agent`: the states from becoming active until `failed`), or its
 * thread's run ended failed or by a timeout (`thread`), whatever its agents made of it.
 */
export type Waste = 'none' | 'agent' | 'thread';

export interface PlacedStep extends SpendStep {
  readonly waste: Waste;
}

/** What one state spent: `usd` for certain; up to `atMostUsd` where steps may belong to it or to a neighbour. */
export interface SegmentSpend {
  readonly usd: number;
  readonly atMostUsd: number;
}

export interface LaneSpend {
  /** Ascending. */
  readonly steps: readonly PlacedStep[];
  /** For each track what its entries spent, by their index; those that spent nothing are left out. */
  readonly segments: ReadonlyArray<ReadonlyMap<number, SegmentSpend>>;
}

interface Entry {
  readonly track: number;
  readonly index: number;
  readonly code: number;
}

/** Steps seldom lie across more entries; of those that do it is not told where they belong. */
const MAX_ENTRIES = 64;
const INACTIVE: ReadonlySet<number> = new Set([AGENT_STATE_CODE.idle, AGENT_STATE_CODE.completed, UNKNOWN_CODE]);

/** Active entries that touch the step, ends included: cost is reported when a run ends. */
function entriesOf(tracks: readonly StateColumns[], { fromMs, toMs }: SpendStep): Entry[] {
  return tracks.flatMap((columns, track) => {
    const found: Entry[] = [];
    let index = Math.max(0, indexAt(columns, fromMs));
    while (index > 0 && startOf(columns, index) >= fromMs) {
      index -= 1;
    }
    for (; index < columns.length && startOf(columns, index) <= toMs && found.length <= MAX_ENTRIES; index++) {
      const code = columns.code[index] ?? UNKNOWN_CODE;
      if (!INACTIVE.has(code) && endOf(columns, index) >= fromMs) {
        found.push({ track, index, code });
      }
    }
    return found;
  });
}

/**
 * The entries that may have spent a step: what runs spends, so running ones if there are any. Of several that touch an exact
 * instant in one track the first: it ended with the report.
 */
function spendersOf(tracks: readonly StateColumns[], step: SpendStep): readonly Entry[] {
  const touched = entriesOf(tracks, step);
  const running = touched.filter(({ code }) => code === AGENT_STATE_CODE.running);
  const likely = running.length > 0 ? running : touched;
  const isExact = step.fromMs === step.toMs;
  return isExact ? likely.filter((entry, i) => likely[i - 1]?.track !== entry.track) : likely;
}

const failedRuns = new WeakMap<Uint8Array, Uint8Array>();

/** 1 for each entry of an agent's run that ended in `failed`. Keyed by the codes, which refreshes share. */
function inFailedRun({ code, length }: StateColumns): Uint8Array {
  const known = failedRuns.get(code);
  if (known !== undefined) {
    return known;
  }
  const flags = new Uint8Array(length);
  let isFailed = false;
  for (let i = length - 1; i >= 0; i--) {
    const own = code[i] ?? UNKNOWN_CODE;
    isFailed = own === AGENT_STATE_CODE.failed || (isFailed && !INACTIVE.has(own));
    flags[i] = Number(isFailed);
  }
  failedRuns.set(code, flags);
  return flags;
}

/** Whether the thread's run that the step falls into ended in failure. A step that is seen after the end belongs to it. */
export function isOfFailedRun(step: SpendStep, runs: readonly Run[]): boolean {
  const run = runs.findLast(({ startMs }) => startMs <= step.toMs);
  return run !== undefined && hasFailed(run);
}

/** `steps` on the entries of a lane's tracks. */
export function placeSpend(
  steps: readonly SpendStep[],
  tracks: readonly StateColumns[],
  runs: readonly Run[]
): LaneSpend {
  const segments = tracks.map(() => new Map<number, SegmentSpend>());
  const placed = steps.map((step): PlacedStep => {
    const spenders = spendersOf(tracks, step);
    const certain = spenders.length === 1;
    for (const { track, index } of spenders) {
      const before = segments[track]?.get(index) ?? { usd: 0, atMostUsd: 0 };
      segments[track]?.set(index, {
        usd: before.usd + (certain ? step.usd : 0),
        atMostUsd: before.atMostUsd + step.usd,
      });
    }
    const isWasted = ({ track, index }: Entry) => {
      const columns = tracks[track];
      return columns !== undefined && inFailedRun(columns)[index] === 1;
    };
    const byAgent = spenders.length > 0 && spenders.every(isWasted);
    return { ...step, waste: isOfFailedRun(step, runs) ? 'thread' : byAgent ? 'agent' : 'none' };
  });
  return { steps: placed, segments };
}
