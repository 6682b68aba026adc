// The exporter's side of NATS: its configuration as a source, its numbers, its lines in the log.
import type { Clock } from './clock.ts';
import { ingestText } from './http/ingest.ts';
import type { IngestParts } from './http/ingest.ts';
import type { Log } from './log.ts';
import type { NatsConfig } from './nats-options.ts';
import { NatsMetrics } from './series/nats-metrics.ts';
import type { OwnSeries } from './series/own-series.ts';
import { NatsSource } from './source/nats.ts';

export interface NatsIngestOptions {
  readonly config: NatsConfig;
  readonly ingest: IngestParts;
  readonly onNotDurable: (error: unknown) => void;
  readonly series: OwnSeries;
  readonly clock: Clock;
  readonly log: Log;
}

export class NatsIngest {
  readonly #options: NatsIngestOptions;
  readonly #metrics: NatsMetrics;
  #source: NatsSource | undefined;

  constructor(options: NatsIngestOptions) {
    this.#options = options;
    this.#metrics = new NatsMetrics(options.series, () => ({
      problem: this.problem,
      backlog: this.#source?.backlog,
    }));
  }

  /** Why no events come. */
  get problem(): string | undefined {
    return this.#source === undefined ? 'not connected yet' : this.#source.problem;
  }

  /** To be called once events are taken. */
  start(): void {
    const { config, ingest, onNotDurable, clock, log } = this.#options;
    this.#source = new NatsSource({
      address: {
        servers: config.servers,
        credentialsFile: config.credentials_file,
        tokenFile: config.token_file,
        user: config.user,
        passwordFile: config.password_file,
        caFile: config.tls.ca_file,
        certFile: config.tls.cert_file,
        keyFile: config.tls.key_file,
      },
      stream: config.stream,
      consumer: config.consumer,
      subjects: config.subjects,
      streamSubjects: config.stream_subjects,
      maxAckPending: config.max_ack_pending,
      ackWaitMs: config.ack_wait,
      take: async (body, format) => {
        const request = { body, bytes: Buffer.byteLength(body), format, source: 'nats', principal: undefined } as const;
        const result = await ingestText(ingest, request);
        switch (result.kind) {
          case 'answered':
            return 'stored';
          case 'refused':
            return 'refused';
          case 'not-durable':
            onNotDurable(result.error);
            return 'later';
        }
      },
      onMessage: (outcome) => {
        this.#metrics.message(outcome);
      },
      onState: (problem) => {
        const { stream } = config;
        if (problem === undefined) log('info', 'events come from NATS', { stream });
        else log('warn', 'no events come from NATS', { stream, problem });
      },
      clock,
    });
  }

  async close(): Promise<void> {
    await this.#source?.close();
  }
}
