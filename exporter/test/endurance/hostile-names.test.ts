// Names without end, each made to hurt: the real process keeps its series and its memory bounded, folds what is too much into
// `other`, counts every fold, and the money of all series together stays exact to the nano-dollar.
// HOSTILE_NAMES=1000000 is the long run. Runs the built exporter: npm run build first.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { flood, nanoUsdOf } from './flood.ts';
import { hostExporter } from './hosted-exporter.ts';
import type { HostedExporter } from './hosted-exporter.ts';
import { hostileName } from './hostile-names.ts';

const NAMES = Number(process.env['HOSTILE_NAMES'] ?? 100_000);
/** As configured unless told. */
const LATENESS_MS = 2_000;
const MB = 1_000_000;
const LABEL_VALUES = 200;
const SERIES_PER_FAMILY = 10_000;

let folder: string;
let running: HostedExporter | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-names-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const amountOf = (n: number): number => 1 + (n % 1_000);
const usdOf = (n: number): number => amountOf(n) / 1e9;

function cost(n: number, threadId: string, payload: object): object {
  return {
    type: 'cost.updated',
    threadId,
    timestamp: Date.now(),
    payload: { agent: 'a', costUsd: usdOf(n), n, ...payload },
  };
}

interface Kind {
  readonly name: string;
  /** Of the names that are sent; the others are as many as CI can afford of every kind. */
  readonly share: number;
  readonly event: (n: number) => object;
  readonly spends: boolean;
  /** The label that is folded. */
  readonly folds: string;
  /** Heap growth. Where each name may have series of its own, those of limits.series_per_family come on top. */
  readonly maxMb: number;
}

const KINDS: readonly Kind[] = [
  {
    name: 'agents',
    share: 1,
    event: (n) => cost(n, 't', { agent: hostileName(n) }),
    spends: true,
    folds: 'agent',
    maxMb: 64,
  },
  {
    name: 'agents of 1,000 threads',
    share: 0.5,
    event: (n) => cost(n, `t-${n % 1_000}`, { agent: hostileName(n) }),
    spends: true,
    folds: 'agent',
    maxMb: 192,
  },
  {
    name: 'models',
    share: 0.2,
    event: (n) => cost(n, 't', { model: hostileName(n) }),
    spends: true,
    folds: 'model',
    maxMb: 96,
  },
  {
    name: 'providers',
    share: 0.2,
    event: (n) => cost(n, 't', { provider: hostileName(n) }),
    spends: true,
    folds: 'provider',
    maxMb: 96,
  },
  {
    name: 'teams',
    share: 0.2,
    event: (n) => cost(n, 't', { team: hostileName(n) }),
    spends: true,
    folds: 'team',
    maxMb: 96,
  },
  {
    name: 'nodes and tools',
    share: 0.2,
    event: (n) => ({
      type: 'node.complete',
      threadId: 't',
      timestamp: Date.now(),
      payload: { agent: 'a', nodeId: `${n % 2 === 0 ? 'tool:' : ''}${hostileName(n)}`, duration: 1 },
    }),
    spends: false,
    folds: 'node',
    maxMb: 64,
  },
  {
    name: 'threads and workflows',
    share: 0.2,
    event: (n) => cost(n, `thread "${n}"`, { workflow: hostileName(n) }),
    spends: true,
    folds: 'workflow',
    maxMb: 320,
  },
];

