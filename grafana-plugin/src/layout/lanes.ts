// The timeline band's rows: how high each is, which are in view, and what stands in them. Only rows in view are laid out.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { GroupNode, TreeNode } from '../model/lane-tree.ts';
import type { SegmentSpend } from '../model/segment-spend.ts';
import type { StateColumns } from '../model/state-columns.ts';
import type { Lane } from '../model/timeline.ts';
import type { StateSet } from '../model/state-filter.ts';
import type { MeasureText } from './label-fit.ts';
import { rollUpRects, runRects, type RollUpRect, type RunRect } from './roll-up.ts';
import { runEnds, type RunEnd } from './run-ends.ts';
import { trackMarks } from './segment-rects.ts';
import { axisKey, type TimeAxis } from './time-axis.ts';
import type { TrackMarks } from './track-marks.ts';
import type { Words } from './words.ts';

/** A sub-lane: one of several in a lane whose states overlap. */
export interface RowTrack {
  readonly columns: StateColumns;
  readonly barY: number;
  readonly barHeight: number;
  readonly marks: TrackMarks;
}

interface RowPlace {
  readonly key: string;
  readonly name: string;
  readonly depth: number;
  readonly costUsd: number | undefined;
  /** CSS pixels from the canvas's top; may lie partly outside the band's clip. */
  readonly y: number;
  readonly height: number;
  readonly barY: number;
  readonly barHeight: number;
}

export interface GroupRow extends RowPlace {
  readonly kind: 'group';
  readonly group: GroupNode;
  readonly isCollapsed: boolean;
  readonly rollUp: readonly RollUpRect[];
  readonly runs: readonly RunRect[];
  readonly ends: readonly RunEnd[];
}

export interface LaneRow extends RowPlace {
  readonly kind: 'agent' | 'tool';
  readonly lane: Lane;
  readonly tracks: readonly RowTrack[];
}

export type Row = GroupRow | LaneRow;

/** All rows from top to bottom with the heights they take: made once for a tree, asked at each frame. */
export interface RowIndex {
  readonly nodes: readonly TreeNode[];
  /** Top of each row from the first one's top, CSS pixels; one more than rows: the last is the height of all. */
  readonly tops: Float64Array;
  /** Row of the group that each row stands below, -1 where it stands below none. */
  readonly parents: Int32Array;
  readonly laneHeight: number;
  readonly isCollapsed: (key: string) => boolean;
}

const TOOL_ROW_PART = 0.62;
const SUB_LANE_PART = 0.5;
const MIN_SUB_LANE = 8;
/** Room above and below the sub-lanes of a lane, together. */
const SUB_LANE_MARGIN = 6;

function subLaneHeight(laneHeight: number): number {
  return Math.max(MIN_SUB_LANE, Math.round(laneHeight * SUB_LANE_PART));
}

function heightOf(node: TreeNode, laneHeight: number): number {
  if (node.kind === 'group') {
    return laneHeight;
  }
  const own = node.lane.isTool ? Math.round(laneHeight * TOOL_ROW_PART) : laneHeight;
  const tracks = node.lane.tracks.length;
  return tracks < 2 ? own : Math.max(own, tracks * subLaneHeight(laneHeight) + SUB_LANE_MARGIN);
}

/** Rows of `nodes`, which are those that no collapsed group hides. */
export function indexRows(
  nodes: readonly TreeNode[],
  look: { laneHeight: number; isCollapsed: (key: string) => boolean }
): RowIndex {
  const tops = new Float64Array(nodes.length + 1);
  const parents = new Int32Array(nodes.length);
  const open: number[] = [];
  nodes.forEach((node, i) => {
    tops[i + 1] = (tops[i] ?? 0) + heightOf(node, look.laneHeight);
    while ((nodes[open.at(-1) ?? -1]?.depth ?? -1) >= node.depth) {
      open.pop();
    }
    parents[i] = open.at(-1) ?? -1;
    if (node.kind === 'group') {
      open.push(i);
    }
  });
  return { nodes, tops, parents, ...look };
}

/** Height that all rows take together, CSS pixels. */
export function rowsHeight(index: RowIndex): number {
  return index.tops[index.nodes.length] ?? 0;
}

export interface LanesInput {
  readonly axis: TimeAxis;
  /** The band's clip, CSS pixels. */
  readonly top: number;
  readonly bottom: number;
  readonly scrollTop: number;
  readonly devicePixel: number;
  readonly shown: StateSet;
  /** Bars say what their state spent where that is known. */
  readonly costOnBars: boolean;
  readonly measure: MeasureText;
  readonly stateName?: Readonly<Record<AgentState, string>> | undefined;
  readonly words: Words;
}

