// Whether two Prometheus servers that scrape the timeline hold what happened: every transition at its millisecond, nothing else.
import { setTimeout as delay } from 'node:timers/promises';
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE } from 'orchestrator-exporter/contract/states';
import { startExporter } from './exporter-process.ts';
import { rawSamples, startPrometheus } from './prometheus-process.ts';
import { table } from './table.ts';

export interface TimelineOptions {
  readonly folder: string;
  readonly repository: string;
  readonly seconds: number;
}

const SCRAPE_MS = 2_000;
const EVERY_MS = SCRAPE_MS / 20;
const LATENESS_MS = 2_000;
/** Up to the bound, less what a request takes. */
const LATE_MS = 0.9 * LATENESS_MS;
const AGENTS = 10;
/** Every so many changes an agent makes two in one millisecond. */
const PAIR_EVERY = 7;
const STATES = ['running', 'waiting', 'paused', 'queued'] as const;
const THREAD = 'bench';
const CONSUMERS = ['left', 'right'] as const;

/** [ms, state code] by `thread/agent`. */
type Truth = ReadonlyMap<string, readonly (readonly [number, number])[]>;

export interface TimelineRow {
  readonly consumer: string;
  readonly transitions: number;
  /** Stored at their millisecond with their value. */
  readonly exact: number;
  /** Stored changes that never were. */
  readonly extra: number;
  readonly warnings: readonly string[];
}

export async function measureTimeline({
  folder,
  repository,
  seconds,
}: TimelineOptions): Promise<readonly TimelineRow[]> {
  const exporter = await startExporter({
    folder,
    repository,
    sections: { timeline: { lateness: `${LATENESS_MS}ms` } },
  });
  const servers = await Promise.all(
    CONSUMERS.map((consumer) =>
      startPrometheus({
        folder,
        scrapeMs: SCRAPE_MS,
        scrapes: [
          {
            job_name: 'timeline',
            metrics_path: '/metrics/timeline',
            params: { consumer: [consumer] },
            static_configs: [{ targets: [exporter.url.replace('http://', '')] }],
          },
        ],
      })
    )
  );
  try {
    const truth = await emit(exporter.url, 1_000 * seconds);
    await delay(LATENESS_MS + 2 * SCRAPE_MS + 1_000);
    return await Promise.all(
      servers.map(async ({ url, warnings }, at) => {
        const stored = await rawSamples(url, `${TIMELINE.agentState.name}{thread="${THREAD}"}[30m]`);
        return { consumer: CONSUMERS[at] ?? '', ...compared(truth, stored), warnings: warnings() };
      })
    );
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await exporter.stop();
  }
}

export function timelineText(rows: readonly TimelineRow[]): string {
  const head = ['server', 'transitions', 'exact', 'exact %', 'never were', 'warnings in its log'];
  return table([
    head,
    ...rows.map(({ consumer, transitions, exact, extra, warnings }) => [
      `Prometheus, consumer ${consumer}`,
      transitions.toLocaleString('en-US'),
      exact.toLocaleString('en-US'),
      ((100 * exact) / transitions).toFixed(exact === transitions ? 0 : 3),
      String(extra),
      String(warnings.length),
    ]),
  ]);
}

export const TIMELINE_HOW =
  `Each of ${AGENTS} agents changes state every ${EVERY_MS} ms, every ${PAIR_EVERY}th time twice in one millisecond; scrape interval ${SCRAPE_MS} ms, ` +
  `events sent up to ${LATE_MS} ms late and out of order (\`timeline.lateness\` ${LATENESS_MS} ms), a pair of Prometheus servers.`;

/** What is stored besides the truth are heartbeats: they repeat the sample before them. */
export function compared(truth: Truth, stored: Truth): Pick<TimelineRow, 'transitions' | 'exact' | 'extra'> {
  let [transitions, exact, extra] = [0, 0, 0];
  for (const [agent, own] of truth) {
    const held = stored.get(agent) ?? [];
    const byTime = new Map(held);
    const times = new Set(own.map(([ms]) => ms));
    transitions += own.length;
    exact += own.filter(([ms, code]) => byTime.get(ms) === code).length;
    extra += held.filter(([ms, code], i) => !times.has(ms) && held[i - 1]?.[1] !== code).length;
  }
  return { transitions, exact, extra };
}

async function emit(url: string, forMs: number): Promise<Truth> {
  const truth = new Map<string, [number, number][]>();
  const sending: Promise<void>[] = [];
  const beganMs = Date.now();
  for (let beat = 1; beat * EVERY_MS <= forMs; beat += 1) {
    const atMs = beganMs + beat * EVERY_MS;
    await delay(Math.max(0, atMs - Date.now()));
    for (let n = 0; n < AGENTS; n += 1) {
      const agent = `agent-${n}`;
      const own = truth.get(`${THREAD}/${agent}`) ?? [];
      truth.set(`${THREAD}/${agent}`, own);
      const events = Array.from({ length: beat % PAIR_EVERY === 0 ? 2 : 1 }, (_, second) => {
        const state = STATES[own.length % STATES.length] ?? 'running';
        own.push([atMs + second, AGENT_STATE_CODE[state]]);
        return { type: 'agent.state', threadId: THREAD, timestamp: atMs, payload: { agent, state } };
      });
      sending.push(sendLater(url, events, Math.random() * LATE_MS));
    }
  }
  await Promise.all(sending);
  return truth;
}

async function sendLater(url: string, events: readonly unknown[], afterMs: number): Promise<void> {
  await delay(afterMs);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body: JSON.stringify(events), headers });
  if (!response.ok) throw new Error(`/v1/events answered ${response.status}`);
}
