// Scrapes of many series over loopback HTTP, this exporter and what one would use instead in the same rounds.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuNanoseconds } from './linux-process.ts';
import type { Order, Reply, ServerKind } from './scrape-protocol.ts';

export interface ScrapeCase {
  readonly name: string;
  readonly change: Order['change'];
  readonly gzip: boolean;
}

export const CASES: readonly ScrapeCase[] = [
  { name: 'plain, 1 % changed, together', change: 'together', gzip: false },
  { name: 'plain, 1 % changed, scattered', change: 'scattered', gzip: false },
  { name: 'plain, every series changed', change: 'all', gzip: false },
  { name: 'gzip, 1 % changed, together', change: 'together', gzip: true },
  { name: 'gzip, 1 % changed, scattered', change: 'scattered', gzip: true },
  { name: 'gzip, every series changed', change: 'all', gzip: true },
];

export interface Scraped {
  readonly wallMs: number;
  /** Of all threads of the server. */
  readonly cpuMs: number;
  readonly bytes: number;
}

export interface Measured extends Scraped {
  readonly kind: ServerKind;
  readonly case: string;
  /** The longest event-loop delay during another such scrape. */
  readonly blockMs: number;
  readonly bytesPerSeries: number;
}

/** A server in a process of its own. */
export class ScrapedServer {
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true });
  #url = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when its series are there. */
  static async start(kind: ServerKind, series: number): Promise<ScrapedServer> {
    const program = join(import.meta.dirname, 'scrape-process.js');
    const child = fork(program, [kind, String(series)], {
      execArgv: ['--expose-gc', '--max-old-space-size=8192'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const server = new ScrapedServer(child);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${kind} ended with code ${String(code)} before it served`);
    });
    const [{ url }] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
    ended.catch(() => undefined);
    server.#url = url;
    return server;
  }

  async order(order: Order): Promise<Reply> {
    this.#child.send(order);
    const [reply] = (await once(this.#child, 'message')) as [Reply];
    return reply;
  }

  async scrape(gzip: boolean): Promise<Scraped> {
    const pid = this.#child.pid ?? 0;
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
    const cpuBefore = cpuNanoseconds(pid);
    const began = performance.now();
    const request = get(this.#url, { agent: this.#agent, headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let bytes = 0;
    response.on('data', (part: Buffer) => (bytes += part.length));
    await once(response, 'end');
    const wallMs = performance.now() - began;
    // What the server does behind its last byte is the scrape's too.
    await delay(20);
    const cpuMs = (cpuNanoseconds(pid) - cpuBefore) / 1e6;
    if (response.statusCode !== 200) throw new Error(`${this.#url} answered ${response.statusCode ?? 0}`);
    return { wallMs, cpuMs, bytes };
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

export async function measureScrapes(options: {
  readonly series: number;
  readonly rounds: number;
  readonly kinds: readonly ServerKind[];
  readonly cases?: readonly ScrapeCase[];
}): Promise<readonly Measured[]> {
  const { series, rounds, kinds, cases = CASES } = options;
  const servers: [ServerKind, ScrapedServer][] = [];
  const measured: Measured[] = [];
  try {
    for (const kind of kinds) servers.push([kind, await ScrapedServer.start(kind, series)]);
    // Round -1 warms everything up: code, caches, connections.
    for (let round = -1; round < rounds; round++) {
      for (const one of cases) {
        for (const [kind, server] of servers) {
          if (one.gzip && kind === 'opentelemetry') continue;
          // What the case before left changed, and what this coding has not seen yet, is not this case's.
          await server.scrape(one.gzip);
          await server.order({ change: one.change, watch: false });
          const scraped = await server.scrape(one.gzip);
          await server.order({ change: one.change, watch: true });
          await server.scrape(one.gzip);
          const { maxMs, bytesPerSeries } = await server.order({ change: 'none', watch: false });
          if (round >= 0) measured.push({ ...scraped, kind, case: one.name, blockMs: maxMs, bytesPerSeries });
        }
      }
    }
  } finally {
    for (const [, server] of servers) await server.stop();
  }
  return measured;
}
