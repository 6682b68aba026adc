// Batches into a NATS JetStream instead of to an exporter: one message for each partition of the threads in it.
import { createHash } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../errors.ts';
import { certificateTrouble } from '../tls-trouble.ts';
import { natsOptions } from '../source/nats-connection.ts';
import type { NatsAddress } from '../source/nats-connection.ts';
import type { Delivery, DeliveryOutcome } from './delivery.ts';

export type { NatsAddress } from '../source/nats-connection.ts';

export interface NatsDeliveryOptions extends NatsAddress {
  /** Events go to `<subject>.0` to `<subject>.<partitions - 1>`; `helix.events` unless told. */
  readonly subject?: string;
  /** 8 unless told. Changing it moves threads between exporters: see docs/scale.md. */
  readonly partitions?: number;
  /** For the broker's acknowledgement, ms; 5,000. */
  readonly timeoutMs?: number;
}

/** What NATS adds to a message in its headers, at most. */
const HEADER_BYTES = 512;

/** For `createForwarder({delivery: natsDelivery({servers: ['nats://localhost:4222']})})`. Connects with the first batch. */
export function natsDelivery(options: NatsDeliveryOptions): Delivery {
  const { subject = 'helix.events', partitions = 8, timeoutMs = 5_000, servers } = options;
  const name = servers.join(', ');
  let connection: NatsConnection | undefined;
  let connecting: Promise<NatsConnection> | undefined;
  const connected = async (): Promise<NatsConnection> => {
    if (connection !== undefined && !connection.isClosed()) return connection;
    connecting ??= connect(natsOptions(options, 'orchestrator-forwarder')).finally(() => {
      connecting = undefined;
    });
    connection = await connecting;
    return connection;
  };
  const send = async (lines: readonly string[], signal: AbortSignal): Promise<DeliveryOutcome> => {
    const own = await connected();
    const stream = jetstream(own, { timeout: timeoutMs });
    const bodies = [...byPartition(lines, partitions)].map(
      ([partition, part]) => [partition, Buffer.from(`${part.join('\n')}\n`, 'utf8')] as const
    );
    const limit = (own.info?.max_payload ?? Number.POSITIVE_INFINITY) - HEADER_BYTES;
    const largest = Math.max(...bodies.map(([, body]) => body.length));
    if (largest > limit)
      return { kind: 'refused', message: `${largest} bytes are more than the broker takes (${limit})` };
    if (signal.aborted) return { kind: 'away', message: 'given up' };
    await Promise.all(
      bodies.map(([partition, body]) => {
        const told = headers();
        told.set('Content-Type', 'application/x-ndjson');
        // Sent again within the stream's window of duplicates it is not even stored; later the exporter knows its events.
        const msgID = createHash('sha256').update(body).digest('base64url');
        return stream.publish(`${subject}.${partition}`, body, { msgID, headers: told, timeout: timeoutMs });
      })
    );
    return { kind: 'answered', accepted: lines.length, duplicates: 0, rejected: [] };
  };
  return {
    name,
    partitionOf: (thread) => partitionOf(thread, partitions),
    send: (lines, signal) =>
      send(lines, signal).catch((error: unknown) => ({
        kind: 'away' as const,
        message: `${name}: ${certificateTrouble(error, { authority: 'caFile', own: 'certFile' }) ?? messageOf(error)}`,
      })),
    close: async () => {
      const own = connection ?? (await connecting?.catch(() => undefined));
      await own?.close();
    },
  };
}

/** In the order of the lines; all lines of a thread are of one partition. */
export function byPartition(lines: readonly string[], partitions: number): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const line of lines) {
    const partition = partitionOf(threadOf(line), partitions);
    const own = found.get(partition);
    if (own === undefined) found.set(partition, [line]);
    else own.push(line);
  }
  return found;
}

/** FNV-1a over the UTF-8 bytes, 32 bits: what NATS itself takes for `{{partition(n, ...)}}` of one token. */
export function partitionOf(thread: unknown, partitions: number): number {
  let hash = 0x811c9dc5;
  // An event that names no thread is refused wherever it goes.
  for (const byte of Buffer.from(typeof thread === 'string' ? thread : '', 'utf8'))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % partitions;
}

interface Told {
  readonly threadId?: unknown;
  readonly payload?: { readonly threadId?: unknown } | null;
}

function threadOf(line: string): unknown {
  const { threadId, payload } = JSON.parse(line) as Told;
  return threadId ?? payload?.threadId;
}
