// remote_write against real receivers: what they hold afterwards is exact, whatever they did in between.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { THREAD_STATE_CODE } from '../src/contract/states.ts';
import { WRITE_REQUEST_HEADERS, WriteRequests } from '../src/push/write-request.ts';
import { TimelineSeriesSet } from '../src/series/timeline-series.ts';
import { hostExporterBy } from './endurance/hosted-exporter.ts';
import type { HostedExporter } from './endurance/hosted-exporter.ts';
import { randomOf } from './journal/entries.ts';
import { freePort } from './free-port.ts';
import { rawSamples, startPrometheus } from './prometheus-process.ts';
import type { Prometheus, Samples } from './prometheus-process.ts';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';
import { pausableClock, runningClock } from './running-clock.ts';
import { sendTransitions, wrongTransitions } from './transitions.ts';
import type { TransitionTruth } from './transitions.ts';
import { until } from './until.ts';

/** A busy machine needs some of it. */
const LATENESS = '4s';
const RECEIVER = '--web.enable-remote-write-receiver';

/** Of the exporters in this process. */
const clock = runningClock();
let folder: string;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-remote-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {
  clock.stop();
});

const AGENTS = ['a', 'b', 'c'];
const send = (url: () => string | undefined, forMs: number, now = clock.now): Promise<TransitionTruth> =>
  sendTransitions({
    thread: 'rw',
    agents: AGENTS,
    everyMs: 20,
    pairEvery: 7,
    forMs,
    lateMs: 400,
    random: randomOf(3),
    url,
    now,
  });

const written = (url: string): string => `${url}/api/v1/write`;

/** Waits for the end of the thread and compares. Prometheus leaves marks of an end out of what a range holds. */
async function expectExact(url: string, truth: TransitionTruth): Promise<void> {
  await until('the end of the thread', async () => {
    const last = (await rawSamples(url, 'orchestrator_timeline_thread_state'))?.get('rw')?.at(-1);
    return last?.[1] === String(THREAD_STATE_CODE.completed) && last[0] === truth.endMs ? true : undefined;
  });
  const stored = (await rawSamples(url, 'orchestrator_timeline_agent_state')) ?? new Map<string, Samples>();
  expect(wrongTransitions(truth, stored)).toEqual([]);
}

async function prometheus(options: Parameters<typeof startPrometheus>[0] = {}): Promise<Prometheus> {
  const started = await startPrometheus({ ...options, flags: [RECEIVER] });
  ends.push(() => started.stop());
  return started;
}

