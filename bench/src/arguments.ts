// The command line of the bench. Every problem is told at once, with what would do.
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -w orchestrator-bench -- COMMAND [options]

Every command ends within four minutes unless told otherwise; only its table goes to the output.

  durable   acknowledgement, memory and processor time at --rate (20000) for --seconds (60)
  sweep     the same at 1,000 to 50,000 events/s, --seconds (15) each
  stages    what each stage of taking an event in costs, --events (40000) of them, --rounds (9)
  ingest    what an event over HTTP costs beside other servers, --events (30000) a round and server, --rounds (5)
  ingest-growth  what an event costs, and the memory, over 1 to 10,000 threads, --events (20000) a round
  emit      what an exporter in the orchestrator's process costs it at --rate (1000) for --seconds (8), --rounds (3)
  replay    how long a restart takes on a journal of --events (1000000)
  forwarder what the forwarder adds to an orchestrator that emits --rate (1000) for --seconds (8), --rounds (3)
  capacity  series, samples and events that 10,000 threads come to, calculated
  timeline  what two Prometheus servers hold of transitions at a twentieth of their scrape interval, for --seconds (60)
  remote-write  from an emitted event to an answer of Prometheus, --events (300) of them, alone and beside 1,000 others a second
  scrape    a scrape of --series (100000) series against what one would use instead, --rounds (5)
  scrape-growth  the same over 1,000 to 1,000,000 series, and a plot
  update    from an event in this process to all its metrics, --events (40000), --rounds (9)
  gateway   an event to --subscribers (1000) at --rate (100) events/s, requests, memory, --seconds (8)
  targets   what the original system aimed at beside what is measured, in under three minutes

  --rate N          events per second
  --seconds N       length of a round
  --warm-up N       seconds of load before each round that count for the money only (5; gateway 3)
  --rounds N        rounds; the median of each figure is told (3; sweep 1)
  --events N        events of stages, replay and update
  --series N        series of scrape (100000)
  --batch N         events in a body (100)
  --connections N   senders, each with one connection (16)
  --threads N       threads that run at the same time (400)
  --turns N         how often a thread repeats its recorded run (8)
  --subscribers N   WebSocket clients of the gateway (1000)
  --quiet N         before every round wait up to N seconds for a quiet moment of the machine (0)
  --folder DIR      on the disk to measure (bench/.run)
  --profile DIR     write a profile of the exporter's processor there
  --write           put the tables into docs/performance.md`;

const COMMANDS = [
  'durable',
  'sweep',
  'stages',
  'ingest',
  'ingest-growth',
  'emit',
  'replay',
  'forwarder',
  'capacity',
  'timeline',
  'remote-write',
  'scrape',
  'scrape-growth',
  'update',
  'gateway',
  'targets',
] as const;
export type Command = (typeof COMMANDS)[number];

export interface BenchArguments {
  readonly command: Command;
  readonly rate: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly events: number;
  readonly rounds: number;
  readonly series: number;
  readonly batch: number;
  readonly connections: number;
  readonly threads: number;
  readonly turns: number;
  readonly subscribers: number;
  readonly quiet: number;
  readonly folder: string | undefined;
  readonly profile: string | undefined;
  readonly write: boolean;
}

export type Parsed =
  { readonly ok: true; readonly value: BenchArguments } | { readonly ok: false; readonly problems: readonly string[] };

interface NumberOption {
  /** 1 unless told. */
  readonly least?: number;
  readonly most: number;
  readonly otherwise: number;
  /** Of single commands. */
  readonly of?: Readonly<Partial<Record<Command, number>>>;
}

const EVENTS = { ingest: 30_000, 'ingest-growth': 20_000, replay: 1_000_000, 'remote-write': 300 };

const NUMBERS = {
  rate: {
    most: 1_000_000,
    otherwise: 20_000,
    of: { emit: 1_000, forwarder: 1_000, gateway: 100, targets: 100 },
  },
  seconds: {
    most: 86_400,
    otherwise: 60,
    of: { sweep: 15, emit: 8, forwarder: 8, gateway: 8, targets: 10 },
  },
  'warm-up': { least: 0, most: 3_600, otherwise: 5, of: { gateway: 3 } },
  events: { most: 10_000_000, otherwise: 40_000, of: EVENTS },
  rounds: {
    most: 100,
    otherwise: 3,
    of: { sweep: 1, stages: 9, ingest: 5, replay: 1, targets: 1, scrape: 5, update: 9 },
  },
  series: { least: 1_000, most: 1_000_000, otherwise: 100_000 },
  batch: { most: 10_000, otherwise: 100 },
  connections: { most: 500, otherwise: 16 },
  threads: { most: 100_000, otherwise: 400, of: { update: 100 } },
  subscribers: { most: 5_000, otherwise: 1_000 },
  turns: { most: 10_000, otherwise: 8 },
  quiet: { least: 0, most: 86_400, otherwise: 0 },
} as const satisfies Readonly<Record<string, NumberOption>>;

type NumberName = keyof typeof NUMBERS;

export function parseBenchArguments(args: readonly string[]): Parsed {
  const text = { type: 'string' } as const;
  const options = {
    ...{ rate: text, seconds: text, events: text, series: text, rounds: text, 'warm-up': text },
    ...{ batch: text, connections: text, threads: text, turns: text, quiet: text, subscribers: text },
    ...{ folder: text, profile: text, write: { type: 'boolean' } as const },
  };
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return { ok: false, problems: [(error as Error).message] };
  }
  const { values, positionals } = parsed;
  const [word, ...rest] = positionals;
  const command = COMMANDS.find((known) => known === word);
  const problems = rest.map((more) => `'${more.slice(0, 80)}' is one command too many`);
  if (command === undefined) {
    const given = word === undefined ? 'no command' : `'${word.slice(0, 80)}'`;
    return { ok: false, problems: [`${given}: expected one of ${COMMANDS.join(', ')}`, ...problems] };
  }
  const number = (name: NumberName): number => {
    const { least = 1, most, otherwise, of }: NumberOption = NUMBERS[name];
    const given = values[name];
    if (given === undefined) return of?.[command] ?? otherwise;
    const value = /^\d{1,8}$/.test(given) ? Number(given) : -1;
    if (value < least || value > most)
      problems.push(`--${name} '${given.slice(0, 80)}': expected a whole number from ${least} to ${most}`);
    return value;
  };
  const value: BenchArguments = {
    command,
    rate: number('rate'),
    seconds: number('seconds'),
    warmUpSeconds: number('warm-up'),
    events: number('events'),
    rounds: number('rounds'),
    series: number('series'),
    batch: number('batch'),
    connections: number('connections'),
    threads: number('threads'),
    turns: number('turns'),
    subscribers: number('subscribers'),
    quiet: number('quiet'),
    folder: values.folder,
    profile: values.profile,
    write: values.write === true,
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
}
