// The shape of `nats` in the configuration file.
import { z } from 'zod';
import { parseDuration } from './contract/duration.ts';
import { isNatsServer } from './source/nats-connection.ts';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ or -');
const subject = z
  .string()
  .max(256)
  .regex(/^[^\s.*>]+(\.([^\s.*>]+|\*))*(\.>)?$|^>$/, 'expected a subject such as helix.events.0 or helix.events.*');
const file = z.string('expected a file').min(1, 'expected a file');
const server = z
  .string()
  .refine(isNatsServer, 'expected nats://host:4222 or tls://host:4222 without user and password');
const ackWait = z
  .string()
  .transform((text) => parseDuration(text) ?? Number.NaN)
  .pipe(z.number().min(1_000).max(3_600_000));

export const natsSchema = z.strictObject({
  servers: z.array(server).min(1).max(32),
  stream: name.default('HELIX_EVENTS'),
  /** Begins the names of the durable consumers. */
  consumer: name.default('exporter'),
  subjects: z.array(subject).max(256).default([]),
  stream_subjects: z.array(subject).max(256).default([]),
  /** At most as many as the gaps that are waited for in a producer's numbers: then no order of delivery loses an event. */
  max_ack_pending: z.int().min(1).max(100_000).default(128),
  ack_wait: ackWait.default(30_000),
  credentials_file: file.optional(),
  token_file: file.optional(),
  user: z.string().min(1).optional(),
  password_file: file.optional(),
  tls: z.strictObject({ ca_file: file.optional(), cert_file: file.optional(), key_file: file.optional() }).default({}),
});

/** Durations in ms. */
export type NatsConfig = z.infer<typeof natsSchema>;

export const NATS_ACCEPTS =
  '`{servers, stream?, consumer?, subjects?, stream_subjects?, max_ack_pending?, ack_wait?, credentials_file?, token_file?, user?, password_file?, tls?: {ca_file?, cert_file?, key_file?}}`';
