// What a forwarder can be told, with what it does untold. All problems at once.
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { labelValue, MAX_LABEL_BYTES } from '../contract/labels.ts';
import { quoted, StartupError } from '../errors.ts';
import type { Delivery } from './delivery.ts';
import type { EventKind } from './event-line.ts';
import { HttpDelivery } from './http-delivery.ts';

export interface ForwarderOptions {
  /** Address of the exporter, such as `http://127.0.0.1:9847`. Either this or `delivery`. */
  readonly url?: string;
  /** Another way to where the events are counted, such as `natsDelivery` of `orchestrator-exporter/forwarder/nats`. */
  readonly delivery?: Delivery;
  /** Bearer token of the exporter's `auth.ingest`. */
  readonly token?: string;
  /** File with the token; read again when the exporter refuses it. */
  readonly tokenFile?: string;
  /** Private authorities, client certificates: as of `tls.connect`. */
  readonly tls?: ConnectionOptions;
  /** Begins the producer's name, which ends with what is new with every start; the host's name unless told. */
  readonly producer?: string;
  /** Most events of one request; 1,000. */
  readonly maxBatchEvents?: number;
  /** Most bytes of one request before compression; 512 KiB. */
  readonly maxBatchBytes?: number;
  /** How long an event waits for others at most, ms; 200. */
  readonly maxWaitMs?: number;
  /** Requests of this many bytes and more are compressed; 64 KiB. */
  readonly gzipBytes?: number;
  /** Of one request with its answer, ms; 10,000. */
  readonly timeoutMs?: number;
  /** Bounds of the pauses between two attempts, ms: random up to twice as long each time; 100 and 30,000. */
  readonly minRetryMs?: number;
  readonly maxRetryMs?: number;
  /** Memory for events that wait, bytes, about; 32 MiB. Past it states are given up, then ends of threads, then costs. */
  readonly maxQueueBytes?: number;
  /** Keeps events on disk until the exporter has them, also through an end of this process. One directory a process. */
  readonly spool?: {
    readonly directory: string;
    /** Of all files; 1 GiB. Past it events wait in memory. */
    readonly maxBytes?: number;
    /** How long an event waits for others before the disk is written, ms; 100. What waits is lost by a kill. */
    readonly maxWaitMs?: number;
  };
  /** Hears what a person should know, one line at a time; standard error unless told. What it throws is not heard. */
  readonly onWarning?: (message: string) => void;
  /** Hears at most once a second how many events were given up for want of room, since the start. What it throws is not heard. */
  readonly onShed?: (shed: Readonly<Record<EventKind, number>>) => void;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
}

export interface Settings {
  readonly delivery: Delivery;
  readonly producer: string;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly maxWaitMs: number;
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  readonly maxQueueBytes: number;
  readonly spool: { readonly directory: string; readonly maxBytes: number; readonly maxWaitMs: number } | undefined;
  readonly onWarning: (message: string) => void;
  readonly onShed: (shed: Readonly<Record<EventKind, number>>) => void;
  readonly clock: Clock;
  readonly random: () => number;
}

const HOUR_MS = 3_600_000;
const GIB = 1_073_741_824;
/** What is new with every start: time and chance, in 22 characters, and the number of a partition. */
const MAX_PREFIX_BYTES = MAX_LABEL_BYTES - 32;