/** Series by metric name, the lines of histograms counted as they are. */
function seriesOf(exposition: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    const name = /^([a-z_]+)\{/.exec(line)?.[1];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function foldsOf(exposition: string, label: string): number {
  const line = new RegExp(`^orchestrator_exporter_label_overflow_total\\{.*label="${label}".*\\} (\\d+)$`, 'm');
  return Number(line.exec(exposition)?.[1]);
}

test.each(KINDS)(
  `hostile $name: series capped, memory bounded, money exact`,
  async ({ name, share, event, spends, folds, maxMb }) => {
    const count = Math.round(NAMES * share);
    running = await hostExporter(folder);
    const { url } = running;
    await (await fetch(`${url}/metrics`)).text();
    const before = await running.memory();
    const { nanoUsd } = await flood(
      url,
      (function* () {
        for (let n = 0; n < count; n += 1) yield { event: event(n), nanoUsd: spends ? amountOf(n) : 0 };
      })()
    );
    const page = await (await fetch(`${url}/metrics`)).text();
    const atOnceMb = ((await running.memory()).heapBytes - before.heapBytes) / MB;
    // Events wait for the timeline as long as late ones may come: that much is held of any load, and let go of by itself.
    await running.run(LATENESS_MS + 500);
    const after = await running.memory();
    const grownMb = (after.heapBytes - before.heapBytes) / MB;
    expect([
      nanoUsdOf(page, 'orchestrator_cost_usd_total'),
      nanoUsdOf(page, 'orchestrator_cost_provenance_usd_total'),
    ]).toEqual([nanoUsd, nanoUsd]);
    // Every name past the bound was folded at least once.
    const counted = foldsOf(page, folds);
    expect(counted).toBeGreaterThanOrEqual(count - LABEL_VALUES - 1);
    // At most ten series an agent of a thread, each state one.
    const most = [...seriesOf(page)].filter(([, series]) => series > 10 * SERIES_PER_FAMILY);
    expect(most).toEqual([]);
    expect(page.length).toBeLessThan(25 * MB);
    process.stdout.write(
      `hostile names: ${count} ${name}, ${counted} folds, ${page.split('\n').length} lines, ${nanoUsd} nano-USD exact, heap ${atOnceMb.toFixed(0)} MB more, ${grownMb.toFixed(0)} MB once all was settled, RSS ${Math.round(before.rssBytes / MB)} -> ${Math.round(after.rssBytes / MB)} MB\n`
    );
    expect(grownMb).toBeLessThan(maxMb);
  },
  120_000 + NAMES * 3
);

async function untilForgotten(url: string): Promise<void> {
  for (;;) {
    const { total } = (await (await fetch(`${url}/v1/threads`)).json()) as { readonly total: number };
    if (total === 0) return;
    await delay(50);
  }
}

const ROUNDS = 8;
const THREADS = 400;
const LANES = 10;

/** Threads that nobody saw before, each with agents of its own, which all end. */
function* comingAndGoing(round: number, nowMs: number): Iterable<{ event: object; nanoUsd: number }> {
  for (let n = 0; n < THREADS; n += 1) {
    const threadId = `round-${round}-${n}`;
    for (let lane = 0; lane < LANES; lane += 1) {
      const payload = { agent: `agent ${round} ${n} ${lane}`, task: 'x' };
      yield { event: { type: 'agent.active', threadId, timestamp: nowMs, payload }, nanoUsd: 0 };
    }
    const payload = { status: 'success' };
    yield { event: { type: 'graph.complete', threadId, timestamp: nowMs + 1, payload }, nanoUsd: 0 };
  }
}

test(`${ROUNDS} times ${THREADS} threads with ${LANES} agents each come, end and are forgotten: their memory comes back`, async () => {
  running = await hostExporter(folder);
  const { url, memory, advance, stopClock } = running;
  const full: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const nowMs = await stopClock();
    await running.startClock();
    await flood(url, comingAndGoing(round, nowMs));
    await (await fetch(`${url}/metrics`)).text();
    full.push((await memory()).heapBytes / MB);
    // Past threads.retention, and then past what Prometheus would still take of the timeline.
    await advance(16 * 60_000);
    await untilForgotten(url);
    await advance(2 * 3_600_000);
    await running.run(2_500);
    await (await fetch(`${url}/metrics`)).text();
    empty.push((await memory()).heapBytes / MB);
  }
  const held = (full[2] ?? 0) - (empty[2] ?? 0);
  const grown = (empty.at(-1) ?? 0) - (empty[2] ?? 0);
  process.stdout.write(
    `churn: ${ROUNDS} times ${THREADS * LANES} agents held ${held.toFixed(1)} MB and gave it back, ${grown.toFixed(1)} MB more after ${ROUNDS - 3} rounds\n`
  );
  expect(held).toBeGreaterThan(5);
  expect(grown).toBeLessThan(held);
}, 600_000);
