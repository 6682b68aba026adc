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
  readonly share: Extract<Order, { kind: 'change' }>['share'];
  readonly gzip: boolean;
}

export const CASES: readonly ScrapeCase[] = [
  { name: 'plain, 1 % changed, together', share: 'together', gzip: false },
  { name: 'plain, 1 % changed, scattered', share: 'scattered', gzip: false },
  { name: 'plain, every series changed', share: 'all', gzip: false },
  { name: 'gzip, 1 % changed, together', share: 'together', gzip: true },
  { name: 'gzip, 1 % changed, scattered', share: 'scattered', gzip: true },
  { name: 'gzip, every series changed', share: 'all', gzip: true },
];

export interface Scraped {
  readonly wallMs: number;
  /** Of all threads of the server. */
  readonly cpuMs: number;
  readonly bytes: number;
}

interface Block {
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Of {
  readonly kind: ServerKind;
  readonly case: string;
  readonly round: number;
}

export interface Measured {
  readonly scrapes: readonly (Of & Scraped)[];
  /** Of other scrapes, the longest block of each, as time that went by and as time on a processor. */
  readonly blocks: readonly (Of & Block)[];
  readonly bytesPerSeries: ReadonlyMap<ServerKind, number>;
}

/** Scrapes of a case in a round. This exporter's are short, and more of them tell the rare long block. */
const TIMES: Readonly<Record<ServerKind, { readonly measured: number; readonly watched: number }>> = {
  exporter: { measured: 3, watched: 10 },
  'prom-client': { measured: 3, watched: 1 },
  opentelemetry: { measured: 1, watched: 1 },
};

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
}): Promise<Measured> {
  const { series, rounds, kinds, cases = CASES } = options;
  const servers: [ServerKind, ScrapedServer][] = [];
  const scrapes: (Of & Scraped)[] = [];
  const blocks: (Of & Block)[] = [];
  const bytesPerSeries = new Map<ServerKind, number>();
  try {
    for (const kind of kinds) servers.push([kind, await ScrapedServer.start(kind, series)]);
    // Round -1 warms everything up: code, caches, connections.
    for (let round = -1; round < rounds; round++) {
      for (const one of cases) {
        for (const [kind, server] of servers) {
          if (one.gzip && kind === 'opentelemetry') continue;
          const of = { kind, case: one.name, round };
          // What the case before left changed, and what this coding has not seen yet, is not this case's.
          await server.scrape(one.gzip);
          for (let n = 0; n < TIMES[kind].measured; n++) {
            await server.order({ kind: 'change', share: one.share, watch: false });
            scrapes.push({ ...of, ...(await server.scrape(one.gzip)) });
          }
          for (let n = 0; n < TIMES[kind].watched; n++) {
            await server.order({ kind: 'change', share: one.share, watch: true });
            await server.scrape(one.gzip);
            const { blocks: all } = await server.order({ kind: 'block' });
            if (all !== undefined) blocks.push({ ...of, wallMs: all.wallMs.max, cpuMs: all.cpuMs.max });
          }
        }
      }
    }
    for (const [kind, server] of servers) {
      const { bytesPerSeries: bytes } = await server.order({ kind: 'memory' });
      if (bytes !== undefined) bytesPerSeries.set(kind, bytes);
    }
  } finally {
    for (const [, server] of servers) await server.stop();
  }
  const isMeasured = ({ round }: Of): boolean => round >= 0;
  return { scrapes: scrapes.filter(isMeasured), blocks: blocks.filter(isMeasured), bytesPerSeries };
}
