// What the tooltip says at one instant: every active agent's state with its exact duration, and the money left.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { exactDuration } from '../layout/duration-text.ts';
import type { Hit } from '../layout/hit-test.ts';
import { moneyText } from '../layout/money-text.ts';
import { amountAt, type BurnDown } from '../model/burn-down.ts';
import { segmentAt, type Segment } from '../model/segments.ts';
import type { Lane, Timeline } from '../model/timeline.ts';

export interface HoverRow {
  readonly key: string;
  readonly name: string;
  readonly state: AgentState;
  readonly duration: string;
  /** The lane below the pointer. */
  readonly pointed: boolean;
}

export interface HoverText {
  readonly atMs: number;
  readonly rows: readonly HoverRow[];
  /** Agents that are active too but not listed. */
  readonly more: number;
  /** Start and end of the state below the pointer. */
  readonly pointed:
    { readonly startMs: number; readonly endMs: number | undefined; readonly beganBefore: boolean } | undefined;
  readonly checkpoint: { readonly index: number; readonly atMs: number } | undefined;
  readonly remaining: ReadonlyArray<{ readonly name: string; readonly text: string }>;
}

const MAX_ROWS = 12;

/** `2.52 ms`, `56.4 s so far`, `at least 3 s` for what began before the range. */
function durationText(segment: Segment): string {
  const exact = exactDuration(segment.endMs - segment.startMs);
  return `${segment.beganBefore ? '\u2265 ' : ''}${exact}${segment.ongoing ? ' so far' : ''}`;
}

function isActive(segment: Segment): boolean {
  return segment.state !== 'idle' && segment.state !== 'completed';
}

export function hoverText(
  hit: Pick<Hit, 'atMs' | 'row' | 'segment' | 'checkpoint'>,
  data: { timeline: Timeline | undefined; burnDowns: readonly BurnDown[] }
): HoverText {
  const groups = data.timeline?.groups ?? [];
  const many = groups.length > 1;
  const pointedLane = hit.row?.lane;
  const rowOf = (lane: Lane): HoverRow[] => {
    const pointed = lane === pointedLane;
    const segment = (pointed ? hit.segment : undefined) ?? segmentAt(lane.segments, hit.atMs);
    if (segment === undefined || (!pointed && !isActive(segment))) {
      return [];
    }
    const name = many && lane.thread !== '' ? `${lane.thread} \u203a ${lane.agent}` : lane.agent;
    return [
      { key: `${lane.thread}\n${lane.agent}`, name, state: segment.state, duration: durationText(segment), pointed },
    ];
  };
  const rows = groups.flatMap((group) => group.lanes.flatMap(rowOf));
  const pointedFirst = [...rows.filter((row) => row.pointed), ...rows.filter((row) => !row.pointed)];
  const shown = rows.length > MAX_ROWS ? pointedFirst.slice(0, MAX_ROWS) : rows;
  const segment = pointedLane === undefined ? undefined : hit.segment;
  return {
    atMs: hit.checkpoint?.atMs ?? hit.atMs,
    rows: shown,
    more: rows.length - shown.length,
    pointed:
      segment === undefined
        ? undefined
        : {
            startMs: segment.startMs,
            endMs: segment.ongoing ? undefined : segment.endMs,
            beganBefore: segment.beganBefore,
          },
    checkpoint: hit.checkpoint,
    remaining: data.burnDowns.slice(0, 4).flatMap((burnDown, i) => {
      const usd = hit.atMs <= burnDown.knownUntilMs ? amountAt(burnDown.points, hit.atMs) : undefined;
      return usd === undefined
        ? []
        : [{ name: i === 0 && data.burnDowns.length === 1 ? '' : burnDown.name, text: moneyText(usd) }];
    }),
  };
}
