import { parseBenchArguments } from './arguments.ts';

const DURABLE = {
  command: 'durable',
  rate: 20_000,
  seconds: 60,
  warmUpSeconds: 5,
  events: 40_000,
  rounds: 3,
  series: 100_000,
  batch: 100,
  connections: 16,
  threads: 400,
  turns: 8,
  subscribers: 1_000,
  quiet: 0,
  folder: undefined,
  profile: undefined,
  write: false,
};

test.each<[string, string[], object]>([
  ['durable alone', ['durable'], DURABLE],
  ['with options', ['durable', '--rate', '5', '--write'], { ...DURABLE, rate: 5, write: true }],
  ['sweep', ['sweep'], { ...DURABLE, command: 'sweep', seconds: 15, rounds: 1 }],
  ['the most', ['durable', '--rate=1000000'], { ...DURABLE, rate: 1_000_000 }],
])('%s', (_name, args, value) => {
  expect(parseBenchArguments(args)).toEqual({ ok: true, value });
});

test.each<[string, string[], string[]]>([
  [
    'nothing',
    [],
    [
      'no command: expected one of durable, sweep, stages, ingest, ingest-growth, emit, replay, forwarder, capacity, timeline, remote-write, scrape, scrape-growth, update, gateway, targets',
    ],
  ],
  [
    'another command',
    ['fast'],
    [
      "'fast': expected one of durable, sweep, stages, ingest, ingest-growth, emit, replay, forwarder, capacity, timeline, remote-write, scrape, scrape-growth, update, gateway, targets",
    ],
  ],
  [
    'several mistakes',
    ['durable', 'sweep', '--rate', '0', '--seconds', '1e3'],
    [
      "'sweep' is one command too many",
      "--rate '0': expected a whole number from 1 to 1000000",
      "--seconds '1e3': expected a whole number from 1 to 86400",
    ],
  ],
  ['one too much', ['durable', '--rate', '1000001'], ["--rate '1000001': expected a whole number from 1 to 1000000"]],
])('%s is refused', (_name, args, problems) => {
  expect(parseBenchArguments(args)).toEqual({ ok: false, problems });
});

test('an unknown option is refused', () => {
  const parsed = parseBenchArguments(['durable', '--fast']);
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.includes('--fast'))).toEqual([true]);
});