test('Prometheus holds every transition, the end of every series at its millisecond, and warns of nothing', async () => {
  const store = await prometheus();
  const running = await runExporter(
    {
      timeline: { lateness: LATENESS },
      remote_write: [{ url: written(store.url), heartbeat_interval: '1s' }],
    },
    clock
  );
  ends.push(() => running.close());
  const truth = await send(() => running.url, 2_500);
  await expectExact(store.url, truth);
  const valueAt = async (ms: number): Promise<number> => {
    const query = 'count({__name__=~"orchestrator_timeline_.*",thread="rw"})';
    const response = await fetch(`${store.url}/api/v1/query?query=${encodeURIComponent(query)}&time=${ms / 1000}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0);
  };
  await until('the series end', async () => ((await valueAt(truth.endMs + 1)) === 0 ? true : undefined));
  expect([await valueAt(truth.endMs), await valueAt(truth.endMs + 1)]).toEqual([AGENTS.length + 1, 0]);
  expect(store.warnings()).toEqual([]);
  const failed = await metricLines(running.url, 'orchestrator_exporter_push_samples_failed_total');
  expect(failed.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  expect(failed).toHaveLength(7);
  const pending = await metricLines(running.url, 'orchestrator_exporter_push_samples_pending');
  expect(pending.map((line) => line.slice(line.lastIndexOf(' ')))).toEqual([' 0']);
});

test('VictoriaMetrics holds the same', async () => {
  const port = await freePort();
  const program = spawn(
    'victoria-metrics',
    [`-storageDataPath=${join(folder, 'vm')}`, `-httpListenAddr=127.0.0.1:${port}`, '-search.latencyOffset=0s'],
    { stdio: 'ignore' }
  );
  const exited = once(program, 'exit');
  ends.push(async () => {
    program.kill('SIGTERM');
    await exited;
  });
  const url = `http://127.0.0.1:${port}`;
  const running = await runExporter(
    {
      timeline: { lateness: LATENESS },
      remote_write: [{ url: written(url), name: 'vm', heartbeat_interval: '1s' }],
    },
    clock
  );
  ends.push(() => running.close());
  const truth = await send(() => running.url, 1_500);
  const stored = async (metric: string): Promise<Map<string, Samples>> => {
    const response = await fetch(`${url}/api/v1/export?match[]=${metric}`);
    const lines = (await response.text())
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    return new Map(
      lines.map((line) => {
        const {
          metric: labels,
          values,
          timestamps,
        } = JSON.parse(line) as {
          metric: Record<string, string>;
          values: (number | null)[];
          timestamps: number[];
        };
        // Marks of an end come out as null.
        const samples = timestamps.flatMap((ms, at) => {
          const value = values[at];
          return value === null || value === undefined ? [] : [[ms, String(value)] as const];
        });
        return [[labels['thread'], labels['agent']].filter((each) => each !== undefined).join('/'), samples] as const;
      })
    );
  };
  await until('the end of the thread', async () => {
    const last = (await stored('orchestrator_timeline_thread_state').catch(() => undefined))?.get('rw')?.at(-1);
    return last?.[0] === truth.endMs ? true : undefined;
  });
  // What it has taken is shown a second later, not all of it at once.
  await fetch(`${url}/internal/force_flush`);
  expect(wrongTransitions(truth, await stored('orchestrator_timeline_agent_state'))).toEqual([]);
});

test('a receiver that is not there at first and is killed in the middle, an exporter that is killed too: nothing is missing', async () => {
  const port = await freePort();
  const data = join(folder, 'prometheus');
  mkdirSync(data);
  const time = pausableClock();
  let running: HostedExporter | undefined;
  const sections = {
    timeline: { lateness: '8s' },
    remote_write: [{ url: written(`http://127.0.0.1:${port}`), queue_config: { max_backoff: '200ms' } }],
  };
  const start = async (): Promise<void> => {
    running = await hostExporterBy(time, folder, sections);
  };
  await start();
  ends.push(async () => running?.end('SIGKILL'));
  const sending = send(() => running?.url, 5_000, time.now);
  await delay(500);
  let store = await startPrometheus({ port, folder: data, flags: [RECEIVER] });
  await delay(1_000);
  await store.stop('SIGKILL');
  await delay(500);
  store = await startPrometheus({ port, folder: data, flags: [RECEIVER] });
  ends.push(() => store.stop());
  await delay(500);
  const old = running;
  running = undefined;
  time.stop();
  await old?.end('SIGKILL');
  await start();
  const truth = await sending;
  await expectExact(store.url, truth);
});

test('a sample that Prometheus refuses costs only itself', async () => {
  const store = await prometheus();
  const startMs = clock.now();
  // As if another exporter had written a later checkpoint of the same thread.
  const series = new TimelineSeriesSet('test').of({ family: 'checkpoint', threadId: 'refused' });
  const body = new WriteRequests('test').encode([{ series, atMs: startMs + 60_000, value: 9 }]);
  await fetch(written(store.url), { method: 'POST', body, headers: WRITE_REQUEST_HEADERS });
  const running = await runExporter(
    {
      timeline: { lateness: '4s' },
      remote_write: [{ url: written(store.url), lateness: '2s' }],
    },
    clock
  );
  ends.push(() => running.close());
  const checkpoint = (threadId: string, at: number): unknown => ({
    type: 'checkpoint.saved',
    threadId,
    timestamp: startMs + at,
    payload: { checkpointId: `${at}`, checkpointIndex: at },
  });
  const good = Array.from({ length: 20 }, (_, n) => checkpoint('good', n + 1));
  await post(running.url, ndjson([...good.slice(0, 7), checkpoint('refused', 3), ...good.slice(7)]));
  const stored = await until('the others', async () => {
    const found = await rawSamples(store.url, 'orchestrator_timeline_checkpoint');
    return found?.get('good')?.length === 20 ? found : undefined;
  });
  expect(stored.get('good')).toEqual(good.map((_, n) => [startMs + n + 1, String(n + 1)]));
  const failures = await metricLines(running.url, 'orchestrator_exporter_push_samples_failed_total');
  const host = new URL(store.url).host;
  expect(failures.filter((line) => !line.endsWith(' 0'))).toEqual([
    `orchestrator_exporter_push_samples_failed_total{environment="test",receiver="${host}",reason="out_of_order"} 1`,
  ]);
});

interface Script {
  readonly name: string;
  /** Statuses of the first answers; after them everything is handed on to the real receiver. */
  readonly answers: readonly {
    /** 0: the connection breaks; undefined: there is no answer. */
    readonly status: number | undefined;
    readonly headers?: Record<string, string>;
  }[];
  /** Longer than any standstill of the machine, unless it is to run out. */
  readonly timeout?: string;
  /** What is failed for good, by reason. */
  readonly failed: readonly string[];
  readonly retries: number;
}

test.each<Script>([
  { name: 'nothing goes wrong', answers: [], failed: [], retries: 0 },
  { name: '500 three times', answers: [{ status: 500 }, { status: 502 }, { status: 503 }], failed: [], retries: 3 },
  { name: '429 with Retry-After', answers: [{ status: 429, headers: { 'retry-after': '1' } }], failed: [], retries: 1 },
  { name: 'no answer in time', answers: [{ status: undefined }], timeout: '4s', failed: [], retries: 1 },
  { name: 'the connection breaks', answers: [{ status: 0 }], failed: [], retries: 1 },
  { name: '404: never tried again', answers: [{ status: 404 }], failed: ['rejected'], retries: 0 },
  { name: '401: never tried again', answers: [{ status: 401 }], failed: ['rejected'], retries: 0 },
])('what a receiver answers: $name', async ({ answers, timeout = '60s', failed, retries }) => {
  const store = await prometheus();
  const script = [...answers];
  const proxy = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const next = script.shift();
        if (next?.status === 0) {
          request.socket.resetAndDestroy();
          return;
        }
        if (next !== undefined) {
          if (next.status === undefined) return;
          response.writeHead(next.status, next.headers).end('as the script says');
          return;
        }
        const answer = await fetch(written(store.url), {
          method: 'POST',
          body: Buffer.concat(chunks),
          headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
        });
        response.writeHead(answer.status).end(await answer.text());
      })();
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  ends.push(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/api/v1/write`;
  const running = await runExporter(
    {
      timeline: { lateness: '700ms' },
      remote_write: [{ url, name: 'scripted', remote_timeout: timeout }],
    },
    clock
  );
  ends.push(() => running.close());
  const startMs = clock.now();
  await post(
    running.url,
    ndjson([
      {
        type: 'checkpoint.saved',
        threadId: 'first',
        timestamp: startMs,
        payload: { checkpointId: 'c', checkpointIndex: 1 },
      },
    ])
  );
  const requests = 'orchestrator_exporter_push_';
  await until('the script is over', () => Promise.resolve(script.length === 0 ? true : undefined));
  await delay(200);
  await post(
    running.url,
    ndjson([
      {
        type: 'checkpoint.saved',
        threadId: 'second',
        timestamp: clock.now(),
        payload: { checkpointId: 'c', checkpointIndex: 2 },
      },
    ])
  );
  await until('the second', async () =>
    (await rawSamples(store.url, 'orchestrator_timeline_checkpoint'))?.get('second')
  );
  const found = await rawSamples(store.url, 'orchestrator_timeline_checkpoint');
  expect(found?.get('first')).toEqual(failed.length === 0 ? [[startMs, '1']] : undefined);
  const failures = await metricLines(running.url, `${requests}samples_failed_total`);
  expect(failures.filter((line) => !line.endsWith(' 0')).map((line) => /reason="(\w+)"/.exec(line)?.[1])).toEqual(
    failed
  );
  expect((await metricLines(running.url, `${requests}retries_total`))[0]?.split(' ')[1]).toBe(String(retries));
});
