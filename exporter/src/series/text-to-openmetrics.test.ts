import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { openMetricsOf } from './text-to-openmetrics.ts';

test.each([
  { name: 'nothing', text: '\n', expected: '\n' },
  {
    name: 'a counter is called without _total, its samples with it',
    text: '# HELP a_total All.\n# TYPE a_total counter\na_total{x="y"} 1\n',
    expected: '# HELP a All.\n# TYPE a counter\na_total{x="y"} 1\n',
  },
  {
    name: 'a counter that is not called _total keeps its name, as unknown',
    text: '# HELP a All.\n# TYPE a counter\na 1\n',
    expected: '# HELP a All.\n# TYPE a unknown\na 1\n',
  },
  {
    name: 'a gauge called _total keeps its name and type',
    text: '# HELP a_total All.\n# TYPE a_total gauge\na_total 1\n',
    expected: '# HELP a_total All.\n# TYPE a_total gauge\na_total 1\n',
  },
  {
    name: 'quotes and backslashes in HELP; none at all',
    text: '# HELP a The "a" \\\\ \\n.\n# TYPE a gauge\na 1\n\n# HELP b \n# TYPE b gauge\n\n',
    expected: '# HELP a The \\"a\\" \\\\ \\n.\n# TYPE a gauge\na 1\n# HELP b \n# TYPE b gauge\n',
  },
  {
    name: 'a label value that looks like a comment, for its line feed is escaped',
    text: '# HELP a_total .\n# TYPE a_total counter\na_total{x="\\n# HELP a_total .\\n# TYPE a_total counter"} 1\n',
    expected: '# HELP a .\n# TYPE a counter\na_total{x="\\n# HELP a_total .\\n# TYPE a_total counter"} 1\n',
  },
])('the text format as OpenMetrics: $name', ({ text, expected }) => {
  expect(openMetricsOf(text)).toBe(expected);
});

test('a registry says the same in OpenMetrics by itself, but for its next page', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'a_total', help: 'h', labelNames: ['l'], registers }).inc({ l: 'x' }, 2);
  new Gauge({ name: 'g', help: 'h', registers }).set(-1.5);
  new Histogram({ name: 'h', help: 'h', buckets: [1], registers }).observe(2);
  new Summary({ name: 's', help: 'h', percentiles: [0.5], registers }).observe(2);
  const text = await registry.metrics();
  const ours = `${openMetricsOf(text)}# EOF\n`;
  expect(await registry.metrics()).toBe(text);
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  expect(ours).toBe(await registry.metrics());
});
