// A server to scrape, and one scrape of it: what it took of the wall and of the server's processor.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuNanoseconds } from './linux-process.ts';
import type { NodeKind, Order, Reply } from './scrape-protocol.ts';

export interface Scraped {
  readonly wallMs: number;
  /** Of all threads of the server. */
  readonly cpuMs: number;
  readonly bytes: number;
}

export interface ScrapedServer {
  /** Does as told; undefined of a server that takes no orders. */
  readonly order: (order: Order) => Promise<Reply | undefined>;
  /** @throws for an answer other than 200, and for one that is not compressed though asked to be */
  readonly scrape: (gzip: boolean) => Promise<Scraped>;
  readonly stop: () => Promise<void>;
}

/** Scrapes of one process, over one connection. */
export class Scraper {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #pid: number;

  constructor(url: string, pid: number) {
    this.#url = url;
    this.#pid = pid;
  }

  async scrape(gzip: boolean): Promise<Scraped> {
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
    const cpuBefore = cpuNanoseconds(this.#pid);
    const began = performance.now();
    const request = get(this.#url, { agent: this.#agent, headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let bytes = 0;
    response.on('data', (part: Buffer) => (bytes += part.length));
    await once(response, 'end');
    const wallMs = performance.now() - began;
    // What the server does behind its last byte is the scrape's too.
    await delay(20);
    const cpuMs = (cpuNanoseconds(this.#pid) - cpuBefore) / 1e6;
    if (response.statusCode !== 200) throw new Error(`${this.#url} answered ${response.statusCode ?? 0}`);
    const coding = response.headers['content-encoding'];
    if (coding !== (gzip ? 'gzip' : undefined)) throw new Error(`${this.#url} answered in coding ${coding ?? 'none'}`);
    return { wallMs, cpuMs, bytes };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** One in a process of node's own; resolves when its series are there. */
export async function startNodeServer(kind: NodeKind, series: number): Promise<ScrapedServer> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'scrape-process.js'), [kind, String(series)], {
    execArgv: ['--expose-gc', '--max-old-space-size=8192'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${kind} ended with code ${String(code)} before it served`);
  });
  const [{ url }] = (await Promise.race([once(child, 'message'), ended])) as [Reply];
  ended.catch(() => undefined);
  const scraper = new Scraper(url, child.pid ?? 0);
  return {
    order: async (order) => {
      child.send(order);
      const [reply] = (await once(child, 'message')) as [Reply];
      return reply;
    },
    scrape: (gzip) => scraper.scrape(gzip),
    stop: async () => {
      scraper.close();
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
