// The configuration: one table of options from which parsing, defaults, messages and docs/config.md all come.
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { GATEWAY_OPTIONS } from './config-gateway.ts';
import { count, duration, option } from './config-option.ts';
import type { Option } from './config-option.ts';
import { labelValue } from './contract/labels.ts';
import { nearestName } from './contract/nearest-name.ts';
import { quoted } from './errors.ts';
import { ingestTokensSchema, readTokensSchema } from './http/auth/token-options.ts';
import { LOG_LEVELS } from './log.ts';
import { grafanaLiveSchema } from './push/live-options.ts';
import { printedTargets, remoteWriteSchema } from './push/options.ts';
import { NATS_ACCEPTS, natsSchema } from './nats-options.ts';

const label = z
  .string()
  .min(1)
  .refine((text) => labelValue(text) === text);
const LABEL_ACCEPTS = 'text of 1 to 128 bytes without control characters';
const DAY_MS = 86_400_000;

/** In the order of docs/config.md. */
export const OPTIONS = {
  environment: option({
    path: 'environment',
    schema: label,
    fallback: 'dev',
    accepts: LABEL_ACCEPTS,
    help: 'Label `environment` of every series. Required in a file; `dev` only without one.',
  }),
  host: option({
    path: 'listen.host',
    schema: z.string().min(1).max(255),
    fallback: '127.0.0.1',
    accepts: 'an address or host name to listen on',
    help: 'Address to listen on. Reach further than loopback only with `auth` and TLS (`web_config_file`) or inside a trusted network; see security.md.',
  }),
  port: count({
    path: 'listen.port',
    fallback: 9847,
    min: 0,
    max: 65_535,
    help: 'Port to listen on; 0 takes any free one, and the first log line says which.',
  }),
  dataDir: option({
    path: 'data_dir',
    schema: z.string().min(1),
    fallback: './data',
    accepts: 'a directory, or memory',
    help: 'Directory of the journal, for one exporter only; it is made when missing. `memory` keeps no journal: everything counted is lost when the exporter stops. Relative paths count from the working directory.',
  }),
  logLevel: option({
    path: 'log.level',
    schema: z.enum(LOG_LEVELS),
    fallback: 'info',
    accepts: LOG_LEVELS.join(', '),
    help: 'What is less serious is not logged. The log is JSON lines on standard error; see operations.md.',
  }),
  journalRetentionMs: option({
    path: 'journal.retention',
    schema: duration(60_000, 3_650 * DAY_MS),
    fallback: '30d',
    accepts: 'a duration from 1m to 3650d, such as 30d',
    help: 'How long events are kept in the journal. Totals, threads and budgets do not depend on it: snapshots hold them. What is younger is deleted only for `journal.max_bytes`.',
  }),
  journalMaxBytes: count({
    path: 'journal.max_bytes',
    fallback: 10_737_418_240,
    min: 1_048_576,
    max: 1_099_511_627_776_000,
    help: 'Most bytes of the journal: the oldest events are deleted first, but never what no two snapshots hold, nor the last 1,000,000 events (about 400 MB), by which repeats are recognised.',
  }),
  team: option({
    path: 'labels.team',
    schema: label,
    fallback: 'default',
    accepts: LABEL_ACCEPTS,
    help: 'Team of events that carry none.',
  }),
  workflow: option({
    path: 'labels.workflow',
    schema: label,
    fallback: 'default',
    accepts: LABEL_ACCEPTS,
    help: 'Workflow of events that carry none.',
  }),
  maxThreads: count({
    path: 'threads.max',
    fallback: 500,
    min: 0,
    max: 100_000,
    help: 'Threads with series of their own; later ones count in the aggregates only.',
  }),
  retentionMs: option({
    path: 'threads.retention',
    schema: duration(1_000, 30 * DAY_MS),
    fallback: '15m',
    accepts: 'a duration from 1s to 30d, such as 15m',
    help: 'How long a thread is shown after its end.',
  }),
  maxBodyBytes: count({
    path: 'limits.body_bytes',
    fallback: 1_048_576,
    min: 1_024,
    max: 67_108_864,
    help: 'Largest body of `POST /v1/events`, after decompression.',
  }),
  maxBodiesBytes: count({
    path: 'limits.bodies_bytes',
    fallback: 134_217_728,
    min: 1_024,
    max: 17_179_869_184,
    help: 'Bodies of `POST /v1/events` held at once, all together, after decompression; past it the answer is 503 with `Retry-After`. At least one of `body_bytes` always fits.',
  }),
  maxEvents: count({
    path: 'limits.events_per_body',
    fallback: 10_000,
    min: 1,
    max: 1_000_000,
    help: 'Most events in one body or message.',
  }),
  maxMessageBytes: count({
    path: 'limits.message_bytes',
    fallback: 65_536,
    min: 1_024,
    max: 67_108_864,
    help: 'Largest WebSocket message.',
  }),
  maxDecompressionRatio: count({
    path: 'limits.decompression_ratio',
    fallback: 100,
    min: 2,
    max: 1_100,
    help: 'Most bytes that each byte of a compressed body may become; looked at from 64 KiB on.',
  }),
  maxJsonDepth: count({
    path: 'limits.json_depth',
    fallback: 64,
    min: 4,
    max: 10_000,
    help: 'Levels of nesting in one event.',
  }),
  maxJsonKeys: count({
    path: 'limits.json_keys',
    fallback: 10_000,
    min: 32,
    max: 10_000_000,
    help: 'Keys of objects and elements of arrays in one event, all levels together.',
  }),
  headerBytes: count({
    path: 'limits.header_bytes',
    fallback: 16_384,
    min: 1_024,
    max: 1_048_576,
    help: 'Largest head of a request.',
  }),
  headersTimeoutMs: option({
    path: 'limits.headers_timeout',
    schema: duration(100, 600_000),
    fallback: '10s',
    accepts: 'a duration from 100ms to 10m, such as 10s',
    help: 'Time for the head of a request, and for the TLS handshake.',
  }),
  requestTimeoutMs: option({
    path: 'limits.request_timeout',
    schema: duration(100, 3_600_000),
    fallback: '30s',
    accepts: 'a duration from 100ms to 1h, such as 30s',
    help: 'Time for a whole request with its body.',
  }),
  idleTimeoutMs: option({
    path: 'limits.idle_timeout',
    schema: duration(100, 3_600_000),
    fallback: '75s',
    accepts: 'a duration from 100ms to 1h, such as 75s',
    help: 'A connection on which nothing moves for this long is closed, a request whose body stopped coming with 408. Keep it above the scrape interval; WebSockets are pinged instead.',
  }),
  maxConnections: count({
    path: 'limits.connections',
    fallback: 2_048,
    min: 1,
    max: 1_000_000,
    help: 'Connections at once, WebSockets included.',
  }),
  maxConnectionsPerAddress: count({
    path: 'limits.connections_per_address',
    fallback: 512,
    min: 1,
    max: 1_000_000,
    help: 'Connections at once from one IPv4 address or one IPv6 /64 network.',
  }),
  maxLabelValues: count({
    path: 'limits.label_values',
    fallback: 200,
    min: 1,
    max: 100_000,
    help: 'Values that each open label (team, workflow, agent, provider, model, node) may take in the aggregates; later ones become `other`.',
  }),
  maxSeries: count({
    path: 'limits.series_per_family',
    fallback: 10_000,
    min: 10,
    max: 1_000_000,
    help: 'Series of one aggregate family, and agents with series of their own over all threads; what comes later becomes `other`.',
  }),
  latenessMs: option({
    path: 'timeline.lateness',
    schema: duration(0, 600_000),
    fallback: '2s',
    accepts: 'a duration up to 10m, such as 2s',
    help: 'How late an event may arrive and still stand at its exact place in the timeline; the timeline is shown that much later.',
  }),
  ring: count({
    path: 'timeline.ring',
    fallback: 100_000,
    min: 100,
    max: 10_000_000,
    help: 'Samples held for consumers that have not fetched them.',
  }),
  remoteWrite: option({
    path: 'remote_write',
    schema: remoteWriteSchema,
    fallback: [],
    accepts:
      'a list of `{url, name?, remote_timeout?, headers?, basic_auth?, authorization?, bearer_token_file?, tls_config?, queue_config?, lateness?, heartbeat_interval?}`',
    help: 'Receivers that the timeline is pushed to, by Prometheus remote write 1.0; the names mean what they mean in prometheus.yml. See remote-write.md.',
    sensitive: true,
    printed: printedTargets,
  }),
  grafanaLive: option({
    path: 'grafana_live',
    schema: grafanaLiveSchema,
    fallback: null,
    accepts: '`{url, token_file, stream?, labels?, lateness?, heartbeat_interval?, remote_timeout?, tls_config?}`',
    help: 'A Grafana that the timeline is pushed to as it happens, for panels that stream. See grafana-live.md.',
    sensitive: true,
  }),
  ...GATEWAY_OPTIONS,
  ingestTokens: option({
    path: 'auth.ingest',
    schema: ingestTokensSchema,
    fallback: [],
    accepts: 'a list of `{name, token_file, environment?, team?, workflow?, daily_quota_events?, daily_quota_bytes?}`',
    help: 'Bearer tokens for `POST /v1/events` and `/v1/ingest`, each from a file. A token bound to a team or workflow fills it in and may send for no other; quotas are per UTC day. Without any, whoever reaches the port may send.',
    sensitive: true,
  }),
  readTokens: option({
    path: 'auth.read',
    schema: readTokensSchema,
    fallback: [],
    accepts: 'a list of `{name, token_file}`',
    help: 'Bearer tokens for everything else: metrics, threads, budgets, the gateway. Without any, whoever reaches the port may read.',
    sensitive: true,
  }),
  nats: option({
    path: 'nats',
    schema: natsSchema,
    fallback: null,
    accepts: NATS_ACCEPTS,
    help: 'Events from a NATS JetStream too; scale.md has the meaning of each key.',
    sensitive: true,
  }),
  webConfigFile: option({
    path: 'web_config_file',
    schema: z.string().min(1),
    fallback: null,
    accepts: 'a file',
    help: 'TLS, client certificates, basic authentication and headers, in the layout of the Prometheus exporter-toolkit; see security.md.',
  }),
  budgetsFile: option({
    path: 'budgets_file',
    schema: z.string().min(1),
    fallback: null,
    accepts: 'a file',
    help: 'The budgets; see budgets.md. Read again when it changes and on SIGHUP. Relative paths count from the working directory.',
  }),
  pricesFile: option({
    path: 'prices_file',
    schema: z.string().min(1),
    fallback: null,
    accepts: 'a file',
    help: "Prices for usage that tells no cost; see pricing.md. Read again when it changes and on SIGHUP. LiteLLM's table can be read as it is.",
  }),
} as const;

