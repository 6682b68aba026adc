// The little of the text format that a measurement asks for.

/** Every value of a metric, whatever its labels, except those whose label text lacks `labels`. */
export function valuesOf(text: string, metric: string, labels = ''): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && line.includes(labels))
    .map((line) => line.slice(line.lastIndexOf(' ') + 1));
}

/** As {@link valuesOf}, added up as numbers. */
export function sumOf(text: string, metric: string, labels = ''): number {
  return valuesOf(text, metric, labels).reduce((sum, value) => sum + Number(value), 0);
}

/**
 * Upper bound of the bucket in which a quantile of a histogram lies, in its unit; NaN where nothing was observed.
 * @param quantile from 0 to 1
 */
export function bucketOf(text: string, histogram: string, quantile: number): number {
  const counts = text.matchAll(new RegExp(`^${histogram}_bucket\\{.*le="([^"]+)"\\} (\\d+)$`, 'gm'));
  const buckets = Array.from(counts, ([, bound = '', count]) => ({
    bound: Number(bound.replace('+Inf', 'Infinity')),
    count: Number(count),
  }));
  const all = buckets.at(-1)?.count ?? 0;
  return all === 0 ? NaN : (buckets.find(({ count }) => count >= quantile * all)?.bound ?? NaN);
}
