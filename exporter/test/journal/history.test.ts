// The real process is killed, started again, and asked for the events of every thread while it takes others.
// HISTORY_EVENTS=1000000 is a long run. Runs the built exporter: npm run build first.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomOf } from './entries.ts';
import { startExporter } from './exporter-process.ts';
import type { ExporterProcess } from './exporter-process.ts';

const EVENTS = Number(process.env['HISTORY_EVENTS'] ?? 10_000);
const THREADS = 20;
const BATCH = 200;

let folder: string;
let running: ExporterProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-history-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Sent {
  readonly id: string;
  readonly threadId: string;
  readonly timestampMs: number;
  readonly total: number;
}

interface Page {
  readonly events: readonly { readonly seq: number; readonly event: Sent }[];
  readonly nextCursor: string;
  readonly more: boolean;
  readonly missing: readonly unknown[];
}

async function send(url: string, events: readonly Sent[]): Promise<void> {
  const lines = events.map(({ id, threadId, timestampMs, total }) =>
    JSON.stringify({
      type: 'cost.updated',
      threadId,
      timestamp: timestampMs,
      payload: { id, costCents: total / 1e7, agent: 'planner', model: 'm', provider: 'p' },
    })
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body: lines.join('\n'), headers });
  const answer: unknown = await response.json();
  expect([response.status, answer]).toEqual([200, { accepted: events.length, duplicates: 0, rejected: [] }]);
}

async function pagesOf(url: string, threadId: string, span: string): Promise<{ found: Page['events']; pages: number }> {
  const found: Page['events'][number][] = [];
  for (let cursor = '1', pages = 1; ; pages += 1) {
    const response = await fetch(`${url}/v1/threads/${threadId}/events?${span}&cursor=${cursor}&limit=37`);
    const page = (await response.json()) as Page;
    if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(page)}`);
    expect(page.missing).toEqual([]);
    found.push(...page.events);
    if (!page.more) return { found, pages };
    cursor = page.nextCursor;
  }
}

const told = ({ id, threadId, timestampMs, total }: Sent): Sent => ({ id, threadId, timestampMs, total });

test(
  `${EVENTS} events of ${THREADS} threads, kill -9, restart: every thread's events between two times, exactly, while others come in`,
  async () => {
    running = await startExporter(folder);
    const random = randomOf(7);
    const T = Date.now() - 3_600_000;
    const events = Array.from({ length: EVENTS }, (_, n): Sent => {
      const threadId = `thread-${Math.floor(random() * THREADS)}`;
      // Out of order in time, by up to ten minutes.
      return {
        id: `e-${n}`,
        threadId,
        timestampMs: T + Math.floor((n * 1_800_000) / EVENTS + random() * 600_000),
        total: n,
      };
    });
    for (let from = 0; from < EVENTS; from += BATCH) {
      await send(running.url, events.slice(from, from + BATCH));
      if (from === BATCH * Math.floor(EVENTS / BATCH / 2)) {
        await running.end('SIGKILL');
        running = await startExporter(folder);
      }
    }
    await running.end('SIGKILL');
    running = await startExporter(folder);
    const { url } = running;

    const reading = new AbortController();
    let written = 0;
    const writer = (async () => {
      for (; !reading.signal.aborted; written += 10) {
        const batch = Array.from({ length: 10 }, (_, n): Sent => {
          const thread = `thread-${n % THREADS}`;
          return { id: `late-${written + n}`, threadId: thread, timestampMs: Date.now(), total: EVENTS + written };
        });
        await send(url, batch);
      }
    })();
    const fromMs = T + 400_000;
    const toMs = T + 1_900_000;
    let compared = 0;
    let pages = 0;
    const startedMs = performance.now();
    for (let thread = 0; thread < THREADS; thread += 1) {
      const threadId = `thread-${thread}`;
      const answer = await pagesOf(url, threadId, `from=${fromMs}&to=${toMs}`);
      const wanted = events.filter(
        (event) => event.threadId === threadId && event.timestampMs >= fromMs && event.timestampMs < toMs
      );
      expect(answer.found.map(({ event }) => told(event))).toEqual(wanted);
      expect(answer.found.map(({ seq }) => seq)).toEqual([...answer.found.map(({ seq }) => seq)].sort((a, b) => a - b));
      compared += wanted.length;
      pages += answer.pages;
    }
    const tookMs = performance.now() - startedMs;
    reading.abort();
    await writer;
    expect(written).toBeGreaterThan(0);

    // After all of it, and everything that the writer had acknowledged.
    let late = 0;
    for (let thread = 0; thread < THREADS; thread += 1) {
      const { found } = await pagesOf(url, `thread-${thread}`, `from=${T + 3_600_000}`);
      late += found.filter(({ event }) => event.id.startsWith('late-')).length;
    }
    expect(late).toBe(written);
    process.stdout.write(
      `history: ${compared} of ${EVENTS} events of ${THREADS} threads equal in ${pages} pages in ${Math.round(tookMs)} ms after 2 kills, ` +
        `while ${written} others came in; ${readdirSync(join(folder, 'data')).filter((name) => name.endsWith('.seg')).length} segments\n`
    );
  },
  120_000 + EVENTS
);
