// One exporter from its start to its end under fuzzed bodies, over real HTTP, held against the oracle, the strict parser and
// itself: whatever was sent, the answer adds up, every page is sound, no total falls, and money in is money out.
import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import express from 'express';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import type { Clock } from '../../src/clock.ts';
import { parseConfig } from '../../src/config.ts';
import { REJECT_REASONS } from '../../src/contract/event.ts';
import type { IngestAnswer } from '../../src/contract/wire.ts';
import type { JournalStorage } from '../../src/journal/storage.ts';
import { readFiles } from '../../src/library.ts';
import { countOf, falls, moneyOf, nanoOf, strictPage } from '../strict-exposition.ts';
import type { StrictPage } from '../strict-exposition.ts';
import { problemOfAnswer } from './answer-rules.ts';
import type { FuzzBody } from './event-mutations.ts';
import { MoneyOracle } from './money-oracle.ts';
import type { OraclePrices } from './money-oracle.ts';

/** The files of `writeFuzzFiles`, as the oracle knows them. */
const PRICES: OraclePrices = new Map([['model-with-price', { input: 123_456_700_000n, output: 15_000_000_000_000n }]]);
export const BUDGETS_YML = `budgets:
  - {name: everything, limit_usd: 1000000, window: month}
  - {name: planner, match: {agent: planner}, limit_usd: 5, window: 'rolling:1h'}
  - {name: each, limit_usd: 0.5, window: thread}
`;
export const PRICES_YML = `prices:
  - {model: model-with-price, usd_per_million_tokens: {input: 0.1234567, output: 15}}
`;

/** The 20th, so that events of the last seven days lie in the month of the budget. */
const BEGIN_MS = Date.UTC(2026, 2, 20, 12);
const MAX_EXACT = 2n ** 53n - 1n;

export interface LifeOptions {
  /** Sections of the configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly retentionMs: number;
  /** Every so many bodies time goes on by a minute and threads past their retention are forgotten; 0: never. */
  readonly sweepEvery: number;
  readonly scrapeEvery: number;
  /** With a journal: the exporter is started again on it at the end, and must say the same. */
  readonly storage?: JournalStorage | undefined;
}

export class ManualClock implements Clock {
  nowMs = BEGIN_MS;
  readonly #ticks = new Set<() => void>();
  #steps = 0;

  now(): number {
    return this.nowMs;
  }

