// The configuration: one table of options from which parsing, defaults, messages and docs/config.md all come.
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { parseDuration } from './contract/duration.ts';
import { labelValue } from './contract/labels.ts';
import { nearestName } from './contract/nearest-name.ts';
import { quoted } from './errors.ts';

/** One row: where the option stands, what it takes, what it is without it. */
export interface Option<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** As it would be written in the file; null where the option may be left out altogether. */
  readonly fallback: string | number | readonly string[] | null;
  readonly accepts: string;
  readonly help: string;
}

function option<T>(row: Option<T>): Option<T> {
  return row;
}

const duration = (minMs: number, maxMs: number): z.ZodType<number> =>
  z
    .string()
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .pipe(z.number().min(minMs).max(maxMs));
const label = z
  .string()
  .min(1)
  .refine((text) => labelValue(text) === text);
const LABEL_ACCEPTS = 'text of 1 to 128 bytes without control characters';
const DAY_MS = 86_400_000;

const count = (row: {
  readonly path: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly help: string;
}): Option<number> => ({
  path: row.path,
  schema: z.int().min(row.min).max(row.max),
  fallback: row.fallback,
  accepts: `a whole number from ${row.min} to ${row.max}`,
  help: row.help,
});

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
    help: 'Address to listen on. The exporter has no authentication of its own: reach further than loopback only inside a trusted network.',
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
  origins: option({
    path: 'gateway.origins',
    schema: z.array(z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)),
    fallback: [],
    accepts: 'a list of origins such as https://grafana.example.com',
    help: "Web pages of other hosts that may open the WebSockets; the exporter's own page always may.",
  }),
  maxClients: count({
    path: 'gateway.max_clients',
    fallback: 256,
    min: 1,
    max: 100_000,
    help: 'WebSocket clients of the gateway, and of the ingest socket, at once.',
  }),
  maxSubscriptions: count({
    path: 'gateway.max_subscriptions',
    fallback: 50,
    min: 1,
    max: 100_000,
    help: 'Thread subscriptions of one client.',
  }),
  maxQueuedBytes: count({
    path: 'gateway.queue_bytes',
    fallback: 1_048_576,
    min: 1_024,
    max: 1_073_741_824,
    help: 'Frames that may wait for one client; past it the client is closed with code 1013.',
  }),
  budgetsFile: option({
    path: 'budgets_file',
    schema: z.string().min(1),
    fallback: null,
    accepts: 'a file',
    help: 'The budgets; see budgets.yml. Relative paths count from the working directory.',
  }),
} as const;

type ValueOf<K extends keyof typeof OPTIONS> = (typeof OPTIONS)[K] extends Option<infer T> ? T : never;

/** Value of `data_dir` that keeps no journal. */
export const NO_JOURNAL = 'memory';

/** Every option at its value: durations in ms, sizes in bytes. Frozen. */
export type Config = { readonly [K in Exclude<keyof typeof OPTIONS, 'budgetsFile'>]: ValueOf<K> } & {
  readonly budgetsFile: string | undefined;
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
      problems: [`the configuration is ${quoted(document)}; expected a mapping with at least environment`],
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
    if (!parsed.success) problems.push(`${row.path}: ${quoted(given)} is refused; expected ${row.accepts}`);
    return [key, Object.freeze(parsed.data)];
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: Object.freeze(Object.fromEntries(entries) as Config) };
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
    return `${row.path}: ${value === undefined ? '(none)' : isDuration ? `${value}ms` : JSON.stringify(value)}`;
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
        : [`${path}: ${quoted(value)} is refused; expected a mapping`];
    }
    const nearest = nearestName(key, names);
    return [
      `${path} is not known; ${nearest === undefined ? `known are ${names.join(', ')}` : `did you mean ${prefix}${nearest}?`}`,
    ];
  });
}
