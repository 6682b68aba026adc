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
