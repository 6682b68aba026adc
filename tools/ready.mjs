// @ts-check
// Whether things answer: free ports, health pages, Prometheus's targets and series.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Problem, say, whileSaying } from './say.mjs';

const EVERY_MS = 500;

/**
 * The wanted port on 127.0.0.1, or the next free one; `taken` are ports given away already.
 * @param {number} wanted
 * @param {ReadonlySet<number>} [taken]
 */
export async function freePort(wanted, taken = new Set()) {
  for (let port = wanted; port < wanted + 100; port += 1) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Problem(`no free port from ${wanted} to ${wanted + 99} on 127.0.0.1`);
}

/** @param {number} port */
export async function isFree(port) {
  // Both addresses: a server on 0.0.0.0 leaves 127.0.0.1 bindable on some systems, but not free.
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const server = createServer().listen({ port, host, exclusive: true });
    try {
      await once(server, 'listening');
    } catch {
      return false;
    }
    server.close();
    await once(server, 'close');
  }
  return true;
}

/**
 * Asks until the answer is true; says when it is, or throws a Problem that names what was last seen.
 * @param {{ what: string, withinMs: number, signal: AbortSignal, ask: () => Promise<true | string> }} question `ask`
 * answers what is still amiss; an aborted signal ends the wait
 */
export async function until({ what, withinMs, signal, ask }) {
  const deadlineMs = Date.now() + withinMs;
  let amiss = '';
  const asking = async () => {
    // Once at least: a machine that stands still for a while has not asked and knows nothing.
    do {
      signal.throwIfAborted();
      const answer = await ask().catch((/** @type {Error} */ error) => shortReason(error));
      if (answer === true) return true;
      amiss = answer;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    } while (Date.now() < deadlineMs);
    return false;
  };
  if (!(await whileSaying(`waiting for ${what}`, asking()))) {
    throw new Problem(`${what}: not there after ${Math.round(withinMs / 1000)} s; last seen: ${amiss}`);
  }
  say(`${what}: ok`);
}

/** @param {Error} error */
function shortReason(error) {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/**
 * @param {string} url
 * @returns {Promise<true | string>}
 */
export async function answers(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await response.arrayBuffer();
  return response.ok ? true : `${url} answered ${response.status}`;
}

/**
 * Whether Prometheus scrapes all of the exporter's pages.
 * @param {string} prometheus
 * @param {{ address: string, pages: readonly string[] }} exporter
 * @returns {Promise<true | string>}
 */
export async function targetsUp(prometheus, { address, pages }) {
  /** @typedef {{ scrapeUrl: string, health: string, lastError: string }} Target */
  const body = /** @type {{ data: { activeTargets: Target[] } }} */ (
    await getJson(`${prometheus}/api/v1/targets?state=active`)
  );
  for (const page of pages) {
    const target = body.data.activeTargets.find(({ scrapeUrl }) => {
      const url = new URL(scrapeUrl);
      return url.host === address && url.pathname === page;
    });
    if (target === undefined) return `no target ${address}${page}`;
    if (target.health !== 'up') return `${target.scrapeUrl} is ${target.health} ${target.lastError}`;
  }
  return true;
}

/**
 * The value of an instant query's first sample; undefined when it has none.
 * @param {string} prometheus
 * @param {string} query
 */
export async function valueOf(prometheus, query) {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  const body = /** @type {{ data: { result: { value: [number, string] }[] } }} */ (await getJson(url));
  const sample = body.data.result[0];
  return sample === undefined ? undefined : Number(sample.value[1]);
}

/** @param {string} url */
async function getJson(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return /** @type {unknown} */ (await response.json());
}
