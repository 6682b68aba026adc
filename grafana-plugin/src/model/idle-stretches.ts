// When no lane did anything: what a viewer may fold away to see the rest.
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { endOf, indexesIn, startOf, UNKNOWN_CODE, type StateColumns } from './state-columns.ts';
import type { Lane } from './timeline.ts';

/** A stretch of time, epoch milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** In these something goes on or is waited for. Whoever failed does nothing any more. */
const BUSY_STATES = ['queued', 'running', 'waiting', 'paused'] as const satisfies readonly AgentState[];
const BUSY_BITS = BUSY_STATES.reduce((bits, state) => bits | (1 << AGENT_STATE_CODE[state]), 0);
/** This part of the shortest stretch stays beside what went on before and after one. */
const MARGIN_PART = 0.1;

/** Stretches of at least `leastMs` in which one track is not busy, ascending. A failure ends one as it happens. */
function idleOf(columns: StateColumns, range: Stretch, leastMs: number): Stretch[] {
  const found: Stretch[] = [];
  let idleFromMs = range.fromMs;
  const add = (toMs: number) => {
    if (toMs - idleFromMs >= leastMs) {
      found.push({ fromMs: idleFromMs, toMs });
    }
  };
  const [first, end] = indexesIn(columns, range);
  for (let i = first; i < end; i++) {
    const code = columns.code[i] ?? UNKNOWN_CODE;
    const isBusy = (BUSY_BITS & (1 << code)) !== 0;
    if (isBusy || (code === AGENT_STATE_CODE.failed && startOf(columns, i) >= range.fromMs)) {
      add(startOf(columns, i));
      idleFromMs = Math.max(idleFromMs, isBusy ? endOf(columns, i) : startOf(columns, i));
    }
  }
  add(range.toMs);
  return found;
}

/** What two ascending lists have in common, where that is `leastMs` long or longer. */
function common(a: readonly Stretch[], b: readonly Stretch[], leastMs: number): Stretch[] {
  const found: Stretch[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) {
      break;
    }
    const stretch = { fromMs: Math.max(one.fromMs, other.fromMs), toMs: Math.min(one.toMs, other.toMs) };
    if (stretch.toMs - stretch.fromMs >= leastMs) {
      found.push(stretch);
    }
    if (one.toMs < other.toMs) {
      i += 1;
    } else {
      j += 1;
    }
  }
  return found;
}

/**
 * Stretches of `range` of at least `leastMs` in which no lane is queued, running, waiting or paused, ascending; without a
 * margin beside what was going on before and after each. Empty where there is no lane, and where nothing went on at all.
 * Costs the states in the range, or less: a lane that is always busy ends the search.
 */
export function idleStretches(lanes: readonly Lane[], range: Stretch, leastMs: number): Stretch[] {
  const tracks = lanes.flatMap((lane) => lane.tracks);
  if (tracks.length === 0 || !(leastMs > 0) || range.toMs - range.fromMs < leastMs) {
    return [];
  }
  let idle: Stretch[] = [range];
  for (const columns of tracks) {
    if (idle.length === 0) {
      return [];
    }
    idle = common(idle, idleOf(columns, range, leastMs), leastMs);
  }
  const isAll = idle[0]?.fromMs === range.fromMs && idle[0].toMs === range.toMs;
  const margin = leastMs * MARGIN_PART;
  return isAll
    ? []
    : idle.map(({ fromMs, toMs }) => ({
        fromMs: fromMs === range.fromMs ? fromMs : fromMs + margin,
        toMs: toMs === range.toMs ? toMs : toMs - margin,
      }));
}
