// Pushes the timeline to the receivers of `remote_write`: from the configuration to what runs.
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { messageOf, StartupError } from './errors.ts';
import { readSmallFile } from './http/auth/secret-file.ts';
import type { Log } from './log.ts';
import { authorizationOf, secretFiles } from './push/credentials.ts';
import { Poster } from './push/http-post.ts';
import type { TlsFiles } from './push/http-post.ts';
import { targetName } from './push/options.ts';
import type { RemoteWriteOption } from './push/options.ts';
import { PushTarget } from './push/push-target.ts';
import { WRITE_REQUEST_HEADERS, WriteRequests } from './push/write-request.ts';
import type { PushMetrics } from './series/push-metrics.ts';
import type { Timeline } from './series/timeline.ts';

/** A receiver that is restarted takes less. */
const FAILING_MS = 120_000;
/** For what waits when the exporter stops. */
const STOP_MS = 5_000;

export interface PushingParts {
  readonly config: Pick<Config, 'environment' | 'remoteWrite' | 'latenessMs'>;
  readonly version: string;
  /** That of `timeline.lateness`, and those of {@link earlierLatenesses}. */
  readonly timelines: readonly [Timeline, ...Timeline[]];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: PushMetrics;
}

/** As a consumer of the timeline: a name that none has who comes over HTTP. */
export function remoteWriteConsumer(target: Pick<RemoteWriteOption, 'name' | 'url'>): string {
  return `remote_write/${targetName(target)}`;
}

/** How late events may come for the receiver. */
export function latenessOf({ lateness }: RemoteWriteOption, { latenessMs }: Pick<Config, 'latenessMs'>): number {
  return lateness ?? latenessMs;
}

/** The latenesses that want a timeline of their own, beside that of `timeline.lateness`. */
export function earlierLatenesses(config: Pick<Config, 'remoteWrite' | 'latenessMs'>): readonly number[] {
  const all = config.remoteWrite.map((target) => latenessOf(target, config));
  return [...new Set(all)].filter((latenessMs) => latenessMs !== config.latenessMs);
}

/** @throws StartupError with every file that cannot be read; no message holds what is in one. */
export function checkPushFiles({ remoteWrite }: Pick<Config, 'remoteWrite'>): void {
  const problems = remoteWrite.flatMap((target, index) => {
    const { ca_file, cert_file, key_file } = target.tls_config ?? {};
    const files = [...secretFiles(target), ...[ca_file, cert_file, key_file].filter((path) => path !== undefined)];
    return files.flatMap((path) => {
      try {
        readSmallFile(path);
        return [];
      } catch (error) {
        return [`remote_write[${index}]: ${JSON.stringify(path)} cannot be read: ${messageOf(error)}`];
      }
    });
  });
  if (problems.length > 0) throw new StartupError(problems);
}

export class Pushing {
  readonly #parts: PushingParts;
  readonly #targets: readonly { readonly name: string; readonly target: PushTarget; readonly poster: Poster }[];

  constructor(parts: PushingParts) {
    this.#parts = parts;
    this.#targets = parts.config.remoteWrite.map((option) => this.#targetOf(option));
  }

  /** The timeline that a consumer reads. */
  timelineOf(consumer: string): Timeline {
    const option = this.#parts.config.remoteWrite.find((each) => remoteWriteConsumer(each) === consumer);
    return this.#timelineOf(option);
  }

  start(): void {
    for (const { target } of this.#targets) target.start();
  }

  /** Sends what waits, within some seconds. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#targets.map(async ({ target, poster }) => {
        await target.stop(STOP_MS);
        poster.close();
      })
    );
  }

  /** A sentence for each receiver that has taken nothing for a while. */
  failing(): readonly string[] {
    const nowMs = this.#parts.clock.now();
    return this.#targets.flatMap(({ name, target: { trouble } }) => {
      if (trouble === undefined || nowMs - trouble.sinceMs < FAILING_MS) return [];
      const seconds = Math.floor((nowMs - trouble.sinceMs) / 1_000);
      return [`remote_write ${name} has taken nothing for ${seconds} s: ${trouble.message}`];
    });
  }

  #timelineOf(option: RemoteWriteOption | undefined): Timeline {
    const { config, timelines } = this.#parts;
    const [main] = timelines;
    const wanted = option === undefined ? config.latenessMs : latenessOf(option, config);
    return timelines.find(({ latenessMs }) => latenessMs === wanted) ?? main;
  }

  #targetOf(option: RemoteWriteOption): { name: string; target: PushTarget; poster: Poster } {
    const { config, version, clock, log, metrics } = this.#parts;
    const name = targetName(option);
    const consumer = remoteWriteConsumer(option);
    const timeline = this.#timelineOf(option);
    const requests = new WriteRequests(config.environment);
    const poster = new Poster({
      url: option.url,
      timeoutMs: option.remote_timeout,
      tls: tlsFilesOf(option),
      headers: () => {
        const authorization = authorizationOf(option, (path) => readSmallFile(path).text);
        return {
          ...option.headers,
          ...WRITE_REQUEST_HEADERS,
          'user-agent': `orchestrator-exporter/${version}`,
          ...(authorization === undefined ? {} : { authorization }),
        };
      },
      now: () => clock.now(),
    });
    metrics.add(name, () => {
      const { samples, oldestMs } = timeline.backlog(consumer);
      const lagMs = oldestMs === undefined ? 0 : Math.max(0, clock.now() - oldestMs);
      return { samples, lagSeconds: lagMs / 1_000 };
    });
    const { max_samples_per_send, batch_send_deadline, min_backoff, max_backoff } = option.queue_config;
    const target = new PushTarget({
      consumer,
      timeline,
      encode: (samples) => requests.encode(samples),
      post: (body, signal) => poster.post(body, signal),
      batchSize: max_samples_per_send,
      everyMs: batch_send_deadline,
      heartbeatMs: option.heartbeat_interval,
      ends: true,
      backoff: { minMs: min_backoff, maxMs: max_backoff, random: Math.random },
      now: () => clock.now(),
      tally: {
        taken: (samples, nowMs) => {
          metrics.taken(name, samples, nowMs);
        },
        failed: (reason, samples) => {
          metrics.failed(name, reason, samples);
        },
        retried: () => {
          metrics.retried(name);
        },
      },
      onTrouble: (message, fields) => {
        const isRetried = fields.reason === 'retried';
        const what = isRetried ? 'remote_write has failed and is tried again' : 'remote_write was refused samples';
        log('warn', what, { remote: name, ...fields, answer: message });
      },
    });
    return { name, target, poster };
  }
}

function tlsFilesOf({ tls_config: tls }: RemoteWriteOption): TlsFiles | undefined {
  if (tls === undefined) return undefined;
  const read = (path: string): string => readSmallFile(path).text;
  return {
    ...(tls.ca_file === undefined ? {} : { ca: read(tls.ca_file) }),
    ...(tls.cert_file === undefined ? {} : { cert: read(tls.cert_file) }),
    ...(tls.key_file === undefined ? {} : { key: read(tls.key_file) }),
    ...(tls.server_name === undefined ? {} : { servername: tls.server_name }),
    ...(tls.insecure_skip_verify === undefined ? {} : { rejectUnauthorized: !tls.insecure_skip_verify }),
  };
}
