// What the bench and the servers that it scrapes say to each other.

export const SERVER_KINDS = ['exporter', 'prom-client', 'opentelemetry'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export type Order =
  /** Changes 1 % of the series, the newest or any; or every one. Watches the event loop from then on, if asked to. */
  | { readonly kind: 'change'; readonly share: 'together' | 'scattered' | 'all'; readonly watch: boolean }
  /** Stops watching. */
  | { readonly kind: 'block' }
  | { readonly kind: 'memory' };

/** The longest time between two turns of a timer of 1 ms. */
export interface Block {
  readonly wallMs: number;
  /** No more than the process, all its threads, was on a processor within one such time. */
  readonly cpuMs: number;
}

export interface Reply {
  readonly url: string;
  /** Since the order that had it watched. */
  readonly block?: Block;
  /** Held since before the series were made, caches included. */
  readonly bytesPerSeries?: number;
}
