import type { GroupNode, LaneNode, TreeNode } from '../model/lane-tree.ts';
import type { Lane } from '../model/timeline.ts';
import { indexRows } from './lanes.ts';
import { stickyRows } from './sticky-rows.ts';

const HEIGHT = 10;

function group(key: string, depth: number): GroupNode {
  return {
    kind: 'group',
    key,
    level: 'thread',
    name: key,
    depth,
    lanes: [],
    threads: [],
    costUsd: undefined,
    children: [],
  };
}

function lane(key: string, depth: number): LaneNode {
  const own: Lane = {
    key,
    workflow: '',
    thread: '',
    agent: key,
    tracks: [],
    costUsd: undefined,
    isTool: false,
    callerKey: undefined,
    firstActiveMs: 0,
  };
  return { kind: 'lane', key, name: key, depth, lane: own };
}

const FLAT: TreeNode[] = [lane('a', 0), lane('b', 0), lane('c', 0)];
/** A at 0, its lanes at 10, 20, 30; B at 40, its lanes at 50, 60. */
const ONE_LEVEL: TreeNode[] = [
  group('A', 0),
  lane('a1', 1),
  lane('a2', 1),
  lane('a3', 1),
  group('B', 0),
  lane('b1', 1),
  lane('b2', 1),
];
/** W at 0 with A at 10 (lanes at 20, 30) and B at 40 (lane at 50); X at 60 (lane at 70). */
const TWO_LEVELS: TreeNode[] = [
  group('W', 0),
  group('A', 1),
  lane('a1', 2),
  lane('a2', 2),
  group('B', 1),
  lane('b1', 2),
  group('X', 0),
  lane('x1', 1),
];

describe('sticky rows', () => {
  test.each<{
    name: string;
    nodes: TreeNode[];
    scrollTop: number;
    height?: number;
    collapsed?: string[];
    out: string[];
  }>([
    { name: 'no rows', nodes: [], scrollTop: 0, out: [] },
    { name: 'no groups', nodes: FLAT, scrollTop: 15, out: [] },
    { name: 'not scrolled: the header stands there anyway', nodes: ONE_LEVEL, scrollTop: 0, out: [] },
    { name: 'scrolled by half its height', nodes: ONE_LEVEL, scrollTop: 5, out: ['A 0'] },
    { name: 'its lanes scroll below it', nodes: ONE_LEVEL, scrollTop: 25, out: ['A 0'] },
    { name: 'the last lane is just behind it', nodes: ONE_LEVEL, scrollTop: 30, out: ['A 0'] },
    { name: 'the end of the group pushes it out', nodes: ONE_LEVEL, scrollTop: 33, out: ['A -3'] },
    { name: 'the next header has arrived', nodes: ONE_LEVEL, scrollTop: 40, out: [] },
    { name: 'the next header stays in its turn', nodes: ONE_LEVEL, scrollTop: 41, out: ['B 0'] },
    { name: 'the inner one below the outer one', nodes: TWO_LEVELS, scrollTop: 15, out: ['W 0', 'A 10'] },
    { name: 'the inner one stands there anyway', nodes: TWO_LEVELS, scrollTop: 30, out: ['W 0'] },
    { name: 'the inner one is pushed below the outer one', nodes: TWO_LEVELS, scrollTop: 24, out: ['W 0', 'A 6'] },
    { name: 'both ends push', nodes: TWO_LEVELS, scrollTop: 54, out: ['W -4'] },
    {
      name: 'a collapsed group holds no rows',
      nodes: [group('A', 0), lane('x', 0)],
      scrollTop: 5,
      collapsed: ['A'],
      out: [],
    },
    { name: 'a low band keeps room for lanes', nodes: TWO_LEVELS, scrollTop: 15, height: 30, out: ['W 0'] },
    { name: 'a band without room', nodes: TWO_LEVELS, scrollTop: 15, height: 0, out: [] },
    { name: 'far past the end', nodes: ONE_LEVEL, scrollTop: 1e9, out: [] },
    { name: 'before the beginning', nodes: ONE_LEVEL, scrollTop: -50, out: [] },
    { name: 'no number', nodes: ONE_LEVEL, scrollTop: NaN, out: [] },
  ])('$name', ({ nodes, scrollTop, height = 100, collapsed = [], out }) => {
    const index = indexRows(nodes, { laneHeight: HEIGHT, isCollapsed: (key) => collapsed.includes(key) });
    const found = stickyRows(index, { scrollTop, height });
    expect(found.map(({ row, offset }) => `${nodes[row]?.key} ${offset}`)).toEqual(out);
  });
});
