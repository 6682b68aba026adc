// Which lanes stand in the timeline, in which order and under which groups: filter, grouping, sorting, collapsing.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { belowCallers, firstActivity, hasEnded, type Lane, type ThreadGroup, type Timeline } from './timeline.ts';
import { spentByLane, spentByLanes, spentByThreads } from './spent-in-range.ts';
import { timeInState } from './totals.ts';

export const GROUP_LEVELS = ['workflow', 'thread', 'agent'] as const;
export type GroupLevel = (typeof GROUP_LEVELS)[number];

export const LANE_SORTS = ['activity', 'name', 'cost', 'state-time'] as const;
export type LaneSort = (typeof LANE_SORTS)[number];

export interface GroupNode {
  readonly kind: 'group';
  /** Unique among groups, and the same from one refresh to the next. */
  readonly key: string;
  readonly level: GroupLevel;
  readonly name: string;
  readonly depth: number;
  /** Every lane below it, at any depth. */
  readonly lanes: readonly Lane[];
  /** The threads that these lanes belong to. */
  readonly threads: readonly ThreadGroup[];
  readonly costUsd: number | undefined;
  readonly children: readonly TreeNode[];
}

export interface LaneNode {
  readonly kind: 'lane';
  readonly key: string;
  readonly name: string;
  readonly depth: number;
  readonly lane: Lane;
}

export type TreeNode = GroupNode | LaneNode;

export interface LaneView {
  readonly groupBy: readonly GroupLevel[];
  readonly sort: LaneSort;
  /** The state whose time `state-time` sorts by. */
  readonly sortState: AgentState;
  /** Words that must all stand in a lane's agent, thread or workflow, in any case. */
  readonly filter: string;
  /** For `state-time` and `cost`. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
}

export interface LaneTree {
  readonly roots: readonly TreeNode[];
  /** Lanes that pass the filter, in no particular order. */
  readonly lanes: readonly Lane[];
  /** Lanes that it leaves out. */
  readonly hidden: number;
}

/** Keys of one parent's children in the order in which they were last shown, by the parent's key. */
export type ShownOrder = Map<string, readonly string[]>;

