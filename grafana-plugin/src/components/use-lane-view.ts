// What the viewer makes of the lanes: collapsed groups, the quick filter, the scroll position; and the order once shown.
import { useCallback, useMemo, useState } from 'react';
import { indexRows, type RowIndex } from '../layout/lanes.ts';
import { toLaneTree, visibleNodes, type LaneTree, type ShownOrder } from '../model/lane-tree.ts';
import type { Timeline } from '../model/timeline.ts';
import type { PanelOptions } from '../options.ts';

export interface LaneViewState {
  readonly tree: LaneTree | undefined;
  readonly rows: RowIndex | undefined;
  readonly filter: string;
  readonly setFilter: (text: string) => void;
  readonly toggle: (key: string) => void;
}

interface LaneViewInput {
  readonly timeline: Timeline | undefined;
  readonly options: PanelOptions;
  readonly range: { readonly fromMs: number; readonly toMs: number };
  /** Of the panel, CSS pixels. */
  readonly panelHeight: number;
}

/** In a lower panel lanes are as low as their names allow, where they do not fit otherwise. */
const LOW_PANEL = 300;
/** Of a low panel, the part that lanes get. */
const LANES_PART = 0.6;

const LOW_LANE_HEIGHT = 18;

/** Collapsing keeps the tree, scrolling keeps the rows: each step is made anew only when what it is made of changes. */
export function useLaneView({ timeline, options, range, panelHeight }: LaneViewInput): LaneViewState {
  const { groupBy, sortLanes, sortState, laneFilter, collapseGroups, laneHeight } = options;
  const [quickFilter, setQuickFilter] = useState('');
  // Groups that stand otherwise than the option says.
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  // A cache and not a state: what is in it only keeps lanes from swapping places.
  const [shown] = useState<ShownOrder>(() => new Map());
  const filter = `${laneFilter} ${quickFilter}`;
  const levels = groupBy.join(' ');
  // Two orders depend on the visible range: the others must not be worked out anew with every zoom.
  const sortRange = sortLanes === 'state-time' || sortLanes === 'cost' ? range : undefined;

  const tree = useMemo(() => {
    if (timeline === undefined) {
      return undefined;
    }
    const view = { groupBy, sort: sortLanes, sortState, filter, range: sortRange ?? { fromMs: 0, toMs: 0 } };
    return toLaneTree(timeline, view, shown);
    // `groupBy` is a new array with each new options object: its text tells changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [timeline, levels, sortLanes, sortState, filter, sortRange, shown]);

  const lowHeight = panelHeight < LOW_PANEL ? panelHeight : undefined;
  const rows = useMemo(() => {
    if (tree === undefined) {
      return undefined;
    }
    const isCollapsed = (key: string) => toggled.has(key) !== collapseGroups;
    const nodes = visibleNodes(tree.roots, isCollapsed);
    const isTight = lowHeight !== undefined && nodes.length * laneHeight > LANES_PART * lowHeight;
    return indexRows(nodes, { laneHeight: isTight ? Math.min(LOW_LANE_HEIGHT, laneHeight) : laneHeight, isCollapsed });
  }, [tree, toggled, collapseGroups, laneHeight, lowHeight]);

  const toggle = useCallback(
    (key: string) =>
      setToggled((before) => {
        const next = new Set(before);
        return next.delete(key) ? next : next.add(key);
      }),
    []
  );
  return { tree, rows, filter: quickFilter, setFilter: setQuickFilter, toggle };
}
