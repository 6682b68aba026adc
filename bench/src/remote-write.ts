// How long it takes from an event that is emitted to a sample that Prometheus answers queries with, by remote write.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { startExporter } from './exporter-process.ts';
import { quantiles, type Quantiles } from './latencies.ts';
import { startPrometheus } from './prometheus-process.ts';
import { table, threeDigits } from './table.ts';

export interface RemoteWriteOptions {
  readonly folder: string;
  readonly repository: string;
  /** Events that are looked for, in each row. */
  readonly events: number;
}

export interface RemoteWriteRow {
  readonly load: string;
  readonly ms: Quantiles;
  readonly events: number;
  /** Events of which no sample came within a minute. */
  readonly missing: number;
}

const LATENESS = '100ms';
const BACKGROUND = { events: 50, everyMs: 50 };
const GIVEN_UP_MS = 60_000;
const THREAD = 'bench';

export async function measureRemoteWrite(options: RemoteWriteOptions): Promise<readonly RemoteWriteRow[]> {
  const { folder, repository, events } = options;
  const flags = ['--web.enable-remote-write-receiver'];
  const prometheus = await startPrometheus({ folder, scrapeMs: 15_000, scrapes: [], flags });
  const remote = { url: `${prometheus.url}/api/v1/write`, lateness: LATENESS };
  const exporter = await startExporter({ folder, repository, sections: { remote_write: [remote] } });
  try {
    const rows: RemoteWriteRow[] = [];
    for (const isLoaded of [false, true]) {
      const stop = isLoaded ? background(exporter.url) : () => Promise.resolve();
      const found = await lookFor(events, {
        exporterUrl: exporter.url,
        url: prometheus.url,
        first: rows.length * events,
      });
      await stop();
      const rate = (1_000 / BACKGROUND.everyMs) * BACKGROUND.events;
      rows.push({
        load: isLoaded ? `${rate.toLocaleString('en-US')} other events/s` : 'nothing else',
        events,
        ...found,
      });
    }
    return rows;
  } finally {
    await exporter.stop();
    await prometheus.stop();
  }
}

export const REMOTE_WRITE_HOW = `One event at a time over HTTP, journal and fsync on; \`lateness: ${LATENESS}\`, \`batch_send_deadline\` 50 ms; the sample is looked for by one query after the other.`;

export function remoteWriteText(rows: readonly RemoteWriteRow[]): string {
  const head = ['beside it', 'events', 'p50 ms', 'p99 ms', 'max ms', 'bar p99', 'missing'];
  return table([
    head,
    ...rows.map(({ load, events, ms, missing }) => [
      load,
      String(events),
      threeDigits(ms.p50),
      threeDigits(ms.p99),
      threeDigits(ms.max),
      '250',
      String(missing),
    ]),
  ]);
}

async function lookFor(
  events: number,
  { exporterUrl, url, first }: { readonly exporterUrl: string; readonly url: string; readonly first: number }
): Promise<{ readonly ms: Quantiles; readonly missing: number }> {
  const times: number[] = [];
  let missing = 0;
  for (let index = first + 1; index <= first + events; index += 1) {
    const beganMs = performance.now();
    await send(exporterUrl, [checkpoint(THREAD, index)]);
    while ((await newest(url)) !== index && performance.now() - beganMs < GIVEN_UP_MS);
    const tookMs = performance.now() - beganMs;
    if (tookMs < GIVEN_UP_MS) times.push(tookMs);
    else missing += 1;
    // Out of step with whatever has a beat.
    await delay(20 + Math.random() * 50);
  }
  return { ms: quantiles(times), missing };
}

/** Index of the newest checkpoint that a query shows. */
async function newest(url: string): Promise<number | undefined> {
  const query = encodeURIComponent(`last_over_time(${TIMELINE.checkpoint.name}{thread="${THREAD}"}[5m])`);
  const response = await fetch(`${url}/api/v1/query?query=${query}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const value = data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

function checkpoint(threadId: string, index: number): unknown {
  const payload = { checkpointId: `${threadId}-${index}`, checkpointIndex: index };
  return { type: 'checkpoint.saved', threadId, timestamp: Date.now(), payload };
}

async function send(url: string, events: readonly unknown[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(events), headers });
  if (!response.ok) throw new Error(`/v1/events answered ${response.status}`);
  await response.arrayBuffer();
}

/** Other threads' events, until it is stopped. */
function background(url: string): () => Promise<void> {
  let index = 0;
  let underWay = Promise.resolve();
  const timer = setInterval(() => {
    index += 1;
    const events = Array.from({ length: BACKGROUND.events }, (_, n) => checkpoint(`other-${n}`, index));
    underWay = underWay.then(() => send(url, events));
  }, BACKGROUND.everyMs);
  return () => {
    clearInterval(timer);
    return underWay;
  };
}