type ValueOf<K extends keyof typeof OPTIONS> = (typeof OPTIONS)[K] extends Option<infer T> ? T : never;

type Optional = 'nats' | 'budgetsFile' | 'grafanaLive' | 'pricesFile' | 'webConfigFile';

/** Value of `data_dir` that keeps no journal. */
export const NO_JOURNAL = 'memory';

/** Every option at its value: durations in ms, sizes in bytes. Frozen. */
export type Config = { readonly [K in Exclude<keyof typeof OPTIONS, Optional>]: ValueOf<K> } & {
  readonly [K in Optional]: ValueOf<K> | undefined;
};

export type ConfigResult =
  { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly problems: readonly string[] };

type Tree = { readonly [key: string]: unknown };

/**
 * A parsed document as a configuration; `undefined` stands for no file. All problems at once, each with its path, the
 * value and what is accepted.
 */
export function parseConfig(document: unknown): ConfigResult {
  if (document !== undefined && !isTree(document)) {
    return {
      ok: false,
      problems: [
        `the configuration is ${typeof document === 'string' ? 'a text' : quoted(document)}; expected a mapping with at least environment`,
      ],
    };
  }
  const problems = unknownKeys(document ?? {}, '');
  const entries = Object.entries(OPTIONS).map(([key, row]) => {
    const given = valueAt(document ?? {}, row.path);
    if (given === undefined && row === OPTIONS.environment && document !== undefined) {
      problems.push(`environment is missing; expected ${row.accepts}`);
    }
    const value = given ?? row.fallback ?? undefined;
    if (value === undefined) return [key, undefined];
    const parsed = row.schema.safeParse(value);
    if (!parsed.success) problems.push(...problemsOf(row, given, parsed.error));
    return [key, Object.freeze(parsed.data)];
  });
  if (problems.length > 0) return { ok: false, problems };
  const config = Object.freeze(Object.fromEntries(entries) as Config);
  const pushed = [
    ...config.remoteWrite.map(({ lateness }, index) => [`remote_write[${index}]`, lateness] as const),
    ['grafana_live', config.grafanaLive?.lateness] as const,
  ];
  const tooLate = pushed.flatMap(([path, lateness = 0]) =>
    lateness > config.latenessMs
      ? [`${path}.lateness: ${lateness}ms is refused; expected no more than timeline.lateness (${config.latenessMs}ms)`]
      : []
  );
  return tooLate.length > 0 ? { ok: false, problems: tooLate } : { ok: true, config };
}

