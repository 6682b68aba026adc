// The demo orchestrator: real threads, real time, events through the emitter to the exporter until stopped.
import { randomInt } from 'node:crypto';
import { createForwarder } from 'orchestrator-exporter/forwarder';
import { natsDelivery } from 'orchestrator-exporter/forwarder/nats';
import { parseDemoArguments } from './arguments.ts';
import { systemClock } from './clock.ts';
import { MetricsEmitter } from './metrics-emitter.ts';
import { orchestrate } from './orchestrator.ts';
import { Random } from './random.ts';

const USAGE =
  'node demo/dist/main.js [--exporter http://127.0.0.1:9847 | --nats nats://127.0.0.1:4222] [--seed N] [--threads 4] [--duration 10m]';

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

async function main(): Promise<number> {
  const parsed = parseDemoArguments(process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problems.join('\n')}\nusage: ${USAGE}\n`);
    return 2;
  }
  const { exporter, nats, threads, durationMs, seed = randomInt(2 ** 32) } = parsed.value;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  const timer =
    durationMs === undefined
      ? undefined
      : setTimeout(() => {
          stop.abort();
        }, durationMs);

  const emitter = new MetricsEmitter();
  const forwarder = createForwarder({
    ...(nats === undefined ? { url: exporter } : { delivery: natsDelivery({ servers: [nats] }) }),
    producer: 'demo',
    onWarning: say,
  });
  forwarder.attach(emitter);
  emitter.subscribe((event) => {
    if (event.type === 'graph.complete') say(`thread ${event.threadId} ended: ${event.payload.status}`);
  });
  say(`${threads} threads at once, events to ${nats ?? exporter}, seed ${seed}`);
  await orchestrate({ emitter, clock: systemClock, random: new Random(seed), threads, signal: stop.signal });
  clearTimeout(timer);
  const { offered, accepted, duplicates, rejected, undelivered } = await forwarder.close();
  say(`stopped: ${JSON.stringify({ offered, accepted, duplicates, rejected, undelivered })}`);
  return rejected > 0 || undelivered > 0 ? 1 : 0;
}

process.exitCode = await main();
