// The states of lanes in a range, and the ends of runs, as a list that can be read from any place and in two orders. A million
// states are one look at their codes and four bytes each; a page of them is found from the counts.
import type { RunOutcome } from './build-states.ts';
import type { SegmentSpend } from './segment-spend.ts';
import {
  firstAfter,
  indexesIn,
  segmentOf,
  startOf,
  stateOfCode,
  type Segment,
  type StateColumns,
} from './state-columns.ts';
import { hasState, type StateSet } from './state-filter.ts';
import type { Lane, ThreadGroup } from './timeline.ts';

export interface ListedState {
  readonly kind: 'state';
  /** Unique in the list, and the same for as long as the lane's states are. */
  readonly key: string;
  readonly lane: Lane;
  readonly segment: Segment;
  /** Undefined where it spent nothing, or that is not known. */
  readonly spend: SegmentSpend | undefined;
}

export interface ListedRunEnd {
  readonly kind: 'run-end';
  readonly key: string;
  readonly thread: string;
  readonly outcome: RunOutcome;
  readonly atMs: number;
}

export type Listed = ListedState | ListedRunEnd;

/** Lane by lane, or by start over all lanes; what starts at once stands in the order of the lanes. */
export type ListOrder = 'lane' | 'start';

export interface StateList {
  /** States and ends of runs. */
  readonly count: number;
  /** Entries [first, first + size) of the list, fewer at its end. */
  readonly page: (first: number, size: number, order?: ListOrder) => Listed[];
}

export interface ListRequest {
  /** In their order. */
  readonly lanes: readonly Lane[];
  /** Whose runs may end in the range; those of no listed lane are left out. */
  readonly threads: ReadonlyArray<Pick<ThreadGroup, 'thread' | 'runs'>>;
  /** Epoch milliseconds. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly shown: StateSet;
}

/** Entries of one kind in the order of time. */
interface Part {
  readonly count: number;
  /** Entry `nth` of `count`. */
  readonly at: (nth: number) => Listed | undefined;
  /** How many start before an instant. */
  readonly before: (ms: number) => number;
}

function partOfTrack(lane: Lane, track: number, columns: StateColumns, request: ListRequest): Part {
  const [first, end] = indexesIn(columns, request.range);
  // Where the nth listed state stands. Holes and what is not shown have no place.
  const places = new Uint32Array(end - first);
  let count = 0;
  for (let i = first; i < end; i++) {
    const state = stateOfCode(columns.code[i]);
    if (state !== undefined && hasState(request.shown, state)) {
      places[count++] = i;
    }
  }
  return {
    count,
    at: (nth) => {
      const i = places[nth] ?? -1;
      const segment = segmentOf(columns, i);
      const spend = lane.spend?.segments[track]?.get(i);
      return segment === undefined
        ? undefined
        : { kind: 'state', key: `${lane.key} ${track} ${i}`, lane, segment, spend };
    },
    before: (ms) => {
      // The first entry that starts at `ms` or later; several may start at once.
      let index = firstAfter(columns, ms, 0);
      while (index > 0 && startOf(columns, index - 1) >= ms) {
        index -= 1;
      }
      return lowerBound(places, count, index);
    },
  };
}

/** How many of the first `count` of ascending `sorted` are below `value`. */
function lowerBound(sorted: Uint32Array, count: number, value: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function partOfRuns({ thread, runs }: ListRequest['threads'][number], { range, shown }: ListRequest): Part {
  const ends = runs
    .flatMap(({ endMs, outcome }): ListedRunEnd[] => {
      const isListed =
        endMs !== undefined &&
        outcome !== undefined &&
        endMs >= range.fromMs &&
        endMs <= range.toMs &&
        hasState(shown, outcome === 'completed' ? 'completed' : 'failed');
      return isListed
        ? [{ kind: 'run-end', key: `${JSON.stringify(thread)} ends ${endMs}`, thread, outcome, atMs: endMs }]
        : [];
    })
    .sort((a, b) => a.atMs - b.atMs);
  return {
    count: ends.length,
    at: (nth) => ends[nth],
    before: (ms) => ends.filter(({ atMs }) => atMs < ms).length,
  };
}

/** The parts in the order of the lanes; a thread's ends stand behind its last lane. */
function partsOf(request: ListRequest): Part[] {
  const lastLane = new Map(request.lanes.map((lane, i) => [lane.thread, i]));
  const threads = new Map(request.threads.map((one) => [one.thread, one]));
  return request.lanes.flatMap((lane, i) => {
    const thread = lastLane.get(lane.thread) === i ? threads.get(lane.thread) : undefined;
    return [
      ...lane.tracks.map((columns, track) => partOfTrack(lane, track, columns, request)),
      ...(thread === undefined ? [] : [partOfRuns(thread, request)]),
    ];
  });
}

function startMsOf(entry: Listed): number {
  return entry.kind === 'state' ? entry.segment.startMs : entry.atMs;
}

function entriesOf(part: Part, first: number, size: number): Listed[] {
  const most = Math.max(0, Math.min(size, part.count - first));
  return Array.from({ length: most }, (_, n) => part.at(first + n)).filter((one) => one !== undefined);
}

function pageByLane(parts: readonly Part[], first: number, size: number): Listed[] {
  const found: Listed[] = [];
  let before = 0;
  for (const part of parts) {
    if (before + part.count > first && found.length < size) {
      found.push(...entriesOf(part, Math.max(0, first - before), size - found.length));
    }
    before += part.count;
  }
  return found;
}

/**
 * The page by start: the last instant that has no more than `first` entries before it is searched by halving, then the
 * parts' next entries are merged. Costs the parts for each halving, not the entries.
 */
function pageByStart(parts: readonly Part[], first: number, size: number): Listed[] {
  const beforeAll = (ms: number) => parts.reduce((sum, part) => sum + part.before(ms), 0);
  const starts = parts.flatMap((part) => [part.at(0), part.at(part.count - 1)]).flatMap((one) => one ?? []);
  let low = starts.reduce((least, one) => Math.min(least, startMsOf(one)), Infinity);
  let high = starts.reduce((most, one) => Math.max(most, startMsOf(one)), -Infinity) + 1;
  // Instants have fractions of a millisecond at most; nearer ones are sorted below.
  while (high - low > 0.001) {
    const middle = low + (high - low) / 2;
    if (beforeAll(middle) <= first) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const skipped = first - beforeAll(low);
  return parts
    .flatMap((part) => entriesOf(part, part.before(low), skipped + size))
    .sort((a, b) => startMsOf(a) - startMsOf(b))
    .slice(skipped, skipped + size);
}

/** Every state of `shown` that touches the range, and every run that ends in it. */
export function listStates(request: ListRequest): StateList {
  const parts = partsOf(request).filter((part) => part.count > 0);
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    page: (first, size, order = 'lane') =>
      parts.length === 0 ? [] : order === 'lane' ? pageByLane(parts, first, size) : pageByStart(parts, first, size),
  };
}
