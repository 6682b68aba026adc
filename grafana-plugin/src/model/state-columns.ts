// The states of one lane over time as columns: 9 bytes a state, found by binary search, never one object each. All times
// are milliseconds since the epoch.
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { ALL_STATES, hasState, type StateSet } from './state-filter.ts';

/** Stands in `code` where nothing is known: a hole. */
export const UNKNOWN_CODE = 7;
const CODES = 8;

const STATE_OF_CODE: ReadonlyArray<AgentState | undefined> = Array.from({ length: CODES }, (_, code) =>
  AGENT_STATES.find((state) => AGENT_STATE_CODE[state] === code)
);

/** What is seen first and painted last where several states share a pixel, least important first. */
export const PAINT_ORDER: readonly AgentState[] = [
  'idle',
  'completed',
  'queued',
  'paused',
  'running',
  'waiting',
  'failed',
];

/**
 * Entry `i` holds from `startMs[i]` to `startMs[i + 1]`, the last one to `endMs`. Neighbours of the same code are two
 * states (two runs back to back). Two entries at one instant: the first lasted no time.
 */
export interface StateColumns {
  readonly length: number;
  /** Ascending. */
  readonly startMs: Float64Array;
  /** `AGENT_STATE_CODE`, or {@link UNKNOWN_CODE}. */
  readonly code: Uint8Array;
  readonly endMs: number;
  /** The first state may have been so before: it began at its start or earlier. */
  readonly beganBefore: boolean;
  /** The last state still is so at `endMs`, as far as is known. */
  readonly ongoing: boolean;
}

/** One state of a lane, taken out of its columns. */
export interface Segment {
  readonly state: AgentState;
  readonly startMs: number;
  readonly endMs: number;
  readonly beganBefore: boolean;
  readonly ongoing: boolean;
}

export const NO_STATES: StateColumns = {
  length: 0,
  startMs: new Float64Array(0),
  code: new Uint8Array(0),
  endMs: -Infinity,
  beganBefore: false,
  ongoing: false,
};

/** State of a code; undefined for {@link UNKNOWN_CODE} and whatever is no code. */
export function stateOfCode(code: number | undefined): AgentState | undefined {
  return code === undefined ? undefined : STATE_OF_CODE[code];
}

/** Start of entry `i`; Infinity past the last. */
export function startOf(columns: StateColumns, i: number): number {
  return columns.startMs[i] ?? Infinity;
}

/** End of entry `i`. */
export function endOf(columns: StateColumns, i: number): number {
  return i + 1 < columns.length ? startOf(columns, i + 1) : columns.endMs;
}

/** The state that entry `i` stands for; undefined for a hole and outside the columns. */
export function segmentOf(columns: StateColumns, i: number): Segment | undefined {
  const state = i < 0 || i >= columns.length ? undefined : stateOfCode(columns.code[i]);
  return state === undefined
    ? undefined
    : {
        state,
        startMs: startOf(columns, i),
        endMs: endOf(columns, i),
        beganBefore: i === 0 && columns.beganBefore,
        ongoing: i === columns.length - 1 && columns.ongoing,
      };
}

/** Index of the last entry that starts at or before `ms`, -1 where there is none. */
export function indexAt(columns: StateColumns, ms: number): number {
  return firstAfter(columns, ms, 0) - 1;
}

