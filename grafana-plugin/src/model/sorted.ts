// Binary search in lists that ascend.

/** Index of the last element whose key is at most `key`, -1 when there is none. `keyOf` must ascend. */
export function lastAtOrBefore<T>(sorted: ArrayLike<T>, key: number, keyOf: (item: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = sorted[middle];
    if (item !== undefined && keyOf(item) <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
