// What the bench and the servers that it scrapes say to each other.
import type { Blocks } from './loop-watch.ts';

/** Servers in a process of node's, whose series the bench changes. */
export type NodeKind = 'exporter' | 'prom-client' | 'opentelemetry';

export const SERVER_KINDS = ['exporter', 'prom-client', 'opentelemetry', 'pushgateway'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export type Order =
  /** Changes 1 % of the series, the newest or any; or every one. Watches the event loop from then on, if asked to. */
  | { readonly kind: 'change'; readonly share: 'together' | 'scattered' | 'all'; readonly watch: boolean }
  /** Stops watching. */
  | { readonly kind: 'block' }
  | { readonly kind: 'memory' };

export interface Reply {
  readonly url: string;
  /** Since the order that had it watched. */
  readonly blocks?: Blocks;
  /** Held since before the series were made, caches included. */
  readonly bytesPerSeries?: number;
}
