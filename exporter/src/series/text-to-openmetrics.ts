// prom-client's page in the text format as OpenMetrics. prom-client itself can write either, but while it writes OpenMetrics it
// takes `_total` from the names of its counters for good, which spoils the next page in the text format.

/**
 * Blank lines go, quotes in HELP are escaped, and a counter is called by its name without `_total`. One whose samples are not
 * called `_total` is no counter to OpenMetrics: it becomes `unknown`, so that its series keep their names.
 */
export function openMetricsOf(text: string): string {
  return text
    .replace(/\n+/g, '\n')
    .replace(/^# HELP (\S+) ?(.*)$\n# TYPE \1 (\w+)$/gm, (_match, name: string, help: string, type: string) => {
      const isCounter = type === 'counter' && name.endsWith('_total');
      const family = isCounter ? name.replace(/_total$/, '') : name;
      const openType = type === 'counter' && !isCounter ? 'unknown' : type;
      return `# HELP ${family} ${help.replaceAll('"', '\\"')}\n# TYPE ${family} ${openType === 'untyped' ? 'unknown' : openType}`;
    });
}
