// The calculation against what a real exporter shows for threads of the same shape.
import { createExporter } from 'orchestrator-exporter';
import { ASSUMPTIONS, capacityOf, capacityText } from '../src/capacity.ts';

const THREADS = 20;

test('an exporter shows as many series of threads and of their timeline as are calculated', async () => {
  const exporter = createExporter(
    { environment: 'test', listen: { port: 0 }, timeline: { lateness: '0s' } },
    { log: () => undefined }
  );
  const { url } = await exporter.listen();
  const told = { ...ASSUMPTIONS, threads: THREADS, retentionSeconds: 0, exporters: 1, budgets: 0 };
  const events = Array.from({ length: THREADS }, (_, thread) =>
    Array.from({ length: told.agentsPerThread }, (_each, agent) => {
      const event = { threadId: `t${thread}`, timestamp: Date.now() - 100 + agent };
      const spent = { agent: `a${agent}`, costCents: agent + 1, budgetRemainingCents: 10, model: 'm', provider: 'p' };
      return [
        { ...event, type: 'agent.active', payload: { agent: `a${agent}`, task: 'x' } },
        { ...event, type: 'cost.updated', payload: spent },
        { ...event, type: 'checkpoint.saved', payload: { checkpointId: `c${agent}`, checkpointIndex: agent } },
      ];
    })
  ).flat(2);
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  expect(await response.json()).toEqual({ accepted: events.length, duplicates: 0, rejected: [] });
  const seriesOf = async (path: string): Promise<number> => {
    const text = await (await fetch(url + path)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('orchestrator_') && line.includes('thread="'));
    return new Set(lines.map((line) => line.slice(0, line.lastIndexOf('}')))).size;
  };
  const { perThreadSeries, timelineSeries } = capacityOf(told);
  expect(await seriesOf('/metrics')).toBe(perThreadSeries);
  expect(await seriesOf('/metrics/timeline?consumer=c')).toBe(timelineSeries);
  await exporter.close();
});

test('no threads are no series of threads and no events', () => {
  const none = capacityOf({ ...ASSUMPTIONS, threads: 0 });
  const { shownThreads, perThreadSeries, timelineSeries, churnPerSecond, eventsPerSecond } = none;
  expect([shownThreads, perThreadSeries, timelineSeries, churnPerSecond, eventsPerSecond]).toEqual([0, 0, 0, 0, 0]);
});

test('twice the threads are twice the series of threads, over one exporter or two', () => {
  const once = capacityOf({ ...ASSUMPTIONS, threads: 1_000, exporters: 1 });
  const twice = capacityOf({ ...ASSUMPTIONS, threads: 2_000, exporters: 2 });
  expect([twice.perThreadSeries, twice.eventsPerSecond, twice.eventsPerSecondPerExporter]).toEqual([
    2 * once.perThreadSeries,
    2 * once.eventsPerSecond,
    once.eventsPerSecond,
  ]);
});

test('the text has a row for each number of threads', () => {
  expect(capacityText(ASSUMPTIONS).match(/^\| (1|500|2,000|10,000) +\|/gm)).toHaveLength(4);
});