  monotonic(): number {
    return (this.#steps += 1);
  }

  every(_periodMs: number, tick: () => void): () => void {
    this.#ticks.add(tick);
    return () => this.#ticks.delete(tick);
  }

  tick(): void {
    for (const tick of this.#ticks) tick();
  }
}

/** One port for all lives; each puts its own exporter behind it. */
export class FuzzServer {
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  app: App | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<FuzzServer> {
    const handler = express();
    const server = createServer(handler);
    const opened = new FuzzServer(server);
    handler.use((asked, answer, next) => {
      opened.app?.router(asked, answer, next);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return opened;
  }

  async call(path: string, body?: FuzzBody): Promise<{ readonly status: number; readonly text: string }> {
    const { port } = this.#server.address() as AddressInfo;
    const method = body === undefined ? 'GET' : 'POST';
    const headers =
      body === undefined ? {} : { 'content-type': `application/${body.format === 'json' ? 'json' : 'x-ndjson'}` };
    const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: this.#agent });
    asked.end(body?.bytes);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** A whole exporter; what it logs as an error goes to `onError`. */
export function startFuzzed(
  config: Readonly<Record<string, unknown>>,
  parts: {
    readonly clock: Clock;
    readonly storage?: JournalStorage | undefined;
    readonly onError: (error: string) => void;
  }
): App {
  const parsed = parseConfig({ environment: 'fuzz', ...config });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const { clock, storage, onError } = parts;
  return createApp({
    config: parsed.config,
    ...readFiles(parsed.config),
    version: '0.0.0',
    clock,
    log: (level, message, fields) => {
      if (level === 'error') onError(`${message} ${JSON.stringify(fields)}`);
    },
    openStorage: storage === undefined ? undefined : () => Promise.resolve(storage),
  });
}

interface Sums {
  inputs: number;
  accepted: number;
  duplicates: number;
  readonly rejected: Record<string, number>;
}

export interface LifeResult extends Readonly<Sums> {
  /** In words; undefined when all is well. */
  readonly problem: string | undefined;
  readonly nanoUsd: bigint;
}

/** Never rejects: what is thrown is a problem too. */
export async function live(
  server: FuzzServer,
  options: LifeOptions,
  bodies: Iterable<FuzzBody>,
  clock: ManualClock
): Promise<LifeResult> {
  const life = new Life(server, options, clock);
  let problem: string | undefined;
  try {
    problem = await life.run(bodies);
  } catch (error) {
    problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  await life.end();
  return { ...life.sums, problem, nanoUsd: life.oracle.total };
}

class Life {
  readonly sums: Sums = { inputs: 0, accepted: 0, duplicates: 0, rejected: {} };
  readonly oracle: MoneyOracle;
  readonly #server: FuzzServer;
  readonly #options: LifeOptions;
  readonly #clock: ManualClock;
  readonly #errors: string[] = [];
  #app: App;
  #page: StrictPage = new Map();

  constructor(server: FuzzServer, options: LifeOptions, clock: ManualClock) {
    this.#server = server;
    this.#options = options;
    this.#clock = clock;
    this.oracle = new MoneyOracle({ prices: PRICES, retentionMs: options.retentionMs });
    this.#app = this.#start();
  }

  async run(bodies: Iterable<FuzzBody>): Promise<string | undefined> {
    await this.#app.ready;
    const { scrapeEvery, sweepEvery } = this.#options;
    let count = 0;
    for (const body of bodies) {
      const problem = await this.#send(body);
      if (problem !== undefined) return problem;
      count += 1;
      if (sweepEvery > 0 && count % sweepEvery === 0) this.#sweep();
      const unsound = count % scrapeEvery === 0 ? await this.#scrape() : undefined;
      if (unsound !== undefined) return unsound;
    }
    return (await this.#scrape()) ?? (await this.#restart());
  }

  async end(): Promise<void> {
    await this.#app.close();
  }

  #start(): App {
    const { config, storage } = this.#options;
    const app = startFuzzed(config, { clock: this.#clock, storage, onError: (error) => this.#errors.push(error) });
    this.#server.app = app;
    return app;
  }

  async #send(body: FuzzBody): Promise<string | undefined> {
    const { status, text } = await this.#server.call('/v1/events', body);
    this.sums.inputs += body.inputs;
    const items = itemsOf(body);
    if (status === 400 && items === undefined) {
      this.#reject('not_json');
      return undefined;
    }
    if (status !== 200) return `status ${status}: ${text}`;
    if (items === undefined) return `a body that is no JSON was answered with 200: ${text}`;
    const answer = JSON.parse(text) as IngestAnswer;
    const wrong = problemOfAnswer(answer, items);
    if (wrong !== undefined) return wrong;
    const refused = new Map(answer.rejected.map((each) => [each.index, each]));
    let counted = 0;
    for (const [index, item] of items.entries()) {
      const rejection = refused.get(index);
      if (rejection !== undefined) {
        this.#reject(rejection.reason);
        const isConflict = rejection.reason === 'id_conflict';
        if (isConflict && !this.oracle.conflicts(item as object)) return `no conflict: ${JSON.stringify(item)}`;
        continue;
      }
      const is = this.oracle.take(item as object, this.#clock.nowMs);
      if (is === 'conflict') return `the id says something else than before: ${JSON.stringify(item)}`;
      if (is === 'counted') counted += 1;
    }
    this.sums.accepted += counted;
    this.sums.duplicates += answer.duplicates;
    if (counted === answer.accepted) return undefined;
    return `${answer.accepted} accepted, ${answer.duplicates} duplicates; ${counted} of them were new`;
  }

  #reject(reason: string): void {
    this.sums.rejected[reason] = (this.sums.rejected[reason] ?? 0) + 1;
  }

  #sweep(): void {
    this.#clock.nowMs += 60_000;
    this.oracle.sweep(this.#clock.nowMs);
    this.#clock.tick();
  }

  async #scrape(): Promise<string | undefined> {
    const timeline = await this.#server.call('/metrics/timeline?consumer=fuzz');
    if (timeline.status !== 200) return `timeline: ${timeline.status}`;
    strictPage(timeline.text, 'timeline');
    const { status, text } = await this.#server.call('/metrics');
    if (status !== 200) return `metrics: ${status}`;
    const page = strictPage(text);
    const fallen = falls(this.#page, page, (thread) => this.oracle.threads.get(thread)?.wasForgotten === true);
    if (fallen.length > 0) return `fell: ${fallen.slice(0, 3).join('; ')}`;
    this.#page = page;
    return this.#errors.length > 0 ? `logged: ${this.#errors[0]}` : this.#unequal(page);
  }

  /** Every figure that the page tells of the whole, against what was sent. */
  #unequal(page: StrictPage): string | undefined {
    const differ = (what: string, shown: bigint | number, due: bigint | number): string | undefined =>
      shown === due ? undefined : `${what}: ${shown} shown, ${due} due`;
    const { total } = this.oracle;
    const { accepted, duplicates, rejected } = this.sums;
    const shown = new Map<string, number>();
    for (const { name, labels, value } of page.values()) {
      if (name === 'orchestrator_exporter_events_rejected_total') shown.set(labels.get('reason') ?? '', value);
    }
    const refusals = REJECT_REASONS.map((reason) => differ(reason, shown.get(reason) ?? -1, rejected[reason] ?? 0));
    return (
      differ('cost', moneyOf(page, 'orchestrator_cost_usd_total'), total) ??
      differ('cost by provenance', moneyOf(page, 'orchestrator_cost_provenance_usd_total'), total) ??
      (total > MAX_EXACT
        ? undefined
        : differ('budget', moneyOf(page, 'orchestrator_budget_spent_usd', { budget: 'everything' }), total)) ??
      differ('accepted', countOf(page, 'orchestrator_exporter_events_total'), accepted) ??
      differ('duplicates', countOf(page, 'orchestrator_exporter_events_duplicate_total'), duplicates) ??
      refusals.find((each) => each !== undefined) ??
      this.#unequalThreads(page)
    );
  }

  #unequalThreads(page: StrictPage): string | undefined {
    const shown = new Map<string, bigint>();
    for (const { family, labels, text } of page.values()) {
      if (family !== 'orchestrator_thread_cost_usd_total') continue;
      const thread = labels.get('thread') ?? '';
      shown.set(thread, (shown.get(thread) ?? 0n) + nanoOf(text));
    }
    for (const [thread, amount] of shown) {
      const due = this.oracle.threads.get(thread);
      if (due === undefined) return `thread ${thread} was never sent`;
      if (!due.wasForgotten && due.total !== amount) return `thread ${thread}: ${amount} shown, ${due.total} due`;
    }
    return undefined;
  }

  /** Another exporter on the same journal says of everything but itself what this one said. */
  async #restart(): Promise<string | undefined> {
    if (this.#options.storage === undefined) return undefined;
    const before = lasting(this.#page);
    await this.#app.close();
    this.#app = this.#start();
    await this.#app.ready;
    const { text } = await this.#server.call('/metrics');
    const after = lasting(strictPage(text));
    const other = [...new Set([...before.keys(), ...after.keys()])].find(
      (series) => before.get(series) !== after.get(series)
    );
    return other === undefined ? undefined : `restarted: ${other} ${before.get(other)} -> ${after.get(other)}`;
  }
}

function lasting(page: StrictPage): ReadonlyMap<string, string> {
  const own = [...page].filter(([, { family }]) => !/^(orchestrator_exporter_|process_|nodejs_)/.test(family));
  return new Map(own.map(([series, { text }]) => [series, text]));
}

/** The events of a body, or undefined where it is no JSON at all; a line that is none stands as undefined. */
function itemsOf({ format, bytes }: FuzzBody): readonly unknown[] | undefined {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const whole = format === 'json' ? parsed(text) : undefined;
  if (whole !== undefined) return Array.isArray(whole) ? (whole as unknown[]) : [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const items = lines.map(parsed);
  if (format === 'json' && (lines.length < 2 || items.every((item) => item === undefined))) return undefined;
  return items;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