/** @throws StartupError with every problem; no token stands in it. */
export function readOptions(options: ForwarderOptions): Settings {
  const problems: string[] = [];
  const number = (name: string, given: unknown, { min, max, otherwise }: Bounds): number => {
    if (given === undefined) return otherwise;
    if (typeof given === 'number' && given >= min && given <= max) return given;
    problems.push(`${name}: ${quoted(given)} is refused; expected a number from ${min} to ${max}`);
    return otherwise;
  };
  const clock = options.clock ?? systemClock;
  const timeoutMs = number('timeoutMs', options.timeoutMs, { min: 1, max: HOUR_MS, otherwise: 10_000 });
  const gzipBytes = number('gzipBytes', options.gzipBytes, {
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    otherwise: 65_536,
  });
  const { spool } = options;
  if (spool !== undefined && (typeof spool.directory !== 'string' || spool.directory === ''))
    problems.push(`spool.directory: ${quoted(spool.directory)} is refused; expected the path of a directory`);
  const minRetryMs = number('minRetryMs', options.minRetryMs, { min: 1, max: HOUR_MS, otherwise: 100 });
  const settings = {
    producer: producerName(options.producer ?? defaultPrefix(), clock, problems),
    maxBatchEvents: number('maxBatchEvents', options.maxBatchEvents, { min: 1, max: 1_000_000, otherwise: 1_000 }),
    maxBatchBytes: number('maxBatchBytes', options.maxBatchBytes, { min: 1, max: GIB, otherwise: 524_288 }),
    maxWaitMs: number('maxWaitMs', options.maxWaitMs, { min: 0, max: HOUR_MS, otherwise: 200 }),
    minRetryMs,
    maxRetryMs: number('maxRetryMs', options.maxRetryMs, {
      min: minRetryMs,
      max: HOUR_MS,
      otherwise: Math.max(30_000, minRetryMs),
    }),
    maxQueueBytes: number('maxQueueBytes', options.maxQueueBytes, { min: 4_096, max: 64 * GIB, otherwise: 33_554_432 }),
    spool: spool && {
      directory: spool.directory,
      maxBytes: number('spool.maxBytes', spool.maxBytes, { min: 65_536, max: 65_536 * GIB, otherwise: GIB }),
      maxWaitMs: number('spool.maxWaitMs', spool.maxWaitMs, { min: 0, max: 60_000, otherwise: 100 }),
    },
    onWarning: harmless(options.onWarning ?? toStandardError),
    onShed: harmless(options.onShed ?? (() => undefined)),
    clock,
    random: options.random ?? Math.random,
  };
  const delivery = options.delivery ?? overHttp(options, { timeoutMs, gzipBytes, clock }, problems);
  if (options.delivery !== undefined && options.url !== undefined)
    problems.push('url and delivery are both given; expected one of them');
  if (problems.length > 0 || delivery === undefined) throw new StartupError(problems);
  return { ...settings, delivery };
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly otherwise: number;
}

function overHttp(
  { url, token, tokenFile, tls }: ForwarderOptions,
  { timeoutMs, gzipBytes, clock }: { timeoutMs: number; gzipBytes: number; clock: Clock },
  problems: string[]
): Delivery | undefined {
  if (token !== undefined && tokenFile !== undefined)
    problems.push('token and tokenFile are both given; expected one of them');
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    problems.push('token is refused; expected printable ASCII without spaces');
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    // An address that cannot be read may hold a password.
    const given = url === undefined ? 'is missing' : 'is not an http(s) address';
    problems.push(`url ${given}; expected one such as http://127.0.0.1:9847`);
    return undefined;
  }
  if (parsed.username !== '' || parsed.password !== '') {
    problems.push('url holds a user or password; expected token or tokenFile');
    return undefined;
  }
  return new HttpDelivery({ url: parsed, token, tokenFile, tls, gzipBytes, timeoutMs, now: () => clock.now() });
}

function defaultPrefix(): string {
  return labelValue(hostname()).slice(0, 60) || 'orchestrator';
}

/** A counter that begins anew needs a new name: docs/events.md, Exactly once. */
function producerName(prefix: string, clock: Clock, problems: string[]): string {
  if (prefix === '' || labelValue(prefix) !== prefix || Buffer.byteLength(prefix) > MAX_PREFIX_BYTES)
    problems.push(
      `producer: ${quoted(prefix)} is refused; expected 1 to ${MAX_PREFIX_BYTES} bytes in Unicode NFC without control characters`
    );
  return `${prefix}/${Math.floor(clock.now()).toString(36)}-${randomBytes(6).toString('hex')}`;
}

function toStandardError(message: string): void {
  process.stderr.write(`forwarder: ${message}\n`);
}

/** They are called in the middle of the orchestrator's own call. */
function harmless<T>(callback: (value: T) => void): (value: T) => void {
  return (value) => {
    try {
      callback(value);
    } catch {
      // Whom it belongs to, nobody can be told here.
    }
  };
}
