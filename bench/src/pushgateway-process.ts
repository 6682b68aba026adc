// Debian's prometheus-pushgateway, which is pushed all series once and scraped from then on.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { seriesText } from './scrape-series.ts';
import { Scraper } from './scraped-server.ts';
import type { ScrapedServer } from './scraped-server.ts';

const START_MS = 60_000;

/** Resolves when its series are there. @throws when it is not ready within a minute, or refuses them. */
export async function startPushgateway(series: number): Promise<ScrapedServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--web.listen-address=${address}`];
  const child = spawn('prometheus-pushgateway', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')));
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
    child.once('exit', () => {
      resolve();
    });
  });
  const scraper = new Scraper(`http://${address}/metrics`, child.pid ?? 0);
  const stop = async (): Promise<void> => {
    scraper.close();
    child.kill('SIGTERM');
    await exited;
  };
  try {
    await ready(`http://${address}/-/ready`);
    const pushed = await fetch(`http://${address}/metrics/job/bench`, { method: 'PUT', body: seriesText(series) });
    if (!pushed.ok) throw new Error(`the push was answered ${pushed.status}: ${await pushed.text()}`);
  } catch (error) {
    await stop();
    throw new Error(`prometheus-pushgateway does not serve:\n${log}`, { cause: error });
  }
  return { order: () => Promise.resolve(undefined), scrape: (gzip) => scraper.scrape(gzip), stop };
}

async function ready(url: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += 100) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    if (waitedMs > START_MS) throw new Error(`it was not ready within ${START_MS / 1_000} s`);
    await delay(100);
  }
}
