// The gateway with a thousand subscribers: how long an event takes to them, how long one write-out holds the loop, what a
// request takes meanwhile, and what subscribers that are idle or stalled cost in memory; beside the loop one would write first.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startExporter } from './exporter-process.ts';
import type { SubscribersCommand, SubscribersResult } from './gateway-subscribers-process.ts';
import { clientFrame, subscribed } from './gateway-wire.ts';
import { median, quantiles } from './latencies.ts';
import type { Quantiles } from './latencies.ts';
import { cpuSeconds } from './linux-process.ts';
import type { Blocks } from './loop-watch.ts';
import { table, threeDigits } from './table.ts';

/** Everybody listens to it. */
const THREAD = 'thread-all';
const REQUEST_PERIOD_MS = 20;
/** A step of the fan-out should not be longer; a bound of its histogram. */
const STEP_MS = 5;
const STALLED = 32;
/** The longest that is broadcast. */
const LONG_TASK = 'x'.repeat(1_000);
/** A connection's own buffers in the system take some megabytes before anything waits in the process. */
const MAX_STALLED_BODIES = 100;
const STALLED_BODY = 64 * STALLED;
const LIMITS = {
  gateway: { max_clients: 10_000 },
  limits: { connections: 10_000, connections_per_address: 10_000, body_bytes: 8_388_608 },
};

export interface GatewayBench {
  readonly subscribers: number;
  /** Events per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly rounds: number;
  readonly folder: string;
  readonly repository: string;
}

interface FanOutRound {
  readonly deliveries: number;
  readonly latencyMs: Quantiles;
  /** From when an event was due until its body was answered: with the journal, after its fsync. */
  readonly answeredMs: Quantiles;
  readonly cpuPercent: number;
  /** Of the steps of the fan-out, how many held the loop for at most {@link STEP_MS}, as the server itself times them. */
  readonly stepsWithin: number;
  /** By whatever holds it. */
  readonly loopMs: Blocks;
  /** Of a request over WebSocket at the same time; the peer answers none. */
  readonly requestMs: Quantiles | undefined;
  readonly missing: number;
}

export interface GatewayFigures {
  readonly exporter: readonly FanOutRound[];
  readonly peer: readonly FanOutRound[];
  readonly idleKiB: number;
  /** Undefined when it was not asked for, or no client lagged before it was cut off. */
  readonly stalledMiB: number | undefined;
  /** Why a figure that was asked for is not there. */
  readonly problems: readonly string[];
}

/** @param isShort leaves out the peer and the stalled clients */
export async function measureGateway(options: GatewayBench, { isShort = false } = {}): Promise<GatewayFigures> {
  const found = { exporter: [] as FanOutRound[], peer: [] as FanOutRound[] };
  const idle: number[] = [];
  let stalled: number | undefined;
  const problems: string[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    found.exporter.push(await exporterRound(options));
    if (!isShort) found.peer.push(await peerRound(options));
    idle.push(await idleKiB(options));
  }
  if (!isShort) {
    stalled = await stalledMiB(options);
    if (stalled === undefined) problems.push('no stalled client was found to lag; measure in a quieter moment');
  }
  return { ...found, idleKiB: median(idle), stalledMiB: stalled, problems };
}

export function gatewayTables({ exporter, peer, idleKiB: idle, stalledMiB: stalled }: GatewayFigures): string {
  const row = (name: string, rounds: readonly FanOutRound[]): readonly string[] => {
    const of = (figure: (round: FanOutRound) => number): string => threeDigits(median(rounds.map(figure)));
    const requests = rounds.flatMap(({ requestMs }) => (requestMs === undefined ? [] : [requestMs]));
    return [
      name,
      of(({ latencyMs }) => latencyMs.p50),
      of(({ latencyMs }) => latencyMs.p99),
      of(({ latencyMs }) => latencyMs.max),
      of(({ answeredMs }) => answeredMs.p50),
      of(({ answeredMs }) => answeredMs.p99),
      `${(100 * Math.min(...rounds.map(({ stepsWithin }) => stepsWithin))).toFixed(2)} %`,
      of(({ loopMs }) => loopMs.cpuMs.p99),
      of(({ loopMs }) => loopMs.cpuMs.max),
      of(({ loopMs }) => loopMs.wallMs.max),
      of(({ cpuPercent }) => cpuPercent),
      requests.length === 0 ? '-' : threeDigits(median(requests.map(({ p50 }) => p50))),
      requests.length === 0 ? '-' : threeDigits(median(requests.map(({ p99 }) => p99))),
      rounds.every(({ missing }) => missing === 0) ? 'all' : 'MISSING',
    ];
  };
  const head = [
    'who serves',
    'to subscriber p50 ms',
    'p99',
    'max',
    'body answered p50 ms',
    'p99',
    `steps of at most ${STEP_MS} ms`,
    'loop held ms, on a processor, p99',
    'max',
    'max with waiting for one',
    'CPU % of a core',
    'request p50 ms',
    'p99',
    'delivered',
  ];
  const rows = [
    row('this gateway, journal with fsync', exporter),
    ...(peer.length === 0 ? [] : [row('`ws`, JSON.stringify and send for each client', peer)]),
  ];
  const memory = table([
    ['memory', 'measured'],
    ['an idle subscription, RSS, KiB', threeDigits(idle)],
    ['a stalled client, held after collection, MiB', stalled === undefined ? '-' : threeDigits(stalled)],
  ]);
  return `${table([head, ...rows])}\n\n${memory}`;
}

