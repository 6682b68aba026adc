// Pushes the timeline to the receivers of `remote_write` and to `grafana_live`: from the configuration to what runs.
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
import { influxLines } from './push/influx-lines.ts';
import { pushUrl } from './push/live-options.ts';
import type { GrafanaLiveOption } from './push/live-options.ts';
import { PushTarget } from './push/push-target.ts';
import { WRITE_REQUEST_HEADERS, WriteRequests } from './push/write-request.ts';
import type { PushedSample } from './push/write-request.ts';
import type { PushMetrics } from './series/push-metrics.ts';
import type { Timeline } from './series/timeline.ts';

/** A receiver that is restarted takes less. */
const FAILING_MS = 120_000;
/** For what waits when the exporter stops. */
const STOP_MS = 5_000;

export interface PushingParts {
  readonly config: PushConfig;
  readonly version: string;
  /** That of `timeline.lateness`, and those of {@link earlierLatenesses}. */
  readonly timelines: readonly [Timeline, ...Timeline[]];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: PushMetrics;
}

/** What a receiver is, whatever is sent to it. */
interface Receiver {
  /** In metrics and logs. */
  readonly name: string;
  /** As a consumer of the timeline: a name that none has who comes over HTTP. */
  readonly consumer: string;
  readonly latenessMs: number;
  readonly url: string;
  readonly timeoutMs: number;
  readonly tls: TlsFiles | undefined;
  readonly authorization: () => string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly encode: (samples: readonly PushedSample[]) => Uint8Array;
  readonly ends: boolean;
  readonly queue: RemoteWriteOption['queue_config'];
  readonly heartbeatMs: number;
}

type PushConfig = Pick<Config, 'environment' | 'remoteWrite' | 'grafanaLive' | 'latenessMs'>;

const LIVE_NAME = 'grafana_live';
const LIVE_LATENESS_MS = 100;
const LIVE_QUEUE = { max_samples_per_send: 2_000, batch_send_deadline: 50, min_backoff: 100, max_backoff: 5_000 };

const readSecret = (path: string): string => readSmallFile(path).text;

function receiversOf(config: PushConfig): readonly Receiver[] {
  const { grafanaLive: live } = config;
  const remotes = config.remoteWrite.map((option) => remoteReceiver(option, config));
  return live === undefined ? remotes : [...remotes, liveReceiver(live, config)];
}

function remoteReceiver(option: RemoteWriteOption, { environment, latenessMs }: PushConfig): Receiver {
  const name = targetName(option);
  const requests = new WriteRequests(environment);
  return {
    name,
    consumer: `remote_write/${name}`,
    latenessMs: option.lateness ?? latenessMs,
    url: option.url,
    timeoutMs: option.remote_timeout,
    tls: tlsFilesOf(option),
    authorization: () => authorizationOf(option, readSecret),
    headers: { ...option.headers, ...WRITE_REQUEST_HEADERS },
    encode: (samples) => requests.encode(samples),
    ends: true,
    queue: option.queue_config,
    heartbeatMs: option.heartbeat_interval,
  };
}

function liveReceiver(option: GrafanaLiveOption, { environment, latenessMs }: PushConfig): Receiver {
  return {
    name: LIVE_NAME,
    consumer: `${LIVE_NAME}/${option.stream}`,
    latenessMs: option.lateness ?? Math.min(LIVE_LATENESS_MS, latenessMs),
    url: pushUrl(option),
    timeoutMs: option.remote_timeout,
    tls: tlsFilesOf(option),
    authorization: () => authorizationOf({ bearer_token_file: option.token_file }, readSecret),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    encode: (samples) => Buffer.from(influxLines(samples, { environment, labels: option.labels })),
    // Line protocol has no word for them; a thread's last state says that it has ended.
    ends: false,
    queue: LIVE_QUEUE,
    heartbeatMs: option.heartbeat_interval,
  };
}

/** The latenesses that want a timeline of their own, beside that of `timeline.lateness`. */
export function earlierLatenesses({
  remoteWrite,
  grafanaLive,
  latenessMs,
}: Pick<Config, 'remoteWrite' | 'grafanaLive' | 'latenessMs'>): readonly number[] {
  const live = grafanaLive === undefined ? [] : [grafanaLive.lateness ?? Math.min(LIVE_LATENESS_MS, latenessMs)];
  const all = [...remoteWrite.map(({ lateness = latenessMs }) => lateness), ...live];
  return [...new Set(all)].filter((each) => each !== latenessMs);
}

