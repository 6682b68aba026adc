// Which states hold at an instant over all lanes: the pointed one, the first few of the others, and how many there are.
import { AGENT_STATE_CODE } from 'orchestrator-exporter/contract/states';
import { segmentAt, segmentOf, stateIndexAt, UNKNOWN_CODE, type Segment } from './state-columns.ts';
import { ALL_STATES, hasState, type StateSet } from './state-filter.ts';
import type { Lane, ThreadGroup } from './timeline.ts';

/** States in which something goes on or is waited for. */
const ACTIVE_STATES: StateSet = ALL_STATES & ~(1 << AGENT_STATE_CODE.idle) & ~(1 << AGENT_STATE_CODE.completed);

export interface ActiveState {
  readonly lane: Lane;
  readonly segment: Segment;
  readonly pointed: boolean;
  /** Which of its lane's states it is: lanes whose states overlap have several. */
  readonly nth: number;
}

/** An instant, and what is pointed at then. */
export interface Pointed {
  readonly atMs: number;
  readonly lane: Lane | undefined;
  readonly segment: Segment | undefined;
}

function isSame(a: Segment, b: Segment): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs && a.state === b.state;
}

/** The states of the lane below the pointer, its own first: whatever it is in, active or not. */
function statesOfPointed(lane: Lane, { atMs, segment: own }: Pointed, shown: StateSet): Segment[] {
  const current = lane.tracks
    .flatMap((columns) => segmentAt(columns, atMs) ?? [])
    .filter(({ state }) => hasState(shown, state));
  if (own === undefined) {
    return current;
  }
  const others = lane.tracks.length === 1 ? [] : current;
  return [own, ...others.filter((one) => hasState(ACTIVE_STATES, one.state) && !isSame(one, own))];
}

/**
 * The states that hold at `at.atMs`, in the order of the lanes; with more than `limit` the pointed one comes first and the
 * last ones are left out. Every lane is asked, and nothing is copied of what is not listed.
 */
export function activeStates(
  groups: readonly ThreadGroup[],
  at: Pointed,
  { shown, limit }: { shown: StateSet; limit: number }
): { listed: ActiveState[]; count: number } {
  const kept: ActiveState[] = [];
  let count = 0;
  for (const lane of groups.flatMap((group) => group.lanes)) {
    if (lane.key === at.lane?.key) {
      const own = statesOfPointed(lane, at, shown);
      kept.push(...own.map((segment, nth) => ({ lane, segment, pointed: nth === 0, nth })));
      count += own.length;
      continue;
    }
    let nth = 0;
    for (const columns of lane.tracks) {
      const i = stateIndexAt(columns, at.atMs);
      if (i < 0 || ((1 << (columns.code[i] ?? UNKNOWN_CODE)) & shown & ACTIVE_STATES) === 0) {
        continue;
      }
      const segment = count < limit ? segmentOf(columns, i) : undefined;
      if (segment !== undefined) {
        kept.push({ lane, segment, pointed: false, nth });
      }
      count += 1;
      nth += 1;
    }
  }
  const pointedFirst = [...kept.filter((one) => one.pointed), ...kept.filter((one) => !one.pointed)];
  return { listed: count > limit ? pointedFirst.slice(0, limit) : kept, count };
}