/** First index at or after `from` whose start is after `ms`. Near answers are found in fewer steps than far ones. */
export function firstAfter(columns: StateColumns, ms: number, from: number): number {
  const { startMs, length } = columns;
  let low = from;
  let step = 1;
  let high = from;
  while (high < length && (startMs[high] ?? Infinity) <= ms) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((startMs[middle] ?? Infinity) <= ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Index of the state that holds at `ms`, half-open at its end; -1 in a hole and outside. */
export function stateIndexAt(columns: StateColumns, ms: number): number {
  let i = indexAt(columns, ms);
  // A state that lasted no time stands before the entry that ended it.
  while (i > 0 && columns.code[i] === UNKNOWN_CODE && startOf(columns, i - 1) === ms) {
    i -= 1;
  }
  if (i < 0 || columns.code[i] === UNKNOWN_CODE) {
    return -1;
  }
  const end = endOf(columns, i);
  const holds = ms < end || ms === startOf(columns, i) || (ms === end && i === columns.length - 1 && columns.ongoing);
  return holds ? i : -1;
}

/** The state that holds at `ms`. */
export function segmentAt(columns: StateColumns, ms: number): Segment | undefined {
  return segmentOf(columns, stateIndexAt(columns, ms));
}

/** Start of the run that tracks are in at `ms`, both ends included; -Infinity where none of them runs. */
export function runningSince(tracks: readonly StateColumns[], ms: number): number {
  const starts = tracks.flatMap((columns) => {
    const i = indexAt(columns, ms);
    return [i, i - 1]
      .filter((one) => one >= 0 && columns.code[one] === AGENT_STATE_CODE.running && endOf(columns, one) >= ms)
      .map((one) => startOf(columns, one));
  });
  return Math.max(-Infinity, ...starts);
}

/** Half-open index range of the entries that touch [fromMs, toMs]. */
export function indexesIn(
  columns: StateColumns,
  range: { fromMs: number; toMs: number }
): [first: number, end: number] {
  const first = Math.max(0, indexAt(columns, range.fromMs));
  const skipped = endOf(columns, first) < range.fromMs ? first + 1 : first;
  return [skipped, Math.max(skipped, firstAfter(columns, range.toMs, skipped))];
}

/** The states that touch the range as objects, at most `limit`: for tables and tests, not for drawing. */
export function segmentsIn(
  columns: StateColumns,
  range: { fromMs: number; toMs: number },
  limit = Number.MAX_SAFE_INTEGER
): Segment[] {
  const [first, end] = indexesIn(columns, range);
  const found: Segment[] = [];
  for (let i = first; i < end && found.length < limit; i++) {
    const segment = segmentOf(columns, i);
    if (segment !== undefined) {
      found.push(segment);
    }
  }
  return found;
}

const FAN = 32;
const levels = new WeakMap<Uint8Array, readonly Uint8Array[]>();

/** Which codes occur in blocks of 32, 1,024, 32,768 ... entries, as bits. */
function levelsOf(code: Uint8Array): readonly Uint8Array[] {
  const known = levels.get(code);
  if (known !== undefined) {
    return known;
  }
  const made: Uint8Array[] = [];
  let below = code;
  while (below.length > FAN) {
    const level = new Uint8Array(Math.ceil(below.length / FAN));
    const isLowest = below === code;
    for (let i = 0; i < below.length; i++) {
      const bits = below[i] ?? 0;
      level[(i / FAN) | 0] = (level[(i / FAN) | 0] ?? 0) | (isLowest ? 1 << bits : bits);
    }
    made.push(level);
    below = level;
  }
  levels.set(code, made);
  return made;
}

/** Which codes occur in entries [first, end), as bits `1 << code`. Costs the logarithm of the distance. */
export function codesBetween(columns: StateColumns, first: number, end: number): number {
  const { code } = columns;
  let bits = 0;
  let low = first;
  let high = end;
  if (high - low <= 2 * FAN) {
    for (let i = low; i < high; i++) {
      bits |= 1 << (code[i] ?? UNKNOWN_CODE);
    }
    return bits;
  }
  const all = levelsOf(code);
  for (let depth = 0; low < high; depth++) {
    const level = depth === 0 ? undefined : all[depth - 1];
    const bitsAt = (i: number) => (level === undefined ? 1 << (code[i] ?? UNKNOWN_CODE) : (level[i] ?? 0));
    const isTop = depth >= all.length || high - low <= 2 * FAN;
    const alignedLow = isTop ? high : Math.ceil(low / FAN) * FAN;
    const alignedHigh = isTop ? high : Math.floor(high / FAN) * FAN;
    for (let i = low; i < alignedLow; i++) {
      bits |= bitsAt(i);
    }
    for (let i = Math.max(alignedHigh, alignedLow); i < high; i++) {
      bits |= bitsAt(i);
    }
    if (isTop) {
      break;
    }
    low = alignedLow / FAN;
    high = alignedHigh / FAN;
  }
  return bits;
}

const CODES_BY_IMPORTANCE = PAINT_ORDER.toReversed().map((state) => AGENT_STATE_CODE[state]);
const TOP_CODE = Uint8Array.from(
  { length: 1 << CODES },
  (_, bits) => CODES_BY_IMPORTANCE.find((code) => (bits & (1 << code)) !== 0) ?? UNKNOWN_CODE
);

/** The most important of the codes in `bits`: failed > waiting > running > paused > queued > the rest. */
export function topCode(bits: number): number {
  return TOP_CODE[bits & 255] ?? UNKNOWN_CODE;
}

export interface FoldedState {
  readonly state: AgentState;
  readonly count: number;
}

/** How often each state of `shown` occurs in entries [first, end), most important first. Costs the distance. */
export function countStates(
  columns: StateColumns,
  [first, end]: readonly [first: number, end: number],
  shown: StateSet = ALL_STATES
): FoldedState[] {
  const counts = new Map<AgentState, number>();
  for (let i = first; i < end; i++) {
    const state = stateOfCode(columns.code[i]);
    if (state !== undefined && hasState(shown, state)) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  }
  return PAINT_ORDER.toReversed().flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [{ state, count }];
  });
}
