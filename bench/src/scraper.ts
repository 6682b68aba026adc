// Scrapes both endpoints as a Prometheus does while the load runs.
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { sumOf } from './exposition.ts';

export const PATHS = ['/metrics', '/metrics/timeline?consumer=bench'] as const;

export interface Scrapes {
  /** Wall time of every scrape, by path, ms. */
  readonly ms: Readonly<Record<(typeof PATHS)[number], readonly number[]>>;
  /** The greatest event-loop lag that any scrape of /metrics told: p99 and maximum since the scrape before, ms. */
  readonly lag: { readonly p99Ms: number; readonly maxMs: number };
  readonly failed: number;
}

/** @returns what stops it and answers what was seen. */
export function scrapeEvery(url: string, periodMs: number): () => Promise<Scrapes> {
  const agent = new Agent({ keepAlive: true });
  const ms = { '/metrics': [] as number[], '/metrics/timeline?consumer=bench': [] as number[] };
  const lag = { p99Ms: 0, maxMs: 0 };
  let failed = 0;
  let underWay = Promise.resolve();
  const scrape = async (): Promise<void> => {
    for (const path of PATHS) {
      const beganMs = performance.now();
      try {
        const text = await fetchText(`${url}${path}`, agent);
        ms[path].push(performance.now() - beganMs);
        if (path !== '/metrics') continue;
        lag.p99Ms = Math.max(lag.p99Ms, 1_000 * sumOf(text, 'nodejs_eventloop_lag_p99_seconds'));
        lag.maxMs = Math.max(lag.maxMs, 1_000 * sumOf(text, 'nodejs_eventloop_lag_max_seconds'));
      } catch {
        failed += 1;
      }
    }
  };
  const timer = setInterval(() => {
    underWay = underWay.then(scrape);
  }, periodMs);
  return async () => {
    clearInterval(timer);
    await underWay;
    agent.destroy();
    return { ms, lag, failed };
  };
}

/** @throws for an answer other than 200. */
export function fetchText(url: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, agent === undefined ? {} : { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url} answered ${response.statusCode ?? 0}`));
      });
    }).once('error', reject);
  });
}