/** What went missing on the way, and figures that are; nothing may. */
export function missingOf({ exporter, peer, problems }: GatewayFigures): readonly string[] {
  const missing = [...exporter, ...peer].reduce((sum, round) => sum + round.missing, 0);
  return [...(missing === 0 ? [] : [`${missing} deliveries are missing`]), ...problems];
}

async function exporterRound(options: GatewayBench): Promise<FanOutRound> {
  const exporter = await startExporter({ ...options, isWatched: true, sections: LIMITS });
  const subscribers = new Subscribers();
  const requests = await Requests.open(exporter.url);
  try {
    await subscribers.do({ kind: 'open', url: exporter.url, count: options.subscribers, threadId: THREAD });
    await send(exporter.url, { ...options, seconds: options.warmUpSeconds });
    await settled(exporter.url);
    await subscribers.do({ kind: 'begin' });
    const before = await slices(exporter.url);
    await exporter.beginWatch();
    const cpuBefore = exporter.cpuSeconds();
    requests.begin();
    const startedMs = performance.now();
    const answered = await send(exporter.url, options);
    const tookS = (performance.now() - startedMs) / 1_000;
    const cpuPercent = (100 * (exporter.cpuSeconds() - cpuBefore)) / tookS;
    const requestMs = requests.end();
    const loopMs = await exporter.endWatch();
    await settled(exporter.url);
    const { deliveries, latencyMs } = await subscribers.do({ kind: 'end' });
    const stepsWithin = shareWithin(before, await slices(exporter.url));
    const missing = answered.length * options.subscribers - deliveries;
    return {
      deliveries,
      latencyMs,
      answeredMs: quantiles(answered),
      cpuPercent,
      stepsWithin,
      loopMs,
      requestMs,
      missing,
    };
  } finally {
    requests.close();
    subscribers.close();
    await exporter.stop();
  }
}

async function peerRound(options: GatewayBench): Promise<FanOutRound> {
  const peer = fork(join(import.meta.dirname, 'gateway-peer-process.js'));
  const [{ url }] = (await once(peer, 'message')) as [{ url: string }];
  const subscribers = new Subscribers();
  try {
    await subscribers.do({ kind: 'open', url, count: options.subscribers, threadId: THREAD });
    await send(url, { ...options, seconds: options.warmUpSeconds });
    await delay(1_000);
    await subscribers.do({ kind: 'begin' });
    peer.send('begin');
    const pid = peer.pid ?? 0;
    const cpuBefore = cpuSeconds(pid);
    const startedMs = performance.now();
    const answered = await send(url, options);
    const tookS = (performance.now() - startedMs) / 1_000;
    const cpuPercent = (100 * (cpuSeconds(pid) - cpuBefore)) / tookS;
    const told = once(peer, 'message');
    peer.send('end');
    const [{ blocks, held: loopMs }] = (await told) as [{ blocks: number[]; held: Blocks }];
    await delay(1_000);
    const { deliveries, latencyMs } = await subscribers.do({ kind: 'end' });
    const stepsWithin = blocks.filter((ms) => ms <= STEP_MS).length / blocks.length;
    const missing = answered.length * options.subscribers - deliveries;
    return {
      deliveries,
      latencyMs,
      answeredMs: quantiles(answered),
      cpuPercent,
      stepsWithin,
      loopMs,
      requestMs: undefined,
      missing,
    };
  } finally {
    subscribers.close();
    peer.disconnect();
    await once(peer, 'exit');
  }
}

/** Each subscriber listens to a thread of its own, and nothing happens. */
async function idleKiB(options: GatewayBench): Promise<number> {
  const exporter = await startExporter({ ...options, sections: LIMITS });
  const subscribers = new Subscribers();
  try {
    // What the first ones bring with them is not each one's.
    await subscribers.do({ kind: 'open', url: exporter.url, count: 20 });
    await delay(2_000);
    const before = exporter.rssMiB();
    await subscribers.do({ kind: 'open', url: exporter.url, count: options.subscribers });
    await delay(3_000);
    return (1_024 * (exporter.rssMiB() - before)) / options.subscribers;
  } finally {
    subscribers.close();
    await exporter.stop();
  }
}

/** Each listens to a thread of its own and does not read, until the first one lags; the most, against the same events without. */
async function stalledMiB(options: GatewayBench): Promise<number | undefined> {
  const withThem = await heldAfterBodies(options, STALLED);
  // On a machine too busy they are cut off, because they answer no ping, before they lag.
  if (withThem.length > MAX_STALLED_BODIES) return undefined;
  const without = await heldAfterBodies(options, 0, withThem.length);
  return Math.max(...withThem.map((mib, body) => mib - (without[body] ?? mib))) / STALLED;
}

