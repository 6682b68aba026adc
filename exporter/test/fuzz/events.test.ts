// Fuzzed events and bodies against a whole exporter. FUZZ_INPUTS=30000000 is the long run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedDisk } from '../journal/simulated-disk.ts';
import { Random } from '../random.ts';
import { EventMutations } from './event-mutations.ts';
import type { FuzzBody } from './event-mutations.ts';
import { BUDGETS_YML, FuzzServer, live, ManualClock, PRICES_YML } from './exporter-life.ts';
import type { LifeOptions, LifeResult } from './exporter-life.ts';
import { FUZZ_SEED, report, shareOf } from './inputs.ts';
import { shrunk } from './shrink.ts';

const EVENTS = shareOf('events', process.env['FUZZ_INPUTS']);
const INPUTS_OF_A_LIFE = 3_000;

let folder: string;
let server: FuzzServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-fuzz-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'budgets.yml'), BUDGETS_YML);
  writeFileSync(join(folder, 'prices.yml'), PRICES_YML);
  server = await FuzzServer.open();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The exporter of a life: with roomy or with tight caps, with or without sweeps, in memory or with a journal. */
function optionsOf(seed: number): () => LifeOptions {
  const random = new Random(seed);
  const minutes = random.pick([1, 15, 43_200]);
  const isDurable = random.chance(0.2);
  const config = {
    data_dir: isDurable ? join(folder, 'data') : 'memory',
    budgets_file: join(folder, 'budgets.yml'),
    prices_file: join(folder, 'prices.yml'),
    threads: { max: random.pick([500, 500, 3, 0]), retention: `${minutes}m` },
    limits: random.pick([{}, {}, { series_per_family: 10, label_values: 3 }, { json_depth: 8, json_keys: 40 }]),
    timeline: random.pick([{}, { lateness: '0s', ring: 100 }]),
  };
  const sweepEvery = random.pick([0, 0, 7]);
  return () => ({
    config,
    retentionMs: minutes * 60_000,
    sweepEvery,
    scrapeEvery: 40,
    ...(isDurable ? { storage: new SimulatedDisk() } : {}),
  });
}

function* drawn(seed: number, clock: ManualClock, kept: FuzzBody[]): Generator<FuzzBody> {
  const mutations = new EventMutations(seed, () => clock.nowMs);
  for (let inputs = 0; inputs < INPUTS_OF_A_LIFE;) {
    const body = mutations.body();
    kept.push(body);
    inputs += body.inputs;
    yield body;
  }
}

/** The same events, each in a body of its own, as far as they stand on lines. */
function eachLine({ format, bytes }: FuzzBody): FuzzBody[] {
  const lines = bytes.toString('utf8').split('\n');
  return lines.map((line) => ({ format: lines.length > 1 ? 'ndjson' : format, bytes: Buffer.from(line), inputs: 1 }));
}

/** The seed, what went wrong, and the fewest lines that make it go wrong. */
async function explained(seed: number, problem: string, bodies: readonly FuzzBody[]): Promise<string> {
  const options = optionsOf(seed);
  const last = async (tried: readonly FuzzBody[]): Promise<LifeResult> =>
    live(server, options(), tried, new ManualClock());
  const fails = async (tried: readonly FuzzBody[]): Promise<boolean> => (await last(tried)).problem !== undefined;
  const whole = await shrunk(bodies, fails);
  const lines = whole.flatMap(eachLine);
  const fewer = (await fails(lines)) ? await shrunk(lines, fails) : whole;
  const asOne = fewer.map(({ format, bytes }) => `${format}: ${bytes.toString('utf8').slice(0, 3_000)}`);
  const { problem: smaller } = await last(fewer);
  return `seed ${seed}: ${problem}\nwith ${fewer.length} bodies: ${smaller ?? 'not again'}\n${JSON.stringify(options().config)}\n${asOne.join('\n')}`;
}

test(
  `${EVENTS} fuzzed events in all dialects: every answer adds up, every page is sound, no total falls, money in is money out`,
  async () => {
    const startedMs = Date.now();
    const sum = { inputs: 0, lives: 0, accepted: 0, duplicates: 0, rejected: {} as Record<string, number>, usd: 0 };
    for (let seed = FUZZ_SEED * 1_000_003; sum.inputs < EVENTS; seed += 1) {
      const clock = new ManualClock();
      const sent: FuzzBody[] = [];
      const result = await live(server, optionsOf(seed)(), drawn(seed, clock, sent), clock);
      if (result.problem !== undefined) throw new Error(await explained(seed, result.problem, sent));
      sum.lives += 1;
      sum.inputs += result.inputs;
      sum.accepted += result.accepted;
      sum.duplicates += result.duplicates;
      sum.usd += Number(result.nanoUsd) / 1e9;
      for (const [reason, count] of Object.entries(result.rejected))
        sum.rejected[reason] = (sum.rejected[reason] ?? 0) + count;
    }
    report('events', { inputs: sum.inputs, startedMs }, sum);
    // Fuzz that is all refused, or all taken, would prove little.
    expect(sum.accepted / sum.inputs).toBeGreaterThan(0.4);
    expect(sum.duplicates / sum.inputs).toBeGreaterThan(0.01);
    expect(Object.keys(sum.rejected).length).toBeGreaterThanOrEqual(8);
  },
  24 * 3_600_000
);