/** Index of the row at `offset` CSS pixels below the first one's top. */
export function rowAt(index: RowIndex, offset: number): number {
  let low = 0;
  let high = index.nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((index.tops[middle + 1] ?? Infinity) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Row `i` with its top at `y`. */
function rowOf(i: number, y: number, scene: Scene): Row | undefined {
  const { nodes, tops } = scene.index;
  const node = nodes[i];
  if (node === undefined) {
    return undefined;
  }
  const height = (tops[i + 1] ?? 0) - (tops[i] ?? 0);
  const place = { key: node.key, name: node.name, depth: node.depth, y, height };
  return node.kind === 'group' ? groupRow(node, place, scene) : laneRow(node.lane, place, scene);
}

/** The rows that the band shows at this scroll position. */
export function layoutRows(index: RowIndex, input: LanesInput): Row[] {
  const shown: Array<{ i: number; y: number }> = [];
  for (let i = rowAt(index, input.scrollTop); i < index.nodes.length; i++) {
    const y = input.top - input.scrollTop + (index.tops[i] ?? 0);
    if (y >= input.bottom) {
      break;
    }
    shown.push({ i, y });
  }
  const rows: Array<Row | undefined> = [];
  const place = (kind: TreeNode['kind']) => {
    shown.forEach(({ i, y }, at) => {
      if (index.nodes[i]?.kind === kind) {
        rows[at] = rowOf(i, y, { index, input });
      }
    });
  };
  // Groups are made of the marks of their lanes: those in view are there by then.
  place('lane');
  place('group');
  return rows.filter((row) => row !== undefined);
}

/** One row wherever it is wanted. */
export function layoutRow(index: RowIndex, at: { row: number; y: number }, input: LanesInput): Row | undefined {
  return rowOf(at.row, at.y, { index, input });
}

/** The marks of one axis: scrolling asks for the same again, a zoom for others. */
interface KnownMarks {
  readonly key: string;
  readonly measure: MeasureText;
  readonly marks: Map<StateColumns, TrackMarks>;
}

const known = new WeakMap<RowIndex, KnownMarks>();

function knownMarks({ index, input }: Scene): KnownMarks['marks'] {
  const { axis, devicePixel, shown, measure, stateName } = input;
  const key = [axisKey(axis), devicePixel, shown, input.costOnBars, ...Object.values(stateName ?? {})].join(' ');
  let own = known.get(index);
  if (own?.key !== key || own.measure !== measure) {
    own = { key, measure, marks: new Map() };
    known.set(index, own);
  }
  return own.marks;
}

/** Marks of a track, walked once for an axis. */
function marksOf(
  { columns, spend }: { columns: StateColumns; spend: TrackSpend | undefined },
  labelled: boolean,
  scene: Scene
): TrackMarks {
  const { axis, devicePixel, shown, measure, stateName, costOnBars, words } = scene.input;
  const own = knownMarks(scene);
  const before = own.get(columns);
  if (before !== undefined) {
    return before;
  }
  const marks = trackMarks(columns, {
    axis,
    devicePixel,
    shown,
    measure,
    stateName,
    words,
    labelled,
    spendOf: costOnBars ? (i) => knownSpend(spend, i) : undefined,
  });
  own.set(columns, marks);
  return marks;
}

type TrackSpend = ReadonlyMap<number, SegmentSpend>;

/** What an entry spent if that is known for certain. */
function knownSpend(spend: TrackSpend | undefined, i: number): number | undefined {
  const own = spend?.get(i);
  return own !== undefined && own.atMostUsd === own.usd ? own.usd : undefined;
}

type Place = Pick<RowPlace, 'key' | 'name' | 'depth' | 'y' | 'height'>;

interface Scene {
  readonly index: RowIndex;
  readonly input: LanesInput;
}

function barIn(place: { y: number; height: number }, part: number): { barY: number; barHeight: number } {
  const barHeight = Math.max(3, Math.round(place.height * part));
  return { barY: Math.round(place.y + (place.height - barHeight) / 2), barHeight };
}

const THIN_PART = 0.27;
const COLLAPSED_PART = 0.5;
const AGENT_PART = 0.62;
const TOOL_PART = 0.5;
const TRACK_PART = 0.72;

function groupRow(group: GroupNode, place: Place, scene: Scene): GroupRow {
  const { index, input } = scene;
  const isCollapsed = index.isCollapsed(group.key);
  return {
    kind: 'group',
    group,
    isCollapsed,
    ...place,
    costUsd: group.costUsd,
    // What is collapsed stands for its lanes and is as visible as one.
    ...barIn(place, isCollapsed ? COLLAPSED_PART : THIN_PART),
    rollUp: rollUpRects(group, input, knownMarks(scene)),
    runs: runRects(group, input),
    ends: runEnds(group, input),
  };
}

function laneRow(lane: Lane, place: Place, { index, input }: Scene): LaneRow {
  const kind = lane.isTool ? 'tool' : 'agent';
  const bar = barIn(place, lane.isTool ? TOOL_PART : AGENT_PART);
  const sub = subLaneHeight(index.laneHeight);
  const first = place.y + (place.height - sub * lane.tracks.length) / 2;
  const isPacked = lane.tracks.length > 1;
  const tracks = lane.tracks.map((columns, i): RowTrack => ({
    columns,
    ...(isPacked ? barIn({ y: first + i * sub, height: sub }, TRACK_PART) : bar),
    marks: marksOf({ columns, spend: lane.spend?.segments[i] }, kind === 'agent' && !isPacked, { index, input }),
  }));
  return { kind, lane, ...place, costUsd: lane.costUsd, ...bar, tracks };
}
