// The states of lanes in a range as a list that can be read from any place: counted, never copied. A million states are
// one look at their codes; a page of them is found from the counts.
import { indexesIn, segmentOf, stateOfCode, type Segment } from './state-columns.ts';
import type { SegmentSpend } from './segment-spend.ts';
import { hasState, type StateSet } from './state-filter.ts';
import type { Lane } from './timeline.ts';

export interface ListedState {
  /** Unique in the list, and the same for as long as the lane's states are. */
  readonly key: string;
  readonly lane: Lane;
  readonly segment: Segment;
  /** Undefined where it spent nothing, or that is not known. */
  readonly spend: SegmentSpend | undefined;
}

export interface StateList {
  readonly count: number;
  /** States [first, first + size) of the list, fewer at its end. */
  readonly page: (first: number, size: number) => ListedState[];
}

interface Part {
  readonly lane: Lane;
  readonly track: number;
  readonly first: number;
  readonly end: number;
  readonly count: number;
}

/** Every state of `shown` that touches the range (epoch ms), lane by lane in the order given, each lane's by time. */
export function listStates(
  lanes: readonly Lane[],
  range: { readonly fromMs: number; readonly toMs: number },
  shown: StateSet
): StateList {
  const isListed = Uint8Array.from({ length: 256 }, (_, code) => {
    const state = stateOfCode(code);
    return Number(state !== undefined && hasState(shown, state));
  });
  const parts = lanes.flatMap((lane) =>
    lane.tracks.map((columns, track): Part => {
      const [first, end] = indexesIn(columns, range);
      let count = 0;
      for (let i = first; i < end; i++) {
        count += isListed[columns.code[i] ?? 255] ?? 0;
      }
      return { lane, track, first, end, count };
    })
  );
  const page = (from: number, size: number): ListedState[] => {
    const found: ListedState[] = [];
    let before = 0;
    for (const { lane, track, first, end, count } of parts) {
      const columns = lane.tracks[track];
      if (columns !== undefined && before + count > from) {
        let nth = before;
        for (let i = first; i < end && found.length < size; i++) {
          if (isListed[columns.code[i] ?? 255] === 1 && nth++ >= from) {
            const segment = segmentOf(columns, i);
            if (segment !== undefined) {
              const spend = lane.spend?.segments[track]?.get(i);
              found.push({ key: `${lane.key} ${track} ${i}`, lane, segment, spend });
            }
          }
        }
      }
      before += count;
      if (found.length === size) {
        break;
      }
    }
    return found;
  };
  return { count: parts.reduce((sum, part) => sum + part.count, 0), page };
}