function matches(lane: Lane, words: readonly string[]): boolean {
  if (words.length === 0) {
    return true;
  }
  const text = `${lane.agent}\n${lane.thread}\n${lane.workflow}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

interface Ranked<T> {
  readonly item: T;
  readonly key: string;
  readonly name: string;
  readonly lanes: readonly Lane[];
  readonly costUsd: number | undefined;
  /** What it spent in a range, where that is known: sorted by what stands beside it. */
  readonly spent: (range: LaneView['range']) => number | undefined;
  /** Ended threads stand below those that run. */
  readonly ended: boolean;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** `ranked` in the order that `view` asks for; ties by name. */
function sorted<T>(ranked: ReadonlyArray<Ranked<T>>, view: LaneView): Array<Ranked<T>> {
  const valueOf = (one: Ranked<T>): number => {
    switch (view.sort) {
      case 'activity':
        return firstActivity(one.lanes);
      case 'name':
        return 0;
      case 'cost':
        return -(one.spent(view.range) ?? one.costUsd ?? -Infinity);
      case 'state-time':
        return -timeInState(one.lanes, view.sortState, view.range);
    }
  };
  const keyed = ranked.map((one) => ({ one, value: valueOf(one), ended: view.sort === 'activity' && one.ended }));
  return keyed
    .sort(
      (a, b) =>
        Number(a.ended) - Number(b.ended) || (a.value === b.value ? byText(a.one.name, b.one.name) : a.value - b.value)
    )
    .map(({ one }) => one);
}

/**
 * `wanted` with every key that was shown before in the order in which it was shown, and each new one behind the key that
 * it follows in `wanted`: in a sliding range, what is known of the first activity changes, and lanes must not swap places.
 */
export function keepOrder(wanted: readonly string[], shown: readonly string[]): string[] {
  const present = new Set(wanted);
  const kept = shown.filter((key) => present.has(key));
  const known = new Set(kept);
  const after = new Map<string | undefined, string[]>();
  let previous: string | undefined;
  for (const key of wanted) {
    if (known.has(key)) {
      previous = key;
    } else {
      const followers = after.get(previous) ?? [];
      followers.push(key);
      after.set(previous, followers);
    }
  }
  return [...(after.get(undefined) ?? []), ...kept.flatMap((key) => [key, ...(after.get(key) ?? [])])];
}

function inOrder<T>(ranked: ReadonlyArray<Ranked<T>>, view: LaneView, at: { key: string; shown: ShownOrder }): T[] {
  const wanted = sorted(ranked, view);
  if (view.sort !== 'activity') {
    return wanted.map(({ item }) => item);
  }
  const byKey = new Map(wanted.map((one) => [one.key, one.item]));
  const keys = keepOrder([...byKey.keys()], at.shown.get(at.key) ?? []);
  at.shown.set(at.key, keys);
  return keys.flatMap((key) => {
    const item = byKey.get(key);
    return item === undefined ? [] : [item];
  });
}

const LEVEL_NAME: Readonly<Record<GroupLevel, (lane: Lane) => string>> = {
  workflow: (lane) => lane.workflow,
  thread: (lane) => lane.thread,
  agent: (lane) => lane.agent,
};

interface Context {
  readonly view: LaneView;
  readonly shown: ShownOrder;
  readonly threads: ReadonlyMap<string, ThreadGroup>;
  /** More than one thread is on the panel: where no group names it, the lane does. */
  readonly manyThreads: boolean;
}

function laneName(lane: Lane, context: Context): string {
  const { groupBy } = context.view;
  if (groupBy.includes('agent')) {
    return groupBy.includes('thread') || lane.thread === '' ? lane.agent : lane.thread;
  }
  return groupBy.includes('thread') || !context.manyThreads || lane.thread === ''
    ? lane.agent
    : `${lane.thread} \u203a ${lane.agent}`;
}

function laneNodes(lanes: readonly Lane[], at: { key: string; depth: number }, context: Context): LaneNode[] {
  const ranked = (some: readonly Lane[]) =>
    some.map((lane) => ({
      item: lane,
      key: lane.key,
      name: laneName(lane, context),
      lanes: [lane],
      costUsd: lane.costUsd,
      spent: (range: LaneView['range']) => spentByLane(lane, range)?.usd,
      ended: false,
    }));
  const order = (some: readonly Lane[], part: string) =>
    inOrder(ranked(some), context.view, { key: `${at.key} ${part}`, shown: context.shown });
  const agents = order(
    lanes.filter((lane) => !lane.isTool),
    'agents'
  );
  const tools = order(
    lanes.filter((lane) => lane.isTool),
    'tools'
  );
  return belowCallers(agents, tools).map((lane) => ({
    kind: 'lane',
    key: lane.key,
    name: laneName(lane, context),
    depth: at.depth,
    lane,
  }));
}

function sumOf(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

function groupNodes(
  lanes: readonly Lane[],
  at: { levels: readonly GroupLevel[]; key: string; depth: number },
  context: Context
): TreeNode[] {
  const [level, ...levels] = at.levels;
  if (level === undefined) {
    return laneNodes(lanes, at, context);
  }
  const byValue = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const name = LEVEL_NAME[level](lane);
    const group = byValue.get(name) ?? [];
    group.push(lane);
    byValue.set(name, group);
  }
  const made = [...byValue].map(([name, own]) => {
    const key = `${at.key}${JSON.stringify([level, name])}`;
    const threads = [...new Set(own.map((lane) => lane.thread))].flatMap((thread) => context.threads.get(thread) ?? []);
    const isNamed = name !== '';
    const below = { levels, key, depth: at.depth + Number(isNamed) };
    const children = groupNodes(own, below, context);
    // A thread's cost holds what no agent accounts for; elsewhere lanes say what they cost.
    const costUsd = level === 'agent' ? sumOf(own.map((l) => l.costUsd)) : sumOf(threads.map((t) => t.costUsd));
    const item: TreeNode[] = isNamed
      ? [{ kind: 'group', key, level, name, depth: at.depth, lanes: own, threads, costUsd, children }]
      : children;
    const spent = (range: LaneView['range']) =>
      (level === 'agent' ? spentByLanes(own, range) : spentByThreads(threads, range))?.usd;
    return { item, key, name, lanes: own, costUsd, spent, ended: level !== 'agent' && threads.every(hasEnded) };
  });
  return inOrder(made, context.view, { key: at.key, shown: context.shown }).flat();
}

/**
 * Groups and lanes as a tree, by the levels of `view.groupBy` from the outside in. A level that a lane has no name for is
 * left out. `shown` is read and written: the order that was shown stays.
 */
export function toLaneTree(timeline: Timeline, view: LaneView, shown: ShownOrder = new Map()): LaneTree {
  const words = view.filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const lanes = timeline.lanes.filter((lane) => matches(lane, words));
  const context: Context = {
    view,
    shown,
    threads: new Map(timeline.groups.map((group) => [group.thread, group])),
    manyThreads: timeline.groups.length > 1,
  };
  return {
    roots: groupNodes(lanes, { levels: view.groupBy, key: '', depth: 0 }, context),
    lanes,
    hidden: timeline.lanes.length - lanes.length,
  };
}

/** The nodes from top to bottom; what is below a collapsed group is left out. */
export function visibleNodes(roots: readonly TreeNode[], isCollapsed: (key: string) => boolean): TreeNode[] {
  const nodes: TreeNode[] = [];
  const visit = (some: readonly TreeNode[]): void => {
    for (const node of some) {
      nodes.push(node);
      if (node.kind === 'group' && !isCollapsed(node.key)) {
        visit(node.children);
      }
    }
  };
  visit(roots);
  return nodes;
}
