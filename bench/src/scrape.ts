// Scrapes of many series over loopback HTTP, this exporter and what one would use instead in the same rounds.
import { startPushgateway } from './pushgateway-process.ts';
import type { Order, ServerKind } from './scrape-protocol.ts';
import { startNodeServer } from './scraped-server.ts';
import type { Scraped, ScrapedServer } from './scraped-server.ts';

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
  readonly absent: readonly { readonly kind: ServerKind; readonly case: string; readonly why: string }[];
}

/** Scrapes of a case in a round. This exporter's are short, and more of them tell the rare long block. */
const TIMES: Readonly<Record<ServerKind, { readonly measured: number; readonly watched: number }>> = {
  exporter: { measured: 3, watched: 10 },
  'prom-client': { measured: 2, watched: 1 },
  opentelemetry: { measured: 1, watched: 1 },
  // It has no event loop to watch.
  pushgateway: { measured: 1, watched: 0 },
};

/** Why a server is not in a case; undefined of those that are. */
function whyNot(kind: ServerKind, { gzip, share }: ScrapeCase): string | undefined {
  if (kind === 'opentelemetry' && gzip) return 'does not compress';
  if (kind === 'pushgateway' && share !== 'together') return 'changes by a push of all series only';
  return undefined;
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
    for (const kind of kinds) {
      servers.push([kind, await (kind === 'pushgateway' ? startPushgateway(series) : startNodeServer(kind, series))]);
    }
    // Round -1 warms everything up: code, caches, connections.
    for (let round = -1; round < rounds; round++) {
      for (const one of cases) {
        for (const [kind, server] of servers) {
          if (whyNot(kind, one) !== undefined) continue;
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
            const all = (await server.order({ kind: 'block' }))?.blocks;
            if (all !== undefined) blocks.push({ ...of, wallMs: all.wallMs.max, cpuMs: all.cpuMs.max });
          }
        }
      }
    }
    for (const [kind, server] of servers) {
      const bytes = (await server.order({ kind: 'memory' }))?.bytesPerSeries;
      if (bytes !== undefined) bytesPerSeries.set(kind, bytes);
    }
  } finally {
    for (const [, server] of servers) await server.stop();
  }
  const isMeasured = ({ round }: Of): boolean => round >= 0;
  const absent = cases.flatMap((one) =>
    kinds.flatMap((kind) => {
      const why = whyNot(kind, one);
      return why === undefined ? [] : [{ kind, case: one.name, why }];
    })
  );
  return { scrapes: scrapes.filter(isMeasured), blocks: blocks.filter(isMeasured), bytesPerSeries, absent };
}
