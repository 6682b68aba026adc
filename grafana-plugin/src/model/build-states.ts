// From samples and from rows with a start and an end to the columns of a lane, in one pass and without objects.
import { AGENT_STATE_CODE, type AgentState, type ThreadState } from 'orchestrator-exporter/contract/states';
import { endOf, indexAt, NO_STATES, startOf, UNKNOWN_CODE, type StateColumns } from './state-columns.ts';

/** From `atMs` on the state is `state`; undefined: from here on nothing is known (NaN sample, vanished series). */
export interface StatePoint {
  readonly atMs: number;
  readonly state: AgentState | undefined;
}

/** Samples of one lane: one an instant, ascending. Borrowed: whoever keeps something of it copies. */
export interface PointColumns {
  readonly length: number;
  readonly atMs: ArrayLike<number>;
  /** State codes; whatever is none says that nothing is known. */
  readonly code: ArrayLike<unknown>;
  /** The same for equal samples; undefined where nobody has worked it out. */
  readonly fingerprint?: string | undefined;
}

/** Rows of one lane that may overlap: `endMs` NaN where a row still goes on. */
export interface SpanColumns {
  readonly length: number;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  readonly code: Uint8Array;
}

/** A stretch in which a thread ran; `endMs` undefined while it has not ended. */
export interface Run {
  readonly startMs: number;
  readonly endMs: number | undefined;
  /** How it ended; undefined while it has not, or where nobody said. */
  readonly outcome?: RunOutcome;
}

/** Thread states that end a run. */
export type RunOutcome = Extract<ThreadState, 'completed' | 'failed' | 'timeout'>;

/** Failed or timed out: what it spent is wasted. */
export function hasFailed({ outcome }: Pick<Run, 'outcome'>): boolean {
  return outcome === 'failed' || outcome === 'timeout';
}

export interface Extent {
  /** Start of the range that was read. */
  readonly fromMs: number;
  /** End of the range that was read. */
  readonly toMs: number;
  readonly nowMs: number;
  /** How long the last sample is believed. */
  readonly stalenessMs: number;
  /** The first sample may repeat a state that began before it. */
  readonly startUnknown: boolean;
  /** A longer distance between two samples is a hole. */
  readonly holeMs: number;
}

/** Points in any order as columns: of several at one instant the last given wins. */
export function pointColumns(points: readonly StatePoint[]): PointColumns {
  const sorted = points.every((point, i) => i === 0 || (points[i - 1]?.atMs ?? 0) <= point.atMs)
    ? points
    : [...points].sort((a, b) => a.atMs - b.atMs);
  const kept = sorted.filter((point, i) => sorted[i + 1]?.atMs !== point.atMs);
  return {
    length: kept.length,
    atMs: Float64Array.from(kept, (point) => point.atMs),
    code: Uint8Array.from(kept, ({ state }) => (state === undefined ? UNKNOWN_CODE : AGENT_STATE_CODE[state])),
  };
}

/** Room for the columns in the making, used again for every lane; what is kept is copied to its exact size. */
let scratch = { startMs: new Float64Array(1_024), code: new Uint8Array(1_024) };

function scratchOf(length: number): typeof scratch {
  if (scratch.startMs.length < length) {
    scratch = { startMs: new Float64Array(2 * length), code: new Uint8Array(2 * length) };
  }
  return scratch;
}

function codeOf(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < UNKNOWN_CODE && (value | 0) === value
    ? value
    : UNKNOWN_CODE;
}

export interface BuiltStates {
  readonly columns: StateColumns;
  /** The last sample at or before now; -Infinity without one. */
  readonly lastMs: number;
  /** Samples after now were left out: with a later now there is more. */
  readonly cut: boolean;
}

/**
 * The end of the last state: min(now, last sample + staleness), `ongoing` if that is now.
 */
export function tailAt(lastMs: number, extent: Extent): Pick<StateColumns, 'endMs' | 'ongoing'> {
  const endMs = Math.min(extent.nowMs, lastMs + extent.stalenessMs);
  return { endMs, ongoing: endMs === extent.nowMs };
}

/**
 * States of one lane. Equal neighbours (heartbeats) merge; a distance above `holeMs` is a hole, into which the state
 * before it reaches no further than that (nor than `stalenessMs`); the last state runs to min(now, last sample + staleness).
 * Nothing is ever drawn past now.
 */
