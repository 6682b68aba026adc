// The real process restarts again and again while a scraper looks on every 100 ms: no total ever falls, what a scraper adds up
// comes to the truth, and an exporter at rest shows the same before it is killed and after it is back.
// RESTARTS=200 is the long run. Runs the built exporter: npm run build first.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomOf } from '../journal/entries.ts';
import { produce } from '../journal/producers.ts';
import type { Target, Truth } from '../journal/producers.ts';
import { ndjson, recordedRun } from '../running-exporter.ts';
import { hostExporter } from './hosted-exporter.ts';
import type { HostedExporter } from './hosted-exporter.ts';

const RESTARTS = Number(process.env['RESTARTS'] ?? 20);
const SCRAPE_MS = 100;
const RUNS = ['helix-stategraph', 'langchain', 'openai', 'smolagents'];
const BUDGETS = {
  budgets: [
    { name: 'hourly', window: 'hour', limit_usd: 100 },
    { name: 'agent-0', window: 'day', limit_usd: 0.01, match: { agent: 'agent-0' } },
    { name: 'sliding', window: 'rolling:1h', limit_usd: 50 },
    { name: 'each', window: 'thread', limit_usd: 5 },
  ],
};

let folder: string;
let running: HostedExporter | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-restarts-'));
});
afterEach(async () => {
  await running?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Lines about the exporter itself and its process: they begin anew with it. */
const SELF = /^(# (HELP|TYPE) )?(orchestrator_exporter_|process_|nodejs_)/;
/** Counters and the parts of histograms, in whole billionths where they are money. */
const COUNTER = /^orchestrator_[a-z_]+_(total|bucket|count)\{/;

class Scraper {
  readonly #last = new Map<string, number>();
  readonly #increase = new Map<string, number>();
  readonly falls: string[] = [];
  scrapes = 0;
  #latest: Promise<void> = Promise.resolve();

  /** One after the other: of two at once the older page could be noted last, and would look like a fall. */
  scrape(url: string): Promise<void> {
    const next = this.#latest.then(() => this.#scrape(url));
    this.#latest = next.catch(() => undefined);
    return next;
  }

  async #scrape(url: string): Promise<void> {
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`/metrics answers ${response.status}`);
    this.scrapes += 1;
    const seen = new Map<string, number>();
    for (const line of text.split('\n')) {
      if (!COUNTER.test(line) || SELF.test(line)) continue;
      const at = line.lastIndexOf(' ');
      seen.set(line.slice(0, at), Math.round(Number(line.slice(at + 1)) * 1e9));
    }
    for (const [series, value] of seen) this.#note(series, value);
    for (const [series, value] of this.#last) if (!seen.has(series)) this.falls.push(`${series} ${value} -> gone`);
  }

  /** As increase() over the whole test would be, had every series begun at 0: a fall is taken for a reset. */
  increaseOf(name: string, label: string): number {
    let sum = 0;
    for (const [series, value] of this.#increase) {
      if (series.startsWith(name) && series.includes(label)) sum += value;
    }
    return sum;
  }

  #note(series: string, value: number): void {
    const last = this.#last.get(series) ?? 0;
    if (value < last) this.falls.push(`${series} ${last} -> ${value}`);
    this.#increase.set(series, (this.#increase.get(series) ?? 0) + (value < last ? value : value - last));
    this.#last.set(series, value);
  }
}

/** An exporter that is down cannot be scraped. */
async function scrapeUntil(over: AbortSignal, target: Target, scraper: Scraper): Promise<void> {
  while (!over.aborted) {
    if (target.url !== undefined) await scraper.scrape(target.url).catch(() => undefined);
    await delay(SCRAPE_MS);
  }
}

/** Everything that an exporter at rest tells of the world, line by line. */
async function shown(url: string): Promise<readonly string[]> {
  const pages = ['/metrics', '/v1/budgets', '/v1/threads?limit=1000'];
  const texts = await Promise.all(pages.map(async (page) => (await fetch(`${url}${page}`)).text()));
  const { threads } = JSON.parse(texts[2] ?? '') as { readonly threads: readonly { readonly threadId: string }[] };
  for (const { threadId } of threads.slice(0, 20)) {
    const page = `/v1/threads/${encodeURIComponent(threadId)}/checkpoints?limit=1000`;
    texts.push(await (await fetch(`${url}${page}`)).text());
  }
  const lines = texts.flatMap((text) => text.split(/\n|(?<=\}),/)).filter((line) => !SELF.test(line));
  // Tasks may be anything that somebody wrote: they are not journalled.
  return lines.map((line) => line.replace(/,"task":"[^"]*"/g, ''));
}

/** A recorded run of a real orchestrator that breaks off somewhere: with states, checkpoints and threads left open. */
async function sendRecordedRun(target: Target, random: () => number, run: number): Promise<void> {
  const name = RUNS[Math.floor(random() * RUNS.length)] ?? 'openai';
  const events = recordedRun(name, Date.now()).map((event) => ({
    ...event,
    threadId: `${String(event['threadId'])}-${run}`,
  }));
  const body = ndjson(events.slice(0, Math.ceil(events.length * random())));
  for (;;) {
    const headers = { 'content-type': 'application/x-ndjson' };
    const sent = fetch(`${target.url}/v1/events`, { method: 'POST', body, headers });
    if (await sent.then(({ status }) => status === 200).catch(() => false)) return;
    await delay(10);
  }
}

test(
  `${RESTARTS} restarts with scrapes between: no total falls, their increase is the truth, and at rest nothing changes by one`,
  async () => {
    const budgetsFile = join(folder, 'budgets.yml');
    writeFileSync(budgetsFile, JSON.stringify(BUDGETS));
    const sections = { threads: { retention: '1h' }, budgets_file: budgetsFile };
    const truth: Truth = { spent: new Map(), nodeRuns: 0, events: 0, repeats: 0 };
    const target: Target = { url: undefined };
    const scraper = new Scraper();
    const random = randomOf(RESTARTS);
    let lines = 0;
    const over = new AbortController();
    const scraping = scrapeUntil(over.signal, target, scraper);
    running = await hostExporter(folder, sections);
    for (let run = 0; run < RESTARTS; run += 1) {
      target.url = running.url;
      const names = [`r${run}-a`, `r${run}-b`];
      const sending = [
        ...names.map((name) => produce({ target, truth, random, name, batches: 3 })),
        sendRecordedRun(target, random, run),
      ];
      // In the first half it goes down in the middle of the load.
      if (run % 2 === 0) {
        await delay(Math.floor(random() * 60));
        await running.end(random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
        running = await hostExporter(folder, sections);
        target.url = running.url;
      }
      await Promise.all(sending);
      await scraper.scrape(running.url);
      const stoppedMs = await running.stopClock();
      const before = await shown(running.url);
      target.url = undefined;
      await running.end(random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
      running = await hostExporter(folder, sections, { stoppedMs });
      const after = await shown(running.url);
      expect(after).toEqual(before);
      lines = before.length;
      await running.startClock();
      await scraper.scrape(running.url);
    }
    over.abort();
    await scraping;
    const increases = [...truth.spent.keys()].map((agent) => [
      agent,
      scraper.increaseOf('orchestrator_cost_usd_total{', `agent="${agent}"`),
    ]);
    expect(increases).toEqual([...truth.spent]);
    expect(scraper.falls.slice(0, 5)).toEqual([]);
    process.stdout.write(
      `restarts: ${RESTARTS} at rest and ${Math.ceil(RESTARTS / 2)} under load, ${scraper.scrapes} scrapes without a fall, increase exact over ${truth.events} events, ${lines} lines the same before and after\n`
    );
  },
  RESTARTS * 30_000
);
