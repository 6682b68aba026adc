// Time and count per state inside a range, at a cost that does not grow with the number of states.
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { endOf, indexesIn, startOf, UNKNOWN_CODE, type StateColumns } from './state-columns.ts';
import type { Lane } from './timeline.ts';

export interface StateTotal {
  readonly state: AgentState;
  readonly totalMs: number;
  readonly count: number;
  /** Part of the time that all lanes are known for, 0..1. */
  readonly share: number;
}

/** Per code. */
interface Sums {
  readonly ms: Float64Array;
  readonly count: Float64Array;
}

const CODES = 8;
const BLOCK = 128;

const newSums = (blocks = 1): Sums => ({
  ms: new Float64Array(blocks * CODES),
  count: new Float64Array(blocks * CODES),
});

/** Sums before each block of entries. Keyed by the starts, which lanes share from one refresh to the next. */
const prefixes = new WeakMap<Float64Array, Sums>();

/** The last entry is in no block: its end moves on with now. */
function prefixOf(columns: StateColumns): Sums {
  const known = prefixes.get(columns.startMs);
  if (known !== undefined) {
    return known;
  }
  const blocks = Math.floor((columns.length - 1) / BLOCK) + 1;
  const made = newSums(blocks);
  const running = newSums();
  for (let i = 0; i < (blocks - 1) * BLOCK; i++) {
    const code = columns.code[i] ?? UNKNOWN_CODE;
    running.ms[code] = (running.ms[code] ?? 0) + (columns.startMs[i + 1] ?? 0) - (columns.startMs[i] ?? 0);
    running.count[code] = (running.count[code] ?? 0) + 1;
    if ((i + 1) % BLOCK === 0) {
      const at = ((i + 1) / BLOCK) * CODES;
      made.ms.set(running.ms, at);
      made.count.set(running.count, at);
    }
  }
  prefixes.set(columns.startMs, made);
  return made;
}

/** Adds entries [first, end) one by one, each as far as it lies inside the range. */
function addEntries(
  sums: Sums,
  columns: StateColumns,
  at: { first: number; end: number; fromMs: number; toMs: number }
): void {
  const { fromMs, toMs } = at;
  for (let i = at.first; i < at.end; i++) {
    const code = columns.code[i] ?? UNKNOWN_CODE;
    const ms = Math.min(endOf(columns, i), toMs) - Math.max(startOf(columns, i), fromMs);
    if (ms >= 0) {
      sums.ms[code] = (sums.ms[code] ?? 0) + ms;
      sums.count[code] = (sums.count[code] ?? 0) + 1;
    }
  }
}

/** Adds what lies inside the range to `sums`: the two ends entry by entry, what is between them by blocks. */
function addStates(sums: Sums, columns: StateColumns, { fromMs, toMs }: { fromMs: number; toMs: number }): void {
  const [first, end] = indexesIn(columns, { fromMs, toMs });
  const firstBlock = Math.floor(first / BLOCK) + 1;
  const lastBlock = Math.floor((end - 2) / BLOCK);
  if (lastBlock <= firstBlock) {
    addEntries(sums, columns, { first, end, fromMs, toMs });
    return;
  }
  addEntries(sums, columns, { first, end: firstBlock * BLOCK, fromMs, toMs });
  const { ms, count } = prefixOf(columns);
  for (let code = 0; code < CODES; code++) {
    const [from, to] = [firstBlock * CODES + code, lastBlock * CODES + code];
    sums.ms[code] = (sums.ms[code] ?? 0) + (ms[to] ?? 0) - (ms[from] ?? 0);
    sums.count[code] = (sums.count[code] ?? 0) + (count[to] ?? 0) - (count[from] ?? 0);
  }
  addEntries(sums, columns, { first: lastBlock * BLOCK, end, fromMs, toMs });
}

function sumLanes(lanes: readonly Lane[], range: { fromMs: number; toMs: number }): Sums {
  const sums = newSums();
  for (const lane of lanes) {
    for (const columns of lane.tracks) {
      addStates(sums, columns, range);
    }
  }
  return sums;
}

/** Totals of what lies inside the visible range, in the order of the state codes; states that do not occur are left out. */
export function totalsPerState(lanes: readonly Lane[], range: { fromMs: number; toMs: number }): StateTotal[] {
  const { ms, count } = sumLanes(lanes, range);
  const known = AGENT_STATES.map((state) => {
    const code = AGENT_STATE_CODE[state];
    return { state, totalMs: ms[code] ?? 0, count: count[code] ?? 0 };
  });
  const all = known.reduce((sum, total) => sum + total.totalMs, 0);
  return known
    .filter((total) => total.count > 0)
    .map((total) => ({ ...total, share: all === 0 ? 0 : total.totalMs / all }));
}

/** How long `lanes` were in `state` within the range, ms. */
export function timeInState(
  lanes: readonly Lane[],
  state: AgentState,
  range: { fromMs: number; toMs: number }
): number {
  return sumLanes(lanes, range).ms[AGENT_STATE_CODE[state]] ?? 0;
}

/** Transitions in the range, for comparison with the exporter's counter: states that are known to have begun in it. */
export function transitionsIn(lanes: readonly Lane[], range: { fromMs: number; toMs: number }): number {
  const states = sumLanes(lanes, range).count.subarray(0, UNKNOWN_CODE);
  const begunBefore = lanes.reduce(
    (sum, lane) =>
      sum + lane.tracks.filter((columns) => columns.beganBefore && indexesIn(columns, range)[0] === 0).length,
    0
  );
  return states.reduce((sum, count) => sum + count, 0) - begunBefore;
}
