// A failing list made small: the shortest that still fails which taking parts away finds.

/** Takes away halves, quarters and so on down to single items, at most `tries` times. `fails` is asked with shorter lists. */
export async function shrunk<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  tries = 150
): Promise<readonly T[]> {
  let kept = items;
  let left = tries;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length && left > 0;) {
      const shorter = [...kept.slice(0, at), ...kept.slice(at + size)];
      left -= 1;
      if (await fails(shorter)) kept = shorter;
      else at += size;
    }
  }
  return kept;
}