function problemsOf(row: Option<unknown>, given: unknown, error: z.ZodError): readonly string[] {
  if (row.sensitive === undefined) return [`${row.path}: ${quoted(given)} is refused; expected ${row.accepts}`];
  return error.issues.map((issue) => {
    const inner = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    return `${row.path}${inner}: ${issue.message}; expected ${row.accepts}`;
  });
}

/** As {@link parseConfig}, from the text of a YAML file. */
export function parseConfigText(text: string): ConfigResult {
  try {
    // An empty file is a mapping without keys, so that what is missing is named.
    return parseConfig((parseYaml(text) as unknown) ?? {});
  } catch (error) {
    const reason = error instanceof YAMLParseError ? (error.message.split('\n')[0] ?? '') : 'it cannot be read';
    return { ok: false, problems: [`the configuration is not YAML: ${reason}`] };
  }
}

/** The configuration as the file that would give it, one `path: value` a line. */
export function configText(config: Config): string {
  const lines = Object.entries(OPTIONS).map(([key, row]) => {
    const value = config[key as keyof Config];
    const isDuration = typeof row.fallback === 'string' && typeof value === 'number';
    const printed = 'printed' in row && value !== undefined ? row.printed(value as never) : value;
    return `${row.path}: ${printed === undefined ? '(none)' : isDuration ? `${value}ms` : JSON.stringify(printed)}`;
  });
  return `${lines.join('\n')}\n`;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(tree: Tree, path: string): unknown {
  let value: unknown = tree;
  // Own keys only: `__proto__` and its kind are unknown keys.
  for (const key of path.split('.')) value = isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  // A key without a value in YAML is as good as none.
  return value ?? undefined;
}

/** Keys that no option has, and sections that are no mappings. */
function unknownKeys(tree: Tree, prefix: string): string[] {
  const paths = Object.values(OPTIONS).map((row) => row.path);
  const names = [
    ...new Set(
      paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split('.')[0] ?? '')
    ),
  ];
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = prefix + key;
    if (paths.includes(path)) return [];
    if (names.includes(key)) {
      if (value === null) return [];
      return isTree(value)
        ? unknownKeys(value, `${path}.`)
        : [`${path}: ${path === 'auth' ? 'the value' : quoted(value)} is refused; expected a mapping`];
    }
    const nearest = nearestName(key, names);
    return [
      `${path} is not known; ${nearest === undefined ? `known are ${names.join(', ')}` : `did you mean ${prefix}${nearest}?`}`,
    ];
  });
}
