// An orchestrator that emits recorded events at a steady rate, in a process of its own whose processor time is what it costs:
// with nobody who listens but a counter, with the forwarder, or with the forwarder and its spool. Its options are its only
// argument, in JSON; its result goes to the output.
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createForwarder } from 'orchestrator-exporter/forwarder';
import type { Emitting, EmittingOptions } from './forwarder.ts';
import { quantiles } from './latencies.ts';
import { readPatterns } from './recorded-runs.ts';

const TICK_MS = 10;
const WARM_UP_MS = 2_000;
/** What is not lost but late is no loss, however busy the machine is. */
const CLOSE_MS = 60_000;

const { url, listener, rate, seconds, fixtures, spool } = JSON.parse(process.argv[2] ?? '{}') as EmittingOptions;
const events = readPatterns(fixtures)
  .filter(({ dialect }) => dialect === 'metrics-emitter')
  .flatMap(({ turn }) => turn);
const emitter = new EventEmitter();
let heard = 0;
emitter.on('metrics', () => {
  heard += 1;
});
const forwarder =
  listener === 'none' ? undefined : createForwarder({ url, ...(spool && { spool: { directory: spool } }) });
forwarder?.attach(emitter);

const tookUs: number[] = [];
let emitted = 0;
const emit = (isMeasured: boolean): void => {
  const recorded = events[emitted % events.length];
  if (recorded === undefined) throw new Error('no event was recorded');
  // As an orchestrator does: a new object for each event.
  const event = {
    ...recorded,
    threadId: `thread-${emitted % 50}`,
    timestamp: Date.now(),
    payload: { ...recorded.payload },
  };
  emitted += 1;
  const startedNs = process.hrtime.bigint();
  emitter.emit('metrics', event);
  if (isMeasured) tookUs.push(Number(process.hrtime.bigint() - startedNs) / 1_000);
};

async function run(ms: number, isMeasured: boolean): Promise<void> {
  const startedMs = performance.now();
  for (let done = 0, elapsedMs = 0; elapsedMs < ms; elapsedMs = performance.now() - startedMs) {
    for (; done < (rate * elapsedMs) / 1_000; done += 1) emit(isMeasured);
    await delay(TICK_MS);
  }
}

await run(WARM_UP_MS, false);
const before = process.cpuUsage();
const startedMs = performance.now();
await run(1_000 * seconds, true);
const { user, system } = process.cpuUsage(before);
const cpuPercent = (user + system) / 10 / (performance.now() - startedMs);
const stats = await forwarder?.close({ withinMs: CLOSE_MS });
const { p50, p99, p999, max } = quantiles(tookUs);
const lost = stats === undefined ? 0 : emitted - stats.accepted - stats.duplicates;
const result: Emitting = { events: tookUs.length, p50Us: p50, p99Us: p99, p999Us: p999, maxUs: max, cpuPercent, lost };
if (heard !== emitted) throw new Error(`${heard} of ${emitted} events were heard`);
process.stdout.write(JSON.stringify(result));