export function statesOfPoints(points: PointColumns, extent: Extent): BuiltStates {
  const { atMs, code } = points;
  const { holeMs, nowMs } = extent;
  const intoHoleMs = Math.min(extent.stalenessMs, holeMs);
  const made = scratchOf(2 * points.length + 1);
  let length = 0;
  let lastCode = UNKNOWN_CODE;
  let lastMs = -Infinity;
  let read = 0;
  for (; read < points.length; read++) {
    const at = atMs[read] ?? 0;
    if (at > nowMs) {
      break;
    }
    if (lastCode !== UNKNOWN_CODE && at - lastMs > holeMs) {
      made.startMs[length] = lastMs + intoHoleMs;
      made.code[length++] = UNKNOWN_CODE;
      lastCode = UNKNOWN_CODE;
    }
    const next = codeOf(code[read]);
    lastMs = at;
    if (next !== lastCode) {
      made.startMs[length] = at;
      made.code[length++] = next;
      lastCode = next;
    }
  }
  const cut = read < points.length;
  const isKnown = lastCode !== UNKNOWN_CODE;
  // What ends in nothing known ends where that began.
  const kept = isKnown || length === 0 ? length : length - 1;
  if (kept === 0) {
    return { columns: NO_STATES, lastMs, cut };
  }
  const tail = isKnown ? tailAt(lastMs, extent) : { endMs: made.startMs[kept] ?? lastMs, ongoing: false };
  const columns = {
    length: kept,
    startMs: made.startMs.slice(0, kept),
    code: made.code.slice(0, kept),
    ...tail,
    beganBefore: extent.startUnknown && made.startMs[0] === atMs[0],
  };
  return { columns, lastMs: isKnown ? lastMs : -Infinity, cut };
}

/**
 * The parts of `columns` that lie within runs of their thread: a thread that has ended has no active agents. A failure at
 * the very end of a run is kept with no duration, because how it ended is what one looks for.
 */
export function withinRuns(columns: StateColumns, runs: readonly Run[]): StateColumns {
  const isOutside = (run: Run) => run.startMs > startOf(columns, 0) || (run.endMs ?? Infinity) < columns.endMs;
  if (columns.length === 0 || runs.length === 0 || (runs.length === 1 && runs.every((run) => !isOutside(run)))) {
    return columns;
  }
  const made = scratchOf(columns.length + 2 * runs.length + 1);
  let length = 0;
  let endMs = -Infinity;
  let ongoing = false;
  let beganBefore = false;
  for (const run of runs) {
    const runEndMs = run.endMs ?? Infinity;
    let i = Math.max(0, indexAt(columns, run.startMs));
    for (; i < columns.length && startOf(columns, i) <= runEndMs; i++) {
      const code = columns.code[i] ?? UNKNOWN_CODE;
      const startMs = Math.max(startOf(columns, i), run.startMs);
      const stateEndMs = Math.min(endOf(columns, i), runEndMs);
      const endedByFailing = code === AGENT_STATE_CODE.failed && startMs === runEndMs;
      if (code === UNKNOWN_CODE || !(startMs < stateEndMs || endedByFailing)) {
        continue;
      }
      if (length > 0 && startMs > endMs) {
        made.startMs[length] = endMs;
        made.code[length++] = UNKNOWN_CODE;
      }
      beganBefore ||= length === 0 && i === 0 && columns.beganBefore;
      made.startMs[length] = startMs;
      made.code[length++] = code;
      endMs = Math.max(startMs, stateEndMs);
      ongoing = columns.ongoing && i === columns.length - 1 && runEndMs === Infinity;
    }
  }
  return length === 0
    ? NO_STATES
    : { length, startMs: made.startMs.slice(0, length), code: made.code.slice(0, length), endMs, ongoing, beganBefore };
}

/**
 * Rows of one lane packed into as few sub-lanes as hold them without overlap: by start, of two that start together the
 * longer first, each into the first sub-lane that is free. A row that still goes on ends now, or is its own instant
 * when it starts later than that.
 */
export function packSpans(spans: SpanColumns, extent: Pick<Extent, 'nowMs'>): StateColumns[] {
  const startAt = (i: number) => spans.startMs[i] ?? 0;
  const isOpen = (i: number) => Number.isNaN(spans.endMs[i] ?? NaN);
  const endAt = (i: number) =>
    Math.max(startAt(i), isOpen(i) ? extent.nowMs : Math.min(spans.endMs[i] ?? 0, extent.nowMs));
  const order = Array.from({ length: spans.length }, (_, i) => i)
    .filter((i) => startAt(i) <= extent.nowMs)
    .sort((a, b) => startAt(a) - startAt(b) || endAt(b) - endAt(a));
  const tracks: number[][] = [];
  const freeFrom: number[] = [];
  for (const i of order) {
    const found = freeFrom.findIndex((free) => free <= startAt(i));
    const track = found < 0 ? tracks.length : found;
    (tracks[track] ??= []).push(i);
    freeFrom[track] = endAt(i);
  }
  return tracks.map((rows) => {
    const startMs: number[] = [];
    const code: number[] = [];
    for (const [n, i] of rows.entries()) {
      startMs.push(startAt(i));
      code.push(spans.code[i] ?? UNKNOWN_CODE);
      const next = rows[n + 1];
      if (next !== undefined && startAt(next) > endAt(i)) {
        startMs.push(endAt(i));
        code.push(UNKNOWN_CODE);
      }
    }
    const last = rows.at(-1) ?? 0;
    return {
      length: startMs.length,
      startMs: Float64Array.from(startMs),
      code: Uint8Array.from(code),
      endMs: endAt(last),
      beganBefore: false,
      ongoing: isOpen(last),
    };
  });
}
