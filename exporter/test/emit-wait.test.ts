// How long an event of an emitter in this process waits for others: the most that a killed process loses of what was emitted.
import { EventEmitter } from 'node:events';
import { metricLines, runExporter, sumOf, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

/** setTimeout alone stands still: sockets go on. */
function stopTimeouts(): void {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
    ],
  });
}

let running: RunningExporter | undefined;
afterEach(async () => {
  jest.useRealTimers();
  await running?.close();
  running = undefined;
});

const accepted = async ({ url }: RunningExporter): Promise<number> =>
  sumOf(await metricLines(url, 'orchestrator_exporter_events_total'));

test.each<[string, { config?: object; isWatched?: boolean }, number]>([
  ['50 ms where the next scrape is the first to see it', {}, 50],
  ['10 ms while somebody watches', { isWatched: true }, 10],
  [
    'half the lateness of a receiver, so that none becomes late by it',
    { config: { remote_write: [{ url: 'http://127.0.0.1:9/', lateness: '60ms' }] } },
    30,
  ],
  [
    'and no less than 10 ms, whatever a receiver asks for',
    { config: { remote_write: [{ url: 'http://127.0.0.1:9/', lateness: '1ms' }] } },
    10,
  ],
])('an emitted event waits %s', async (_name, { config = {}, isWatched = false }, waitMs) => {
  running = await runExporter(config as Readonly<Record<string, unknown>>);
  const socket = isWatched ? await new TestSocket(`${running.url}/v1/gateway`).opened() : undefined;
  await socket?.request('1', 'orchestrator.metrics.subscribe', { threadId: 't' });
  const emitter = new EventEmitter();
  running.exporter.attach(emitter);
  stopTimeouts();
  for (const nodeId of ['a', 'b'])
    emitter.emit('metrics', { type: 'node.start', threadId: 't', timestamp: Date.now(), payload: { nodeId } });
  jest.advanceTimersByTime(waitMs - 1);
  const before = await accepted(running);
  jest.advanceTimersByTime(1);
  expect([before, await accepted(running)]).toEqual([0, 2]);
  socket?.socket.close();
});
