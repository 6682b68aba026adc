// Command lines of the two programs: every problem is reported at once, in words that say what would do.
import { parseArgs } from 'node:util';
import { ingestUrl } from './ingest-client.ts';

export const DEFAULT_EXPORTER = 'http://127.0.0.1:9847';

export interface DemoArguments {
  readonly exporter: string;
  /** Where events go instead, if given. */
  readonly nats: string | undefined;
  readonly seed: number | undefined;
  readonly threads: number;
  /** Undefined: until stopped. */
  readonly durationMs: number | undefined;
}

export interface ReplayArguments {
  readonly exporter: string;
  readonly files: readonly string[];
  readonly live: boolean;
  readonly speed: number;
  /** Appended to every thread id. */
  readonly suffix: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: string[] };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `1h` in ms; undefined for anything else, zero included. */
export function durationMsOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}

function wholeNumber(text: string, [low, high]: readonly [number, number]): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}

/** Reads one option; notes a problem and answers undefined when its text does not do. */
function read<T>(
  { name, text, wanted }: { name: string; text: string | undefined; wanted: string },
  convert: (text: string) => T | undefined,
  problems: string[]
): T | undefined {
  if (text === undefined) return undefined;
  const value = convert(text);
  if (value === undefined) problems.push(`--${name} '${text.slice(0, 80)}': expected ${wanted}`);
  return value;
}

function exporterOf(text: string, problems: string[]): string {
  try {
    ingestUrl(text);
  } catch (error) {
    problems.push(`--exporter: ${(error as Error).message}`);
  }
  return text;
}

function unknownOption<T>(error: unknown): Parsed<T> {
  return { ok: false, problems: [(error as Error).message] };
}

export function parseDemoArguments(args: readonly string[]): Parsed<DemoArguments> {
  const option = { type: 'string' } as const;
  let values: Partial<Record<'exporter' | 'nats' | 'seed' | 'threads' | 'duration', string>>;
  try {
    const options = { exporter: option, nats: option, seed: option, threads: option, duration: option };
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return unknownOption(error);
  }
  const problems: string[] = [];
  const exporter = exporterOf(values.exporter ?? DEFAULT_EXPORTER, problems);
  const natsText = { name: 'nats', text: values.nats, wanted: 'an address such as nats://127.0.0.1:4222' };
  const nats = read(natsText, (text) => (/^(nats|tls):\/\/[^/\s@]+$/.test(text) ? text : undefined), problems);
  const seedText = { name: 'seed', text: values.seed, wanted: 'a whole number up to 4294967295' };
  const seed = read(seedText, (text) => wholeNumber(text, [0, 2 ** 32 - 1]), problems);
  const threadsText = { name: 'threads', text: values.threads, wanted: 'a whole number from 1 to 200' };
  const threads = read(threadsText, (text) => wholeNumber(text, [1, 200]), problems) ?? 4;
  const durationText = { name: 'duration', text: values.duration, wanted: 'a duration such as 90s, 10m or 1h' };
  const durationMs = read(durationText, durationMsOf, problems);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { exporter, nats, seed, threads, durationMs } };
}

export function parseReplayArguments(args: readonly string[]): Parsed<ReplayArguments> {
  const option = { type: 'string' } as const;
  let parsed;
  try {
    const options = { exporter: option, speed: option, suffix: option, live: { type: 'boolean' } } as const;
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return unknownOption(error);
  }
  const { values, positionals: files } = parsed;
  const problems: string[] = [];
  const exporter = exporterOf(values.exporter ?? DEFAULT_EXPORTER, problems);
  const speedText = { name: 'speed', text: values.speed, wanted: 'a number above 0, up to 1000' };
  const speed = read(speedText, speedOf, problems) ?? 1;
  if (files.length === 0) problems.push('no file given; expected one or more files of events, one JSON event a line');
  const live = values.live ?? false;
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { exporter, files, live, speed, suffix: values.suffix ?? '' } };
}

function speedOf(text: string): number | undefined {
  const value = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return value > 0 && value <= 1_000 ? value : undefined;
}
