// Rows of groups that stay at the top of the band while their lanes scroll below them.
import { rowAt, type RowIndex } from './lanes.ts';

export interface StickyRow {
  /** In the row index. */
  readonly row: number;
  /** CSS pixels below the band's top; less than where it would stand when the end of its group pushes it out. */
  readonly offset: number;
}

/** Part of the band that headers may take: the lanes are what one scrolls for. */
const MAX_PART = 0.5;

/** The open groups around a row from the outside in, itself among them. */
function groupsAround({ nodes, parents, isCollapsed }: RowIndex, row: number): number[] {
  const groups: number[] = [];
  const node = nodes[row];
  let at = node?.kind === 'group' && !isCollapsed(node.key) ? row : (parents[row] ?? -1);
  while (at >= 0) {
    groups.unshift(at);
    at = parents[at] ?? -1;
  }
  return groups;
}

/** Bottom of the last row below a group, CSS pixels from the first row's top; not searched for further than `enough`. */
function bottomOf({ nodes, parents, tops }: RowIndex, group: number, enough: number): number {
  let next = group + 1;
  while (next < nodes.length && (parents[next] ?? -1) >= group && (tops[next] ?? 0) < enough) {
    next += 1;
  }
  return tops[next] ?? 0;
}

/** The headers at this scroll position from top to bottom; none where those of the rows in view stand there anyway. */
export function stickyRows(index: RowIndex, band: { scrollTop: number; height: number }): StickyRow[] {
  const { tops } = index;
  const sticky: StickyRow[] = [];
  let offset = 0;
  for (;;) {
    const group = groupsAround(index, rowAt(index, band.scrollTop + offset))[sticky.length];
    if (group === undefined || !((tops[group] ?? 0) < band.scrollTop + offset)) {
      return sticky;
    }
    const height = (tops[group + 1] ?? 0) - (tops[group] ?? 0);
    if (offset + height > MAX_PART * band.height) {
      return sticky;
    }
    const end = bottomOf(index, group, band.scrollTop + offset + height);
    const pushed = Math.min(offset, end - band.scrollTop - height);
    sticky.push({ row: group, offset: pushed });
    if (pushed < offset) {
      return sticky;
    }
    offset += height;
  }
}
