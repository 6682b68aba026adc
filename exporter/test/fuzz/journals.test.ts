// Journals with anything in their files: the exporter starts or says why not, and shows nothing unsound. Bytes anywhere, and
// lines that pass their checksum though no writer makes them. FUZZ_INPUTS=30000000 is the long run of all fuzz tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame, frameAt, HEADER_BYTES } from '../../src/journal/format.ts';
import { NewerJournalError } from '../../src/journal/recovery.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { parseEvent } from '../../src/source/parse.ts';
import { messageOf } from '../../src/errors.ts';
import { openOn } from '../journal/entries.ts';
import { SimulatedDisk } from '../journal/simulated-disk.ts';
import type { Files } from '../journal/simulated-disk.ts';
import { Random } from '../random.ts';
import { strictPage } from '../strict-exposition.ts';
import { EventMutations } from './event-mutations.ts';
import { FuzzServer, ManualClock, startFuzzed } from './exporter-life.ts';
import { EVENT_KEYS, HOSTILE_VALUES } from './hostile-values.ts';
import { FUZZ_SEED, report, shareOf } from './inputs.ts';

const JOURNALS = shareOf('journals', process.env['FUZZ_INPUTS']);

let folder: string;
let server: FuzzServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-fuzz-'));
  server = await FuzzServer.open();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A journal of fuzzed events that were accepted, in several segments. */
async function journalOf(seed: number): Promise<Files> {
  const clock = new ManualClock();
  const mutations = new EventMutations(seed, () => clock.nowMs);
  const disk = new SimulatedDisk();
  const { journal } = await openOn(disk, { segmentBytes: 3_000 });
  for (let batch = 0; batch < 3; batch += 1) {
    const entries: JournalEntry[] = [];
    for (const line of mutations.body().bytes.toString('utf8').split('\n')) {
      const parsed = accepted(line, clock.nowMs);
      if (parsed?.ok === true) entries.push({ event: parsed.event, digest: parsed.digest, source: 'http' });
    }
    entries.push({ sweptMs: clock.nowMs, retentionMs: 60_000, silentRetentionMs: 600_000 });
    await journal.append(entries);
  }
  await journal.close();
  return disk.files;
}

function accepted(line: string, receivedMs: number): ReturnType<typeof parseEvent> | undefined {
  try {
    return parseEvent(JSON.parse(line), { receivedMs, team: 't', workflow: 'w' });
  } catch {
    return undefined;
  }
}

/** One file changed: its bytes, or, with both checksums made right again, what one of its lines says. */
function changed(files: Files, random: Random): Files {
  const name = random.pick([...files.keys()]);
  const bytes = Buffer.from(files.get(name) ?? Buffer.alloc(0));
  if (name.endsWith('.seg') && random.chance(0.6)) {
    const forged = withForgedLine(bytes, random);
    if (forged !== undefined) return new Map([...files, [name, forged]]);
  }
  const at = random.int(0, Math.max(0, bytes.length - 1));
  const rubbish = Buffer.from(Array.from({ length: random.int(1, 64) }, () => random.int(0, 255)));
  const variants = [
    bytes.subarray(0, at),
    Buffer.concat([bytes.subarray(0, at), rubbish, bytes.subarray(at)]),
    Buffer.concat([bytes.subarray(0, at), rubbish, bytes.subarray(at + rubbish.length)]),
    Buffer.concat([bytes, bytes.subarray(at)]),
    Buffer.alloc(0),
    rubbish,
  ];
  return new Map([
    ...files,
    [random.pick([name, name, '00000001.seg', '99999999.seg', 'x.seg']), random.pick(variants)],
  ]);
}

function withForgedLine(bytes: Buffer, random: Random): Buffer | undefined {
  const frame = frameAt(bytes, HEADER_BYTES);
  if (frame === undefined) return undefined;
  const lines = frame.body.toString('utf8').split('\n');
  const at = random.int(0, Math.max(0, lines.length - 2));
  lines[at] = forged(lines[at] ?? '', random);
  const body = Buffer.from(lines.join('\n'));
  const end = HEADER_BYTES + encodeFrame(frame).length;
  return Buffer.concat([bytes.subarray(0, HEADER_BYTES), encodeFrame({ ...frame, body }), bytes.subarray(end)]);
}

function forged(line: string, random: Random): string {
  if (random.chance(0.1))
    return random.pick(['', '{}', 'null', '[]', '{"e":null,"s":1}', '{"w":[]}', '{"w":"x"}', '{"e":{},"s":"http"}']);
  const entry = JSON.parse(line) as { e?: Record<string, unknown>; w?: unknown[] };
  if (entry.w !== undefined) entry.w[random.int(0, 2)] = random.pick(HOSTILE_VALUES);
  if (entry.e !== undefined) {
    const keys = [
      ...Object.keys(entry.e),
      ...EVENT_KEYS,
      'type',
      'timestampMs',
      'receivedMs',
      'total',
      'spend',
      'tokens',
      'pricing',
    ];
    const key = random.pick(keys);
    if (random.chance(0.3)) Reflect.deleteProperty(entry.e, key);
    else Object.defineProperty(entry.e, key, { value: random.pick(HOSTILE_VALUES), enumerable: true });
  }
  return JSON.stringify(entry);
}

/** Undefined when all is well. */
async function problemOf(files: Files): Promise<string | undefined> {
  const clock = new ManualClock();
  const errors: string[] = [];
  const config = { data_dir: folder };
  const app = startFuzzed(config, { clock, storage: new SimulatedDisk(files), onError: (error) => errors.push(error) });
  server.app = app;
  try {
    await app.ready;
    strictPage((await server.call('/metrics')).text);
    strictPage((await server.call('/metrics/timeline?consumer=fuzz')).text, 'timeline');
    // It takes events behind whatever it found.
    const body = { format: 'json', bytes: Buffer.from(NEXT), inputs: 1 } as const;
    const { status, text } = await server.call('/v1/events', body);
    if (status !== 200 || !text.startsWith('{"accepted":1')) return `the next event: ${status} ${text}`;
    strictPage((await server.call('/metrics')).text);
  } catch (error) {
    const isNewer = error instanceof Error && error.cause instanceof NewerJournalError;
    return isNewer ? undefined : messageOf(error);
  } finally {
    await app.close();
  }
  return errors.find((error) => error.startsWith('unexpected error'));
}

const NEXT = JSON.stringify({
  type: 'cost.updated',
  threadId: 'next',
  timestamp: new ManualClock().nowMs,
  payload: { costUsd: 1 },
});

test(
  `${JOURNALS} fuzzed journals: the exporter starts, shows nothing unsound, and goes on`,
  async () => {
    const startedMs = Date.now();
    let files: Files = new Map();
    for (let count = 0; count < JOURNALS; count += 1) {
      const seed = FUZZ_SEED * 7_000_003 + count;
      if (count % 20 === 0) files = await journalOf(seed);
      const damaged = changed(files, new Random(seed));
      const problem = await problemOf(damaged);
      if (problem === undefined) continue;
      const [name = '', bytes = Buffer.alloc(0)] = [...damaged].find(([file, now]) => files.get(file) !== now) ?? [];
      throw new Error(`seed ${seed}: ${problem}\n${name}: ${bytes.toString('latin1').slice(0, 4_000)}`);
    }
    report('journals', { inputs: JOURNALS, startedMs }, {});
  },
  24 * 3_600_000
);
