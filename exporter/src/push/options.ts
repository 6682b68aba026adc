// The shape of `remote_write` in the configuration file: the names are those of Prometheus' own remote_write.
import { z } from 'zod';
import { parseDuration } from '../contract/duration.ts';

const MAX_TARGETS = 16;
const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** What the exporter sets itself, or what holds a secret and so belongs into a file. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'host',
  'content-encoding',
  'content-length',
  'content-type',
  'connection',
  'transfer-encoding',
  'user-agent',
  'x-prometheus-remote-write-version',
]);

const file = z.string('expected a file').min(1, 'expected a file');

/** Milliseconds of `30s`. */
export function durationOption(minMs: number, maxMs: number, range: string): z.ZodType<number, string> {
  return z
    .string(`expected a duration ${range}`)
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((ms) => ms >= minMs && ms <= maxMs, `expected a duration ${range}`);
}

/** Where to push: the secret of a URL would be printed with it. */
export const urlOption = z
  .string('expected an http or https URL')
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'expected an http or https URL')
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'expected a URL without user and password: they go into basic_auth'
  );

export const headersOption = z
  .record(
    z.string(),
    z.string('expected text').regex(/^[\t\x20-\x7e]{0,4096}$/, 'expected up to 4,096 printable ASCII characters')
  )
  .superRefine((headers, context) => {
    for (const name of Object.keys(headers)) {
      if (!HEADER_NAME.test(name))
        context.addIssue({ code: 'custom', path: [name], message: 'expected a header name' });
      if (!RESERVED_HEADERS.has(name.toLowerCase())) continue;
      const message =
        'expected a header that the exporter does not set; secrets go into basic_auth, authorization or bearer_token_file';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

export const tlsOption = z.strictObject({
  ca_file: file.optional(),
  cert_file: file.optional(),
  key_file: file.optional(),
  server_name: z.string('expected a host name').min(1).optional(),
  insecure_skip_verify: z.boolean('expected true or false').optional(),
});

const queueSchema = z.strictObject({
  max_samples_per_send: z.int('expected a whole number').min(1, 'expected 1 or more').max(100_000).default(2_000),
  batch_send_deadline: durationOption(10, 600_000, 'from 10ms to 10m').default(50),
  min_backoff: durationOption(1, 600_000, 'from 1ms to 10m').default(30),
  max_backoff: durationOption(1, 3_600_000, 'from 1ms to 1h').default(5_000),
});

const targetSchema = z
  .strictObject({
    url: urlOption,
    name: z.string().regex(NAME, 'expected 1 to 64 letters, digits, _ . : or -').optional(),
    remote_timeout: durationOption(100, 600_000, 'from 100ms to 10m').default(30_000),
    headers: headersOption.optional(),
    basic_auth: z
      .strictObject({
        username: z.string('expected text').regex(/^[^:\p{Cc}]{1,255}$/u, 'expected a name without a colon'),
        password_file: file,
      })
      .optional(),
    authorization: z
      .strictObject({
        type: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected a scheme such as Bearer')
          .default('Bearer'),
        credentials_file: file,
      })
      .optional(),
    bearer_token_file: file.optional(),
    tls_config: tlsOption.optional(),
    queue_config: queueSchema.prefault({}),
    lateness: durationOption(0, 600_000, 'up to 10m').optional(),
    heartbeat_interval: durationOption(1_000, 240_000, 'from 1s to 4m').default(15_000),
  })
  .superRefine(({ basic_auth, authorization, bearer_token_file, queue_config }, context) => {
    const ways = [basic_auth, authorization, bearer_token_file].filter((way) => way !== undefined);
    if (ways.length > 1) {
      const message = 'expected one of basic_auth, authorization and bearer_token_file at most';
      context.addIssue({ code: 'custom', path: [], message });
    }
    if (queue_config.min_backoff > queue_config.max_backoff) {
      context.addIssue({
        code: 'custom',
        path: ['queue_config', 'min_backoff'],
        message: 'expected no more than max_backoff',
      });
    }
  });

export const remoteWriteSchema = z
  .array(targetSchema)
  .max(MAX_TARGETS, `expected ${MAX_TARGETS} targets at most`)
  .superRefine((targets, context) => {
    targets.forEach((target, index) => {
      if (targets.findIndex((other) => targetName(other) === targetName(target)) === index) return;
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: 'expected a name that no other target has; without one it is the host of the URL',
      });
    });
  });

export type RemoteWriteOption = z.infer<typeof remoteWriteSchema>[number];

/** What metrics, logs and cursors call the target. */
export function targetName({ name, url }: Pick<RemoteWriteOption, 'name' | 'url'>): string {
  return name ?? (URL.canParse(url) ? new URL(url).host : url);
}

/** For people: without the values of headers and the query of the URL, which may hold a key; durations as they are written. */
export function printedTargets(targets: readonly RemoteWriteOption[]): unknown {
  return targets.map(({ url, headers, remote_timeout, lateness, heartbeat_interval, queue_config, ...rest }) => ({
    url: new URL(url).origin + new URL(url).pathname,
    ...rest,
    ...(headers === undefined ? {} : { headers: Object.keys(headers) }),
    remote_timeout: `${remote_timeout}ms`,
    heartbeat_interval: `${heartbeat_interval}ms`,
    ...(lateness === undefined ? {} : { lateness: `${lateness}ms` }),
    queue_config: {
      ...queue_config,
      batch_send_deadline: `${queue_config.batch_send_deadline}ms`,
      min_backoff: `${queue_config.min_backoff}ms`,
      max_backoff: `${queue_config.max_backoff}ms`,
    },
  }));
}
