// What the bench and the servers that it scrapes say to each other.

export const SERVER_KINDS = ['exporter', 'prom-client', 'opentelemetry'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** Changes series, then answers. */
export interface Order {
  /** 1 % of the series, the newest or any; every one; none. */
  readonly change: 'together' | 'scattered' | 'all' | 'none';
  /** Whether the event loop is watched until the next order. */
  readonly watch: boolean;
}

export interface Reply {
  readonly url: string;
  /** Held since before the series were made, caches included. */
  readonly bytesPerSeries: number;
  /** The longest that the event loop was late since the last order that had it watched. */
  readonly maxMs: number;
}
