// The shape of `grafana_live` in the configuration file.
import { z } from 'zod';
import { durationOption, tlsOption, urlOption } from './options.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

export const grafanaLiveSchema = z.strictObject({
  url: urlOption,
  stream: z
    .string('expected text')
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ or -')
    .default('orchestrator'),
  token_file: z.string('expected a file').min(1, 'expected a file'),
  labels: z
    .record(
      z.string(),
      z
        .string('expected text')
        .regex(
          /^[^,="\\{}\p{Cc}]{1,128}$/u,
          'expected text without commas, equals signs, quotes, braces and backslashes'
        )
    )
    .superRefine((labels, context) => {
      for (const name of Object.keys(labels)) {
        if (!LABEL_NAME.test(name))
          context.addIssue({ code: 'custom', path: [name], message: 'expected a label name' });
      }
    })
    .default({}),
  remote_timeout: durationOption(100, 600_000, 'from 100ms to 10m').default(10_000),
  tls_config: tlsOption.optional(),
  lateness: durationOption(0, 600_000, 'up to 10m').optional(),
  heartbeat_interval: durationOption(1_000, 240_000, 'from 1s to 4m').default(5_000),
});

export type GrafanaLiveOption = z.infer<typeof grafanaLiveSchema>;

/** Where to POST. */
export function pushUrl({ url, stream }: Pick<GrafanaLiveOption, 'url' | 'stream'>): string {
  return `${url.replace(/\/+$/, '')}/api/live/push/${stream}`;
}
