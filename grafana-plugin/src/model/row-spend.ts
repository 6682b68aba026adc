// What each row of the timeline spent within a range: of lanes their own, of groups all that is below them.
import type { TreeNode } from './lane-tree.ts';
import { spentByLane, spentByLanes, spentByThreads, type Spent } from './spent-in-range.ts';

/** By the node's key; rows of which it is not known are left out. */
export function spentPerRow(
  roots: readonly TreeNode[],
  range: { readonly fromMs: number; readonly toMs: number }
): ReadonlyMap<string, Spent> {
  const rows = new Map<string, Spent>();
  const visit = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      // An agent of several threads is the sum of its lanes; threads also hold what no agent accounts for.
      const spent =
        node.kind === 'lane'
          ? spentByLane(node.lane, range)
          : node.level === 'agent'
            ? spentByLanes(node.lanes, range)
            : spentByThreads(node.threads, range);
      if (spent !== undefined) {
        rows.set(node.key, spent);
      }
      if (node.kind === 'group') {
        visit(node.children);
      }
    }
  };
  visit(roots);
  return rows;
}
