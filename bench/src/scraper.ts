// Scrapes both endpoints as a Prometheus does while the load runs.
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

export const PATHS = ['/metrics', '/metrics/timeline?consumer=bench'] as const;

export interface Scrapes {
  /** Wall time of every scrape, by path, ms. */
  readonly ms: Readonly<Record<(typeof PATHS)[number], readonly number[]>>;
  readonly failed: number;
}

/** @returns what stops it and answers what was seen. */
export function scrapeEvery(url: string, periodMs: number): () => Promise<Scrapes> {
  const agent = new Agent({ keepAlive: true });
  const ms = { '/metrics': [] as number[], '/metrics/timeline?consumer=bench': [] as number[] };
  let failed = 0;
  let underWay = Promise.resolve();
  const scrape = async (): Promise<void> => {
    for (const path of PATHS) {
      const beganMs = performance.now();
      try {
        await fetchText(`${url}${path}`, agent);
        ms[path].push(performance.now() - beganMs);
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
    return { ms, failed };
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