/** @throws StartupError with every file that cannot be read; no message holds what is in one. */
export function checkPushFiles({ remoteWrite, grafanaLive }: Pick<Config, 'remoteWrite' | 'grafanaLive'>): void {
  const named = [
    ...remoteWrite.map((target, index) => ({
      about: `remote_write[${index}]`,
      files: [...secretFiles(target), ...tlsPaths(target)],
    })),
    ...(grafanaLive === undefined
      ? []
      : [{ about: 'grafana_live', files: [grafanaLive.token_file, ...tlsPaths(grafanaLive)] }]),
  ];
  const problems = named.flatMap(({ about, files }) =>
    files.flatMap((path) => {
      try {
        readSmallFile(path);
        return [];
      } catch (error) {
        return [`${about}: ${JSON.stringify(path)} cannot be read: ${messageOf(error)}`];
      }
    })
  );
  if (problems.length > 0) throw new StartupError(problems);
}

export class Pushing {
  readonly #parts: PushingParts;
  readonly #receivers: readonly Receiver[];
  readonly #targets: readonly { readonly name: string; readonly target: PushTarget; readonly poster: Poster }[];

  constructor(parts: PushingParts) {
    this.#parts = parts;
    this.#receivers = receiversOf(parts.config);
    this.#targets = this.#receivers.map((receiver) => this.#targetOf(receiver));
  }

  /** The timeline that a consumer reads. */
  timelineOf(consumer: string): Timeline {
    const receiver = this.#receivers.find((each) => each.consumer === consumer);
    return this.#timelineOf(receiver?.latenessMs ?? this.#parts.config.latenessMs);
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
      return [`${name} has taken nothing for ${seconds} s: ${trouble.message}`];
    });
  }

  #timelineOf(wantedMs: number): Timeline {
    const { timelines } = this.#parts;
    return timelines.find(({ latenessMs }) => latenessMs === wantedMs) ?? timelines[0];
  }

  #targetOf(receiver: Receiver): { name: string; target: PushTarget; poster: Poster } {
    const { version, clock, log, metrics } = this.#parts;
    const { name, consumer, latenessMs, url, timeoutMs, tls, queue, headers, encode, ends, heartbeatMs } = receiver;
    const timeline = this.#timelineOf(latenessMs);
    const poster = new Poster({
      url,
      timeoutMs,
      tls,
      headers: () => {
        const authorization = receiver.authorization();
        return {
          ...headers,
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
    const target = new PushTarget({
      consumer,
      timeline,
      encode,
      post: (body, signal) => poster.post(body, signal),
      batchSize: queue.max_samples_per_send,
      everyMs: queue.batch_send_deadline,
      heartbeatMs,
      ends,
      backoff: { minMs: queue.min_backoff, maxMs: queue.max_backoff, random: Math.random },
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
        const what = isRetried ? 'a push has failed and is tried again' : 'a push was refused samples';
        log('warn', what, { target: name, ...fields, answer: message });
      },
    });
    return { name, target, poster };
  }
}

function tlsPaths({ tls_config: tls }: Pick<RemoteWriteOption, 'tls_config'>): readonly string[] {
  return [tls?.ca_file, tls?.cert_file, tls?.key_file].filter((path) => path !== undefined);
}

function tlsFilesOf({ tls_config: tls }: Pick<RemoteWriteOption, 'tls_config'>): TlsFiles | undefined {
  if (tls === undefined) return undefined;
  const read = readSecret;
  return {
    ...(tls.ca_file === undefined ? {} : { ca: read(tls.ca_file) }),
    ...(tls.cert_file === undefined ? {} : { cert: read(tls.cert_file) }),
    ...(tls.key_file === undefined ? {} : { key: read(tls.key_file) }),
    ...(tls.server_name === undefined ? {} : { servername: tls.server_name }),
    ...(tls.insecure_skip_verify === undefined ? {} : { rejectUnauthorized: !tls.insecure_skip_verify }),
  };
}