/**
 * @returns MiB held after each of `bodies`, or of as many as it takes until a client lags, for then what waited is let go of;
 * one more than {@link MAX_STALLED_BODIES} when none does
 */
async function heldAfterBodies(options: GatewayBench, stalled: number, bodies?: number): Promise<readonly number[]> {
  const exporter = await startExporter({ ...options, isWatched: true, sections: LIMITS });
  const subscribers = new Subscribers();
  const held: number[] = [];
  try {
    if (stalled > 0) await subscribers.do({ kind: 'open', url: exporter.url, count: stalled, stalled: true });
    const isLeft = async (): Promise<boolean> =>
      bodies === undefined
        ? held.length <= MAX_STALLED_BODIES && (await dropped(exporter.url)) === 0
        : held.length < bodies;
    while (await isLeft()) {
      await postEvents(
        exporter.url,
        Array.from({ length: STALLED_BODY }, (_, n) => event(`thread-${n % STALLED}`, LONG_TASK))
      );
      held.push((await exporter.heldBytes()) / 1_048_576);
    }
    return held;
  } finally {
    subscribers.close();
    await exporter.stop();
  }
}

let events = 0;
function event(threadId: string, task: string): object {
  events += 1;
  return {
    type: 'agent.active',
    threadId,
    timestamp: Date.now(),
    payload: { agent: 'a', task, id: `gateway-${events}` },
  };
}

const agent = new Agent({ keepAlive: true });

function postEvents(url: string, body: readonly object[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const post = request(`${url}/v1/events`, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}`));
      });
    });
    post.on('error', reject);
    post.end(JSON.stringify(body));
  });
}

/** One event a body, each at its time whether or not those before are answered. @returns from then to the answer, ms, of each */
async function send(
  url: string,
  { rate, seconds }: Pick<GatewayBench, 'rate' | 'seconds'>
): Promise<readonly number[]> {
  const count = rate * seconds;
  const startMs = performance.now() + 50;
  const posts: Promise<number>[] = [];
  for (let n = 0; n < count; n += 1) {
    const dueMs = startMs + (1_000 * n) / rate;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const post = postEvents(url, [event(THREAD, (performance.timeOrigin + dueMs).toFixed(3))]);
    posts.push(post.then(() => performance.now() - dueMs));
  }
  return Promise.all(posts);
}

async function page(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

function sample(text: string, name: string, label: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(label));
  return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
}

const FRAMES = 'orchestrator_exporter_gateway_frames_total';
const dropped = async (url: string): Promise<number> => sample(await page(url), FRAMES, 'outcome="dropped"');

/** Resolves when no frame has been written for half a second. */
async function settled(url: string): Promise<void> {
  for (let last = -1; ;) {
    const now = sample(await page(url), FRAMES, 'outcome="sent"');
    if (now === last) return;
    last = now;
    await delay(500);
  }
}

type Buckets = ReadonlyMap<number, number>;

async function slices(url: string): Promise<Buckets> {
  const found = (await page(url)).matchAll(
    /^orchestrator_exporter_gateway_slice_seconds_bucket\{.*le="([^"]+)"\} (\d+)$/gm
  );
  return new Map(
    [...found].map(([, bound = '', count]) => [bound === '+Inf' ? Infinity : Number(bound), Number(count)])
  );
}

/** Of the slices between. */
function shareWithin(before: Buckets, after: Buckets): number {
  const rise = (bound: number): number => (after.get(bound) ?? 0) - (before.get(bound) ?? 0);
  return rise(STEP_MS / 1_000) / rise(Infinity);
}

/** The process that the subscribers live in. */
class Subscribers {
  readonly #process: ChildProcess = fork(join(import.meta.dirname, 'gateway-subscribers-process.js'));

  async do(command: SubscribersCommand): Promise<SubscribersResult> {
    const answered = once(this.#process, 'message');
    this.#process.send(command);
    return ((await answered) as [SubscribersResult])[0];
  }

  close(): void {
    this.#process.disconnect();
  }
}

/** One client that asks for a burn rate, waits for the answer, and asks again. */
class Requests {
  #socket: Socket | undefined;
  #tookMs: number[] = [];
  #askedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  static async open(url: string): Promise<Requests> {
    const requests = new Requests();
    requests.#socket = await subscribed(url, 'thread-of-requests', () => {
      requests.#answered();
    });
    return requests;
  }

  begin(): void {
    this.#tookMs = [];
    this.#ask();
  }

  end(): Quantiles {
    clearTimeout(this.#timer);
    return quantiles(this.#tookMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #ask(): void {
    this.#askedMs = performance.now();
    const message = { type: 'req', id: 'b', method: 'orchestrator.cost.burn_rate', params: { threadId: THREAD } };
    this.#socket?.write(clientFrame(JSON.stringify(message)));
  }

  #answered(): void {
    this.#tookMs.push(performance.now() - this.#askedMs);
    this.#timer = setTimeout(() => {
      this.#ask();
    }, REQUEST_PERIOD_MS);
  }
}
